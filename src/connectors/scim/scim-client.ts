/*
 * Carries out one SCIM request: waits for the rate limit, sends, reads the answer, waits out a 429, repeats what may be
 * repeated, and otherwise says in a ConnectorError what the target's error means.
 */
import type { Clock, ConnectorErrorFields, TargetBudget, TargetExchange } from '../../vocabulary/index.ts'
import { ConnectorError, credentialFailureCode } from '../../vocabulary/index.ts'
import type { TargetTraffic } from '../target.ts'
import { ConnectorClosed, createDeadlines, RequestTimedOut } from './deadlines.ts'
import type { AnswerReading } from './error-body.ts'
import { readAnswer } from './error-body.ts'
import type { ErrorMeaning, ErrorNames } from './error-names.ts'
import { maskSecrets, readableBody, withoutEcho } from './mask-secrets.ts'
import type { Endpoint, RateLimiter, RateLimits } from './rate-limiter.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { retryAfterMs } from './retry-after.ts'
import type { HttpMethod, Transport, TransportAnswer, TransportRequest } from './transport.ts'
import { transportFailure } from './transport-failure.ts'
import { createWriteLocks } from './write-locks.ts'

/** The token to send now; throws a ConnectorError when there is no valid one. */
export type TokenSource = () => string | Promise<string>

export interface ScimClientOptions {
  /** What messages call the target, e.g. `Slack`. */
  readonly targetName: string
  /** Where the SCIM resources live, e.g. `https://api.slack.com/scim/v1`. */
  readonly resourcesUrl: URL
  /** Asked before every request: a token that is about to expire is exchanged then (provisioning-service.md 15.4). */
  readonly token: TokenSource
  readonly contentType: string
  readonly errorNames: ErrorNames
  /** What a status means when the name is unknown; the general rules of SCIM come after. */
  readonly statusMeanings?: ReadonlyMap<number, ErrorMeaning>
  readonly transport: Transport
  readonly clock: Clock
  /** Between 0 and 1; spreads the pauses between attempts. */
  readonly random: () => number
  readonly limits: RateLimits | null
  readonly rateShare: number
  /** The limiter in use now, where several clients share one; `make` gives another with the limits above. */
  readonly budget?: SharedBudget
  readonly requestTimeoutMs: number
}

export type SharedBudget = (make: () => RateLimiter) => RateLimiter

export interface ScimCall {
  readonly endpoint: Endpoint
  readonly method: HttpMethod
  /** Below the resources URL, e.g. `/Users/U1`. */
  readonly path: string
  readonly body?: unknown
  /** A removal: it goes before everything that waits (nobody keeps access because others are being added). */
  readonly isUrgent?: boolean
}

export type Attempt =
  | { readonly kind: 'done'; readonly json: unknown }
  | {
      readonly kind: 'failed'
      readonly error: ConnectorError
      readonly canRepeat: boolean
      /** The request may have taken effect although nothing good came back. */
      readonly isUncertain: boolean
    }

export interface ScimClient {
  /** One attempt; only 429 answers are waited out and repeated inside. */
  attempt(call: ScimCall): Promise<Attempt>
  /** As many attempts as make sense; throws a ConnectorError. Only for requests that may safely be repeated. */
  request(call: ScimCall): Promise<unknown>
  /** The pause before an attempt is repeated for the `repeat`-th time, counted from 0. */
  pause(repeat: number, error: ConnectorError): Promise<void>
  /** Runs a write alone on its resource, e.g. `Users/U1`. */
  alone<Result>(resource: string, action: () => Promise<Result>): Promise<Result>
  traffic(): TargetTraffic
  budgets(): readonly TargetBudget[]
  close(): Promise<void>
}

/** Attempts after the first one. */
export const repeatsMax = 3

const firstPauseMs = 500
const pauseMsMax = 30_000
/** Throttling of one request is waited out this long in all, then it is left to the next cycle. */
const throttledMsMax = 5 * 60_000

