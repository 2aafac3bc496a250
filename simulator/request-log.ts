/*
 * The latest requests, for people and tests (slack.md 10.1, item 6): a ring, so that its size is bounded. Secrets are
 * masked before anything is kept, so that a log can be shown and sent around.
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
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly responseHeaders: Readonly<Record<string, string>>
  /** Null when bodies are not kept, or this one is longer than the limit. */
  readonly requestBody: string | null
  readonly responseBody: string | null
}

export interface RequestFilter {
  /** Found anywhere in method, address, status, fault or bodies, without case. */
  readonly text?: string
  readonly method?: string
  readonly outcome?: 'ok' | 'failed'
  readonly limit?: number
}

const entriesMax = 1000
export const loggedBodyMax = 16_384

export class RequestLog {
  readonly #entries: RequestLogEntry[] = []
  #count = 0

  add(entry: Omit<RequestLogEntry, 'number'>): void {
    this.#entries[this.#count % entriesMax] = {
      ...entry,
      number: this.#count,
      url: maskSecrets(entry.url),
      requestHeaders: maskHeaders(entry.requestHeaders),
      responseHeaders: maskHeaders(entry.responseHeaders),
    }
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
  return isKept && body !== undefined && body.length <= loggedBodyMax ? maskSecrets(body) : null
}

/** Newest first, as a person reads a log. */
export function filterRequests(
  entries: readonly RequestLogEntry[],
  { text = '', method, outcome, limit = entriesMax }: RequestFilter,
): readonly RequestLogEntry[] {
  const wanted = text.toLowerCase()
  const found: RequestLogEntry[] = []
  for (const entry of entries.toReversed()) {
    if (found.length >= limit) break
    if (method !== undefined && entry.method !== method) continue
    const hasFailed = entry.status === 0 || entry.status >= 400
    if (outcome !== undefined && hasFailed !== (outcome === 'failed')) continue
    if (wanted === '' || searchedText(entry).toLowerCase().includes(wanted)) found.push(entry)
  }
  return found
}

function searchedText({ method, url, status, fault, requestBody, responseBody }: RequestLogEntry): string {
  return [method, url, decoded(url), status, fault, requestBody, responseBody].join(' ')
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return url
    throw error
  }
}

const mask = '••••'
const tokens = /\bxox[a-z](?:\.xox[a-z])?-[\w-]+/g
const codes = /\bsimcode-[\w-]+/g
const secretFields =
  /("(?:client_secret|code_verifier|refresh_token|password|SAMLResponse)"\s*:\s*")((?:[^"\\]|\\.)*)(")/g
const secretParameters = /\b((?:client_secret|code_verifier|refresh_token|password|SAMLResponse|code)=)([^&\s"]+)/g

/** What a token begins with says its kind, and stays. */
export function maskSecrets(text: string): string {
  if (!/xox|simcode|secret|verifier|refresh_token|password|SAMLResponse/.test(text)) return text
  return text
    .replaceAll(tokens, (token) => `${/^xox[a-z](?:\.xox[a-z])?/.exec(token)?.[0] ?? ''}-${mask}`)
    .replaceAll(codes, `simcode-${mask}`)
    .replaceAll(secretFields, `$1${mask}$3`)
    .replaceAll(secretParameters, `$1${mask}`)
}

const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'set-cookie'])

function maskHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const masked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    masked[name] = secretHeaders.has(name.toLowerCase()) ? maskCredential(value) : maskSecrets(value)
  }
  return masked
}

/** The scheme stays: whether it was Bearer or Basic is half of what one looks for. */
function maskCredential(value: string): string {
  const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? ''
  const prefix = /^xox[a-z](?:\.xox[a-z])?-/.exec(value.slice(scheme.length))?.[0] ?? ''
  return `${scheme}${prefix}${mask}`
}
