/*
 * Takes entries away when their time is over (spec 12.5), in the background and in short transactions with a pause after
 * each, so that no cycle waits for it.
 */
import type { Clock, StopSignal } from '../vocabulary/index.ts'
import type { OperatorLog } from './operator-log.ts'

/** Entries of one transaction: some milliseconds. */
const purgedAtOnce = 200
/** Between two transactions: whoever waits for the store has its turn. */
const pauseMs = 50
const lookEvery = 60 * 60_000

/** A log, and how long its entries are kept; `null`: for ever. */
export interface RetainedLog {
  readonly name: string
  readonly keptMs: number | null
  /** Removes the oldest entries before that instant, so many at most; answers how many. */
  readonly purge: (olderThan: number, limit: number) => Promise<number>
}

async function purgeOld(log: RetainedLog, clock: Clock, stop: StopSignal): Promise<number> {
  if (log.keptMs === null) return 0
  let purged = 0
  for (;;) {
    const atOnce = await log.purge(clock.now() - log.keptMs, purgedAtOnce)
    purged += atOnce
    if (atOnce < purgedAtOnce || stop.aborted) return purged
    await clock.sleep(pauseMs, stop)
  }
}

export function startRetention(
  { clock, log: operator }: { readonly clock: Clock; readonly log: OperatorLog },
  logs: readonly RetainedLog[],
): { readonly stop: () => Promise<void> } {
  const stopped = new AbortController()
  const stop = stopped.signal

  async function look(): Promise<void> {
    for (const log of logs) {
      try {
        const purged = await purgeOld(log, clock, stop)
        if (purged > 0) operator.info('entries are gone, their time is over', { log: log.name, entries: purged })
      } catch (error) {
        if (stop.aborted) return
        operator.error('old entries could not be removed', {
          log: log.name,
          error: error instanceof Error ? error.message : String(error),
        })
      }
    }
  }

  const running = (async () => {
    while (!stop.aborted) {
      await look()
      await clock.sleep(lookEvery, stop).catch((error: unknown) => {
        if (!stop.aborted) throw error
      })
    }
  })()
  return {
    async stop() {
      stopped.abort(new Error('The service is stopping.'))
      await running
    },
  }
}
