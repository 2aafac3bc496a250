/*
 * An object that was to be taken once more and that the source does not know, neither as present nor as deleted: a short
 * answer, most likely. It is left as it is, said in the log, and tried again like a failure (spec 6.5).
 */
import { recordFailure, summarize } from '../provisioning/index.ts'
import type { ObjectTypeName, SourceObject } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { ObjectFacts } from './object-run.ts'
import { skipped, skipStep } from './object-results.ts'

export async function leaveUnknown(
  context: CycleContext,
  objectType: ObjectTypeName,
  anchor: string,
  facts: ObjectFacts,
): Promise<void> {
  // Nothing of it is known: whoever comes next in the feed is taken then.
  if (facts.link === undefined && facts.escrow === undefined && facts.held === undefined) return
  const displayName = facts.link?.displayName ?? anchor
  const source: SourceObject = {
    objectType,
    anchor,
    presence: 'present',
    attributes: { displayName },
    assignments: [],
  }
  const reason = `${context.schema.sourceDirectoryName} gave no answer about ${objectType} '${displayName}' (${anchor}): neither that it is there nor that it was deleted. It is left as it is, and asked for again.`
  const now = context.clock.now()
  const entry = recordFailure({
    objectType,
    sourceAnchor: anchor,
    earlier: facts.escrow,
    errorCode: 'ImportSkipped',
    reason,
    now,
  })
  await context.ledger.save({
    logEntry: summarize({
      frame: context.frame,
      id: context.newId(),
      changeId: context.newId(),
      at: new Date(now).toISOString(),
      durationInMilliseconds: 0,
      source,
      result: skipped('ImportSkipped', reason, [skipStep(reason, 'ImportSkipped')], {
        targetAnchor: facts.link?.targetAnchor ?? null,
      }),
    }),
    escrow: entry === null ? { kind: 'clear', objectType, sourceAnchor: anchor } : { kind: 'put', entry },
  })
}
