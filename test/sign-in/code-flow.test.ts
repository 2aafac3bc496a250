/*
 * A person signs in for a program: an independent client (openid-client) goes the whole way, and everything an attacker may try
 * with codes, verifiers, redirects and refresh tokens ends nowhere.
 */
import * as oidc from 'openid-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandLineClient } from '../../src/api/sign-in/redirects.ts'
import { ensureGraphPrincipal } from '../../src/directory/index.ts'
import {
  aSignInWorld,
  rightPassword,
  type PageAnswer,
  type SignInWorld,
  type TestBrowser,
} from '../builders/sign-in-world.ts'

const redirectUri = 'http://127.0.0.1:49152/'
const byPassword = { name: 'mira@example.com', password: rightPassword }
let world: SignInWorld
let browser: TestBrowser

beforeEach(async () => {
  world = await aSignInWorld()
  browser = world.browser()
})
afterEach(() => world.close())

interface Begun {
  readonly address: string
  readonly verifier: string
}

async function begin(more: Readonly<Record<string, string | null>> = {}): Promise<Begun> {
  const verifier = oidc.randomPKCECodeVerifier()
  const parameters: Record<string, string | null> = {
    client_id: commandLineClient.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `openid offline_access ${world.root}/.default`,
    state: 'a state',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  }
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
  )
  return { verifier, address: `${world.root}/${world.tenantId}/oauth2/v2.0/authorize?${query.toString()}` }
}

async function signIn(
  more: Readonly<Record<string, string | null>> = {},
): Promise<Begun & { readonly answer: PageAnswer }> {
  const begun = await begin(more)
  await browser.get(begun.address)
  return { ...begun, answer: await browser.submit(byPassword) }
}

const codeOf = (answer: PageAnswer): string => answer.location?.searchParams.get('code') ?? ''

interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function token(fields: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  const answer = await fetch(`${world.root}/${world.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: commandLineClient.appId, ...fields }),
  })
  return { status: answer.status, body: (await answer.json()) as TokenAnswer['body'] }
}

const redeem = (code: string, verifier: string, more: Readonly<Record<string, string>> = {}): Promise<TokenAnswer> =>
  token({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, ...more })

const refresh = (refreshToken: unknown): Promise<TokenAnswer> =>
  token({ grant_type: 'refresh_token', refresh_token: String(refreshToken) })

async function whoIs(accessToken: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${world.root}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${String(accessToken)}` },
  })
  return { status: answer.status, body: await answer.json() }
}

