/* The way of a request: faults, locks, latency, delays of reads, the log, snapshots (slack.md 6, 10.2). */
import { describe, expect, test } from 'vitest'
import { aUser, aWorkspace, refusalOf, v1, workspaceStartedAt } from '../test/builders/slack-workspace.ts'
import { createVirtualClock } from '../test/builders/virtual-clock.ts'
import type { FaultKind } from './index.ts'
import { createSimulator } from './index.ts'

const create = (name: string): readonly ['POST', string, unknown] => ['POST', '/scim/v1/Users', aUser(name)]

describe('faults', () => {
  test('strike before or after the effect, and only as often as told', async () => {
    const cases: readonly (readonly [FaultKind, boolean])[] = [
      ['status', false],
      ['html502', false],
      ['reset', false],
      ['timeoutBefore', false],
      ['silent200', false],
      ['resetAfter', true],
      ['timeoutAfter', true],
      ['truncatedJson', true],
      ['slow', true],
    ]
    for (const [kind, tookEffect] of cases) {
      const { simulator, send } = aWorkspace()
      simulator.unfreezeClock()
      simulator.addFault({ kind, next: 1, ...(kind === 'slow' ? { delayMs: 1 } : {}) })
      await send(...create('nina')).catch(() => undefined)
      expect(simulator.person('nina') !== undefined, kind).toBe(tookEffect)
      expect((await send(...create('ned'))).status, kind).toBe(201)
    }
  })

  test('the update of April 2024 takes effect and deactivates, owners and bots left alone', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send(...create('nina'))
    simulator.addFault({ kind: 'updateDeactivates', next: 2 })
    await send('GET', `/scim/v1/Users/${idOf('nina')}`)
    const title = { schemas: [v1], title: 'Captain' }
    expect(await send('PATCH', `/scim/v1/Users/${idOf('nina')}`, title)).toMatchObject({
      status: 200,
      json: { title: 'Captain', active: false },
    })
    expect(simulator.person('nina')).toMatchObject({ title: 'Captain', active: false })
    expect((await send('PATCH', `/scim/v1/Users/${idOf('helperbot')}`, title)).status).toBe(200)
    expect(simulator.person('helperbot')?.active).toBe(true)
    expect((await send(...create('ned'))).json).toMatchObject({ active: true })
  })

  test('that take no time take none in a frozen time either', async () => {
    const { simulator, send } = aWorkspace()
    simulator.addFault({ kind: 'timeoutAfter', delayMs: 0 })
    await expect(send(...create('a'))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  })

  test('look the way a client sees them', async () => {
    const { simulator, send } = aWorkspace()
    const strike = (kind: FaultKind, more: object = {}): number => simulator.addFault({ kind, next: 1, ...more })
    strike('status', { status: 503, body: '{"down":true}', headers: { 'retry-after': '7' } })
    expect(await send(...create('a'))).toMatchObject({
      status: 503,
      json: { down: true },
      headers: { 'retry-after': '7' },
    })
    strike('html502')
    expect(await send(...create('a'))).toMatchObject({ status: 502, json: undefined })
    strike('reset')
    await expect(send(...create('a'))).rejects.toMatchObject({ code: 'ECONNRESET' })
    strike('timeoutAfter')
    await expect(send(...create('a'))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    strike('silent200')
    expect(await send(...create('b'))).toMatchObject({ status: 200, json: { userName: 'b' } })
    strike('truncatedJson')
    await expect(send(...create('c'))).rejects.toThrow(SyntaxError)
    expect(simulator.requests().map(({ status, fault }) => [status, fault])).toEqual([
      [503, 'status'],
      [502, 'html502'],
      [0, 'reset'],
      [0, 'timeoutAfter'],
      [200, 'silent200'],
      [201, 'truncatedJson'],
    ])
  })

  test('choose by method, path and chance; the same seed strikes the same requests', async () => {
    const struck = async (): Promise<readonly number[]> => {
      const { simulator, send } = aWorkspace({ seed: 5 })
      simulator.addFault({ kind: 'status', method: '^GET$', path: 'filter=', probability: 0.3 })
      await send(...create('nina'))
      const statuses: number[] = []
      for (let count = 0; count < 40; count++) {
        statuses.push((await send('GET', '/scim/v1/Users?filter=userName%20pr')).status)
      }
      expect((await send('GET', '/scim/v1/Users')).status).toBe(200)
      return statuses
    }
    const first = await struck()
    expect(first).toEqual(await struck())
    expect(first).toContain(500)
    expect(first).toContain(200)
  })
})

describe('locks and latency', () => {
  test('a second write to the same person or group waits its turn; others and reads do not', async () => {
    const { simulator, send, idOf } = aWorkspace({ users: 2 })
    const [first, second] = simulator.people().filter(({ role }) => role === 'member')
    await send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew' })
    simulator.addFault({ kind: 'slow', next: 2, delayMs: 1000 })
    const body = { schemas: [v1], title: 'A' }
    const running = send('PATCH', `/scim/v1/Users/${first?.id}`, body)
    const runningGroup = send('PATCH', `/scim/v1/Groups/${idOf('Crew')}`, { schemas: [v1], displayName: 'B' })
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const refused = await send(method, `/scim/v1/Users/${first?.id}`, method === 'DELETE' ? undefined : body)
      expect([refused.status, refused.headers['retry-after']], method).toEqual([429, '1'])
    }
    const group = simulator.groups()[0]
    expect(refusalOf(await send('DELETE', `/scim/v1/Groups/${group?.id}`))).toBe('resource_locked')
    expect((await send('GET', `/scim/v1/Users/${first?.id}`)).status).toBe(200)
    expect((await send('PATCH', `/scim/v1/Users/${second?.id}`, body)).status).toBe(200)
    simulator.stepClock(1000)
    expect([(await running).status, (await runningGroup).status]).toEqual([200, 204])
    expect((await send('PATCH', `/scim/v1/Users/${first?.id}`, body)).status).toBe(200)
  })

  test('an answer takes its latency on the given clock, by endpoint and with jitter', async () => {
    const clock = createVirtualClock()
    const simulator = createSimulator({
      clock,
      latencyMs: 100,
      latencyJitterMs: 10,
      knobs: { latencyByEndpoint: { 'POST /Users': 500 } },
    })
    const took = async (method: string, url: string, body?: unknown): Promise<number> => {
      const startedAt = clock.now()
      const headers = { authorization: `Bearer ${simulator.token}` }
      await clock.runUntilDone(simulator.handle({ method, url, headers, body: JSON.stringify(body) }))
      return clock.now() - startedAt
    }
    const reads: number[] = []
    for (let count = 0; count < 20; count++) reads.push(await took('GET', '/scim/v1/Users'))
    expect(Math.min(...reads)).toBeGreaterThanOrEqual(90)
    expect(Math.max(...reads)).toBeLessThanOrEqual(110)
    expect(new Set(reads).size).toBeGreaterThan(3)
    expect(await took(...create('nina'))).toBeGreaterThanOrEqual(490)
  })
})

