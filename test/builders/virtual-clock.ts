/*
 * A clock that stands still until told: sleepers wake when time is advanced, in order, each with everything it does
 * before the next one. Nothing really waits.
 */
import type { Clock } from '../../src/vocabulary/index.ts'

export interface VirtualClock extends Clock {
  /** Moves the time and wakes whoever is due, in order. */
  advance(durationMs: number): Promise<void>
  /**
   * Runs until `work` is done, moving the time to the next sleeper whenever everything else rests.
   * @throws Error when nobody sleeps any more and the work does not end.
   */
  runUntilDone<T>(work: Promise<T>): Promise<T>
}

interface Sleeper {
  readonly wakeAt: number
  readonly order: number
  readonly wake: () => void
}

/** Turns of the event loop after which nothing is taken to be under way but sleepers; a bench that measures waits longer. */
const usualRestingTurns = 12

/** Real time after which work that nobody's waking has helped on is taken to wait for what never comes. */
const stuckMs = 60_000

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

export function createVirtualClock(startAt = Date.UTC(2026, 0, 5, 8), restingTurns = usualRestingTurns): VirtualClock {
  let time = startAt
  let order = 0
  let sleepers: Sleeper[] = []

  async function settle(): Promise<void> {
    for (let turn = 0; turn < restingTurns; turn += 1) await nextTurn()
  }

  function wakeNext(until: number): boolean {
    let next: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (sleeper.wakeAt > until) continue
      if (
        next === undefined ||
        sleeper.wakeAt < next.wakeAt ||
        (sleeper.wakeAt === next.wakeAt && sleeper.order < next.order)
      ) {
        next = sleeper
      }
    }
    if (next === undefined) return false
    const woken = next
    sleepers = sleepers.filter((sleeper) => sleeper !== woken)
    time = Math.max(time, woken.wakeAt)
    woken.wake()
    return true
  }

  return {
    now: () => time,
    elapsed: () => time,
    sleep: (durationMs, stop) =>
      new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          sleepers = sleepers.filter((sleeper) => sleeper !== mine)
          reject(stop?.reason instanceof Error ? stop.reason : new Error('stopped'))
        }
        order += 1
        const mine: Sleeper = {
          wakeAt: time + Math.max(0, durationMs),
          order,
          wake: () => {
            stop?.removeEventListener('abort', abort)
            resolve()
          },
        }
        if (stop?.aborted === true) {
          abort()
          return
        }
        stop?.addEventListener('abort', abort, { once: true })
        sleepers.push(mine)
      }),
    async advance(durationMs) {
      const until = time + durationMs
      await settle()
      while (wakeNext(until)) await settle()
      time = until
    },
    async runUntilDone(work) {
      let isDone = false
      const finished = work.finally(() => {
        isDone = true
      })
      finished.catch(() => undefined)
      await settle()
      let helpedAt = performance.now()
      while (!isDone) {
        if (wakeNext(Number.POSITIVE_INFINITY)) helpedAt = performance.now()
        else if (performance.now() - helpedAt > stuckMs) throw new Error('the work waits for what never comes')
        await settle()
      }
      return await finished
    },
  }
}
