/*
 * One life of the service's process. Every call it makes to store, source, target and clock is a numbered point at which it
 * may die (everything in flight is cut off, its memory is gone) or freeze (it sleeps, and later goes on as if nothing were).
 */
import type { CyclePorts } from '../../src/cycle/index.ts'

export interface Point {
  readonly number: number
  /** `store.jobs.saveCycle`, `target.write`, ... */
  readonly call: string
}

/** What happens to the process at a point. */
export type Turn = 'goesOn' | 'dies' | 'freezes'

export interface Fate {
  nextNumber(): number
  /** Before the call is made. */
  begins(point: Point): Promise<Turn>
  /** The call has taken effect, and its answer is there. */
  answered(point: Point): Turn
}

export interface SimulatedProcess {
  readonly ports: CyclePorts
  readonly died: Promise<'died'>
  readonly froze: Promise<'froze'>
  thaw(): void
}

/** Calls that are answered at once and change nothing. */
const immediate: ReadonlySet<string> = new Set(['now', 'elapsed', 'describe', 'asStored', 'traffic', 'budgets'])
const streams: ReadonlySet<string> = new Set(['readChanges', 'listObjects'])

const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

type Call = (...args: readonly unknown[]) => unknown

export function createProcess(ports: CyclePorts, fate: Fate): SimulatedProcess {
  const died = Promise.withResolvers<'died'>()
  const froze = Promise.withResolvers<'froze'>()
  let isDead = false
  let sleep: PromiseWithResolvers<void> | null = null

  function take(turn: Turn): void {
    if (turn === 'dies') {
      isDead = true
      died.resolve('died')
    } else if (turn === 'freezes' && sleep === null) {
      sleep = Promise.withResolvers()
      froze.resolve('froze')
    }
  }

  async function pass<T>(call: string, act: () => Promise<T>): Promise<T> {
    if (isDead) return await never()
    const point = { number: fate.nextNumber(), call }
    take(await fate.begins(point))
    if (isDead) return await never()
    // What has left for the target before the process fell asleep arrives all the same.
    if (sleep !== null && call !== 'target.write') await sleep.promise
    const settled = await act().then(
      (value) => ({ kind: 'value' as const, value }),
      (error: unknown) => ({ kind: 'error' as const, error }),
    )
    if (isDead) return await never()
    take(fate.answered(point))
    if (sleep !== null) await sleep.promise
    // It may have died while this call was under way, whatever the compiler takes from the look above.
    if (isGone()) return await never()
    if (settled.kind === 'error') throw settled.error
    return settled.value
  }

  const isGone = (): boolean => isDead

  async function* passEach<T>(call: string, pages: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = pages[Symbol.asyncIterator]()
    for (;;) {
      const next = await pass(call, () => iterator.next())
      if (next.done === true) return
      yield next.value
    }
  }

  /** The same object, whose every call is a point. */
  function seenBy<T extends object>(name: string, object: T): T {
    const made = new Map<PropertyKey, unknown>()
    const wrap = (key: PropertyKey, value: unknown): unknown => {
      const call = `${name}.${String(key)}`
      if (typeof value === 'object' && value !== null) return seenBy(call, value)
      if (typeof value !== 'function' || immediate.has(String(key))) return value
      const act = (args: readonly unknown[]): unknown => (value as Call).apply(object, [...args])
      if (key === 'afresh') return () => seenBy(name, act([]) as object)
      if (streams.has(String(key)))
        return (...args: readonly unknown[]) => passEach(call, act(args) as AsyncIterable<unknown>)
      return (...args: readonly unknown[]) => pass(call, () => act(args) as Promise<unknown>)
    }
    return new Proxy(object, {
      get(_object, key) {
        if (!made.has(key)) made.set(key, wrap(key, Reflect.get(object, key)))
        return made.get(key)
      },
    })
  }

  return {
    ports: {
      ...ports,
      store: seenBy('store', ports.store),
      clock: seenBy('clock', ports.clock),
      connect: (job) => {
        const { source, target } = ports.connect(job)
        return { source: seenBy('source', source), target: seenBy('target', target) }
      },
    },
    died: died.promise,
    froze: froze.promise,
    thaw: () => sleep?.resolve(),
  }
}
