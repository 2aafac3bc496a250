/*
 * Slack's Web API as far as provisioning needs it: who a token is, who somebody is, and the exchange of OAuth codes and
 * refresh tokens (slack.md 1.3, 1.4). Errors come with status 200 and a name.
 */
import type { Clock, TargetExchange } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { JsonRecord, Send, TransportAnswer, TransportRequest } from '../scim/index.ts'
import { isRecord, maskSecrets, readableBody, retryAfterMs, withoutEcho } from '../scim/index.ts'
import { slackErrorNames } from './error-names.ts'

export interface SlackWebApiOptions {
  /** Where the methods live, without `/api`; `https://slack.com` (slack.md 1.1). */
  readonly baseUrl: URL
  readonly send: Send
  readonly clock: Clock
  readonly requestTimeoutMs: number
}

export interface WebApiCall {
  /** `auth.test` */
  readonly method: string
  readonly form?: Readonly<Record<string, string>>
  /** Goes into the Authorization header as it is, e.g. `Bearer xoxp-...`. */
  readonly authorization?: string
  /** What must not show in a message, besides what looks like a token. */
  readonly secrets?: readonly string[]
}

export interface WebApiAnswer {
  readonly json: JsonRecord
  /** Of the token that asked (slack.md 1.4). */
  readonly scopes: readonly string[]
  readonly exchange: TargetExchange
}

export interface SlackWebApi {
  /** Throws a ConnectorError when Slack says no or cannot be understood. */
  call(call: WebApiCall): Promise<WebApiAnswer>
}

export function createSlackWebApi(options: SlackWebApiOptions): SlackWebApi {
  const { baseUrl, clock } = options
  const prefix = baseUrl.pathname.replace(/\/+$/, '')

  async function sent(request: TransportRequest): Promise<TransportAnswer> {
    const url = baseUrl.origin + request.path
    const exchange = { method: request.method, url }
    const isOver = new AbortController()
    const isLate = new AbortController()
    const giveUp = clock.sleep(options.requestTimeoutMs, isOver.signal).then(
      () => isLate.abort(new Error('late')),
      () => undefined,
    )
    try {
      return await options.send(request, { signal: isLate.signal })
    } catch (error) {
      const isTimeout = isLate.signal.aborted
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
      const message = isTimeout
        ? `${url} did not answer within ${String(options.requestTimeoutMs / 1000)} s, so nothing is known; try again.`
        : `No answer came from ${url} (${code}); check the address (MUSTER_SLACK_WEB_URL) and the network.`
      throw new ConnectorError(message, {
        code: isTimeout ? 'Timeout' : 'WebExceptionProtocolError',
        scope: 'object',
        retry: 'nextCycle',
        exchange,
        cause: error,
      })
    } finally {
      isOver.abort(new Error('answered'))
      await giveUp
    }
  }

  return {
    async call({ method, form = {}, authorization, secrets = [] }) {
      const path = `${prefix}/api/${method}`
      const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
      if (authorization !== undefined) headers.authorization = authorization
      const request = { method: 'POST', path, headers, body: new URLSearchParams(form).toString() } as const
      // What is exchanged for tokens has to be read as it is; who is asked by a token need not repeat it.
      const bearer = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? ''
      const answer = withoutEcho(await sent(request), bearer)
      const masked = (text: string): string => secrets.reduce((rest, secret) => maskSecrets(rest, secret), text)
      const exchange = {
        method: 'POST',
        url: baseUrl.origin + path,
        status: answer.status,
        body: masked(readableBody(answer.body, '')),
      }
      const json = parse(answer.body)
      if (answer.status === 200 && json?.ok === true) return { json, scopes: scopesOf(answer), exchange }
      throw refusal(method, answer, json, exchange, masked, clock.now())
    },
  }
}

function refusal(
  method: string,
  answer: TransportAnswer,
  json: JsonRecord | null,
  exchange: TargetExchange,
  masked: (text: string) => string,
  now: number,
): ConnectorError {
  const name = typeof json?.error === 'string' ? json.error : answer.status === 429 ? 'ratelimited' : undefined
  const meaning = name === undefined ? undefined : slackErrorNames.get(name)
  const waitMs = retryAfterMs(answer.headers, now)
  const said = (name === undefined ? undefined : masked(name)) ?? 'with something that is no answer of the Web API'
  const advice = meaning?.advice ?? 'Look the name up in the documentation of the Web API.'
  return new ConnectorError(`Slack answered ${method} with status ${String(answer.status)}: ${said}. ${advice}`, {
    code: meaning?.code ?? (answer.status >= 500 ? 'InternalServerError' : 'UnprocessableEntity'),
    scope: meaning?.scope ?? 'object',
    // A name nobody knows was said on purpose; anything else may be trouble on the way.
    retry: meaning?.retry ?? (name === undefined ? 'nextCycle' : 'backoff'),
    ...(name === undefined ? {} : { targetErrorName: masked(name) }),
    ...(waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }),
    exchange,
  })
}

function parse(body: string): JsonRecord | null {
  try {
    const json: unknown = JSON.parse(body)
    return isRecord(json) ? json : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function scopesOf({ headers }: TransportAnswer): readonly string[] {
  const header = headers['x-oauth-scopes']
  const text = typeof header === 'string' ? header : (header?.join(',') ?? '')
  return text
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '')
}
