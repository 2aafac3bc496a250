/*
 * Lets the rest of the process have its turn while objects are evaluated: a costly pattern takes tens of milliseconds for
 * one object, and a page has hundreds of them (docs/decisions/regular-expressions.md).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Does what may take long, without a pause: at once in a young turn of the event loop, in a later turn otherwise. */
export type Compute = <T>(work: () => T) => Promise<T>

/** After that long somebody else has their turn; long enough that ordinary objects hardly notice. */
const turnMaxMs = 15

export function createCompute(now: () => number = () => performance.now()): Compute {
  let turnBeganAt = now()
  let coming: Promise<void> | null = null
  async function next(): Promise<void> {
    await nextTurn()
    turnBeganAt = now()
    coming = null
  }
  return async (work) => {
    // Many wait for the same turn: it belongs to the first of them, and to the others as far as it is still young.
    while (now() - turnBeganAt >= turnMaxMs) {
      coming ??= next()
      await coming
    }
    return work()
  }
}