export function createScimClient(options: ScimClientOptions): ScimClient {
  const { clock, targetName, transport } = options
  const { budget } = options
  const makeLimiter = (): RateLimiter => createRateLimiter({ clock, limits: options.limits, share: options.rateShare })
  const own = budget === undefined ? makeLimiter() : null
  const limiter = (): RateLimiter => own ?? budget?.(makeLimiter) ?? makeLimiter()
  const deadlines = createDeadlines(clock, options.requestTimeoutMs)
  const locks = createWriteLocks()
  const closing = new AbortController()
  const prefix = options.resourcesUrl.pathname.replace(/\/+$/, '')
  /** The one sent last: what an answer repeats of it is masked. */
  let token = ''
  let requests = 0
  let writes = 0
  let throttled = 0

  function withToken(request: TransportRequest): TransportRequest {
    const headers = { authorization: `Bearer ${token}`, accept: options.contentType }
    if (request.body === undefined) return { ...request, headers }
    return { ...request, headers: { ...headers, 'content-type': options.contentType } }
  }

  async function attempt(call: ScimCall): Promise<Attempt> {
    const request: TransportRequest = {
      method: call.method,
      path: prefix + call.path,
      headers: {},
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    }
    let throttledMs = 0
    for (let throttles = 0; ; throttles += 1) {
      const blockedMs = limiter().pausedUntil() - clock.now()
      if (blockedMs > throttledMsMax) return throttledOut(request, blockedMs, undefined)
      let answer: TransportAnswer
      try {
        const turn = limiter().acquire(call.endpoint, call.isUrgent)
        if (turn !== undefined) await turn
        const given = options.token()
        token = typeof given === 'string' ? given : await given
        requests += 1
        if (call.method !== 'GET') writes += 1
        answer = withoutEcho(await deadlines.run((signal) => transport.send(withToken(request), { signal })), token)
      } catch (error) {
        return unanswered(request, error)
      }
      const reading = readAnswer(answer)
      if (reading.kind === 'done') return { kind: 'done', json: reading.json }
      const meaning = reading.kind === 'refused' ? options.errorNames.get(reading.name) : undefined
      const isThrottled = meaning === undefined ? answer.status === 429 : meaning.handling === 'wait'
      if (!isThrottled) return failed(request, answer, reading, meaning)
      throttled += 1
      const askedMs = retryAfterMs(answer.headers, clock.now()) ?? 0
      const waitMs = askedMs > 0 ? askedMs : pauseMs(throttles)
      // A lock concerns this one resource, any other 429 the budget of all (slack.md 5.2 and 6.1).
      const isLock = reading.kind === 'refused' && reading.name === 'resource_locked'
      if (!isLock) limiter().pauseUntil(call.endpoint, clock.now() + waitMs)
      throttledMs += waitMs
      if (throttledMs > throttledMsMax) return throttledOut(request, waitMs, answer)
      if (isLock) await rest(waitMs)
    }
  }

  function pauseMs(repeat: number): number {
    return Math.min(pauseMsMax, firstPauseMs * 2 ** repeat) * (0.5 + options.random() / 2)
  }

  function unanswered(request: TransportRequest, cause: unknown): Attempt {
    // No token, so nothing was sent.
    if (cause instanceof ConnectorError) return { kind: 'failed', error: cause, canRepeat: false, isUncertain: false }
    if (cause instanceof ConnectorClosed)
      return { kind: 'failed', error: closed(cause), canRepeat: false, isUncertain: false }
    const isUncertain = request.method !== 'GET'
    if (cause instanceof RequestTimedOut) {
      const seconds = options.requestTimeoutMs / 1000
      const unknown = isUncertain ? ', so its effect is unknown' : ''
      const message = `${targetName} did not answer ${request.method} ${request.path} within ${seconds} s${unknown}; it is tried again.`
      const fields = { code: 'Timeout', scope: 'object', retry: 'nextCycle' } as const
      return { ...failure(message, fields, request, { cause }, true), isUncertain }
    }
    const found = transportFailure(cause)
    const origin = options.resourcesUrl.origin
    const message = found.neverArrived
      ? `No connection to ${origin} could be made (${found.code}), so nothing was sent; check the address and the network.`
      : `The connection to ${origin} broke (${found.code}) before ${request.method} ${request.path} was answered; it is tried again.`
    const fields = {
      code: 'WebExceptionProtocolError',
      scope: found.neverArrived ? 'job' : 'object',
      retry: 'nextCycle',
    } as const
    return { ...failure(message, fields, request, { cause }, true), isUncertain: isUncertain && !found.neverArrived }
  }

  function failed(
    request: TransportRequest,
    answer: TransportAnswer,
    reading: Exclude<AnswerReading, { kind: 'done' }>,
    known: ErrorMeaning | undefined,
  ): Attempt {
    const byStatus =
      reading.kind === 'nameless' && reading.found === 'page' ? undefined : options.statusMeanings?.get(answer.status)
    const meaning = known ?? byStatus ?? meaningOfStatus(answer.status, reading)
    const said = reading.kind === 'refused' ? reading.detail : foundText[reading.found]
    const message =
      `${targetName} answered ${request.method} ${request.path} with status ${answer.status}: ` +
      `${maskSecrets(said, token)}. ${meaning.advice}`
    const waitMs = retryAfterMs(answer.headers, clock.now())
    const named =
      reading.kind === 'refused' && reading.name !== '' ? { targetErrorName: maskSecrets(reading.name, token) } : {}
    const holder = reading.kind === 'refused' ? reading.values.existing_user : undefined
    const more = {
      ...named,
      ...(meaning.refusedAttribute === undefined ? {} : { refusedAttribute: meaning.refusedAttribute }),
      ...(holder === undefined ? {} : { existingAnchor: holder }),
      ...(waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }),
    }
    const canRepeat = meaning.handling === 'repeat'
    const isSoon = (waitMs ?? 0) <= throttledMsMax
    const outcome = failure(message, meaning, request, { ...more, answer }, canRepeat && isSoon)
    // A refusal with a known name was decided by the target; anything else may hide a request that went through.
    return { ...outcome, isUncertain: request.method !== 'GET' && canRepeat && known === undefined }
  }

  function throttledOut(request: TransportRequest, waitMs: number, answer: TransportAnswer | undefined): Attempt {
    const retryAfterSeconds = Math.ceil(waitMs / 1000)
    const message =
      `${targetName} keeps answering ${request.method} ${request.path} with "too many requests" ` +
      `(again in ${retryAfterSeconds} s), so it is left to the next cycle; nothing has to be done.`
    const fields = { code: 'TooManyRequests', scope: 'object', retry: 'nextCycle' } as const
    return failure(message, fields, request, { retryAfterSeconds, ...(answer === undefined ? {} : { answer }) }, false)
  }

  function failure(
    message: string,
    meaning: Pick<ConnectorErrorFields, 'code' | 'scope' | 'retry'>,
    request: TransportRequest,
    more: Partial<ConnectorErrorFields> & { readonly answer?: TransportAnswer },
    canRepeat: boolean,
  ): Attempt & { readonly kind: 'failed' } {
    const { answer, ...fields } = more
    const exchange: TargetExchange = {
      method: request.method,
      url: options.resourcesUrl.origin + request.path,
      ...(answer === undefined ? {} : { status: answer.status, body: readableBody(answer.body, token) }),
    }
    const { code, scope, retry } = meaning
    const error = new ConnectorError(message, { code, scope, retry, ...fields, exchange })
    return { kind: 'failed', error, canRepeat, isUncertain: false }
  }

  function closed(cause: ConnectorClosed): ConnectorError {
    const message = `The connection to ${targetName} was closed while it was in use, so the cycle cannot go on.`
    return new ConnectorError(message, { code: 'InternalError', scope: 'job', retry: 'nextCycle', cause })
  }

  async function rest(durationMs: number): Promise<void> {
    try {
      await clock.sleep(durationMs, closing.signal)
    } catch (error) {
      if (error instanceof ConnectorClosed) throw closed(error)
      throw error
    }
  }

  async function pause(repeat: number, error: ConnectorError): Promise<void> {
    const asked = error.retryAfterSeconds === undefined ? 0 : error.retryAfterSeconds * 1000
    await rest(Math.max(asked, pauseMs(repeat)))
  }

  return {
    attempt,
    request: async (call) => {
      for (let repeat = 0; ; repeat += 1) {
        const outcome = await attempt(call)
        if (outcome.kind === 'done') return outcome.json
        if (!outcome.canRepeat || repeat >= repeatsMax) throw outcome.error
        await pause(repeat, outcome.error)
      }
    },
    pause,
    alone: (resource, action) => locks.run(resource, action),
    traffic: () => ({ requests, writes, throttled }),
    budgets: () => limiter().budgets(),
    close: async () => {
      closing.abort(new ConnectorClosed('The connector was closed.'))
      // A shared one has others that wait.
      own?.close()
      deadlines.close()
      await transport.close()
    },
  }
}

