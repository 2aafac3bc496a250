/* Spec section 2 and 15: Test Connection, saving credentials, tokens that are renewed; in front of a simulated Slack. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Simulator, SimulatorOptions } from '../../simulator/index.ts'
import type { ConnectionReport } from '../../src/vocabulary/index.ts'
import { aSlackWorld, type ApiAnswer, type SlackWorld, type SlackWorldOptions } from '../builders/slack-world.ts'

/** Requests take no time, so that the instants of a test are whole hours. */
const atOnce = { latencyMs: 0, latencyJitterMs: 0 } as const

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

const testConnection = (token?: string): Promise<ApiAnswer> =>
  slack.send('POST', '/muster/v1/jobs/default/validateCredentials', token === undefined ? {} : { token })

const saveToken = (token: string): Promise<ApiAnswer> =>
  slack.send('PUT', '/muster/v1/jobs/default/credentials', { token })

function refusedReport({ json }: ApiAnswer): ConnectionReport {
  return (json as { readonly error: { readonly innerError: { readonly report: ConnectionReport } } }).error.innerError
    .report
}

interface ClosedGate {
  readonly opens: (simulator: Simulator) => string
  readonly options?: SimulatorOptions
  readonly step: ConnectionReport['steps'][number]['name']
  readonly says: RegExp
  readonly remedy: RegExp
}

/** Every gate of slack.md 1.6 that a workspace can close. */
const gates: Readonly<Record<string, ClosedGate>> = {
  'an unknown token': {
    opens: () => 'xoxp-1-2-nobody',
    step: 'identity',
    says: /does not know this token/,
    remedy: /Authorize again/,
  },
  'a bot token': {
    opens: (simulator) => simulator.issueToken({ installer: 'adam', kind: 'bot', scopes: ['users:read'] }),
    step: 'token',
    says: /bot token/,
    remedy: /User Token Scopes/,
  },
  'a token without the scope': {
    opens: (simulator) => simulator.issueToken({ installer: 'adam', scopes: ['users:read'] }),
    step: 'scope',
    says: /needs "admin"/,
    remedy: /install it again/,
  },
  'a token of a plain member': {
    opens: (simulator) => {
      simulator.addPerson({ userName: 'mel', email: 'mel@acme.example' })
      return simulator.issueToken({ installer: 'mel', scopes: ['admin'] })
    },
    step: 'query',
    says: /no admin or owner/,
    remedy: /workspace admin again/,
  },
  'a plan without SCIM': {
    opens: (simulator) => simulator.token,
    options: { plan: 'free' },
    step: 'query',
    says: /plan has no SCIM/,
    remedy: /Business\+ or Enterprise/,
  },
  "a workspace's token on an org": {
    opens: (simulator) => simulator.issueToken({ installer: 'adam', scopes: ['admin'], isOrgWide: false }),
    options: { plan: 'enterprise' },
    step: 'query',
    says: /one workspace of an Enterprise org/,
    remedy: /choose the org/,
  },
  'a token whose owner has left': {
    opens: (simulator) => {
      const token = simulator.issueToken({ installer: 'adam', scopes: ['admin'] })
      simulator.deactivate('adam')
      return token
    },
    step: 'identity',
    says: /deactivated|does not know this token|revoked/,
    remedy: /uthorize/,
  },
}

describe('2: a token Slack rejects', () => {
  test.each(Object.entries(gates))(
    '%s: the error shows request, status and answer, nothing is stored',
    async (_, gate) => {
      slack = await aSlackWorld({ ...atOnce, ...gate.options }, { credentials: null })
      const token = gate.opens(slack.simulator)
      const answer = await testConnection(token)
      expect(answer.status).toBe(400)
      const report = refusedReport(answer)
      const failed = report.steps.at(-1)
      expect([report.isAccepted, failed?.name, failed?.status]).toEqual([false, gate.step, 'failed'])
      expect(failed?.sentence).toMatch(gate.says)
      expect(failed?.remedy).toMatch(gate.remedy)
      // What was asked and what came back; a token that cannot work is not even sent.
      if (gate.step === 'identity' || gate.step === 'query') {
        expect(failed?.exchange?.url).toMatch(/\/(api\/auth\.test|scim\/v1\/Users)/)
        expect(failed?.exchange?.status).toBeGreaterThanOrEqual(200)
        expect(failed?.exchange?.body).toMatch(
          /invalid_auth|account_inactive|token_revoked|plus_teams_only|non_org_teams_only/,
        )
      }
      expect(answer.text).not.toContain(token)
      expect(slack.stored()).toBeNull()
      expect(slack.connection.state().origin).toBe('none')
    },
  )
})

