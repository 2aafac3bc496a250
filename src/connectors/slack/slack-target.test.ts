import { expect, test } from 'vitest'
import type { FakeSlack } from '../../../test/builders/fake-slack.ts'
import { answer, createFakeSlack, refusal } from '../../../test/builders/fake-slack.ts'
import type { JumpingClock } from '../../../test/builders/jumping-clock.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import type { TargetAttributes } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { TransportRequest } from '../scim/index.ts'
import { slackPerson } from '../target.contract.ts'
import type { TargetConnector, WriteReceipt } from '../target.ts'
import type { SlackTargetOptions } from './index.ts'
import { createSlackTarget, neverCompared } from './index.ts'

interface Workspace {
  readonly slack: FakeSlack
  readonly clock: JumpingClock
  readonly target: TargetConnector
  create(attributes?: TargetAttributes): Promise<WriteReceipt>
  sent(method?: string): readonly TransportRequest[]
}

function aWorkspace(options: Partial<SlackTargetOptions> = {}): Workspace {
  const slack = createFakeSlack()
  const clock = createJumpingClock()
  const target = createSlackTarget({ token: 'xoxp-fake-token', clock, random: () => 0.5, send: slack.send, ...options })
  return {
    slack,
    clock,
    target,
    create: (attributes = slackPerson(1)) => target.write({ kind: 'create', objectType: 'User', attributes }),
    sent: (method) => slack.requests.filter((request) => method === undefined || request.method === method),
  }
}

async function errorOf(promise: Promise<unknown>): Promise<ConnectorError> {
  const outcome: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof ConnectorError) return outcome
  throw new Error('No ConnectorError was thrown.', { cause: outcome })
}

function is(method: string): (request: TransportRequest) => boolean {
  return (request) => request.method === method
}

const emailAttribute = 'emails[type eq "work"].value'

test('every request carries the token and JSON, and goes below the base URL', async () => {
  const { create, sent } = aWorkspace({ baseUrl: 'https://gate.example/slack/' })
  await errorOf(create())
  expect(sent()[0]).toMatchObject({
    method: 'POST',
    path: '/slack/scim/v1/Users',
    headers: { authorization: 'Bearer xoxp-fake-token', 'content-type': 'application/json' },
  })
})

test('checkCredentials is one query for a userName nobody can have; an empty list is a success', async () => {
  const { target, sent, slack } = aWorkspace()
  const { summary } = await target.checkCredentials()
  expect(summary).toContain('https://api.slack.com/scim/v1')
  expect(slack.requests).toHaveLength(1)
  expect(decodeURIComponent(sent()[0]?.path ?? '')).toMatch(
    /filter=userName eq "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-/,
  )
})

test.each([
  ['invalid_authentication', 401, 'SystemForCrossDomainIdentityManagementCredentialValidationFailure'],
  ['plus_teams_only', 400, 'NotPermitted'],
  ['non_org_teams_only', 400, 'NotPermitted'],
  ['permission_denied', 403, 'InsufficientRights'],
])('checkCredentials: %s concerns the whole job', async (name, status, code) => {
  const { target, slack } = aWorkspace()
  slack.fault({ matches: () => true, does: refusal(status, name) })
  const error = await errorOf(target.checkCredentials())
  expect([error.scope, error.code, error.targetErrorName]).toEqual(['job', code, name])
})

test('the name decides, not the status', async () => {
  for (const status of [400, 404, 409, 422]) {
    const { create, slack } = aWorkspace()
    slack.fault({ matches: is('POST'), does: refusal(status, 'email_taken (existing_user=U0987654321)') })
    const error = await errorOf(create())
    expect([error.code, error.existingAnchor]).toEqual(['Conflict', 'U0987654321'])
  }
})

test('a conflict that does not name the holder is looked up by e-mail', async () => {
  const { create } = aWorkspace()
  const { anchor } = await create()
  const error = await errorOf(create({ ...slackPerson(2), [emailAttribute]: slackPerson(1)[emailAttribute] ?? '' }))
  expect([error.code, error.targetErrorName, error.existingAnchor]).toEqual(['Conflict', 'email_taken', anchor])
})

