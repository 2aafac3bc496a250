/* One object's run, put into the log's words. */
import { summarize, type ObjectResult } from '../provisioning/index.ts'
import type { ProvisioningObjectSummary, SourceObject } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'

export function entryOf(
  context: CycleContext,
  source: SourceObject,
  result: ObjectResult,
  began: number,
): ProvisioningObjectSummary {
  const ended = context.clock.now()
  return summarize({
    frame: context.frame,
    id: context.newId(),
    changeId: context.newId(),
    at: new Date(ended).toISOString(),
    durationInMilliseconds: ended - began,
    source,
    result,
  })
}
