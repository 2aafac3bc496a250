/*
 * The latest requests, for people and tests (slack.md 10.1, item 6): a ring, so that its size is bounded.
 */

export interface RequestLogEntry {
  readonly number: number
  readonly at: number
  readonly method: string
  readonly url: string
  /** 0 when the connection failed. */
  readonly status: number
  readonly tookMs: number
  readonly fault: string | null
  /** Null when bodies are not kept, or this one is longer than the limit. */
  readonly requestBody: string | null
  readonly responseBody: string | null
}

const entriesMax = 1000
export const loggedBodyMax = 16_384

export class RequestLog {
  readonly #entries: RequestLogEntry[] = []
  #count = 0

  add(entry: Omit<RequestLogEntry, 'number'>): void {
    this.#entries[this.#count % entriesMax] = { ...entry, number: this.#count }
    this.#count++
  }

  /** Requests ever made, those no longer kept included. */
  get count(): number {
    return this.#count
  }

  /** Oldest first. */
  entries(): readonly RequestLogEntry[] {
    const first = this.#count % entriesMax
    return this.#count <= entriesMax
      ? [...this.#entries]
      : [...this.#entries.slice(first), ...this.#entries.slice(0, first)]
  }

  clear(): void {
    this.#entries.length = 0
    this.#count = 0
  }
}

export function loggedBody(body: string | undefined, isKept: boolean): string | null {
  return isKept && body !== undefined && body.length <= loggedBodyMax ? body : null
}