test('whoever holds only the userName is not offered for linking: it may be anybody', async () => {
  const { create } = aWorkspace()
  await create()
  const error = await errorOf(create({ ...slackPerson(2), userName: String(slackPerson(1).userName) }))
  expect([error.code, error.targetErrorName, error.existingAnchor]).toEqual(['Conflict', 'username_taken', undefined])
})

test('an unknown name is kept with the body, without secrets', async () => {
  const { create, slack } = aWorkspace()
  slack.fault({ matches: is('POST'), does: refusal(418, 'teapot_error for xoxp-fake-token and xoxb-12-other') })
  const error = await errorOf(create())
  expect([error.code, error.scope, error.targetErrorName]).toEqual(['UnprocessableEntity', 'object', 'teapot_error'])
  expect(error.exchange?.body).toContain('teapot_error for (token) and (token)')
  expect(JSON.stringify([error.message, error.exchange])).not.toContain('xox')
})

test.each([
  ['a 500', answer(500, '')],
  ['a 502 with a page', answer(502, '<html>Bad gateway</html>')],
  ['a 200 with a page', answer(200, '<html>Sign in</html>')],
  ['JSON cut off', answer(201, '{"id":"U1","userNa')],
  ['a name of Slack that passes', refusal(500, 'database_query_failure')],
])('%s is repeated with growing pauses', async (_title, does) => {
  const { create, slack, clock, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), times: 2, does })
  await create()
  expect(sent('POST')).toHaveLength(3)
  expect(clock.elapsedMs()).toBe(375 + 750)
})

test('an outage that is announced to last an hour is not waited for', async () => {
  const { create, slack, clock } = aWorkspace()
  slack.fault({ matches: is('POST'), does: answer(503, '', { 'retry-after': '3600' }) })
  const error = await errorOf(create())
  expect([error.code, error.retryAfterSeconds, clock.elapsedMs()]).toEqual(['InternalServerError', 3600, 0])
})

test('a 401 concerns the whole job, whatever its body', async () => {
  for (const body of ['', '<html>Sign in</html>', '{"Errors":{"description":"some_new_name","code":401}}']) {
    const { target, slack } = aWorkspace()
    slack.fault({ matches: () => true, does: answer(401, body) })
    expect((await errorOf(target.read('User', 'U1'))).scope).toBe('job')
  }
})

test('after a few attempts the error is left to the next cycle', async () => {
  const { create, slack, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), times: 99, does: answer(503, '<html>') })
  const error = await errorOf(create())
  expect([error.code, error.scope, error.retry]).toEqual(['InternalServerError', 'object', 'nextCycle'])
  expect(sent('POST')).toHaveLength(4)
})

test('an answer that never comes is a Timeout after the time set', async () => {
  const { create, slack, clock } = aWorkspace({ requestTimeoutMs: 2000 })
  slack.fault({ matches: is('POST'), times: 99, does: 'hang' })
  const error = await errorOf(create())
  expect([error.code, error.retry]).toEqual(['Timeout', 'nextCycle'])
  expect(clock.elapsedMs()).toBe(4 * 2000 + 375 + 750 + 1500)
})

test('where nobody listens nothing else will work either', async () => {
  const { target, slack } = aWorkspace()
  slack.fault({ matches: () => true, times: 99, does: 'refuse' })
  const error = await errorOf(target.read('User', 'U1'))
  expect([error.code, error.scope]).toEqual(['WebExceptionProtocolError', 'job'])
})

test.each(['reset', 'hang'] as const)('a create whose answer was lost (%s) is found, not repeated', async (does) => {
  const { create, slack, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), after: true, does })
  const receipt = await create()
  expect(sent('POST')).toHaveLength(1)
  expect([...slack.users.keys()]).toEqual([receipt.anchor])
  expect(receipt.warnings.join(' ')).toContain('was lost')
})

test('a create that was lost before it took effect is repeated after the look-up', async () => {
  const { create, slack, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), does: 'reset' })
  const receipt = await create()
  expect(sent().map((request) => request.method)).toEqual(['POST', 'GET', 'GET', 'POST'])
  expect(receipt.warnings).toEqual([])
})

