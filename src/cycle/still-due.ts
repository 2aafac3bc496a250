/*
 * Who has a turn in a cycle though the feed says nothing of them: who failed earlier and is due again, and whom a write
 * without an answer is about (spec 6.2 step 2).
 */
import type { Ledger } from './ledger.ts'
import { objectKey, ownerKey, type ObjectKey, type Owner } from './object-key.ts'
import type { OpenWrites } from './open-writes.ts'

export interface StillDue {
  /** This one has its turn now, and was in escrow or not. */
  noteTurn(object: ObjectKey, wasEscrowed: boolean): void
  /** It failed in this cycle: it is not tried twice. */
  noteFailure(object: ObjectKey): void
  /** Who is left when the feed is through. */
  rest(now: number): Promise<readonly Owner[]>
}

/** Those of them that are not in escrow: who is, is tried again when its time comes, not with every cycle. */
export async function withoutEscrow(
  ledger: Pick<Ledger, 'escrow'>,
  owners: readonly Owner[],
): Promise<readonly Owner[]> {
  const anchorsOf = (type: Owner['objectType']): readonly string[] => [
    ...new Set(owners.filter(({ objectType }) => objectType === type).map(({ sourceAnchor }) => sourceAnchor)),
  ]
  const escrowed = {
    User: await ledger.escrow('User', anchorsOf('User')),
    Group: await ledger.escrow('Group', anchorsOf('Group')),
  }
  return owners.filter(({ objectType, sourceAnchor }) => !escrowed[objectType].has(sourceAnchor))
}

export function createStillDue(ledger: Ledger, openWrites: OpenWrites): StillDue {
  const attempted = new Set<string>()
  const byKey = (owners: readonly Owner[]): [string, Owner][] => owners.map((owner) => [ownerKey(owner), owner])
  /** Whom a write without an answer was about when the cycle began, and who has not had a turn yet. */
  const unanswered = new Map(byKey(openWrites.owners()))
  return {
    noteTurn(object, wasEscrowed) {
      if (wasEscrowed) attempted.add(objectKey(object))
      unanswered.delete(objectKey(object))
    },
    noteFailure: (object) => void attempted.add(objectKey(object)),
    async rest(now) {
      const isLeft = (owner: Owner): boolean => !attempted.has(ownerKey(owner))
      const failedEarlier = (await ledger.escrowDue(now, Number.MAX_SAFE_INTEGER)).filter(isLeft)
      // Those at the beginning, and those since; who failed with one comes when it is tried again.
      for (const [key, owner] of byKey(openWrites.owners())) unanswered.set(key, owner)
      return [...failedEarlier, ...(await withoutEscrow(ledger, [...unanswered.values()].filter(isLeft)))]
    },
  }
}
