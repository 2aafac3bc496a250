/*
 * The time of the simulator: the one it was given, or a frozen one that a test steps (slack.md 10.2, knob clock).
 */
import { setTimeout as sleepReally } from 'node:timers/promises'

export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepReally(ms, undefined, signal === undefined ? {} : { signal }),
}

interface Sleeper {
  readonly wakesAt: number
  readonly wake: () => void
}

export class StoppableClock implements Clock {
  readonly #running: Clock
  #frozenAt: number | null = null
  #sleepers: Sleeper[] = []

  constructor(running: Clock) {
    this.#running = running
  }

  get isFrozen(): boolean {
    return this.#frozenAt !== null
  }

  now(): number {
    return this.#frozenAt ?? this.#running.now()
  }

  /** Stops the time, at the present instant or at a given one. */
  freeze(at?: number): void {
    this.#frozenAt = at ?? this.now()
    this.#wakeDue()
  }

  /** Lets a frozen time pass; whoever sleeps until then wakes in order. */
  step(ms: number): void {
    this.#frozenAt = this.now() + ms
    this.#wakeDue()
  }

  /** The given clock takes over again. Sleepers of the frozen time wake at once. */
  unfreeze(): void {
    this.#frozenAt = null
    const sleepers = this.#sleepers
    this.#sleepers = []
    for (const { wake } of sleepers) wake()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0) return Promise.resolve()
    if (this.#frozenAt === null) return this.#running.sleep(ms, signal)
    const wakesAt = this.#frozenAt + ms
    return new Promise((resolve, reject) => {
      const sleeper = { wakesAt, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal.reason instanceof Error ? signal.reason : new Error('The sleep was ended.'))
      })
    })
  }

  #wakeDue(): void {
    const now = this.now()
    const due = this.#sleepers.filter(({ wakesAt }) => wakesAt <= now)
    this.#sleepers = this.#sleepers.filter(({ wakesAt }) => wakesAt > now)
    for (const { wake } of due.toSorted((left, right) => left.wakesAt - right.wakesAt)) wake()
  }
}
