/*
 * The provisioning log as it is written, as server-sent events: for the portal and for log stores. Each entry has its place in
 * the log as its id, so that whoever comes back with the last one goes on there. Entries are read when the caller has taken
 * those before: who reads slowly holds nobody up and fills no memory.
 */
import type { LogFilter, ProvisioningStore } from '../../store/store.ts'
import type { Clock, StopSignal } from '../../vocabulary/index.ts'

/** Between two looks at a log that has nothing new. */
const lookEveryMs = 500
/** So long without an entry, and the caller is told that the line is alive. */
const heartbeatMs = 15_000
const pageSize = 100

export interface LogStream {
  readonly log: Pick<ProvisioningStore, 'logAfter' | 'logPosition'>
  readonly clock: Clock
  readonly filter: LogFilter
  /** The place of the last entry the caller has. */
  readonly after: number
  /** The caller has gone. */
  readonly gone: StopSignal
}

/** Every matching entry after that place, in the order they were written, once each; ends when the caller has gone. */
export async function* streamLog({ log, clock, filter, after, gone }: LogStream): AsyncGenerator<string> {
  let last = after
  // A caller that breaks off soon comes back soon; it learns at once where it stands.
  yield `retry: 1000\nid: ${String(last)}\n: the log from here on\n\n`
  let toldAt = clock.now()
  while (!gone.aborted) {
    // Read first: everything up to here is committed, whatever comes later is after it.
    const position = await log.logPosition()
    const page = position > last ? await log.logAfter(last, { ...filter, through: position, limit: pageSize }) : []
    for (const { number, entry } of page) {
      yield `id: ${String(number)}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`
      last = number
      toldAt = clock.now()
    }
    if (page.length === pageSize) continue
    last = Math.max(last, position)
    if (clock.now() - toldAt >= heartbeatMs) {
      // An id without data moves the caller on, past entries that do not match.
      yield `id: ${String(last)}\n: alive\n\n`
      toldAt = clock.now()
    }
    await clock.sleep(lookEveryMs, gone).catch((error: unknown) => {
      if (!gone.aborted) throw error
    })
  }
}
