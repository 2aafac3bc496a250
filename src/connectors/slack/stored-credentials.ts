/*
 * The credentials of a connection as secrets by Graph's names (graph-api.md 3.10), and read back from them, whoever put them
 * there.
 */
import type { SecretPair } from '../../vocabulary/index.ts'

export interface StoredCredentials {
  readonly origin: 'pasted' | 'oauth'
  readonly token: string
  /** Missing when the token does not expire (slack.md 1.2). */
  readonly rotation?: {
    readonly refreshToken: string
    readonly expiresAt: number
    readonly clientId: string
    readonly clientSecret: string
  }
}

/** Keys that hold the token or belong to it; the others say where it goes and what to do. */
const tokenKeys: ReadonlySet<string> = new Set([
  'SecretToken',
  'Oauth2AccessToken',
  'Oauth2AccessTokenCreationTime',
  'Oauth2RefreshToken',
  'TokenExpiration',
])

/** The app in whose name a token is exchanged, where the secrets name none. */
export interface FallbackApp {
  readonly clientId: string
  readonly clientSecret: string
}

/** `null`: there is no token among them. One that was pasted counts before one that was asked for. */
export function credentialsIn(pairs: readonly SecretPair[], app?: FallbackApp): StoredCredentials | null {
  const values = new Map(pairs.filter(({ value }) => value !== '').map(({ key, value }) => [key, value] as const))
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => values.get(key)).find((value) => value !== undefined)
  const pasted = values.get('SecretToken')
  if (pasted !== undefined) return { origin: 'pasted', token: pasted }
  const token = values.get('Oauth2AccessToken')
  if (token === undefined) return null
  const refreshToken = values.get('Oauth2RefreshToken')
  const clientId = first('Oauth2ClientId', 'ClientIdentifier') ?? app?.clientId
  const clientSecret = first('Oauth2ClientSecret', 'ClientSecret') ?? app?.clientSecret
  if (refreshToken === undefined || clientId === undefined || clientSecret === undefined)
    return { origin: 'oauth', token }
  // Of unknown end, it is exchanged at once and known from then on.
  const expiresAt = instantIn(values.get('TokenExpiration')) ?? 0
  return { origin: 'oauth', token, rotation: { refreshToken, expiresAt, clientId, clientSecret } }
}

/** ISO 8601, or seconds or milliseconds since 1970. */
function instantIn(text: string | undefined): number | null {
  if (text === undefined) return null
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number < 1e11 ? number * 1000 : number
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/** What was there before, with this token in place of the one it held. */
export function pairsWith(
  before: readonly SecretPair[],
  { origin, token, rotation }: StoredCredentials,
  now: number,
): readonly SecretPair[] {
  const iso = (at: number): string => new Date(at).toISOString()
  const fresh: readonly SecretPair[] =
    origin === 'pasted'
      ? [{ key: 'SecretToken', value: token }]
      : [
          { key: 'Oauth2AccessToken', value: token },
          { key: 'Oauth2AccessTokenCreationTime', value: iso(now) },
          ...(rotation === undefined
            ? []
            : [
                { key: 'Oauth2RefreshToken', value: rotation.refreshToken },
                { key: 'TokenExpiration', value: iso(rotation.expiresAt) },
                { key: 'Oauth2ClientId', value: rotation.clientId },
                { key: 'Oauth2ClientSecret', value: rotation.clientSecret },
              ]),
        ]
  const replaced = new Set(fresh.map(({ key }) => key))
  return [...before.filter(({ key }) => !tokenKeys.has(key) && !replaced.has(key)), ...fresh]
}