describe('what reads show', () => {
  test('a deactivation after a second, whoever asks before', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send(...create('nina'))
    const url = `/scim/v1/Users/${idOf('nina')}`
    await send('DELETE', url)
    expect((await send('GET', url)).json).toMatchObject({ active: true })
    simulator.stepClock(999)
    expect((await send('GET', url)).json).toMatchObject({ active: true })
    simulator.stepClock(1)
    expect((await send('GET', url)).json).toMatchObject({ active: false })
  })

  test('a picture after three seconds, under an address of Slack', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send('POST', '/scim/v1/Users', aUser('nina', { photos: [{ value: 'https://img.example/1.png' }] }))
    const url = `/scim/v1/Users/${idOf('nina')}`
    const photo = async (): Promise<string> =>
      ((await send('GET', url)).json as { photos: readonly { value: string }[] }).photos[0]?.value ?? ''
    expect(await photo()).toContain('gravatar.com')
    simulator.stepClock(3000)
    const first = await photo()
    expect(first).toMatch(/^https:\/\/avatars\.slack-edge\.com\//)
    await send('PATCH', url, { schemas: [v1], photos: [{ value: 'https://img.example/2.png' }] })
    expect(await photo()).toBe(first)
    simulator.stepClock(3000)
    expect(await photo()).not.toBe(first)
  })
})

