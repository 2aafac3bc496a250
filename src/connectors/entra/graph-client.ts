/*
 * Asks a tenant's Graph: with a token, at most four requests at once, patiently where it is busy or out of reach, and never
 * anybody but the two places it was given (graph-api.md 6 and 7.6).
 */
import { ConnectorError, type Clock } from '../../vocabulary/index.ts'
import type { EntraCredential } from './credentials.ts'
import { createTokens, jsonOf } from './tokens.ts'
import type { GraphAnswer, GraphRequest, GraphTransport } from './transport.ts'

export interface GraphClientOptions {
  readonly authority: string
  readonly graph: string
  readonly tenant: string
  readonly clientId: string
  readonly credential: EntraCredential
  readonly transport: GraphTransport
  readonly clock: Clock
  /** A number from 0 to below 1. */
  readonly random: () => number
}

export type Json = Readonly<Record<string, unknown>>

export interface GraphReading {
  readonly status: number
  readonly headers: GraphAnswer['headers']
  /** Empty where there was no JSON object. */
  readonly body: Json
  /** Graph's `error.code`; '' where there is none. */
  readonly errorCode: string
  readonly errorMessage: string
}

export interface GraphClient {
  /** An address below `v1.0`, or a link of an earlier answer, which is sent as it is. Answers whatever is final, refusals too. */
  read(address: string, headers?: Readonly<Record<string, string>>): Promise<GraphReading>
  /** The same, and throws a `ConnectorError` about the whole job unless the answer is a success. */
  get(address: string, what: string): Promise<Json>
  /** The claims of the token in use; `null` where it is not readable. */
  claims(): Promise<Json | null>
  /** Whether a link leads to the tenant's Graph: nobody else is asked. */
  isOwn(link: string): boolean
  /** Ends what is under way. */
  close(): Promise<void>
}

export const requestsMax = 4
const attemptsMax = 8
/** Without an answer to how long: longer where too much was asked than where somebody stumbled (graph-api.md 6). */
const busyMs = 10_000
const stumbledMs = 2000
const waitMaxMs = 120_000

