/* Watches a job until a cycle has ended, showing its progress. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cycle, JobProgress } from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import type { ProgressView } from './progress-view.ts'

const askEveryMs = 250

/** The first cycle that ends and began at or after `since`; `null` when its plan waits for an answer; throws when it breaks off. */
export async function followCycle(
  client: ServiceClient,
  jobId: string,
  since: number,
  view: ProgressView,
): Promise<Cycle | null> {
  try {
    for (;;) {
      const job = await client.get<JobProgress>(`/muster/v1/jobs/${encodeURIComponent(jobId)}/progress`)
      if (job.progress !== null) view.show(job.progress)
      const last = job.lastCycle
      if (last !== null && last.beganAt >= since) return last
      // A resumed cycle began earlier and counts as soon as it ends after the request.
      if (
        last?.endedAt !== undefined &&
        last.endedAt !== null &&
        last.endedAt >= since &&
        job.runningCycle === null &&
        job.nextRunAt > since
      )
        return last
      if (job.waitingPlan !== null && job.runningCycle === null && job.nextRunAt > since) return null
      const broken = job.runningCycle?.error ?? null
      // An error from before the request stands until the attempt begins; the one that follows moves the next run on.
      if (broken !== null && job.nextRunAt > since) {
        throw new CommandError(
          exitCodes.failed,
          `The cycle broke off: ${broken} It goes on where it stopped when it is tried again (muster status shows when); muster run tries at once.`,
        )
      }
      await wait(askEveryMs)
    }
  } finally {
    view.end()
  }
}
