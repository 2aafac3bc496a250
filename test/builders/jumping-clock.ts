/*
 * A clock for tests: nothing waits in real time. When everybody sleeps, the time jumps to the earliest waking.
 */
import type { Clock, StopSignal } from '../../src/vocabulary/index.ts'

export interface JumpingClock extends Clock {
  /** How long everybody has slept in all since the clock was made. */
  elapsedMs(): number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Begins at 1 January 2026 unless told otherwise. */
export function createJumpingClock(startAt = Date.UTC(2026, 0, 1)): JumpingClock {
  let now = startAt
  let isArranged = false
  const sleepers = new Set<Sleeper>()

  /** Waits until all that runs has run: timers are passed by, promises and loopback answers are not. */
  function arrange(): void {
    if (isArranged || sleepers.size === 0) return
    isArranged = true
    setImmediate(() => {
      isArranged = false
      let earliest: Sleeper | null = null
      for (const sleeper of sleepers) if (earliest === null || sleeper.at < earliest.at) earliest = sleeper
      if (earliest === null) return
      now = Math.max(now, earliest.at)
      sleepers.delete(earliest)
      earliest.wake()
      arrange()
    })
  }

  function sleep(durationMs: number, stop?: StopSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (stop?.aborted === true) {
        reject(reasonOf(stop))
        return
      }
      const sleeper: Sleeper = { at: now + durationMs, wake: resolve }
      sleepers.add(sleeper)
      stop?.addEventListener(
        'abort',
        () => {
          if (sleepers.delete(sleeper)) reject(reasonOf(stop))
        },
        { once: true },
      )
      arrange()
    })
  }

  return { now: () => now, elapsed: () => now, elapsedMs: () => now - startAt, sleep }
}

function reasonOf(stop: StopSignal): Error {
  return stop.reason instanceof Error ? stop.reason : new Error('The sleep was ended.')
}