const isWorthAnother = (status: number): boolean => status === 429 || status >= 500

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { authority, graph, transport, clock, random } = options
  const root = `${graph}/v1.0`
  const ended = new AbortController()
  const tokens = createTokens({ ...options, send: (request) => patiently(request) })
  let inFlight = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (inFlight >= requestsMax) await new Promise<void>((resolve) => waiting.push(resolve))
    else inFlight += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) inFlight -= 1
      else next()
    }
  }

  /** Waits and tries again while the answer may still become another one. */
  async function patiently(request: GraphRequest): Promise<GraphAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(request)
      const isFinal = 'status' in answer && !isWorthAnother(answer.status) && !isGarbled(answer)
      if (isFinal) return answer
      if (attempt === attemptsMax || ended.signal.aborted) throw outOfReach(request, answer, attempt)
      await clock.sleep(waitMs(answer, attempt), ended.signal)
    }
  }

  async function once(
    request: GraphRequest,
  ): Promise<GraphAnswer | { readonly failure: string; readonly cause: unknown }> {
    try {
      return await transport.send(request, ended.signal)
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause
      const failure = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
      return { failure, cause }
    }
  }

  function waitMs(answer: GraphAnswer | { readonly failure: string }, attempt: number): number {
    const asked = 'status' in answer ? retryAfterMs(answer.headers, clock.now()) : undefined
    if (asked !== undefined) return Math.min(asked, 10 * 60_000)
    const first = 'status' in answer && answer.status === 429 ? busyMs : stumbledMs
    return Math.min(waitMaxMs, first * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  }

  function outOfReach(
    request: GraphRequest,
    answer: GraphAnswer | { readonly failure: string; readonly cause: unknown },
    attempts: number,
  ): ConnectorError {
    const place = new URL(request.url).origin
    if ('failure' in answer)
      return new ConnectorError(
        `${place} could not be reached (${answer.failure}, ${String(attempts)} attempts), so the tenant is not read further. Nothing is concluded from that; it goes on where it stopped. Check the network, a proxy, and MUSTER_ENTRA_CA for an authority of your own.`,
        { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle', cause: answer.cause },
      )
    const isBusy = answer.status === 429
    return new ConnectorError(
      `${place} ${isBusy ? 'limits the rate of requests' : 'has trouble of its own'} (HTTP ${String(answer.status)}, ${String(attempts)} attempts), so the tenant is not read further. Nothing is concluded from that; it goes on where it stopped.`,
      { code: isBusy ? 'TooManyRequests' : 'InternalServerError', scope: 'job', retry: 'nextCycle' },
    )
  }

  const isOwn = (link: string): boolean => URL.canParse(link) && new URL(link).origin === new URL(graph).origin

  /** Tokens and questions go to Graph, whatever a link says. */
  function refuseForeign(url: string): void {
    if (isOwn(url)) return
    throw new ConnectorError(
      `Graph at ${graph} answered with a link to another place, which is not asked: the token would go to somebody else.`,
      { code: 'UnprocessableEntity', scope: 'job', retry: 'nextCycle' },
    )
  }

  async function read(address: string, headers: Readonly<Record<string, string>> = {}): Promise<GraphReading> {
    const url = address.startsWith('/') ? `${root}${address}` : address
    refuseForeign(url)
    return await inTurn(async () => {
      let token = await tokens.get()
      const send = (): Promise<GraphAnswer> =>
        patiently({
          method: 'GET',
          url,
          headers: { accept: 'application/json', ...headers, authorization: `Bearer ${token}` },
        })
      let answer = await send()
      if (answer.status === 401) {
        token = await tokens.get(token)
        answer = await send()
      }
      return readingOf(answer)
    })
  }

  return {
    isOwn,
    read,
    async get(address, what) {
      const reading = await read(address)
      if (reading.status < 300) return reading.body
      throw refusalOf(reading, what)
    },
    async claims() {
      const [, payload = ''] = (await tokens.get()).split('.')
      const claims = jsonOf(Buffer.from(payload, 'base64url').toString('utf8'))
      return typeof claims === 'object' && claims !== null ? (claims as Json) : null
    },
    async close() {
      ended.abort(
        new ConnectorError(`The reading of ${authority} was ended.`, {
          code: 'InternalError',
          scope: 'job',
          retry: 'nextCycle',
        }),
      )
      await transport.close()
    },
  }
}

/** A success that is no JSON was cut off on its way. */
const isGarbled = ({ status, body }: GraphAnswer): boolean => status === 200 && typeof jsonOf(body) !== 'object'

function readingOf({ status, headers, body }: GraphAnswer): GraphReading {
  const json = jsonOf(body)
  const object = typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Json) : {}
  const error = object['error']
  const { code, message } = typeof error === 'object' && error !== null ? (error as Json) : {}
  return {
    status,
    headers,
    body: object,
    errorCode: typeof code === 'string' ? code : '',
    errorMessage: typeof message === 'string' ? message : '',
  }
}

/** What Graph refuses: whose fault it may be, and what to do about it. */
export function refusalOf({ status, errorCode, errorMessage }: GraphReading, what: string): ConnectorError {
  const said = `HTTP ${String(status)}${errorCode === '' ? '' : ` ${errorCode}`}${errorMessage === '' ? '' : `: ${errorMessage.slice(0, 300)}`}`
  const isRight = status === 401 || status === 403
  const toDo = isRight
    ? 'Grant the permission and give admin consent; "muster source test" shows each permission, and what it is for.'
    : '"muster source test" shows what can be read and what not.'
  return new ConnectorError(`The tenant did not give ${what} (${said}). ${toDo}`, {
    code: isRight ? 'InsufficientRights' : 'UnprocessableEntity',
    scope: 'job',
    retry: 'nextCycle',
    ...(errorCode === '' ? {} : { targetErrorName: errorCode }),
  })
}

function retryAfterMs(headers: GraphAnswer['headers'], now: number): number | undefined {
  const header = headers['retry-after']
  const text = (typeof header === 'string' ? header : header?.[0])?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const at = text === '' ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