async function registered(
  redirects: Readonly<Record<string, unknown>>,
): Promise<{ readonly appId: string; readonly secret: string }> {
  const ask = async (path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await fetch(`${world.root}/v1.0${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBeLessThan(300)
    return (await answer.json()) as Readonly<Record<string, unknown>>
  }
  await ensureGraphPrincipal(world.ports.store.directory, world.ports.clock.now())
  const { id, appId } = await ask('/applications', { displayName: 'Payroll', ...redirects })
  await ask('/servicePrincipals', { appId })
  const { secretText } = await ask(`/applications/${String(id)}/addPassword`, {})
  return { appId: String(appId), secret: String(secretText) }
}

describe('a program that acts for a person', () => {
  it('gets there by discovery, code and PKCE, as an independent client does it', async () => {
    const config = await oidc.discovery(
      new URL(`${world.root}/${world.tenantId}/v2.0`),
      commandLineClient.appId,
      // The service's clock stands still.
      { [oidc.clockSkew]: Math.round((world.clock.now() - Date.now()) / 1000) },
      oidc.None(),
      { execute: [oidc.allowInsecureRequests] },
    )
    const verifier = oidc.randomPKCECodeVerifier()
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: `openid profile offline_access ${world.root}/.default`,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    const page = await browser.get(address.href)
    expect(page.status).toBe(200)
    expect(page.text).toContain('the Muster command line')
    const answer = await browser.submit(byPassword)
    expect(answer.status).toBe(303)
    if (answer.location === null) throw new Error('nobody is sent back')
    const tokens = await oidc.authorizationCodeGrant(config, answer.location, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    })
    expect(tokens.claims()).toMatchObject({
      aud: commandLineClient.appId,
      iss: `${world.root}/${world.tenantId}/v2.0`,
      oid: world.mira.objectId,
      preferred_username: 'mira@example.com',
      nonce,
      amr: ['pwd'],
    })
    expect(await oidc.fetchUserInfo(config, tokens.access_token, world.mira.objectId)).toEqual({
      sub: world.mira.objectId,
      name: 'Mira Okafor',
      preferred_username: 'mira@example.com',
    })
    const again = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(again.refresh_token).not.toBe(tokens.refresh_token)
    await oidc.tokenRevocation(config, again.refresh_token ?? '')
    await expect(oidc.refreshTokenGrant(config, again.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('the token is delegated: scp instead of roles, and it is the person who asks', async () => {
    const { answer, verifier } = await signIn()
    const { body } = await redeem(codeOf(answer), verifier)
    const [, payload = ''] = String(body['access_token']).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>
    expect(claims).toMatchObject({ scp: 'user_impersonation', oid: world.mira.objectId, idtyp: 'user' })
    expect(claims).not.toHaveProperty('roles')
    expect(await whoIs(body['access_token'])).toMatchObject({ status: 200, body: { sub: world.mira.objectId } })
  })

  it('the id token is no access token', async () => {
    const { answer, verifier } = await signIn()
    const { body } = await redeem(codeOf(answer), verifier)
    expect((await whoIs(body['id_token'])).status).toBe(401)
  })

  it('a program that keeps a secret has to show it', async () => {
    const { appId, secret } = await registered({ web: { redirectUris: ['https://payroll.example.com/back'] } })
    const asked = { client_id: appId, redirect_uri: 'https://payroll.example.com/back' }
    for (const [more, status] of [
      [{}, 400],
      [{ client_secret: 'wrong' }, 401],
      [{ client_secret: secret }, 200],
    ] as const) {
      const { answer, verifier } = await signIn(asked).catch(async () => {
        // Signed in already: the browser is sent back at once.
        const begun = await begin(asked)
        return { ...begun, answer: await browser.get(begun.address) }
      })
      expect(answer.location?.origin).toBe('https://payroll.example.com')
      expect((await redeem(codeOf(answer), verifier, { ...asked, ...more })).status).toBe(status)
    }
  })
})

describe('a code', () => {
  it('counts once; shown again it ends what was got with it', async () => {
    const { answer, verifier } = await signIn()
    const first = await redeem(codeOf(answer), verifier)
    expect(first.status).toBe(200)
    expect(await redeem(codeOf(answer), verifier)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await refresh(first.body['refresh_token'])).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('of many programs that show it at once at most one gets a token, and it does not last', async () => {
    const { answer, verifier } = await signIn()
    const all = await Promise.all(Array.from({ length: 6 }, () => redeem(codeOf(answer), verifier)))
    const got = all.filter(({ status }) => status === 200)
    expect(got.length).toBeLessThanOrEqual(1)
    for (const { body } of got) expect((await refresh(body['refresh_token'])).status).toBe(400)
  })

  it('lasts a minute', async () => {
    const { answer, verifier } = await signIn()
    await world.clock.advance(60_000)
    expect(await redeem(codeOf(answer), verifier)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it.each([
    ['with the verifier of another request', async () => ({ code_verifier: oidc.randomPKCECodeVerifier() })],
    ['with the challenge for a verifier', async () => ({ code_verifier: 'short' })],
    ['at another address', async () => ({ redirect_uri: 'http://127.0.0.1:49153/' })],
    [
      'by another program',
      async () => ({ client_id: (await registered({ publicClient: { redirectUris: [redirectUri] } })).appId }),
    ],
  ])('%s is refused, and used up', async (_, wrong) => {
    const { answer, verifier } = await signIn()
    const refused = await redeem(codeOf(answer), verifier, await wrong())
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await redeem(codeOf(answer), verifier)).status).toBe(400)
  })

  it('without a verifier is no request', async () => {
    const { answer } = await signIn()
    const fields = { grant_type: 'authorization_code', code: codeOf(answer), redirect_uri: redirectUri }
    expect(await token(fields)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })
})

describe('a refresh token', () => {
  it('counts once; shown again it ends the sign-in', async () => {
    const { answer, verifier } = await signIn()
    const first = await redeem(codeOf(answer), verifier)
    const second = await refresh(first.body['refresh_token'])
    expect(second.status).toBe(200)
    expect(await refresh(first.body['refresh_token'])).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await refresh(second.body['refresh_token'])).status).toBe(400)
  })

  it('is not given without offline_access', async () => {
    const { answer, verifier } = await signIn({ scope: 'openid' })
    expect((await redeem(codeOf(answer), verifier)).body).not.toHaveProperty('refresh_token')
  })

  it.each([
    ['disabled', { isDisabled: true }],
    ['given another password', { passwordHash: null }],
  ])('and every token end at once when the account is %s', async (_, change) => {
    const { answer, verifier } = await signIn()
    const { body } = await redeem(codeOf(answer), verifier)
    expect((await whoIs(body['access_token'])).status).toBe(200)
    await world.ports.store.accounts.change(world.mira.objectId, change, { endsSessions: true })
    expect((await whoIs(body['access_token'])).status).toBe(401)
    expect((await refresh(body['refresh_token'])).status).toBe(400)
    expect((await browser.get('/account')).text).toContain('Sign in')
  })
})

describe('nobody is sent', () => {
  it.each([
    ['to an address that is not registered', { redirect_uri: 'https://evil.example.com/' }],
    ['to a registered one with more behind it', { redirect_uri: `${redirectUri}more` }],
    ['to a host that begins like it', { redirect_uri: 'http://127.0.0.1.evil.example.com/' }],
    ['to one with a user name in it', { redirect_uri: 'http://127.0.0.1@evil.example.com/' }],
    ['to one with a fragment', { redirect_uri: `${redirectUri}#x` }],
    ['to a script', { redirect_uri: 'javascript:alert(1)' }],
    ['anywhere for an unknown program', { client_id: '00000000-0000-0000-0000-000000000001' }],
    ['anywhere without an address', { redirect_uri: null }],
  ])('%s', async (_, wrong) => {
    const page = await browser.get((await begin(wrong)).address)
    expect(page.status).toBe(400)
    expect(page.location).toBeNull()
    expect(page.text).toContain('role="alert"')
    expect(page.text).not.toMatch(/<script>|href="javascript/)
  })

  it('to an address that is named twice', async () => {
    const { address } = await begin()
    expect((await browser.get(`${address}&redirect_uri=https%3A%2F%2Fevil.example.com`)).status).toBe(400)
  })

  it('what a page repeats is text', async () => {
    const page = await browser.get(
      (await begin({ redirect_uri: 'https://x.example/"><script>alert(1)</script>' })).address,
    )
    expect(page.text).toContain('&lt;script&gt;alert(1)')
    expect(page.text).not.toContain('<script>alert')
  })
})

