/*
 * The right to write for a job on demand: as a visitor of the cycle that runs here, or of another visitor; else under a lease
 * of one's own, for a short time, during which the scheduler waits. Who finds the job in other hands waits for a moment.
 */
import { LeaseLostError, type Lease } from '../store/store.ts'
import type { StopSignal, SynchronizationJob } from '../vocabulary/index.ts'
import type { DemandHost } from './demand-desk.ts'
import { storeLedger } from './ledger.ts'
import { lentBy, type Connected } from './lend-context.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { keepLease, leaseMs } from './keep-lease.ts'

/** Longer than a process that has died keeps its lease. */
const patienceMs = leaseMs + 5000
const lookAgainMs = 250

/** Another process has the job and does not let go of it. */
export class JobBusyError extends Error {
  override readonly name = 'JobBusyError'
}

async function asHost<T>(
  ports: CyclePorts,
  connected: Connected,
  lease: Lease,
  work: (host: DemandHost) => Promise<T>,
): Promise<T> {
  const door = ports.desk.door(lease.jobId)
  // A lease that is lost shows with the next outcome that is to be saved.
  const keeping = keepLease(ports, lease, () => undefined)
  try {
    const ledger = storeLedger(ports.store, lease)
    const host: DemandHost = { lent: await lentBy(ports, connected, ledger), note: () => undefined }
    door.open(host)
    return await work(host)
  } finally {
    await door.close()
    await keeping.stop()
    await ports.store.jobs.release(lease)
  }
}

/** Does the work with the right to write. It must bear being done again: a lease may be lost before anything was saved. */
export async function underLease<T>(
  ports: CyclePorts,
  job: SynchronizationJob,
  connected: Connected,
  stop: StopSignal,
  work: (host: DemandHost) => Promise<T>,
): Promise<T> {
  const { store, clock, desk } = ports
  const { jobId } = job
  const giveUpAt = clock.now() + patienceMs
  let isBroken = false
  for (;;) {
    try {
      const visiting = desk.visit(jobId, work)
      if (visiting !== null) return await visiting
      const claim = await store.jobs.claim({ owner: desk.owner, leaseMs, now: clock.now(), jobId })
      if (claim !== null) return await asHost(ports, connected, claim.lease, work)
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      isBroken = true
    }
    if (clock.now() >= giveUpAt) throw await busy(ports, jobId, isBroken)
    await clock.sleep(lookAgainMs, stop)
  }
}

async function busy({ store, desk }: CyclePorts, jobId: string, isBroken: boolean): Promise<JobBusyError> {
  const holder = await store.jobs.leaseHolder(jobId)
  const who =
    holder === null || holder === desk.owner
      ? 'This process runs the job, and lets nobody else write just now (a cycle begins or ends, or a plan is carried out)'
      : `The process ${holder} runs this job`
  return new JobBusyError(
    `${who}, and it has not let go of it for ${String(patienceMs / 1000)} seconds. Two processes must not write for one job. ` +
      `${isBroken ? 'What was done before it took the job over stands in the provisioning log' : 'Nothing was done'}: ask that process (each answers under its own address), or wait until its cycle has ended (muster status) and repeat this.`,
  )
}
