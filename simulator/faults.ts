/*
 * What goes wrong on purpose, and when (slack.md 10.2, knob faults): the next so many matching requests,
 * or some of them by chance.
 */

export type FaultKind =
  | 'status'
  | 'timeoutBefore'
  | 'timeoutAfter'
  | 'reset'
  | 'resetAfter'
  | 'slow'
  | 'html502'
  | 'truncatedJson'
  | 'silent200'
  | 'updateDeactivates'

export const faultKinds: readonly FaultKind[] = [
  'status',
  'timeoutBefore',
  'timeoutAfter',
  'reset',
  'resetAfter',
  'slow',
  'html502',
  'truncatedJson',
  'silent200',
  'updateDeactivates',
]

export interface FaultSeed {
  readonly kind: FaultKind
  /** Regular expressions, tried against the method and against path with query. Absent matches all. */
  readonly method?: string
  readonly path?: string
  /** How many matching requests are hit; absent means all. */
  readonly next?: number
  /** The chance of each matching request, 0 to 1; absent means 1. */
  readonly probability?: number
  /** For `status`: 500 unless said. */
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** For `slow`, and how long a timeout lasts before the connection breaks. */
  readonly delayMs?: number
}

export interface Fault extends FaultSeed {
  readonly id: number
  readonly hits: number
}

interface FaultState {
  readonly id: number
  readonly seed: FaultSeed
  readonly method: RegExp | null
  readonly path: RegExp | null
  hits: number
}

export class FaultList {
  readonly #random: () => number
  #faults: FaultState[] = []
  #nextId = 1

  constructor(random: () => number) {
    this.#random = random
  }

  add(seed: FaultSeed): number {
    const id = this.#nextId++
    this.#faults.push({
      id,
      seed,
      method: seed.method === undefined ? null : new RegExp(seed.method),
      path: seed.path === undefined ? null : new RegExp(seed.path),
      hits: 0,
    })
    return id
  }

  remove(id: number): boolean {
    const count = this.#faults.length
    this.#faults = this.#faults.filter((fault) => fault.id !== id)
    return this.#faults.length < count
  }

  clear(): void {
    this.#faults = []
  }

  list(): readonly Fault[] {
    return this.#faults.map(({ id, seed, hits }) => ({ ...seed, id, hits }))
  }

  /** The fault that hits this request, if any. One that is used up stays in the list with its count. */
  take(method: string, target: string): FaultSeed | null {
    for (const fault of this.#faults) {
      const { seed } = fault
      if (seed.next !== undefined && fault.hits >= seed.next) continue
      if (fault.method?.test(method) === false || fault.path?.test(target) === false) continue
      // Other requests have nothing it could do.
      if (seed.kind === 'updateDeactivates' && !isUpdateOfPerson(method, target)) continue
      if (seed.probability !== undefined && this.#random() >= seed.probability) continue
      fault.hits++
      return seed
    }
    return null
  }
}

function isUpdateOfPerson(method: string, target: string): boolean {
  return /^(PATCH|PUT)$/.test(method) && /\/scim\/v[12]\/Users\/[^/?]/.test(target)
}

/** What a client sees when the connection fails; over HTTP it becomes just that. */
export class ConnectionFault extends Error {
  readonly code: 'ECONNRESET' | 'ETIMEDOUT'
  readonly delayMs: number | null

  constructor(code: 'ECONNRESET' | 'ETIMEDOUT', delayMs: number | null = null) {
    super(code === 'ECONNRESET' ? 'The simulated connection was reset.' : 'The simulated request timed out.')
    this.code = code
    this.delayMs = delayMs
  }
}

/** Whether the request fails before it could take effect. */
export function failsBefore({ kind }: FaultSeed): boolean {
  return kind === 'status' || kind === 'html502' || kind === 'reset' || kind === 'timeoutBefore'
}
