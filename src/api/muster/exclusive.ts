/*
 * Changes to what a job remembers, made while no cycle of the job runs: under the same lease that a cycle holds.
 */
import { leaseMs } from '../../cycle/index.ts'
import type { Lease } from '../../store/store.ts'
import type { SynchronizationJob } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

export async function whileNoCycleRuns<Result>(
  { cycle: { store, clock } }: ApiPorts,
  job: SynchronizationJob,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  const claim = await store.jobs.claim({ owner: 'api', leaseMs, now: clock.now(), jobId: job.jobId })
  if (claim === null) {
    throw new ApiProblem(
      409,
      'cycleRunning',
      'A cycle of this job is running, and what it works with cannot be changed under it. Pause the job (muster pause), wait until the cycle has ended (muster status), then repeat this.',
    )
  }
  try {
    return await work(claim.lease)
  } finally {
    await store.jobs.release(claim.lease)
  }
}