test('an account that another hand made with the same e-mail is not taken for ours', async () => {
  const { create, slack } = aWorkspace()
  const other = await create({ ...slackPerson(2), [emailAttribute]: slackPerson(1)[emailAttribute] ?? '' })
  slack.fault({ matches: is('POST'), does: 'reset' })
  const error = await errorOf(create())
  expect([error.code, error.existingAnchor]).toEqual(['Conflict', other.anchor])
})

test('an account that appears only after the look-up is recognised when the repeated create is refused', async () => {
  const { create, slack, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), after: true, does: 'hang' })
  slack.fault({ matches: is('GET'), times: 2, does: answer(200, { totalResults: 0, Resources: [] }) })
  const receipt = await create()
  expect(sent('POST')).toHaveLength(2)
  expect([...slack.users.keys()]).toEqual([receipt.anchor])
})

test('a delete whose answer was lost and is repeated in vain has succeeded', async () => {
  const { target, slack } = aWorkspace()
  const { anchor } = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'Sales' } })
  slack.fault({ matches: is('DELETE'), after: true, does: 'reset' })
  const receipt = await target.write({ kind: 'delete', objectType: 'Group', anchor })
  expect(receipt.warnings).toHaveLength(1)
})

test('a 429 is waited out as long as Slack says, and counted', async () => {
  const { create, slack, clock, target } = aWorkspace()
  slack.fault({ matches: is('POST'), times: 2, does: refusal(429, 'too_many_requests', { 'retry-after': '7' }) })
  await create()
  expect(clock.elapsedMs()).toBeGreaterThanOrEqual(14_000)
  expect(target.traffic()).toEqual({ requests: 3, writes: 3, throttled: 2 })
})

test('after a 429 nothing is sent before its time, at no endpoint and no removal either', async () => {
  const { create, slack, clock, target } = aWorkspace()
  const { anchor } = await create()
  slack.fault({ matches: is('POST'), does: refusal(429, 'too_many_requests', { 'retry-after': '60' }) })
  const times: Record<string, number> = {}
  const timed = async (name: string, work: Promise<unknown>): Promise<void> => {
    await work
    times[name] = clock.elapsedMs()
  }
  const throttled = timed('throttled', create(slackPerson(2)))
  // Until its answer has arrived, without letting time pass.
  while (target.traffic().throttled === 0) await Promise.resolve()
  await Promise.all([
    throttled,
    timed('behind', create(slackPerson(3))),
    timed('other', target.write({ kind: 'disable', objectType: 'User', anchor })),
  ])
  expect(times.throttled).toBeGreaterThanOrEqual(60_000)
  expect(times.behind).toBeGreaterThanOrEqual(60_000)
  expect(times.other).toBeGreaterThanOrEqual(60_000)
})

test('a locked group waits alone: other groups are changed meanwhile', async () => {
  const { target, slack, clock } = aWorkspace()
  const groups: string[] = []
  for (const displayName of ['Sales', 'Support']) {
    groups.push((await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName } })).anchor)
  }
  slack.fault({ matches: is('PATCH'), does: refusal(429, 'resource_locked', { 'retry-after': '5' }) })
  const ends: number[] = []
  await Promise.all(
    groups.map(async (anchor, index) => {
      const changes = [{ attribute: 'displayName', kind: 'set', value: `Renamed ${index}` }] as const
      await target.write({ kind: 'update', objectType: 'Group', anchor, changes, known: {} })
      ends[index] = clock.elapsedMs()
    }),
  )
  expect(ends).toEqual([5000, 0])
})

test('throttling that does not end is left to the next cycle after some minutes', async () => {
  const { create, slack, clock } = aWorkspace()
  slack.fault({ matches: is('POST'), times: 999, does: refusal(429, 'too_many_requests', { 'retry-after': '30' }) })
  const error = await errorOf(create())
  expect([error.code, error.scope, error.retry, error.retryAfterSeconds]).toEqual([
    'TooManyRequests',
    'object',
    'nextCycle',
    30,
  ])
  expect(clock.elapsedMs()).toBeLessThanOrEqual(6 * 60_000)
})