const foundText = {
  empty: 'no explanation',
  page: 'a web page instead of JSON',
  brokenJson: 'JSON that cannot be read',
  otherJson: 'JSON without an error name',
} as const

/** What remains when the target gave no name this dialect knows (slack.md 5.2 last line; RFC 7644 3.12). */
function meaningOfStatus(status: number, reading: Exclude<AnswerReading, { kind: 'done' }>): ErrorMeaning {
  if (status === 401) {
    return {
      code: credentialFailureCode,
      scope: 'job',
      retry: 'backoff',
      handling: 'report',
      advice: 'The token was not accepted; enter a valid one in the connection settings.',
    }
  }
  const isGarbled = reading.kind === 'nameless' && (reading.found === 'page' || reading.found === 'brokenJson')
  if (status >= 500) {
    return {
      code: 'InternalServerError',
      scope: 'object',
      retry: 'nextCycle',
      handling: 'repeat',
      advice: 'The target has a problem of its own; it is tried again in the next cycle.',
    }
  }
  if (isGarbled) {
    return {
      code: 'WebExceptionProtocolError',
      scope: 'object',
      retry: 'nextCycle',
      handling: 'repeat',
      advice: 'Something between Muster and the target may have answered instead; check proxies if it persists.',
    }
  }
  return {
    code: 'UnprocessableEntity',
    scope: 'object',
    retry: 'backoff',
    handling: 'report',
    advice: 'This answer is not known to Muster; look the name up in the documentation of the target.',
  }
}
