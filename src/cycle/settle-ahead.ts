/*
 * Writes that were sent and never answered for are asked after before anything is decided: whoever is deactivated is dropped
 * from groups, and what an earlier write to those did is not to be seen afterwards; and who works on a group counts on what
 * became of its members. All others, and what the target does not show yet, are asked after in the object's turn.
 */
import type { CompiledObjectMapping, ObjectResult, ScopeDecision } from '../provisioning/index.ts'
import { ConnectorError, type BeforeImage, type SourceObject } from '../vocabulary/index.ts'
import type { Outcome } from '../store/store.ts'
import type { CycleContext } from './cycle-context.ts'
import { inFlight } from './in-flight.ts'
import type { Run } from './object-run.ts'
import { objectKey } from './object-key.ts'
import { settleOpenWrite } from './settle-open-write.ts'

/** Nothing of scope decides about what was sent already. */
const asSent: ScopeDecision = {
  inScope: true,
  isActive: true,
  isAssigned: true,
  hasRole: true,
  passesFilter: true,
  isEntitled: true,
  skipCode: null,
  reasons: [],
  why: 'Nothing is decided here: it was asked for, or sent before.',
  paths: [],
  evaluation: { inScope: true, groups: [] },
}

/** A run for what an image tells of, apart from the feed: the object as the directory has it; who is gone has left a name. */
export async function runOfImage(
  context: CycleContext,
  mapping: CompiledObjectMapping,
  { objectType, sourceAnchor, displayName }: Pick<BeforeImage, 'objectType' | 'sourceAnchor' | 'displayName'>,
): Promise<Run> {
  const found = await context.source.readObject(objectType, sourceAnchor)
  const source: SourceObject =
    found === null || found.presence === 'hardDeleted'
      ? { objectType, anchor: sourceAnchor, presence: 'present', attributes: { displayName }, assignments: [] }
      : found
  const link = (await context.ledger.linksBySource(objectType, [sourceAnchor])).get(sourceAnchor)
  return {
    context,
    mapping,
    source,
    facts: { link, escrow: undefined, held: undefined },
    options: { removals: 'carryOut', memberships: 'now', quietWhenSame: true },
    scope: asSent,
    steps: [],
    deeds: { images: [], told: [], isOpen: null, becameLinked: false },
    planned: [],
  }
}

/** The open write of the run, if it is known by now what became of it. */
export function closedWrite({ context, source, deeds }: Run): Pick<Outcome, 'openWrite'> {
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  if (deeds.isOpen !== null) context.openWrites.end(owner, deeds.isOpen)
  return deeds.isOpen === false ? { openWrite: { kind: 'close', ...owner } } : {}
}

export interface Settled {
  readonly source: SourceObject
  readonly told: readonly ObjectResult[]
}

/** Changes who is in which group, by itself or by what the target does with whoever is deactivated. */
export const touchesMembers = ({ kind, objectType, after }: BeforeImage): boolean =>
  kind !== 'create' && (objectType === 'Group' || kind !== 'update' || after['active'] !== undefined)

/** As many at once as the target bears; groups before people, whose deactivation is seen in them. */
export async function settleAhead(
  context: CycleContext,
  isAsked: (image: BeforeImage) => boolean,
): Promise<readonly Settled[]> {
  const settled: Settled[] = []
  if (context.openWrites.owners().length === 0) return settled
  async function settle(image: BeforeImage, mapping: CompiledObjectMapping): Promise<void> {
    const key = objectKey({ objectType: image.objectType, anchor: image.sourceAnchor })
    await context.objectTurns.take([key], async () => {
      const run = await runOfImage(context, mapping, image)
      try {
        await settleOpenWrite(run)
      } catch (error) {
        // The target cannot be asked about this one: it stays open.
        if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
      }
      const closed = closedWrite(run)
      if (closed.openWrite !== undefined) await context.ledger.save({ logEntry: null, ...closed })
      if (run.deeds.told.length === 0) return
      context.readings.noteSettled(key)
      settled.push({ source: run.source, told: run.deeds.told })
    })
  }
  const asked = (await context.ledger.openWrites()).map(({ image }) => image).filter(isAsked)
  for (const objectType of ['Group', 'User'] as const) {
    const mapping = context.schema.objectMappings.get(objectType)
    if (mapping === undefined || !mapping.enabled) continue
    const ofType = asked.filter((image) => image.objectType === objectType)
    await inFlight(ofType, context.targetDescription.capabilities.concurrencyMax, (image) => settle(image, mapping))
  }
  return settled
}