test('3: a valid token asks once for a value nobody has, an empty list is a success, and nothing changes', async () => {
  slack = await aSlackWorld(atOnce, { credentials: null })
  const { simulator } = slack
  const before = simulator.snapshot()
  simulator.clearRequests()
  const answer = await testConnection(simulator.token)
  expect(answer.status).toBe(200)
  expect(answer.json).toMatchObject({
    isAccepted: true,
    account: { user: 'adam', team: 'Acme', isOrgWide: false, scopes: ['admin'] },
  })
  const requests = simulator.requests().map(({ method, url }) => `${method} ${decodeURIComponent(url)}`)
  expect(requests).toHaveLength(2)
  expect(requests[0]).toBe('POST /api/auth.test')
  expect(requests[1]).toMatch(/^GET \/scim\/v1\/Users\?.*filter=userName eq "[0-9a-f-]{36}"$/)
  expect(simulator.snapshot()).toEqual(before)
  expect(slack.stored()).toBeNull()
})

test('4: invalid credentials are not saved, and those that worked stay in use', async () => {
  slack = await aSlackWorld(atOnce, { credentials: null })
  const { simulator } = slack
  expect((await saveToken('xoxp-1-2-nobody')).status).toBe(400)
  expect(slack.stored()).toBeNull()
  expect((await saveToken(simulator.token)).status).toBe(200)
  expect(slack.stored()).toEqual({ origin: 'pasted', token: simulator.token })
  expect((await saveToken('xoxp-1-2-nobody')).status).toBe(400)
  expect(slack.stored()?.token).toBe(simulator.token)
  expect((await testConnection()).status).toBe(200)
})

const hourMs = 3_600_000