test('a 429 that asks for an hour is not waited for, by nobody', async () => {
  const { create, slack, clock, sent } = aWorkspace()
  slack.fault({ matches: is('POST'), does: refusal(429, 'too_many_requests', { 'retry-after': '3600' }) })
  expect((await errorOf(create())).code).toBe('TooManyRequests')
  expect((await errorOf(create(slackPerson(2)))).code).toBe('TooManyRequests')
  expect([clock.elapsedMs(), sent('POST').length]).toEqual([0, 1])
})

test('a 429 without a name, a body or a time is waited out too', async () => {
  const { create, slack } = aWorkspace()
  slack.fault({ matches: is('POST'), times: 3, does: answer(429, '', { 'retry-after': '0' }) })
  await expect(create()).resolves.toMatchObject({ warnings: [] })
})

test("creates keep below Slack's limits: 18 at once, then 2.7 a second", async () => {
  const { create, clock, target } = aWorkspace()
  await Promise.all(Array.from({ length: 45 }, (_, number) => create(slackPerson(number))))
  expect(clock.elapsedMs()).toBeGreaterThanOrEqual(10_000)
  expect(clock.elapsedMs()).toBeLessThan(10_200)
  expect(target.traffic().throttled).toBe(0)
})

test('with the rate off nobody waits', async () => {
  const { create, clock } = aWorkspace({ rate: 'off' })
  await Promise.all(Array.from({ length: 100 }, (_, number) => create(slackPerson(number))))
  expect(clock.elapsedMs()).toBe(0)
})

test('one write at a time on each person and each group', async () => {
  const { create, target, slack } = aWorkspace()
  const { anchor } = await create()
  await Promise.all(
    ['Captain', 'Pilot', 'Purser'].map((value) =>
      target.write({
        kind: 'update',
        objectType: 'User',
        anchor,
        changes: [{ attribute: 'title', kind: 'set', value }],
        known: {},
      }),
    ),
  )
  expect(slack.writesAtOnce()).toBe(1)
  expect(slack.users.get(anchor)?.title).toBe('Purser')
})

test('the list is read a thousand at a time, and everybody appears once although the pages shift', async () => {
  const { create, target, slack, sent } = aWorkspace({ rate: 'off', listPageSize: 4 })
  for (let number = 0; number < 10; number += 1) await create(slackPerson(number))
  const anchors: string[] = []
  for await (const page of target.listObjects('User')) {
    anchors.push(...page.map((object) => object.anchor))
    // Somebody new at the front pushes one person of this page onto the next.
    if (anchors.length === 4) {
      const [first, ...rest] = [...slack.users.entries()]
      if (first === undefined) continue
      const all = slack.users as Map<string, (typeof first)[1]>
      all.clear()
      for (const [id, user] of [['UNEW', { ...first[1], id: 'UNEW' }] as const, first, ...rest]) all.set(id, user)
    }
  }
  expect(new Set(anchors).size).toBe(anchors.length)
  expect([...anchors].sort()).toEqual([...slack.users.keys()].sort())
  expect(sent('GET')[0]?.path).toBe('/scim/v1/Users?startIndex=1&count=4')
})

test('somebody who slips to an earlier page while another is removed is found in a second round', async () => {
  const { target, slack } = aWorkspace({ listPageSize: 2 })
  const groups: string[] = []
  for (const displayName of ['A', 'B', 'C', 'D', 'E']) {
    groups.push((await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName } })).anchor)
  }
  const seen: string[] = []
  for await (const page of target.listObjects('Group')) {
    seen.push(...page.map((object) => object.displayName))
    if (seen.length === 2) (slack.groups as Map<string, unknown>).delete(groups[0] ?? '')
  }
  expect(seen).toEqual(expect.arrayContaining(['B', 'C', 'D', 'E']))
})

test('an answer that is no list concerns the whole job', async () => {
  const { target, slack } = aWorkspace()
  slack.fault({ matches: () => true, does: answer(200, { hello: 'world' }) })
  const error = await errorOf(target.find({ objectType: 'User', attribute: 'userName', value: 'mira' }))
  expect([error.code, error.scope]).toEqual(['SystemForCrossDomainIdentityManagementServiceIncompatible', 'job'])
})

test('the work e-mail is asked for as email, quoted so that nothing can leave the quotes', async () => {
  const { target, sent } = aWorkspace()
  await target.find({ objectType: 'User', attribute: emailAttribute, value: 'a"b\\c&d@acme.example' })
  const query = new URL(sent()[0]?.path ?? '', 'https://api.slack.com').searchParams
  expect(query.get('filter')).toBe('email eq "a\\"b\\\\c&d@acme.example"')
})

