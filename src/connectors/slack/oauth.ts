/*
 * Slack's OAuth v2 for a user token: the address of the consent page with state and PKCE, the exchange of the code, the
 * exchange of a refresh token (slack.md 1.3; RFC 7636).
 */
import { createHash, randomBytes } from 'node:crypto'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { JsonRecord } from '../scim/index.ts'
import { isRecord, textOf } from '../scim/index.ts'
import type { SlackWebApi } from './web-api.ts'

export interface OauthApp {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Consent {
  readonly state: string
  /** `null`: somebody else has asked for it, without a proof. */
  readonly verifier: string | null
  readonly redirectUrl: string
  readonly app: OauthApp
}

/** One that is asked for here. */
export type OwnConsent = Consent & { readonly verifier: string }

export function newConsent(app: OauthApp, redirectUrl: string): OwnConsent {
  return {
    state: randomBytes(24).toString('base64url'),
    verifier: randomBytes(48).toString('base64url'),
    redirectUrl,
    app,
  }
}

/** Bot scopes are not asked for: a bot token can never provision (slack.md 1.2). */
export function consentUrl(webUrl: URL, { state, verifier, redirectUrl, app }: OwnConsent): string {
  const url = new URL(`${webUrl.pathname.replace(/\/+$/, '')}/oauth/v2/authorize`, webUrl)
  url.search = new URLSearchParams({
    client_id: app.clientId,
    user_scope: 'admin',
    redirect_uri: redirectUrl,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

export interface Tokens {
  readonly token: string
  /** With token rotation (slack.md 1.2). */
  readonly rotation?: { readonly refreshToken: string; readonly expiresAt: number }
}

export async function exchangeCode(webApi: SlackWebApi, consent: Consent, code: string, now: number): Promise<Tokens> {
  const { app, verifier, redirectUrl } = consent
  const form = { code, redirect_uri: redirectUrl, grant_type: 'authorization_code' }
  // Slack refuses a proof for a code that was asked for without one.
  if (verifier === null) return await askForTokens(webApi, app, form, [code], now)
  return await askForTokens(webApi, app, { ...form, code_verifier: verifier }, [code, verifier], now)
}

export async function refreshTokens(
  webApi: SlackWebApi,
  rotation: OauthApp & { readonly refreshToken: string },
  now: number,
): Promise<Tokens> {
  const { refreshToken } = rotation
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  return await askForTokens(webApi, rotation, form, [refreshToken], now)
}

async function askForTokens(
  webApi: SlackWebApi,
  app: OauthApp,
  form: Readonly<Record<string, string>>,
  secrets: readonly string[],
  now: number,
): Promise<Tokens> {
  const pair = [app.clientId, app.clientSecret].map(encodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  const call = { method: 'oauth.v2.access', form, authorization, secrets: [...secrets, app.clientSecret] }
  const { json, exchange } = await webApi.call(call)
  const tokens = tokensIn(json, now)
  if (tokens !== null) return tokens
  throw new ConnectorError(
    'Slack answered oauth.v2.access without a user token, so nothing can be provisioned with it; add the user scope "admin" to the app.',
    { code: 'UnprocessableEntity', scope: 'object', retry: 'backoff', exchange: { ...exchange, body: '(not shown)' } },
  )
}

/** A user token sits in `authed_user`; a refreshed one on top (slack.md 1.3). */
function tokensIn(json: JsonRecord, now: number): Tokens | null {
  const user = isRecord(json.authed_user) ? json.authed_user : {}
  const holder = textOf(user.access_token) === undefined ? json : user
  const token = textOf(holder.access_token)
  if (token === undefined || textOf(holder.token_type) === 'bot') return null
  const refreshToken = textOf(holder.refresh_token)
  if (refreshToken === undefined || typeof holder.expires_in !== 'number') return { token }
  return { token, rotation: { refreshToken, expiresAt: now + holder.expires_in * 1000 } }
}
