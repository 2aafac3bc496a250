/*
 * An object of the source and what is remembered of it, as they are at this moment: for whoever was asked for by name, and
 * where somebody else has worked on it since it was read.
 */
import type { SourceObject } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { ObjectKey } from './object-key.ts'
import type { ObjectFacts } from './object-run.ts'

export interface Afresh {
  /** `null`: the source gives no answer about it, neither that it is there nor that it was deleted. */
  readonly object: SourceObject | null
  readonly facts: ObjectFacts
}

export async function readAfresh(
  { source, ledger, names, schema }: CycleContext,
  { objectType, anchor }: ObjectKey,
): Promise<Afresh> {
  const [object = null] = await source.readObjects(objectType, [anchor])
  const link = (await ledger.linksBySource(objectType, [anchor])).get(anchor)
  const escrow = (await ledger.escrow(objectType, [anchor])).get(anchor)
  const held = (await ledger.heldRemovals()).find(
    (each) => each.objectType === objectType && each.sourceAnchor === anchor,
  )
  if (link === undefined && schema.objectMappings.get(objectType)?.hasUniqueValues === true)
    await names.read(objectType, [anchor])
  return { object, facts: { link, escrow, held } }
}