test('somebody whose second e-mail address it is does not count as found', async () => {
  const { create, target, slack } = aWorkspace()
  const { anchor } = await create()
  const user = slack.users.get(anchor)
  if (user !== undefined) user.secondaryEmail = 'mira.home@acme.example'
  expect(await target.find({ objectType: 'User', attribute: emailAttribute, value: 'mira.home@acme.example' })).toEqual(
    [],
  )
})

test('find by anything else is refused and says what works', async () => {
  const { target } = aWorkspace()
  const error = await errorOf(target.find({ objectType: 'User', attribute: 'title', value: 'Captain' }))
  expect(error.code).toBe('SchemaAttributeNotFound')
  expect(error.message).toContain('userName')
})

test.each(['works', 'ignored', 'refused'] as const)(
  'groups are found by displayName although the filter %s',
  async (mode) => {
    const { target, slack, sent } = aWorkspace({ listPageSize: 2 })
    slack.groupFilter = mode
    const anchors: Record<string, string> = {}
    for (const displayName of ['Sales', 'Support', 'Legal', 'Sales North']) {
      const receipt = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName } })
      anchors[displayName] = receipt.anchor
    }
    for (const value of ['legal', 'Sales']) {
      const found = await target.find({ objectType: 'Group', attribute: 'displayName', value })
      expect(found.map((object) => object.anchor)).toEqual([anchors[value === 'legal' ? 'Legal' : 'Sales']])
    }
    const filtered = sent('GET').filter((request) => request.path.includes('filter='))
    expect(filtered).toHaveLength(mode === 'works' ? 2 : 1)
  },
)

test('members go in batches of at most 5,000 a call, removals before additions', async () => {
  const { target, slack, sent } = aWorkspace({ rate: 'off' })
  slack.isOrg = true
  const { anchor } = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'All' } })
  slack.fault({ matches: is('PATCH'), times: 9, does: answer(204, '') })
  const add = Array.from({ length: 11_000 }, (_, number) => `U${number}`)
  const members = { add, remove: ['UOLD'] }
  await target.write({ kind: 'update', objectType: 'Group', anchor, changes: [], members, known: {} })
  const bodies = sent('PATCH').map((request) => JSON.parse(request.body ?? '') as { members: object[] })
  expect(bodies.map((body) => body.members.length)).toEqual([5000, 5000, 1001])
  expect(bodies[0]?.members[0]).toEqual({ value: 'UOLD', operation: 'delete' })
})

test('a group is created without members; they follow in a call of their own', async () => {
  const { create, target, sent } = aWorkspace()
  const { anchor: member } = await create()
  const attributes = { displayName: 'Sales', members: [member, 'UGONE'] }
  const receipt = await target.write({ kind: 'create', objectType: 'Group', attributes })
  const post = sent('POST').at(-1)
  expect(JSON.parse(post?.body ?? '')).toEqual({ schemas: ['urn:scim:schemas:core:1.0'], displayName: 'Sales' })
  expect(receipt.membersLeftOut).toEqual(['UGONE'])
  expect((await target.read('Group', receipt.anchor))?.attributes.members).toEqual([member])
})

test('a new group whose members are refused keeps its anchor', async () => {
  const { target, slack } = aWorkspace()
  slack.fault({ matches: is('PATCH'), does: refusal(400, 'group_member_max_exceeded') })
  const attributes = { displayName: 'Sales', members: ['U1'] }
  const receipt = await target.write({ kind: 'create', objectType: 'Group', attributes })
  expect([receipt.anchor, receipt.membersLeftOut]).toEqual([[...slack.groups.keys()][0], ['U1']])
  expect(receipt.warnings.join(' ')).toContain('group_member_max_exceeded')
})

