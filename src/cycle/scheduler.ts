/*
 * Runs due jobs one after the other, for as long as the service lives: a tick each second, at once when woken.
 */
import type { StopSignal } from '../vocabulary/index.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { leaseMs } from './keep-lease.ts'
import { runJob, type JobRunEnd } from './run-job.ts'

const tickMs = 1000

export interface Scheduler {
  /** Looks for due jobs now. */
  wake(): void
  /** Stops after the objects in flight; a running cycle goes on at the next start. */
  stop(): Promise<void>
}

export function startScheduler(ports: CyclePorts, owner: string, onEnd: (end: JobRunEnd) => void): Scheduler {
  const stopped = new AbortController()
  let waking = new AbortController()

  async function tick(stop: StopSignal): Promise<boolean> {
    const claim = await ports.store.jobs.claim({ owner, leaseMs, now: ports.clock.now() })
    if (claim === null) return false
    onEnd(await runJob(ports, claim, stop))
    return true
  }

  const running = (async () => {
    while (!stopped.signal.aborted) {
      try {
        if (await tick(stopped.signal)) continue
      } catch (error) {
        ports.log.error('a due job could not be run', { error: error instanceof Error ? error.message : String(error) })
      }
      waking = new AbortController()
      const either = AbortSignal.any([waking.signal, stopped.signal])
      await ports.clock.sleep(tickMs, either).catch((error: unknown) => {
        if (!either.aborted) throw error
      })
    }
  })()

  return {
    wake: () => waking.abort(new Error('woken')),
    async stop() {
      stopped.abort(new Error('The service is stopping.'))
      await running
    },
  }
}
