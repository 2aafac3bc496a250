/* The time, as something handed in: production uses the machine's, tests and benches a virtual one. */

/** The part of an AbortSignal that waiting needs; written out because the pure rooms know no DOM types. */
export interface StopSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Milliseconds since some moment: goes on evenly when somebody sets the clock, and may stand still while the machine sleeps. */
  elapsed(): number
  /** Resolves after `durationMs`; rejects with the signal's reason when it is aborted first. */
  sleep(durationMs: number, stop?: StopSignal): Promise<void>
}