/** A connection by OAuth with token rotation, made through the consent page. */
async function connectedByOauth(more: SlackWorldOptions = {}): Promise<void> {
  const redirectUrl = 'https://muster.example/muster/v1/slack/callback'
  const oauthApp = { clientId: '111.444', clientSecret: 'shh-very-secret', redirectUrl }
  slack = await aSlackWorld(atOnce, { credentials: null, oauthApp, ...more })
  const { simulator } = slack
  simulator.addApp({
    clientId: oauthApp.clientId,
    clientSecret: oauthApp.clientSecret,
    name: 'Muster',
    redirectUrls: [redirectUrl],
    hasTokenRotation: true,
  })
  simulator.setBrowserUser('adam')
  const asked = await slack.send('POST', '/muster/v1/slack/authorize', {})
  const { url } = asked.json as { readonly url: string }
  const { search, searchParams } = new URL(url)
  expect(searchParams.get('code_challenge_method')).toBe('S256')
  const page = await simulator.handle({ method: 'GET', url: `/oauth/v2/authorize${search}`, headers: {} })
  expect(page.body).toContain('Allow')
  const decided = await simulator.handle({
    method: 'POST',
    url: '/oauth/v2/authorize/decision',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${search.slice(1)}&decision=allow`,
  })
  const back = new URL(decided.headers.location ?? '')
  const answer = await slack.send('GET', `/muster/v1/slack/callback${back.search}`)
  expect(answer.text).toContain('Connected')
  expect(answer.status).toBe(200)
}

test('96: a token near its end is exchanged before the first request of the cycle', async () => {
  await connectedByOauth()
  const { muster, simulator, stored } = slack
  const first = stored()
  expect(first?.rotation?.expiresAt).toBe(muster.clock.now() + 12 * hourMs)
  await muster.user('Mira Okafor')
  await slack.cycle()
  expect(stored()).toEqual(first)

  await muster.clock.advance(11.5 * hourMs)
  await muster.change('user-mira.okafor', { jobTitle: 'Captain' })
  simulator.clearRequests()
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded' })
  const paths = simulator.requests().map(({ url }) => url.split('?')[0])
  expect(paths[0]).toBe('/api/oauth.v2.access')
  expect(paths.filter((path) => path === '/api/oauth.v2.access')).toHaveLength(1)
  expect(simulator.person('mira.okafor@example.com')?.title).toBe('Captain')
  const second = stored()
  expect(second?.token).not.toBe(first?.token)
  expect(second?.rotation?.refreshToken).not.toBe(first?.rotation?.refreshToken)
  expect(JSON.stringify([...slack.operatorLines, await slack.get('/muster/v1/status')])).not.toMatch(
    /xox[a-z]|shh-very/,
  )

  // Exchanged again and again, for as long as the connection lives.
  await muster.clock.advance(11.5 * hourMs)
  await muster.change('user-mira.okafor', { jobTitle: 'Admiral' })
  await slack.cycle()
  expect(simulator.person('mira.okafor@example.com')?.title).toBe('Admiral')
})

test('96: when the exchange is refused the job goes into quarantine, and a success lifts it', async () => {
  await connectedByOauth()
  const { muster, simulator, connection } = slack
  await muster.user('Mira Okafor')
  await slack.cycle()
  await muster.clock.advance(11.5 * hourMs)
  simulator.addFault({
    path: '^/api/oauth',
    kind: 'status',
    status: 200,
    body: '{"ok":false,"error":"invalid_refresh_token"}',
  })
  simulator.clearRequests()
  const began = muster.clock.now()
  expect(await slack.runWhenDue()).toMatchObject({ kind: 'broken', nextRunAt: began + 6 * hourMs })
  // Nothing was sent with a token that may be dead.
  expect(simulator.requests().map(({ url }) => url)).toEqual(['/api/oauth.v2.access'])
  const status = JSON.parse(await slack.get('/muster/v1/status')) as {
    readonly jobs: readonly [{ readonly status: string; readonly quarantine: unknown }]
  }
  expect(status.jobs[0]).toMatchObject({
    status: 'Quarantine',
    quarantine: { reason: 'EncounteredQuarantineException', seriesCount: 1, nextAttempt: began + 6 * hourMs },
  })

  // 6, 12 and 24 hours after the first failure, then once a day.
  for (const hours of [12, 24, 48, 72]) {
    expect(await slack.runWhenDue()).toMatchObject({ kind: 'broken', nextRunAt: began + hours * hourMs })
  }
  simulator.clearFaults()
  expect((await slack.send('PUT', '/muster/v1/jobs/default/credentials', { token: simulator.token })).status).toBe(200)
  expect(connection.state().origin).toBe('pasted')
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded' })
  expect(JSON.parse(await slack.get('/muster/v1/status'))).toMatchObject({
    jobs: [{ status: 'Active', quarantine: null }],
  })
})

test('96: while Slack is in trouble a token that still lives goes on', async () => {
  await connectedByOauth()
  const { muster, simulator } = slack
  await muster.clock.advance(11.5 * hourMs)
  await muster.user('Mira Okafor')
  simulator.addFault({ path: '^/api/oauth', kind: 'html502' })
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded' })
  expect(simulator.person('mira.okafor@example.com')?.active).toBe(true)
})

describe('connecting by OAuth', () => {
  test('an answer nobody asked for, or that comes twice or late, is refused', async () => {
    await connectedByOauth()
    for (const state of ['made-up', '']) {
      const answer = await slack.send('GET', `/muster/v1/slack/callback?code=x&state=${state}`)
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    const asked = await slack.send('POST', '/muster/v1/slack/authorize', {})
    const { state } = asked.json as { readonly state: string }
    await slack.muster.clock.advance(11 * 60_000)
    const late = await slack.send('POST', '/muster/v1/slack/answer', { state, code: 'x' })
    expect(late).toMatchObject({ status: 409, json: { error: { code: 'consentUnknown' } } })
  })

  test('whoever cancels changes nothing', async () => {
    await connectedByOauth()
    const before = slack.stored()
    const asked = await slack.send('POST', '/muster/v1/slack/authorize', {})
    const { state } = asked.json as { readonly state: string }
    const answer = await slack.send('POST', '/muster/v1/slack/answer', { state, error: 'access_denied' })
    expect(answer).toMatchObject({ status: 409, json: { error: { code: 'consentDenied' } } })
    expect(slack.stored()).toEqual(before)
  })

  test('a token of the settings wins, and nothing is stored beside it', async () => {
    slack = await aSlackWorld(atOnce)
    expect(await saveToken(slack.simulator.token)).toMatchObject({
      status: 409,
      json: { error: { code: 'tokenGiven' } },
    })
    expect(slack.stored()).toBeNull()
  })
})