describe('a program is told', () => {
  it.each([
    ['that PKCE is missing', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['that plain is no PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['that only codes are given', { response_type: 'token' }, 'unsupported_response_type'],
    ['that a scope is unknown', { scope: 'openid https://graph.microsoft.com/User.Read' }, 'invalid_scope'],
    ['that somebody has to be asked', { prompt: 'none' }, 'login_required'],
  ])('%s', async (_, wrong, error) => {
    const { location } = await browser.get((await begin(wrong)).address)
    expect(location?.origin).toBe('http://127.0.0.1:49152')
    expect(location?.searchParams.get('error')).toBe(error)
    expect(location?.searchParams.get('state')).toBe('a state')
    expect(location?.searchParams.get('iss')).toBe(`${world.root}/${world.tenantId}/v2.0`)
  })

  it('that the person declined, who is asked before any program on the machine gets a code', async () => {
    await signIn()
    const { address } = await begin()
    const asked = await browser.get(address)
    expect(asked.location).toBeNull()
    expect(asked.text).toContain('Go on as Mira Okafor')
    const { location } = await browser.submit({ choice: 'cancel' })
    expect(location?.searchParams.get('error')).toBe('access_denied')
    await browser.get(address)
    expect(codeOf(await browser.submit({ choice: 'goOn' }))).toMatch(/^[\w-]{43}$/)
    expect((await browser.get((await begin({ prompt: 'none' })).address)).location?.searchParams.get('error')).toBe(
      'interaction_required',
    )
  })

  it('with prompt=login or a max_age that is over the person signs in again', async () => {
    await signIn()
    expect((await browser.get((await begin({ prompt: 'login' })).address)).text).toContain('Password')
    await world.clock.advance(61_000)
    expect((await browser.get((await begin({ max_age: '60' })).address)).text).toContain('Password')
    expect((await browser.get((await begin({ max_age: '600' })).address)).text).toContain('Go on as')
  })
})
