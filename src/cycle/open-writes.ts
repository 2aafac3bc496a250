/*
 * Of which objects it is not known what became of their last write: told by the store when a cycle begins, and by what fails
 * in it. Writes of this cycle that are still on their way are nobody's business but theirs.
 */
import type { ObjectTypeName } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'
import { ownerKey, type Owner } from './object-key.ts'

export interface OpenWrites {
  has(objectType: ObjectTypeName, sourceAnchor: string): boolean
  owners(): readonly Owner[]
  /** A write goes out now. */
  begin(owner: Owner): void
  /** It is known what became of it, or it is known that nobody knows. */
  end(owner: Owner, isOpen: boolean): void
}

export async function readOpenWrites(ledger: Ledger): Promise<OpenWrites> {
  const open = new Map<string, Owner>((await ledger.openWrites()).map(({ image }) => [ownerKey(image), image]))
  return {
    has: (objectType, sourceAnchor) => open.has(ownerKey({ objectType, sourceAnchor })),
    owners: () => [...open.values()],
    begin(owner) {
      open.delete(ownerKey(owner))
    },
    end({ objectType, sourceAnchor }, isOpen) {
      const owner = { objectType, sourceAnchor }
      if (isOpen) open.set(ownerKey(owner), owner)
      else open.delete(ownerKey(owner))
    },
  }
}
