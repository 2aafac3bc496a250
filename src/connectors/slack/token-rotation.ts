/*
 * Gives the token to send: the one that was given, or one that is exchanged in time before it expires (slack.md 1.2;
 * provisioning-service.md 15.4).
 */
import type { Clock } from '../../vocabulary/index.ts'
import { ConnectorError, credentialFailureCode, credentialsMissingCode } from '../../vocabulary/index.ts'
import type { TokenSource } from '../scim/index.ts'
import type { StoredCredentials } from './stored-credentials.ts'
import { refreshTokens } from './oauth.ts'
import type { SlackWebApi } from './web-api.ts'

export interface RotationOptions {
  readonly current: () => StoredCredentials | null
  /** Where another process may have exchanged the token: what is stored now. */
  readonly reread: () => Promise<StoredCredentials | null>
  /** Called before a new token is used: the old refresh token is good for nothing by then. */
  readonly keep: (credentials: StoredCredentials) => Promise<void>
  readonly webApi: SlackWebApi
  readonly clock: Clock
}

/** Tokens live twelve hours; one is exchanged when this much of it is left. */
const exchangeBeforeMs = 60 * 60_000

type Rotating = StoredCredentials & Required<Pick<StoredCredentials, 'rotation'>>

export function createTokenSource({ current, reread, keep, webApi, clock }: RotationOptions): TokenSource {
  let exchanging: Promise<string> | null = null

  const isFresh = ({ rotation }: StoredCredentials): boolean =>
    rotation === undefined || clock.now() < rotation.expiresAt - exchangeBeforeMs

  async function exchange(known: Rotating): Promise<string> {
    const stored = await reread()
    if (stored !== null && stored.token !== known.token && isFresh(stored)) return stored.token
    const credentials = stored?.rotation === undefined ? known : { ...stored, rotation: stored.rotation }
    const { token, rotation } = credentials
    try {
      const fresh = await refreshTokens(webApi, rotation, clock.now())
      const next = { ...credentials, token: fresh.token, rotation: { ...rotation, ...fresh.rotation } }
      await keep(next)
      return next.token
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      const isRefused = error.targetErrorName !== undefined && error.retry !== 'nextCycle'
      // Slack is in trouble: the old token goes on as long as it lives.
      if (!isRefused && clock.now() < rotation.expiresAt) return token
      throw notExchanged(error, isRefused)
    }
  }

  return () => {
    const credentials = current()
    if (credentials === null) throw noToken()
    const { token, rotation } = credentials
    if (rotation === undefined || isFresh(credentials)) return token
    exchanging ??= exchange({ ...credentials, rotation }).finally(() => {
      exchanging = null
    })
    return exchanging
  }
}

function noToken(): ConnectorError {
  return new ConnectorError('There is no Slack token; connect first (muster slack connect, or muster slack token).', {
    code: credentialsMissingCode,
    scope: 'job',
    retry: 'backoff',
  })
}

function notExchanged(error: ConnectorError, isRefused: boolean): ConnectorError {
  const what = isRefused ? 'Slack refused to exchange the token' : 'The token has expired and could not be exchanged'
  return new ConnectorError(
    `${what}, so nothing can be sent; authorize again (muster slack connect). ${error.message}`,
    {
      code: isRefused ? credentialFailureCode : error.code,
      scope: 'job',
      retry: isRefused ? 'backoff' : 'nextCycle',
      ...(error.targetErrorName === undefined ? {} : { targetErrorName: error.targetErrorName }),
      ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
      cause: error,
    },
  )
}
