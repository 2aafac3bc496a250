/*
 * Runs due jobs, side by side, for as long as the service lives: a tick each second, at once when woken. A change in the
 * source makes a job due before its time.
 */
import { ConnectorError, type SynchronizationJob } from '../vocabulary/index.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { leaseMs } from './keep-lease.ts'
import { runJob, type JobRunEnd } from './run-job.ts'

const tickMs = 1000

export interface Scheduler {
  /** Looks for due jobs and for changes now. */
  wake(): void
  /** Stops after the objects in flight; a running cycle goes on at the next start. */
  stop(): Promise<void>
}

/** While something is wrong a job keeps its pace; removals that wait for an answer are no reason for others to wait. */
const keepsUp = ({ quarantine }: SynchronizationJob): boolean =>
  quarantine === null || quarantine.reason === 'TooManyDeletes'

export function startScheduler(ports: CyclePorts, owner: string, onEnd: (end: JobRunEnd) => void): Scheduler {
  const { store, clock, log } = ports
  const stopped = new AbortController()
  let waking = new AbortController()
  let isWoken = false
  const running = new Set<Promise<void>>()
  /** Up to where a job's source was when it was last made due: a watermark it never reaches makes it due once. */
  const noticed = new Map<string, string>()

  function wake(): void {
    isWoken = true
    waking.abort(new Error('woken'))
  }

  function complain(what: string, error: unknown): void {
    log.error(what, { error: error instanceof Error ? error.message : String(error) })
  }

  async function newestOf(job: SynchronizationJob): Promise<string | null> {
    const { source, target } = ports.connect(job)
    try {
      return await source.newestWatermark()
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      // The job's next cycle meets the same and says so, with the reason and its consequences.
      return null
    } finally {
      await target.close()
    }
  }

  /** Jobs whose source has gone on since their last cycle are due now. */
  async function noticeChanges(): Promise<boolean> {
    let isAnyDue = false
    for (const job of (await store.jobs.idle(clock.now())).filter(keepsUp)) {
      const newest = await newestOf(job)
      if (newest === null || newest === job.watermark || noticed.get(job.jobId) === newest) continue
      noticed.set(job.jobId, newest)
      await store.jobs.setNextRun(job.jobId, clock.now())
      isAnyDue = true
    }
    return isAnyDue
  }

  async function runNext(): Promise<boolean> {
    const claim = await store.jobs.claim({ owner, leaseMs, now: clock.now() })
    if (claim === null) return false
    const run = runJob(ports, claim, stopped.signal)
      .then((end) => {
        onEnd(end)
        // It may be due again already: something changed while it ran.
        wake()
      })
      .catch((error: unknown) => complain('a due job could not be run', error))
      .finally(() => running.delete(run))
    running.add(run)
    return true
  }

  async function tick(): Promise<void> {
    isWoken = false
    try {
      while (!stopped.signal.aborted && ((await runNext()) || (await noticeChanges())));
    } catch (error) {
      complain('due jobs could not be looked for', error)
    }
  }

  async function pause(): Promise<void> {
    waking = new AbortController()
    if (isWoken) return
    const either = AbortSignal.any([waking.signal, stopped.signal])
    await clock.sleep(tickMs, either).catch((error: unknown) => {
      if (!either.aborted) throw error
    })
  }

  const looking = (async () => {
    while (!stopped.signal.aborted) {
      await tick()
      await pause()
    }
  })()

  return {
    wake,
    async stop() {
      stopped.abort(new Error('The service is stopping.'))
      await looking
      await Promise.all(running)
    },
  }
}
