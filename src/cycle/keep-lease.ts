/* The right to write for a job, kept for as long as the work goes on. */
import type { Lease } from '../store/store.ts'
import type { CyclePorts } from './cycle-ports.ts'

export const leaseMs = 15_000

/** Renews the lease until stopped; calls `onLost` when it is another's. */
export function keepLease(
  ports: Pick<CyclePorts, 'store' | 'clock'>,
  lease: Lease,
  onLost: (error: unknown) => void,
): { readonly stop: () => Promise<void> } {
  const ended = new AbortController()
  const beating = (async () => {
    while (!ended.signal.aborted) {
      await ports.clock.sleep(leaseMs / 4, ended.signal)
      await ports.store.jobs.beat(lease, { leaseMs, now: ports.clock.now() })
    }
  })().catch((error: unknown) => {
    if (!ended.signal.aborted) onLost(error)
  })
  return {
    async stop() {
      ended.abort(new Error('The work has ended.'))
      await beating
    },
  }
}