test('of many members one refused is found by halving, or at once when Slack names it', async () => {
  const { create, target, slack, sent } = aWorkspace({ rate: 'off' })
  const people: string[] = []
  for (let number = 0; number < 32; number += 1) people.push((await create(slackPerson(number))).anchor)
  const { anchor } = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'All' } })
  const update = { kind: 'update', objectType: 'Group', anchor, changes: [], known: {} } as const
  const halved = await target.write({ ...update, members: { add: [...people, 'UGONE'], remove: [] } })
  expect(halved.membersLeftOut).toEqual(['UGONE'])
  expect(slack.groups.get(anchor)?.members.size).toBe(32)
  const before = sent('PATCH').length
  slack.fault({ matches: is('PATCH'), does: refusal(400, 'no_such_group_members (user=UGONE)') })
  const named = await target.write({ ...update, members: { add: ['UGONE', ...people], remove: [] } })
  expect(named.membersLeftOut).toEqual(['UGONE'])
  expect(sent('PATCH').length - before).toBe(2)
})

test('a profile that Slack dropped without a word is reported', async () => {
  const { create, slack } = aWorkspace()
  slack.dropsProfiles = true
  const receipt = await create()
  const department = 'urn:scim:schemas:extension:enterprise:1.0.department'
  expect(receipt.warnings.filter((warning) => warning.startsWith(department))).toHaveLength(1)
  expect(receipt.object?.attributes[department]).toBeUndefined()
})

test('a name that Slack would not change is reported', async () => {
  const { create, target, slack } = aWorkspace()
  const { anchor, object } = await create()
  const changes = [{ attribute: 'displayName', kind: 'set', value: 'Mira N.' }] as const
  const shown = { schemas: [], id: anchor, displayName: 'Contract, Person 1', userName: 'contract.1', active: true }
  slack.fault({ matches: is('PATCH'), does: answer(200, shown) })
  const known = object?.attributes ?? {}
  const receipt = await target.write({ kind: 'update', objectType: 'User', anchor, changes, known })
  expect(receipt.warnings.join(' ')).toContain(
    'displayName was sent as "Mira N.", but Slack holds "Contract, Person 1"',
  )
})

test('what Slack takes only at creation is not sent later, and an update of nothing else sends nothing', async () => {
  const { create, target, sent } = aWorkspace()
  const { anchor } = await create()
  const changes = [{ attribute: 'externalId', kind: 'set', value: 'x1' }] as const
  const receipt = await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: {} })
  expect([receipt.sent, receipt.warnings.length, sent('PATCH').length]).toEqual([[], 1, 0])
})

test('what is never compared is never reported as held', async () => {
  const { create, target } = aWorkspace()
  const receipt = await create({
    ...slackPerson(1),
    externalId: 'mira',
    profileUrl: 'https://acme.example/mira',
    'photos[type eq "photo"].value': 'https://acme.example/mira.png',
  })
  expect(receipt.warnings).toEqual([])
  expect(Object.keys(receipt.object?.attributes ?? {}).filter((name) => neverCompared.includes(name))).toEqual([])
  expect(target.describe().capabilities.writeOnly.User).toEqual(neverCompared)
})

test('read: no such person is null; another failure is thrown', async () => {
  const { target, slack } = aWorkspace()
  expect(await target.read('User', 'U0NOSUCH999')).toBeNull()
  slack.fault({ matches: () => true, does: answer(404, '<html>not found</html>'), times: 9 })
  await expect(target.read('User', 'U1')).rejects.toBeInstanceOf(ConnectorError)
})

test('closing ends what waits', async () => {
  const { create, target, slack } = aWorkspace()
  slack.fault({ matches: is('POST'), does: 'hang' })
  const waiting = errorOf(create())
  await target.close()
  const error = await waiting
  expect([error.code, error.scope]).toEqual(['InternalError', 'job'])
})

test('the whole workspace is read when what was written shows in readings, and at once when nothing was', async () => {
  const { clock, target, create } = aWorkspace()
  const readAll = async (): Promise<number> => {
    const began = clock.now()
    for await (const page of target.listObjects('User')) expect(page.length).toBeGreaterThanOrEqual(0)
    return clock.now() - began
  }
  expect(await readAll()).toBeLessThan(1000)
  const { anchor } = await create()
  await target.write({ kind: 'disable', objectType: 'User', anchor })
  expect(await readAll()).toBeGreaterThanOrEqual(2000)
  expect(await readAll()).toBeLessThan(1000)
})
