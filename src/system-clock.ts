/* The machine's clock, for production. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from './vocabulary/index.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async sleep(durationMs, stop) {
    if (stop === undefined) {
      await wait(durationMs)
      return
    }
    const stopped = new AbortController()
    const abort = (): void => stopped.abort()
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, { once: true })
    try {
      await wait(durationMs, undefined, { signal: stopped.signal })
    } catch (error) {
      if (stop.aborted) throw stop.reason
      throw error
    } finally {
      stop.removeEventListener('abort', abort)
    }
  },
}
