/* The right to write for a job, kept for as long as the work goes on. */
import type { TargetConnector } from '../connectors/target.ts'
import { LeaseLostError, type Lease, type Store } from '../store/store.ts'
import type { CyclePorts } from './cycle-ports.ts'

export const leaseMs = 15_000

interface LeaseKeeper {
  /** Throws when the lease has run out: the target, unlike the store, would take the write of a former holder. */
  refuseWhenOver(): void
  stop(): Promise<void>
}

/** Renews the lease until stopped; calls `onLost` when it is another's. */
export function keepLease(
  ports: Pick<CyclePorts, 'clock'> & { readonly store: { readonly jobs: Pick<Store['jobs'], 'beat'> } },
  lease: Lease,
  onLost: (error: unknown) => void,
): LeaseKeeper {
  const { clock, store } = ports
  const ended = new AbortController()
  // Somebody may set the clock back meanwhile, and it alone goes on while the machine sleeps: either may say that it is over.
  let renewedAt = { now: clock.now(), elapsed: clock.elapsed() }
  const beating = (async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(leaseMs / 4, ended.signal)
      const at = { now: clock.now(), elapsed: clock.elapsed() }
      await store.jobs.beat(lease, { leaseMs, now: at.now })
      renewedAt = at
    }
  })().catch((error: unknown) => {
    if (!ended.signal.aborted) onLost(error)
  })
  return {
    refuseWhenOver() {
      if (clock.now() - renewedAt.now < leaseMs && clock.elapsed() - renewedAt.elapsed < leaseMs) return
      throw new LeaseLostError(
        `The lease on job ${lease.jobId} ran out before it was renewed, as when the machine slept. Another process may have the job by now, so nothing more is sent.`,
      )
    },
    async stop() {
      ended.abort(new Error('The work has ended.'))
      await beating
    },
  }
}

/** The same target for as long as the lease is held. */
export const writtenUnder = (keeper: LeaseKeeper, target: TargetConnector): TargetConnector => ({
  ...target,
  async write(write) {
    keeper.refuseWhenOver()
    return await target.write(write)
  },
})
