/* A cycle at its beginning: over everybody, or over what has changed since the job's watermark. */
import type { Cycle, SynchronizationJob } from '../vocabulary/index.ts'
import { noCounters } from './tally.ts'

export function beginCycle(job: SynchronizationJob, cycleId: string, now: number): Cycle {
  return {
    cycleId,
    jobId: job.jobId,
    kind: job.watermark === null ? 'initial' : 'incremental',
    beganAt: now,
    endedAt: null,
    state: 'Running',
    error: null,
    brokenSince: null,
    position: job.watermark,
    objectsDone: 0,
    objectsKnown: 0,
    pagesDone: 0,
    pagesKnown: 0,
    counters: noCounters,
    planId: null,
  }
}