describe('gates', () => {
  test('come in their order', async () => {
    const { simulator, send } = aWorkspace({ rateScale: 1 })
    const member = simulator.addPerson({ userName: 'mia', email: 'mia@acme.example' })
    const weak = simulator.issueToken({ installer: member.id })
    simulator.setSettings({ plan: 'free' })
    expect(refusalOf(await send('GET', '/scim/v1/Nothing', undefined, 'none'))).toBe('bad_endpoint')
    expect(refusalOf(await send('OPTIONS', '/scim/v1/Users', undefined, 'none'))).toBe('method_not_allowed')
    expect(refusalOf(await send('PATCH', '/scim/v1/Users', '{', 'none'))).toBe('missing_user_id')
    expect(refusalOf(await send('DELETE', '/scim/v1/Groups/', undefined, 'none'))).toBe('missing_group_id')
    expect(refusalOf(await send('POST', '/scim/v1/Users', '{', weak))).toBe('invalid_authentication')
    expect(refusalOf(await send('POST', '/scim/v1/Users', '{'))).toBe('plus_teams_only')
    simulator.setSettings({ plan: 'business_plus' })
    for (let count = 0; count < 20; count++) {
      expect(refusalOf(await send('POST', '/scim/v1/Users', '{'))).toBe('invalid_request_payload')
    }
    expect(refusalOf(await send('POST', '/scim/v1/Users', '{'))).toBe('too_many_requests')
  })

  test('v2 can be missing, and can be without filters', async () => {
    const { simulator, send } = aWorkspace()
    simulator.setKnobs({ v2FilterEnabled: false })
    const filtered = await send('GET', '/scim/v2/Users?filter=userName%20eq%20%22adam%22')
    expect(filtered.json).toMatchObject({ totalResults: simulator.people().length })
    simulator.setKnobs({ v2Enabled: false })
    expect(refusalOf(await send('GET', '/scim/v2/Users'))).toBe('unsupported_version')
  })

  test('what the installer is decides what the first token may', async () => {
    const cases = [
      [{ installerRole: 'owner' }, 'no refusal'],
      [{ installerRole: 'member' }, 'invalid_authentication'],
      [{ plan: 'enterprise' }, 'no refusal'],
      [{ plan: 'enterprise', installerRole: 'org_owner' }, 'no refusal'],
      [{ plan: 'enterprise', installerRole: 'org_admin' }, 'invalid_authentication'],
    ] as const
    for (const [options, refusal] of cases) {
      expect(refusalOf(await aWorkspace(options).send('GET', '/scim/v1/Users')), JSON.stringify(options)).toBe(refusal)
    }
  })

  test('the word Bearer is case-sensitive, an expired token is none', async () => {
    const { simulator } = aWorkspace()
    for (const authorization of [`bearer ${simulator.token}`, simulator.token, `Basic ${simulator.token}`, 'Bearer ']) {
      const response = await simulator.handle({ method: 'GET', url: '/scim/v1/Users', headers: { authorization } })
      expect([response.status, response.body], authorization).toEqual([401, expect.stringContaining('invalid_auth')])
    }
  })

  test('statuses that Slack does not publish follow the knobs', async () => {
    const { simulator, send } = aWorkspace({ knobs: { conflictStatus: 400, notFoundStatus: 400 } })
    await send(...create('nina'))
    expect(await send(...create('nina'))).toMatchObject({ status: 400, json: { Errors: { code: 400 } } })
    expect((await send('GET', '/scim/v1/Groups/S0NOTHING')).status).toBe(400)
    simulator.setKnobs({ forbiddenStatus: 401 })
    const { id = '' } = simulator.person('olga') ?? {}
    expect((await send('PATCH', `/scim/v1/Users/${id}`, { schemas: [v1], title: 'x' })).status).toBe(401)
  })
})

