/*
 * The Web API methods Muster needs: oauth.v2.access, auth.test, auth.revoke (slack.md 1.3, 1.4) and users.info.
 * Errors are HTTP 200 with `ok` false.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { headerOf, jsonAnswer, readForm } from '../answer.ts'
import type { Answer, PageRequest } from '../answer.ts'
import type { RateKnobs, RateLimits } from '../scim/rate-limits.ts'
import type { OauthApp, OauthCode, Person, Token } from '../workspace/model.ts'
import type { Change, Store } from '../workspace/store.ts'
import { newToken, rotatedLifeMs } from '../workspace/tokens.ts'
import { isAllowedFrom } from '../workspace/network-restriction.ts'
import { isAllowedRedirect } from './redirect-address.ts'
import { usersInfo } from './users-info.ts'
import { workspaceUrl } from '../scim/user-shape.ts'

export interface WebApiWorld {
  readonly store: Store
  readonly seed: number
  readonly now: number
  readonly limits: RateLimits
  readonly knobs: RateKnobs
}

const codeLifeMs = 10 * 60 * 1000
const accessLimit = { perMinute: 600, burst: 600 }

export function answerWebApi(request: PageRequest, world: WebApiWorld): Answer {
  const form = readForm(request.body, request.headers)
  for (const [name, value] of request.query) if (!form.has(name)) form.set(name, value)
  switch (request.path.slice('/api/'.length)) {
    case 'oauth.v2.access':
      return access(form, request, world)
    case 'auth.test':
      return withToken(form, request, world, test)
    case 'users.info':
      return withToken(form, request, world, (token) => usersInfo(token, form.get('user') ?? '', world.store))
    case 'auth.revoke':
      return withToken(form, request, world, (token) => revoke(token, form))
    default:
      return failed('unknown_method')
  }
}

function failed(error: string): Answer {
  return jsonAnswer(200, { ok: false, error })
}

function access(form: URLSearchParams, request: PageRequest, world: WebApiWorld): Answer {
  const retryAfter = world.limits.takeAlone('oauth.v2.access', accessLimit, world.now, world.knobs)
  if (retryAfter !== null) {
    return jsonAnswer(429, { ok: false, error: 'ratelimited' }, { headers: { 'retry-after': String(retryAfter) } })
  }
  const { clientId, clientSecret } = clientOf(form, headerOf(request.headers, 'authorization'))
  const app = world.store.apps.get(clientId)
  if (app === undefined) return failed('invalid_client_id')
  if (!isEqual(clientSecret, app.clientSecret)) return failed('bad_client_secret')
  switch (form.get('grant_type') ?? 'authorization_code') {
    case 'authorization_code':
      return exchangeCode(form, app, world)
    case 'refresh_token':
      return refresh(form.get('refresh_token') ?? '', app, world)
    default:
      return failed('invalid_grant_type')
  }
}

/** HTTP Basic is preferred; the form is taken too (slack.md 1.3). */
function clientOf(
  form: URLSearchParams,
  authorization: string | undefined,
): { clientId: string; clientSecret: string } {
  if (authorization?.startsWith('Basic ') === true) {
    const text = Buffer.from(authorization.slice(6), 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon !== -1) return { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  }
  return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' }
}

function isEqual(left: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(left), hash(right))
}

function exchangeCode(form: URLSearchParams, app: OauthApp, world: WebApiWorld): Answer {
  const { store, now } = world
  const code = store.codes.get(form.get('code') ?? '')
  const installer = code === undefined ? undefined : store.people.get(code.userId)
  // A code works once and for ten minutes (slack.md 1.3).
  const isGood =
    code !== undefined && !code.isUsed && code.clientId === app.clientId && now - code.issuedAt < codeLifeMs
  if (!isGood || installer?.active !== true) return failed('invalid_code')
  const redirectUri = form.get('redirect_uri')
  const isExpected =
    code.redirectUri === null
      ? redirectUri === null || isAllowedRedirect(redirectUri, app)
      : redirectUri === code.redirectUri
  if (!isExpected) return failed('bad_redirect_uri')
  const verifier = form.get('code_verifier')
  if (code.codeChallenge === null && verifier !== null) return failed('pkce_not_allowed')
  if (code.codeChallenge !== null && !answersChallenge(verifier, code.codeChallenge))
    return failed('invalid_code_verifier')
  const token = installedToken(code, installer, app, world)
  const changes: Change[] = [
    { kind: 'code', code: { ...code, isUsed: true } },
    { kind: 'token', token },
  ]
  return jsonAnswer(200, accessShape(token, app, store), { changes, actorId: installer.id })
}

