/*
 * Ends a request that takes too long. All requests of a target have the same time limit, so they fall due in the order in
 * which they began, and one sleeper watches over all of them: a timer a request would cost more than the request's parsing.
 */
import type { Clock } from '../../vocabulary/index.ts'

/** The answer did not arrive in time; whether the request took effect is unknown. */
export class RequestTimedOut extends Error {
  override readonly name = 'RequestTimedOut'
  readonly code = 'TIMED_OUT'
}

/** The connector was closed while the request ran or waited. */
export class ConnectorClosed extends Error {
  override readonly name = 'ConnectorClosed'
  readonly code = 'CONNECTOR_CLOSED'
}

/** Why the watch ends; made once, because a fresh reason with its stack costs more than the watch. */
const nothingRuns = new ConnectorClosed('No request runs any more.')

export interface Deadlines {
  /** Runs one request; rejects with `RequestTimedOut` when it has not settled in time, whatever `start` does. */
  run<Answer>(start: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>
  /** Ends everything that runs. */
  close(): void
}

interface Running {
  readonly dueAt: number
  readonly controller: AbortController
  readonly fail: (error: Error) => void
}

export function createDeadlines(clock: Clock, timeoutMs: number): Deadlines {
  const running = new Set<Running>()
  let watch: AbortController | null = null
  let isClosed = false

  function end(entry: Running, error: Error): void {
    running.delete(entry)
    entry.fail(error)
    entry.controller.abort(error)
  }

  async function watchOver(stop: AbortController): Promise<void> {
    while (!stop.signal.aborted) {
      const now = clock.now()
      for (const entry of running) {
        if (entry.dueAt > now) break
        const seconds = String(timeoutMs / 1000)
        end(entry, new RequestTimedOut(`No answer within ${seconds} s.`))
      }
      const [next] = running
      if (next === undefined) break
      try {
        await clock.sleep(next.dueAt - now, stop.signal)
      } catch (error) {
        if (stop.signal.aborted) return
        throw error
      }
    }
    if (watch === stop) watch = null
  }

  return {
    run: (start) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new ConnectorClosed('The connector is closed.'))
          return
        }
        const entry: Running = { dueAt: clock.now() + timeoutMs, controller: new AbortController(), fail: reject }
        running.add(entry)
        if (watch === null) {
          watch = new AbortController()
          watchOver(watch).catch((error: unknown) => {
            for (const other of running) end(other, error instanceof Error ? error : new Error(String(error)))
          })
        }
        start(entry.controller.signal)
          .then(resolve, reject)
          .finally(() => {
            running.delete(entry)
            // Nothing runs any more: a sleeper left behind would keep a process or a virtual clock busy.
            if (running.size > 0 || watch === null) return
            watch.abort(nothingRuns)
            watch = null
          })
          .catch(reject)
      }),
    close: () => {
      isClosed = true
      for (const entry of running) end(entry, new ConnectorClosed('The connector was closed while the request ran.'))
      watch?.abort(nothingRuns)
      watch = null
    },
  }
}