describe('state', () => {
  test('the same seed makes the same ids and token; another seed makes others', () => {
    const ids = (seed: number): readonly string[] => {
      const { simulator } = aWorkspace({ seed, users: 50 })
      return [simulator.token, ...simulator.people().map(({ id }) => id)]
    }
    expect(ids(7)).toEqual(ids(7))
    expect(new Set([...ids(7), ...ids(8)]).size).toBe(2 * ids(7).length)
    expect(ids(7)[1]).toMatch(/^U0[0-9A-V]{9}$/)
    expect(ids(7)[0]).toMatch(/^xoxp-\d+-\d+-simulator$/)
  })

  test('fifty thousand ids differ', () => {
    const { simulator } = aWorkspace({ users: 50_000 })
    const people = simulator.people()
    expect(new Set(people.map(({ id }) => id)).size).toBe(people.length)
    expect(new Set(people.map(({ userName }) => userName)).size).toBe(people.length)
    expect(people.every(({ userName }) => userName.length <= 21)).toBe(true)
  })

  test('a snapshot survives JSON and comes back, the way back to the start too', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send(...create('nina'))
    await send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members: [{ value: idOf('nina') }] })
    const snapshot = JSON.parse(JSON.stringify(simulator.snapshot())) as ReturnType<typeof simulator.snapshot>
    const people = simulator.people()
    await send('DELETE', `/scim/v1/Users/${idOf('nina')}`)
    await send(...create('ned'))
    simulator.setKnobs({ latencyMs: 7 })
    simulator.restore(snapshot)
    expect(simulator.people()).toEqual(people)
    expect(simulator.group('Crew')?.memberIds).toEqual([idOf('nina')])
    expect(simulator.knobs.latencyMs).toBe(0)
    expect((await send(...create('ned'))).status).toBe(201)
    simulator.reset()
    expect(simulator.people().map(({ userName }) => userName)).toEqual(['olga', 'adam', 'helperbot'])
    expect(simulator.requestCount).toBe(0)
    expect((await send(...create('nina'))).status).toBe(201)
  })

  test('the audit trail speaks in Slack’s action names', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send(...create('nina'))
    const url = `/scim/v1/Users/${idOf('nina')}`
    await send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members: [{ value: idOf('nina') }] })
    await send('PATCH', url, { schemas: [v1], userName: 'ina', emails: [{ value: 'ina@acme.example' }], title: 'x' })
    await send('DELETE', url)
    await send('PATCH', url, { schemas: [v1], active: true })
    const entries = simulator.audit().filter(({ entityId }) => entityId === idOf('ina'))
    expect(entries.map(({ action }) => action)).toEqual([
      'user_created',
      'user_added_to_usergroup',
      'user_email_updated',
      'user_username_updated',
      'user_profile_updated',
      'user_deactivated',
      'user_removed_from_usergroup',
      'user_reactivated',
    ])
    expect(entries.every(({ at, actorId }) => at === workspaceStartedAt && actorId === idOf('adam'))).toBe(true)
  })

  test('the audit trail says which fields and which group, who signed in, and survives a snapshot', async () => {
    const { simulator, send, idOf } = aWorkspace()
    await send(...create('nina'))
    const url = `/scim/v1/Users/${idOf('nina')}`
    await send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members: [{ value: idOf('nina') }] })
    await send('PATCH', url, { schemas: [v1], title: 'Captain', userType: 'Employee' })
    simulator.setRole('nina', 'admin')
    await simulator.handle({ method: 'GET', url: '/signin?as=nina', headers: {} })
    const told = simulator
      .audit()
      .filter(({ entityId }) => entityId === idOf('nina'))
      .map(({ action, details }) => [action, ...details])
    expect(told).toEqual([
      ['user_created'],
      ['user_added_to_usergroup', 'Crew'],
      ['user_profile_updated', 'title', 'userType'],
      ['role_change_to_admin'],
      ['user_login'],
    ])
    const audit = simulator.audit().slice()
    const snapshot = simulator.snapshot()
    simulator.deactivate('nina')
    simulator.reactivate('nina')
    expect(
      simulator
        .audit()
        .slice(-3)
        .map(({ action }) => action),
    ).toEqual(['user_deactivated', 'user_removed_from_usergroup', 'user_reactivated'])
    simulator.restore(snapshot)
    expect(simulator.audit()).toEqual(audit)
  })

  test('a workspace that becomes an organisation wants an org-wide token', async () => {
    const { simulator, send } = aWorkspace()
    simulator.setSettings({ plan: 'enterprise' })
    expect(simulator.settings.enterpriseId).toMatch(/^E0/)
    expect(refusalOf(await send('GET', '/scim/v1/Users'))).toBe('non_org_teams_only')
    simulator.setRole('olga', 'org_owner')
    const token = simulator.issueToken({ installer: 'olga', isOrgWide: true })
    expect((await send('GET', '/scim/v1/Users', undefined, token)).status).toBe(200)
  })

  test('a company of a seed is the same each time, with guests, leavers, bots, groups and managers', () => {
    const company = { groups: 12, guests: 6, deactivated: 5, bots: 2 }
    const { simulator } = aWorkspace({ seed: 7, users: 120, company, plan: 'enterprise' })
    const people = simulator.people()
    const count = (isMeant: (person: (typeof people)[number]) => boolean): number => people.filter(isMeant).length
    expect(count(({ role }) => role.endsWith('guest'))).toBe(6)
    expect(count(({ active }) => !active)).toBe(5)
    expect(count(({ role }) => role === 'bot')).toBe(3)
    const ids = new Set(people.map(({ id }) => id))
    const managers = people.flatMap(({ profile }) => profile?.managerId ?? [])
    expect(managers.length).toBeGreaterThan(100)
    expect(managers.every((id) => ids.has(id))).toBe(true)
    expect(simulator.groups()).toHaveLength(12)
    const withoutTime = (list: typeof people): unknown => list.map(({ createdAt: _createdAt, ...rest }) => rest)
    const again = aWorkspace({ seed: 7, users: 120, company, plan: 'enterprise' }).simulator
    expect(withoutTime(again.people())).toEqual(withoutTime(people))
    expect(again.groups()).toEqual(simulator.groups())
    const other = aWorkspace({ seed: 8, users: 120, company, plan: 'enterprise' }).simulator
    expect(other.people().map(({ userName }) => userName)).not.toEqual(people.map(({ userName }) => userName))
  })

  test('the request log keeps headers, and no secret', async () => {
    const { simulator, send } = aWorkspace()
    await send(...create('nina'))
    simulator.setBrowserUser('adam')
    const code = simulator.issueCode({ user: 'adam' })
    const form = new URLSearchParams({ code, client_id: '111.222', client_secret: 'shh' }).toString()
    const headers = { authorization: `Basic ${Buffer.from('111.222:shh').toString('base64')}`, cookie: 'sim_user=U1' }
    const answer = await simulator.handle({ method: 'POST', url: '/api/oauth.v2.access', headers, body: form })
    const { access_token: token } = (JSON.parse(answer.body) as { authed_user: { access_token: string } }).authed_user
    await simulator.handle({ method: 'GET', url: `/api/auth.test?token=${token}`, headers: {} })
    const body = { schemas: [v1], userName: 'ned', emails: [{ value: 'n@acme.example' }], password: 'hunter"2' }
    await send('POST', '/scim/v1/Users', body)
    const kept = JSON.stringify(simulator.requests())
    for (const secret of [simulator.token, token, code, '"shh', '=shh', 'U1', 'hunter', headers.authorization]) {
      expect(kept.includes(secret), secret).toBe(false)
    }
    expect(simulator.requests()[0]).toMatchObject({
      requestHeaders: { authorization: 'Bearer xoxp-••••', 'content-type': 'application/json' },
      responseHeaders: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect(simulator.requests()[1]?.responseBody).toContain('"access_token":"xoxp-••••"')
  })

  test('the request log is bounded in number and in size', async () => {
    const { simulator, send } = aWorkspace()
    for (let count = 0; count < 1100; count++) await send('GET', '/scim/v1/ServiceProviderConfigs')
    await send('POST', '/scim/v1/Users', aUser('nina', { title: 'x'.repeat(20_000) }))
    const entries = simulator.requests()
    expect([simulator.requestCount, entries.length]).toEqual([1101, 1000])
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 1000 }, (_, index) => 101 + index))
    expect(entries.at(-1)).toMatchObject({ status: 201, requestBody: null, responseBody: null })
    expect(entries.at(-2)?.responseBody).toContain('authenticationSchemes')
  })
})
