/* OAuth v2 and the Web API (slack.md 1.3, 1.4): consent, codes, PKCE, rotation, revocation. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { aWorkspace, refusalOf } from '../../test/builders/slack-workspace.ts'
import type { Workspace } from '../../test/builders/slack-workspace.ts'
import type { OauthApp, Person, Role } from '../workspace/model.ts'
import { isAllowedRedirect } from './redirect-address.ts'

const client = { client_id: '111.222', client_secret: 'shh' }
const callback = 'https://idp.example/cb'

async function call(
  { simulator }: Workspace,
  method: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const response = await simulator.handle({
    method: 'POST',
    url: `/api/${method}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })
  expect(response.status).toBe(200)
  return JSON.parse(response.body) as Record<string, unknown>
}

function page(
  { simulator }: Workspace,
  url: string,
  cookie?: string,
): Promise<{ status: number; body: string; headers: Readonly<Record<string, string>> }> {
  return simulator.handle({ method: 'GET', url, headers: cookie === undefined ? {} : { cookie } })
}

async function allow(workspace: Workspace, more: Readonly<Record<string, string>> = {}): Promise<URL> {
  const body = new URLSearchParams({ client_id: client.client_id, decision: 'allow', ...more }).toString()
  const response = await workspace.simulator.handle({
    method: 'POST',
    url: '/oauth/v2/authorize/decision',
    headers: {},
    body,
  })
  expect(response.status, response.body).toBe(302)
  return new URL(response.headers['location'] ?? '')
}

async function codeOf(workspace: Workspace, more: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await allow(workspace, more)).searchParams.get('code') ?? ''
}

function tokenOf(answer: Readonly<Record<string, unknown>>): string {
  return (answer['authed_user'] as { access_token: string } | undefined)?.access_token ?? 'no token'
}

test('from the consent page to a token that opens SCIM', async () => {
  const workspace = aWorkspace()
  const query = new URLSearchParams({ client_id: '111.222', user_scope: 'admin', redirect_uri: callback, state: 'a"b' })
  const signIn = await page(workspace, `/oauth/v2/authorize?${query.toString()}`)
  expect(signIn.body).toContain('choose who you are')
  const signedIn = await page(workspace, '/signin?as=adam&to=%2Foauth%2Fv2%2Fauthorize')
  expect([signedIn.status, signedIn.headers['location']]).toEqual([302, '/oauth/v2/authorize'])
  const cookie = signedIn.headers['set-cookie'] ?? ''
  const consent = await page(workspace, `/oauth/v2/authorize?${query.toString()}`, cookie)
  expect(consent.body).toContain('value="a&quot;b"')
  workspace.simulator.setBrowserUser('adam')
  const target = await allow(workspace, { redirect_uri: callback, state: 's1' })
  expect(target.searchParams.get('state')).toBe('s1')
  const code = target.searchParams.get('code') ?? ''
  const answer = await call(workspace, 'oauth.v2.access', { ...client, code, redirect_uri: callback })
  expect(answer).toMatchObject({ ok: true, enterprise: null, is_enterprise_install: false })
  expect(answer).not.toHaveProperty('access_token')
  expect((await workspace.send('GET', '/scim/v1/Users', undefined, tokenOf(answer))).status).toBe(200)
  expect(await call(workspace, 'oauth.v2.access', { ...client, code, redirect_uri: callback })).toEqual({
    ok: false,
    error: 'invalid_code',
  })
})

test('a member is refused with a page, on an organisation all but its owner', async () => {
  const workspace = aWorkspace()
  workspace.simulator.addPerson({ userName: 'mia', email: 'mia@acme.example' })
  workspace.simulator.setBrowserUser('mia')
  const refused = await page(workspace, '/oauth/v2/authorize?client_id=111.222&user_scope=admin')
  expect([refused.status, refused.body]).toEqual([
    403,
    expect.stringContaining('neither an administrator nor an owner'),
  ])
  const organisation = aWorkspace({ plan: 'enterprise' })
  const { enterpriseId } = organisation.simulator.settings
  organisation.simulator.setBrowserUser('adam')
  await expect(allow(organisation, { team: enterpriseId ?? '' })).rejects.toThrow('403')
  organisation.simulator.setBrowserUser('orla')
  const code = await codeOf(organisation, { team: enterpriseId ?? '' })
  const answer = await call(organisation, 'oauth.v2.access', { ...client, code })
  expect(answer).toMatchObject({ team: null, enterprise: { id: enterpriseId }, is_enterprise_install: true })
  // The picker stands on the workspace: who leaves it there gets a token SCIM refuses.
  const workspaceCode = await codeOf(organisation)
  const wrong = tokenOf(await call(organisation, 'oauth.v2.access', { ...client, code: workspaceCode }))
  expect(refusalOf(await organisation.send('GET', '/scim/v1/Users', undefined, wrong))).toBe('non_org_teams_only')
})

test('an app is known by its id, its secret and its addresses', async () => {
  const workspace = aWorkspace()
  workspace.simulator.setBrowserUser('adam')
  const code = await codeOf(workspace, { redirect_uri: callback })
  const tries: readonly (readonly [Record<string, string>, string])[] = [
    [{ ...client, client_id: 'x', code }, 'invalid_client_id'],
    [{ ...client, client_secret: 'x', code }, 'bad_client_secret'],
    [{ ...client, code }, 'bad_redirect_uri'],
    [{ ...client, code, redirect_uri: `${callback}/below` }, 'bad_redirect_uri'],
    [{ ...client, code, redirect_uri: callback, code_verifier: 'v' }, 'pkce_not_allowed'],
    [{ ...client, code, redirect_uri: callback, grant_type: 'password' }, 'invalid_grant_type'],
    [{ ...client, grant_type: 'refresh_token', refresh_token: '' }, 'invalid_refresh_token'],
  ]
  for (const [form, error] of tries) {
    expect(await call(workspace, 'oauth.v2.access', form), error).toEqual({ ok: false, error })
  }
  const basic = `Basic ${Buffer.from('111.222:shh').toString('base64')}`
  const form = { code, redirect_uri: callback }
  expect(await call(workspace, 'oauth.v2.access', form, { authorization: basic })).toMatchObject({ ok: true })
})

test('consent pages name what is wrong and send nobody away', async () => {
  const workspace = aWorkspace()
  workspace.simulator.setBrowserUser('adam')
  const tries: readonly (readonly [string, string])[] = [
    ['client_id=x&user_scope=admin', 'invalid_client_id'],
    ['client_id=111.222', 'invalid_scope'],
    ['client_id=111.222&user_scope=fly', 'invalid_scope'],
    ['client_id=111.222&user_scope=admin&scope=admin', 'invalid_scope'],
    ['client_id=111.222&user_scope=admin&redirect_uri=https%3A%2F%2Fidp.example%2Fcb%23x', 'bad_redirect_uri'],
    ['client_id=111.222&user_scope=admin&redirect_uri=https%3A%2F%2Fidp.example%2Fcbx', 'bad_redirect_uri'],
  ]
  for (const [query, error] of tries) {
    const { status, body } = await page(workspace, `/oauth/v2/authorize?${query}`)
    expect([status, body], query).toEqual([200, expect.stringContaining(error)])
  }
  const away = await page(workspace, '/signin?as=adam&to=%2F%2Fevil.example')
  expect(away.headers['location']).toBe('/client')
})

test('an address has to be equal or below, over HTTPS', () => {
  const app: OauthApp = { clientId: '', clientSecret: '', redirectUrls: [callback], name: '', hasTokenRotation: false }
  const good = [callback, `${callback}/x`, `${callback}?x=1`, 'https://IDP.example/cb']
  const bad = [
    'http://idp.example/cb',
    'https://idp.example/',
    'https://idp.example/cb2',
    'https://idp.example.evil/cb',
  ]
  const tricky = ['https://evil@idp.example/cb', 'https://idp.example:444/cb', 'https://idp.example/cb/../x', 'x', '']
  expect(good.filter((address) => !isAllowedRedirect(address, app))).toEqual([])
  expect([...bad, ...tricky].filter((address) => isAllowedRedirect(address, app))).toEqual([])
})

test('PKCE: the verifier has to answer the challenge', async () => {
  const workspace = aWorkspace()
  workspace.simulator.setBrowserUser('adam')
  const verifier = 'a-verifier-of-some-length'
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const code = await codeOf(workspace, { code_challenge: challenge })
  for (const wrong of [{}, { code_verifier: 'other' }]) {
    expect(await call(workspace, 'oauth.v2.access', { ...client, code, ...wrong })).toMatchObject({
      error: 'invalid_code_verifier',
    })
  }
  expect(await call(workspace, 'oauth.v2.access', { ...client, code, code_verifier: verifier })).toMatchObject({
    ok: true,
  })
})

test('scopes add up over repeated installs, and the token stays', async () => {
  const workspace = aWorkspace()
  workspace.simulator.setBrowserUser('adam')
  const install = async (scopes: string): Promise<Record<string, unknown>> =>
    call(workspace, 'oauth.v2.access', { ...client, code: await codeOf(workspace, { user_scope: scopes }) })
  const first = await install('users:read')
  expect(refusalOf(await workspace.send('GET', '/scim/v1/Users', undefined, tokenOf(first)))).toBe(
    'invalid_authentication',
  )
  const second = await install('admin')
  expect(second).toMatchObject({ authed_user: { scope: 'users:read,admin', access_token: tokenOf(first) } })
  expect((await workspace.send('GET', '/scim/v1/Users', undefined, tokenOf(first))).status).toBe(200)
})

test('with rotation a token lives twelve hours, and a refresh token works once', async () => {
  const workspace = aWorkspace()
  const { simulator } = workspace
  simulator.addApp({ clientId: '3.4', clientSecret: 's', redirectUrls: [callback], name: 'R', hasTokenRotation: true })
  const rotating = { client_id: '3.4', client_secret: 's' }
  simulator.setBrowserUser('adam')
  const code = await codeOf(workspace, rotating)
  const first = await call(workspace, 'oauth.v2.access', { ...rotating, code })
  const user = first['authed_user'] as { access_token: string; refresh_token: string }
  expect(first).toMatchObject({ authed_user: { expires_in: 43_200 } })
  expect([user.access_token, user.refresh_token]).toEqual([
    expect.stringMatching(/^xoxe\.xoxp-/),
    expect.stringMatching(/^xoxe-1-/),
  ])
  simulator.stepClock(43_200_000)
  expect(await call(workspace, 'auth.test', { token: user.access_token })).toEqual({
    ok: false,
    error: 'token_expired',
  })
  expect(refusalOf(await workspace.send('GET', '/scim/v1/Users', undefined, user.access_token))).toBe(
    'invalid_authentication',
  )
  const refresh = { ...rotating, grant_type: 'refresh_token', refresh_token: user.refresh_token }
  const second = await call(workspace, 'oauth.v2.access', refresh)
  expect((await workspace.send('GET', '/scim/v1/Users', undefined, second['access_token'] as string)).status).toBe(200)
  expect(await call(workspace, 'oauth.v2.access', refresh)).toEqual({ ok: false, error: 'invalid_refresh_token' })
})

test('auth.test names who and where, auth.revoke ends the token', async () => {
  const workspace = aWorkspace()
  const { simulator } = workspace
  const response = await simulator.handle({
    method: 'POST',
    url: 'https://slack.com/api/auth.test',
    headers: { Authorization: `Bearer ${simulator.token}` },
  })
  expect(response.headers['x-oauth-scopes']).toBe('admin')
  expect(JSON.parse(response.body)).toEqual({
    ok: true,
    url: 'https://acme.slack.com/',
    team: 'Acme',
    user: 'adam',
    team_id: simulator.settings.teamId,
    user_id: workspace.idOf('adam'),
    is_enterprise_install: false,
  })
  expect(await call(workspace, 'auth.test', {})).toEqual({ ok: false, error: 'not_authed' })
  const { token } = simulator
  expect(await call(workspace, 'auth.revoke', { token, test: '1' })).toMatchObject({ revoked: false })
  expect(await call(workspace, 'auth.revoke', { token })).toMatchObject({ ok: true, revoked: true })
  expect(await call(workspace, 'auth.test', { token })).toEqual({ ok: false, error: 'token_revoked' })
  expect(refusalOf(await workspace.send('GET', '/scim/v1/Users'))).toBe('invalid_authentication')
  const other = simulator.issueToken({ installer: 'olga' })
  simulator.deactivate('olga')
  expect(await call(workspace, 'auth.test', { token: other })).toEqual({ ok: false, error: 'account_inactive' })
  expect(await call(workspace, 'chat.postMessage', { token: other })).toEqual({ ok: false, error: 'unknown_method' })
})

test('oauth.v2.access has a limit of its own', async () => {
  const workspace = aWorkspace({ rateScale: 1 })
  for (let count = 0; count < 600; count++) await call(workspace, 'oauth.v2.access', { ...client, code: 'x' })
  const { simulator } = workspace
  const refused = await simulator.handle({ method: 'POST', url: '/api/oauth.v2.access', headers: {}, body: '' })
  expect([refused.status, refused.headers['retry-after'], refused.body]).toEqual([
    429,
    '1',
    '{"ok":false,"error":"ratelimited"}',
  ])
})

test('a token bound to addresses works from there only, for SCIM and for the Web API', async () => {
  const workspace = aWorkspace()
  const { simulator } = workspace
  const bound = simulator.issueToken({ installer: 'adam', allowedAddresses: ['10.1.0.0/16', '192.0.2.7'] })
  simulator.addApp({
    clientId: '5.6',
    clientSecret: 's',
    redirectUrls: [callback],
    name: 'Bound',
    hasTokenRotation: false,
    allowedAddresses: ['10.1.0.0/16'],
  })
  simulator.setBrowserUser('adam')
  const code = await codeOf(workspace, { client_id: '5.6' })
  const ofApp = tokenOf(await call(workspace, 'oauth.v2.access', { client_id: '5.6', client_secret: 's', code }))
  const from = async (token: string, remoteAddress: string | undefined, url: string): Promise<string> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await simulator.handle({ method: 'GET', url, headers, remoteAddress })).body
  }
  for (const token of [bound, ofApp]) {
    for (const address of ['10.1.2.3', '::ffff:10.1.255.255']) {
      expect(await from(token, address, '/scim/v1/Users?count=0'), address).toContain('totalResults')
      expect(await from(token, address, '/api/auth.test'), address).toContain('"ok":true')
    }
    for (const address of ['10.2.0.1', '192.0.2.8', '::1', undefined]) {
      expect(await from(token, address, '/scim/v2/Users'), String(address)).toContain('invalid_authentication')
      expect(await from(token, address, '/api/auth.test'), String(address)).toContain('invalid_auth')
    }
  }
  expect(await from(bound, '192.0.2.7', '/scim/v1/Users?count=0')).toContain('totalResults')
})

test('an app without public distribution stays out of an organisation', async () => {
  const workspace = aWorkspace({ plan: 'enterprise' })
  const { simulator } = workspace
  simulator.addApp({
    clientId: '7.8',
    clientSecret: 's',
    redirectUrls: [callback],
    name: 'Home-made',
    hasTokenRotation: false,
    isDistributed: false,
  })
  simulator.setBrowserUser('orla')
  const decide = (team: string): ReturnType<typeof simulator.handle> =>
    simulator.handle({
      method: 'POST',
      url: '/oauth/v2/authorize/decision',
      headers: {},
      body: new URLSearchParams({ client_id: '7.8', decision: 'allow', team }).toString(),
    })
  const refused = await decide(simulator.settings.enterpriseId ?? '')
  expect([refused.status, refused.body]).toEqual([200, expect.stringContaining('invalid_team_for_non_distributed_app')])
  expect((await decide(simulator.settings.teamId)).status).toBe(302)
})

test('who is asked to sign in half-way comes back to the same question', async () => {
  const workspace = aWorkspace()
  const body = new URLSearchParams({ client_id: '111.222', decision: 'allow', state: 's 1' }).toString()
  const asked = await workspace.simulator.handle({
    method: 'POST',
    url: '/oauth/v2/authorize/decision',
    headers: {},
    body,
  })
  expect(asked.body).toContain('value="/oauth/v2/authorize?client_id=111.222&amp;user_scope=admin&amp;state=s+1"')
  const nobody = await page(workspace, '/signin?as=nobody')
  expect(nobody.body).toContain('Nobody here is called nobody')
  expect((await page(workspace, '/signin?as=ADAM@acme.example&to=/client')).status).toBe(302)
})

test('users.info says who is an owner, a guest or a bot, to a token that may ask', async () => {
  const workspace = aWorkspace({ users: 60, seed: 7, company: { groups: 0, guests: 4, deactivated: 0, bots: 0 } })
  const { simulator } = workspace
  simulator.setBrowserUser('adam')
  const person = (role: Role): Person => {
    const found = simulator.people().find((each) => each.role === role)
    if (found === undefined) throw new Error(`nobody is ${role}`)
    return found
  }
  const ask = (user: string, token: string) =>
    call(workspace, 'users.info', { user }, { authorization: `Bearer ${token}` })
  expect(await ask(person('primary_owner').id, simulator.token)).toMatchObject({
    ok: false,
    error: 'missing_scope',
    needed: 'users:read',
  })
  const code = await codeOf(workspace, { user_scope: 'admin,users:read' })
  const token = tokenOf(await call(workspace, 'oauth.v2.access', { ...client, code }))
  expect(await ask('U0NOBODY', token)).toMatchObject({ ok: false, error: 'user_not_found' })
  const flagsOf = async (role: Role): Promise<readonly unknown[]> => {
    const { user } = (await ask(person(role).id, token)) as { readonly user: Readonly<Record<string, unknown>> }
    return [user.is_primary_owner, user.is_owner, user.is_admin, user.is_restricted, user.is_bot]
  }
  expect(await flagsOf('primary_owner')).toEqual([true, true, true, false, false])
  expect(await flagsOf('admin')).toEqual([false, false, true, false, false])
  expect(await flagsOf('single_channel_guest')).toEqual([false, false, false, true, false])
  expect(await flagsOf('bot')).toEqual([false, false, false, false, true])
})