function answersChallenge(verifier: string | null, challenge: string): boolean {
  return verifier !== null && isEqual(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

/** Scopes are additive over repeated installs, which keep their token (slack.md 1.3). */
function installedToken(code: OauthCode, installer: Person, app: OauthApp, { store, seed, now }: WebApiWorld): Token {
  const { scopes, isOrgWide } = code
  const earlier = store
    .tokensOf(installer.id)
    .filter((token) => token.clientId === app.clientId && token.isOrgWide === isOrgWide && !token.isRevoked)
  const allScopes = [...new Set([...earlier.flatMap((token) => token.scopes), ...scopes])]
  const clientId = app.clientId
  const hasRotation = app.hasTokenRotation
  const fresh = newToken({ installer, scopes: allScopes, isOrgWide, clientId, hasRotation }, store, seed, now)
  const [kept] = earlier
  return kept === undefined || hasRotation ? fresh : { ...fresh, value: kept.value }
}

function refresh(refreshToken: string, app: OauthApp, { store, seed, now }: WebApiWorld): Answer {
  const token = [...store.tokens.values()].find(
    (candidate) =>
      refreshToken !== '' && candidate.refreshToken === refreshToken && candidate.clientId === app.clientId,
  )
  const installer = token === undefined ? undefined : store.people.get(token.installerId)
  if (token === undefined || token.isRevoked || installer === undefined) return failed('invalid_refresh_token')
  const { scopes, isOrgWide } = token
  const request = { installer, scopes, isOrgWide, clientId: app.clientId, hasRotation: true }
  const fresh = newToken(request, store, seed, now)
  // The old access token lives on until its time; its refresh token has been used up.
  const changes: Change[] = [
    { kind: 'token', token: { ...token, refreshToken: null } },
    { kind: 'token', token: fresh },
  ]
  const place = placeShape(isOrgWide, store)
  return jsonAnswer(
    200,
    { ok: true, app_id: appId(app), ...tokenShape(fresh), user_id: installer.id, ...place },
    { changes, actorId: installer.id },
  )
}

/** An app with user scopes only has no token of its own: it sits in authed_user (slack.md 1.3). */
function accessShape(token: Token, app: OauthApp, store: Store): unknown {
  return {
    ok: true,
    app_id: appId(app),
    authed_user: { id: token.installerId, ...tokenShape(token) },
    ...placeShape(token.isOrgWide, store),
  }
}

function tokenShape({ scopes, value, refreshToken }: Token): Readonly<Record<string, unknown>> {
  return {
    scope: scopes.join(','),
    access_token: value,
    token_type: 'user',
    ...(refreshToken === null ? {} : { refresh_token: refreshToken, expires_in: rotatedLifeMs / 1000 }),
  }
}

function placeShape(isOrgWide: boolean, { settings }: Store): Readonly<Record<string, unknown>> {
  const enterprise = settings.enterpriseId === null ? null : { id: settings.enterpriseId, name: settings.teamName }
  return {
    team: isOrgWide ? null : { id: settings.teamId, name: settings.teamName },
    enterprise,
    is_enterprise_install: isOrgWide,
  }
}

function appId({ clientId }: OauthApp): string {
  return `A0${createHash('sha256').update(clientId).digest('hex').slice(0, 9).toUpperCase()}`
}

function withToken(
  form: URLSearchParams,
  { headers, remoteAddress }: PageRequest,
  world: WebApiWorld,
  act: (token: Token, installer: Person, world: WebApiWorld) => Answer,
): Answer {
  const authorization = headerOf(headers, 'authorization')
  const value = authorization?.startsWith('Bearer ') === true ? authorization.slice(7).trim() : form.get('token')
  if (value === null || value === '') return failed('not_authed')
  const token = world.store.tokens.get(value)
  const installer = token === undefined ? undefined : world.store.people.get(token.installerId)
  if (token === undefined || installer === undefined) return failed('invalid_auth')
  if (!isAllowedFrom(remoteAddress, token, world.store)) return failed('invalid_auth')
  if (!installer.active) return failed('account_inactive')
  if (token.isRevoked) return failed('token_revoked')
  if (token.expiresAt !== null && world.now >= token.expiresAt) return failed('token_expired')
  const answer = act(token, installer, world)
  return { ...answer, headers: { ...answer.headers, 'x-oauth-scopes': token.scopes.join(',') } }
}

/** With an org-wide token `team_id` carries the organisation's id (observed, slack.md 1.4). */
function test({ isOrgWide }: Token, { id, userName }: Person, { store }: WebApiWorld): Answer {
  const { settings } = store
  return jsonAnswer(200, {
    ok: true,
    url: `${workspaceUrl(store)}/`,
    team: settings.teamName,
    user: userName,
    team_id: isOrgWide ? settings.enterpriseId : settings.teamId,
    user_id: id,
    ...(settings.enterpriseId === null ? {} : { enterprise_id: settings.enterpriseId }),
    is_enterprise_install: isOrgWide,
  })
}

function revoke(token: Token, form: URLSearchParams): Answer {
  // `test=1` asks what would happen.
  if (form.get('test') === '1' || form.get('test') === 'true') return jsonAnswer(200, { ok: true, revoked: false })
  const changes: Change[] = [{ kind: 'token', token: { ...token, isRevoked: true, refreshToken: null } }]
  return jsonAnswer(200, { ok: true, revoked: true }, { changes, actorId: token.installerId })
}
