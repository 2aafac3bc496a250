/* The mirror of a tenant: whatever happens on the way, it ends as the tenant is, and nobody is taken out by a fault. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { graphError, jsonAnswer, type FakeTenant } from '../../../test/builders/fake-tenant.ts'
import { aTenantWorld, type TenantWorld } from '../../../test/builders/tenant-world.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { GraphAnswer } from './transport.ts'

let world: TenantWorld
let fake: FakeTenant

beforeEach(async () => {
  world = await aTenantWorld()
  fake = world.fake
})
afterEach(() => world.close())

function company(people = 12): void {
  for (let number = 0; number < people; number += 1)
    fake.putUser(`user${String(number).padStart(2, '0')}`, { jobTitle: 'Mate' })
  fake.putGroup('crew', ['user00', 'user01', 'user02', 'user03', 'user04', 'user05', 'user06'])
  fake.putGroup('staff', ['user00', 'crew', 'device1'])
  fake.assign('a1', 'crew', 'Group')
  fake.assign('a2', 'user09')
}
const inStep = async (): Promise<void> => expect(await world.mirrored()).toEqual(world.expected())
const failure = async (): Promise<ConnectorError> => {
  const error: unknown = await world.catchUp().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectorError)
  return error as ConnectorError
}
/** Everybody who was there is there. */
const expectNobodyLeft = async (before: readonly string[]): Promise<void> => {
  const now = new Set(await world.store.directory.presentIds('User'))
  expect(before.filter((id) => !now.has(id))).toEqual([])
}
const presence = async (id: string) => (await world.store.directory.objects([id]))[0]?.presence
const deltaRequests = () => fake.requests.filter((url) => url.includes('/delta'))

describe('a tenant is followed', () => {
  test('people, groups over several pages, members of every kind and assignments arrive', async () => {
    company()
    fake.putUser('user01', { manager: 'user00' })
    await world.catchUp()
    await inStep()
    expect(await world.tenant.isComplete()).toBe(true)
    const state = await world.tenant.state()
    expect(state).toMatchObject({ phase: 'waiting', error: null, assignments: { displayName: 'Slack', count: 2 } })
    expect(state.feeds.map((feed) => [feed.name, feed.expected, feed.phase])).toEqual([
      ['users', 12, 'done'],
      ['groups', 2, 'done'],
    ])
  })

  test('what changes arrives by delta alone: titles, managers, joiners, members, assignments', async () => {
    company()
    await world.catchUp()
    const before = (await world.store.directory.changesWaiting(0)).newest
    await world.catchUp()
    expect((await world.store.directory.changesWaiting(0)).newest).toBe(before)
    fake.requests.length = 0
    fake.putUser('user03', { jobTitle: 'Captain', manager: 'user00' })
    fake.putUser('newcomer')
    fake.join('crew', 'newcomer')
    fake.leave('crew', 'user06')
    fake.unassign('a2')
    fake.assign('a3', 'newcomer')
    await world.catchUp()
    await inStep()
    expect(deltaRequests().every((url) => url.includes('token='))).toBe(true)
    // Whoever a change concerns is in the change feed, and nobody else.
    const moved = await world.store.directory.changesAfter(before, 100)
    expect(moved.map((row) => row.objectId).sort()).toEqual(['crew', 'newcomer', 'user03', 'user06', 'user09'])
    fake.putUser('user03', { jobTitle: null, manager: null })
    await world.catchUp()
    await inStep()
  })

  test('whoever is deleted lies in the recycle bin, comes back, or goes for good', async () => {
    company()
    await world.catchUp()
    fake.remove('user01')
    fake.remove('user02')
    fake.purge('user02')
    await world.catchUp()
    await inStep()
    expect([await presence('user01'), await presence('user02')]).toEqual(['softDeleted', 'hardDeleted'])
    fake.restore('user01')
    await world.catchUp()
    await inStep()
    expect(await presence('user01')).toBe('present')
    fake.remove('user01')
    await world.catchUp()
    fake.purge('user01')
    await world.catchUp()
    expect(await presence('user01')).toBe('hardDeleted')
  })

  test('a security group goes for good at once, a Microsoft 365 group into the recycle bin, its members are concerned', async () => {
    company()
    fake.putGroup('team', ['user11'], { groupTypes: ['Unified'] })
    await world.catchUp()
    const before = (await world.store.directory.changesWaiting(0)).newest
    fake.remove('crew')
    fake.remove('team')
    await world.catchUp()
    await inStep()
    expect([await presence('crew'), await presence('team')]).toEqual(['hardDeleted', 'softDeleted'])
    const moved = (await world.store.directory.changesAfter(before, 100)).map((row) => row.objectId)
    expect(moved).toEqual(expect.arrayContaining(['user00', 'user06', 'user11']))
    fake.restore('team')
    await world.catchUp()
    await inStep()
  })

  test('a schema that reads more is asked for more: everything is read again, once', async () => {
    company()
    fake.putUser('user01', { department: 'Deck' })
    await world.catchUp()
    world.need('User', ['jobTitle', 'manager', 'department'])
    fake.requests.length = 0
    await world.catchUp()
    expect((await world.store.directory.objects(['user01']))[0]?.attributes['department']).toBe('Deck')
    expect(deltaRequests().filter((url) => url.includes('users/delta?$select'))).toHaveLength(1)
    world.need('User', ['jobTitle'])
    fake.requests.length = 0
    await world.catchUp()
    expect(deltaRequests().filter((url) => url.includes('$select'))).toEqual([])
  })

  test('after an expired token everything is read again: what was emptied, who went and who left a group is found', async () => {
    company()
    await world.catchUp()
    fake.putUser('user01', { jobTitle: null })
    fake.remove('user02')
    fake.purge('user02')
    fake.leave('crew', 'user03')
    fake.forgetTokens()
    await world.catchUp()
    await inStep()
    expect(await presence('user02')).toBe('hardDeleted')
  })

  test('the directory of another tenant is not taken', async () => {
    company()
    await world.store.directory.transaction((transaction) => transaction.putMirrorState('tenant', 'another'))
    expect((await failure()).message).toContain('the directory mirrors another')
    expect(await world.store.directory.presentIds('User')).toEqual([])
  })

  test('two readers of one store do not spoil each other', async () => {
    company(30)
    const other = world.again()
    await world.clock.runUntilDone(Promise.all([world.tenant.catchUp(), other.tenant.catchUp()]))
    await world.catchUp()
    await inStep()
  })

  test('a token is renewed before it expires, and once when it is refused', async () => {
    company()
    await world.catchUp()
    const tokens = () => fake.requests.filter((url) => url.includes('/oauth2/')).length
    expect(tokens()).toBe(1)
    await world.clock.advance(54 * 60_000)
    await world.catchUp()
    expect(tokens()).toBe(2)
    let refused = false
    fake.intrude((request) => {
      if (refused || request.url.includes('/oauth2/')) return null
      refused = true
      return graphError(401, 'InvalidAuthenticationToken')
    })
    await world.catchUp()
    expect(tokens()).toBe(3)
  })
})

type Fault = (answer: () => GraphAnswer) => GraphAnswer | Error

/** Faults that pass, each by the answer it gives instead of the page. */
const passing: Readonly<Record<string, Fault>> = {
  'too many requests, with Retry-After': () => graphError(429, 'TooManyRequests', { 'retry-after': '17' }),
  'too many requests, without': () => graphError(429, 'TooManyRequests'),
  'service unavailable': () => graphError(503, 'ServiceUnavailable'),
  'gateway timeout': () => graphError(504, 'GatewayTimeout'),
  'an error of its own': () => graphError(500, 'InternalServerError'),
  'a connection that is reset': () => Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  'a page that is cut off in the middle': () => ({ status: 200, headers: {}, body: '{"value": [{"id": "user0' }),
  'a refused token': () => graphError(401, 'InvalidAuthenticationToken'),
  'a place that is forgotten (410)': () =>
    graphError(410, 'resyncRequired', { location: 'https://elsewhere.example/' }),
  'a place that is forgotten (400)': () => graphError(400, 'syncStateNotFound'),
  'a place that is forgotten (404)': () => graphError(404, 'Directory_UnknownDeltaToken'),
}

/** Faults that break the reading off: nothing is concluded, and the next reading mends it. */
const breaking: Readonly<Record<string, Fault>> = {
  'an empty page that leads nowhere': () => jsonAnswer(200, { value: [] }),
  'a page without a list': () =>
    jsonAnswer(200, { '@odata.nextLink': 'https://graph.example/v1.0/users/delta?$skiptoken=9.1' }),
  'an empty object': () => jsonAnswer(200, {}),
  'a link to somebody else': () =>
    jsonAnswer(200, { value: [], '@odata.nextLink': 'https://thief.example/v1.0/users/delta' }),
  'an object without an id': () =>
    jsonAnswer(200, { value: [{ displayName: 'Nobody' }], '@odata.deltaLink': 'https://graph.example/v1.0/x' }),
  'no permission (403)': () => graphError(403, 'Authorization_RequestDenied'),
}

const positions = [0, 1, 2] as const
const rounds = ['the first import', 'a later round', 'reading everything again'] as const

async function prepare(round: (typeof rounds)[number]): Promise<void> {
  company()
  if (round === 'the first import') return
  await world.catchUp()
  for (let number = 0; number < 12; number += 1)
    fake.putUser(`user${String(number).padStart(2, '0')}`, { jobTitle: 'Cook' })
  for (const id of ['user07', 'user08', 'user09']) fake.join('crew', id)
  fake.leave('crew', 'user05')
  if (round === 'reading everything again') fake.forgetTokens()
}

function breakOnce(fault: Fault, set: 'users' | 'groups', position: number): () => boolean {
  let isDone = false
  fake.intrude((request, { page }) => {
    if (isDone || page !== position || !request.url.includes(`/${set}/delta`)) return null
    // A round that reads everything again meets the fault there.
    isDone = true
    return fault(() => jsonAnswer(200, {}))
  })
  return () => isDone
}

describe.each(rounds)('a fault in %s', (round) => {
  test.each(Object.keys(passing).flatMap((name) => positions.map((position) => [name, position] as const)))(
    '%s at page %i passes unnoticed',
    async (name, position) => {
      await prepare(round)
      const there = await world.store.directory.presentIds('User')
      const met = breakOnce(passing[name] ?? (() => graphError(500, '')), 'users', position)
      await world.catchUp()
      expect(met()).toBe(true)
      await inStep()
      await expectNobodyLeft(there)
    },
  )

  test.each(
    Object.keys(breaking).flatMap((name) =>
      (['users', 'groups'] as const).flatMap((set) => positions.map((position) => [name, set, position] as const)),
    ),
  )('%s in %s at page %i breaks it off, takes nobody out, and is mended', async (name, set, position) => {
    await prepare(round)
    if (set === 'groups' && round !== 'a later round')
      for (let at = 0; at < 12; at += 1) fake.putGroup(`group${String(at)}`, ['user01'])
    if (set === 'groups' && round === 'a later round')
      for (let at = 0; at < 12; at += 1) fake.putGroup(`new${String(at)}`, ['user01'])
    const there = await world.store.directory.presentIds('User')
    const memberships = await world.store.directory.members(['crew', 'staff'])
    const met = breakOnce(breaking[name] ?? (() => graphError(500, '')), set, position)
    const error = await failure()
    expect(met()).toBe(true)
    expect(error.scope).toBe('job')
    expect((await world.tenant.state()).error).toBe(error.message)
    await expectNobodyLeft(there)
    // Only who is told to have left may be missing.
    for (const [groupId, ids] of await world.store.directory.members(['crew', 'staff']))
      expect((memberships.get(groupId) ?? []).filter((id) => !ids.includes(id) && id !== 'user05')).toEqual([])
    await world.catchUp()
    await inStep()
  })
})

describe('what does not pass', () => {
  test('a tenant that stays busy is left alone after some attempts, each later than the one before', async () => {
    company()
    const at: number[] = []
    fake.intrude((request) => {
      if (!request.url.includes('/delta')) return null
      at.push(world.clock.now())
      return graphError(429, 'TooManyRequests')
    })
    expect(await failure()).toMatchObject({ code: 'TooManyRequests', retry: 'nextCycle' })
    expect(at).toHaveLength(8)
    const waits = at.slice(1).map((each, index) => each - (at[index] ?? 0))
    expect(waits).toEqual([...waits].sort((one, other) => one - other))
    expect(waits[0]).toBeGreaterThanOrEqual(5000)
  })

  test('as long as the tenant asks to wait, so long is waited', async () => {
    company()
    const at: number[] = []
    fake.intrude((request) => {
      if (!request.url.includes('/users/delta')) return null
      at.push(world.clock.now())
      return at.length === 1 ? graphError(429, 'TooManyRequests', { 'retry-after': '90' }) : null
    })
    await world.catchUp()
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(90_000)
  })

  test('never more than four requests at once', async () => {
    let now = 0
    let most = 0
    const { send } = fake
    Object.assign(fake, {
      send: async (...given: Parameters<typeof send>) => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => void setImmediate(resolve))
        now -= 1
        return await send(...given)
      },
    })
    company(40)
    await world.catchUp()
    for (let number = 10; number < 25; number += 1) fake.remove(`user${String(number)}`)
    await world.catchUp()
    await inStep()
    expect(most).toBe(4)
  })

  test('a refused secret says which setting to look at, and shows no secret', async () => {
    fake.intrude((request) =>
      request.url.includes('/oauth2/')
        ? jsonAnswer(401, {
            error: 'invalid_client',
            error_description: 'AADSTS7000215: Invalid client secret a secret.',
          })
        : null,
    )
    const { message, code } = await failure()
    expect(message).toContain('MUSTER_ENTRA_CLIENT_SECRET')
    expect(message).not.toContain('a secret')
    expect(code).toBe('SystemForCrossDomainIdentityManagementCredentialValidationFailure')
  })
})

describe('a reading that lacks many', () => {
  test('everything again, and most people are not in it: nobody goes until an administrator says so', async () => {
    company(30)
    await world.catchUp()
    fake.forgetTokens()
    const hidden = [...fake.users.keys()].slice(5)
    const kept = hidden.map((id) => [id, fake.users.get(id)] as const)
    for (const id of hidden) fake.users.delete(id)
    const { message } = await failure()
    expect(message).toContain('25 of 30 are suddenly missing')
    expect(message).toContain('muster source confirm --missing 25')
    expect(await world.store.directory.presentIds('User')).toHaveLength(30)
    // The tenant was only unwell.
    for (const [id, user] of kept) if (user !== undefined) fake.users.set(id, user)
    await world.catchUp()
    expect(await world.store.directory.presentIds('User')).toHaveLength(30)
    // Now they are really gone.
    for (const id of hidden) fake.users.delete(id)
    fake.forgetTokens()
    await failure()
    await world.tenant.confirm(25)
    await world.catchUp()
    expect(await world.store.directory.presentIds('User')).toHaveLength(5)
    expect((await world.tenant.state()).confirmedLoss).toBeNull()
  })

  test('a full round that misses a few asks for each of them, and believes what it is told', async () => {
    company()
    await world.catchUp()
    fake.forgetTokens()
    // The round gives one empty page as its last one for these two, who are there all the same.
    const hidden = ['user03', 'user04']
    fake.intrude((request, { page }) => {
      if (page === null || !request.url.includes('/users/delta?$select')) return null
      const value = [...fake.users.values()]
        .filter(({ id }) => !hidden.includes(id))
        .map(({ id, properties }) => ({ id, ...properties }))
      return jsonAnswer(200, {
        value,
        '@odata.deltaLink': 'https://graph.example/v1.0/users/delta?$deltatoken=1000.id',
      })
    })
    await world.catchUp()
    await inStep()
  })

  test('assignments: a short list is noticed, most of it missing is not believed', async () => {
    company(40)
    for (let number = 0; number < 30; number += 1)
      fake.assign(`b${String(number)}`, `user${String(number).padStart(2, '0')}`)
    await world.catchUp()
    const all = new Map(fake.assignments)
    fake.intrude((request) => {
      const url = new URL(request.url)
      if (!url.pathname.endsWith('/appRoleAssignedTo') || url.searchParams.has('$skip')) return null
      return jsonAnswer(200, { value: [...all.values()].slice(0, 28) })
    })
    expect((await failure()).message).toContain('it lacks 4 that are there')
    fake.intrude((request) =>
      new URL(request.url).pathname.endsWith('/appRoleAssignedTo') ? jsonAnswer(200, { value: [] }) : null,
    )
    expect((await failure()).message).toContain('32 of 32 are suddenly missing')
    fake.intrude(null)
    await inStep()
    for (const id of all.keys()) if (id.startsWith('b')) fake.unassign(id)
    expect((await failure()).message).toContain('30 of 32')
    await world.tenant.confirm(30)
    await world.catchUp()
    await inStep()
  })

  test('an enterprise application that is gone, or not to be told from another, takes nobody out', async () => {
    company()
    await world.catchUp()
    fake.application.displayName = 'Slack (old)'
    expect((await failure()).message).toContain('no enterprise application "Slack"')
    expect(await world.store.directory.listAssignments('muster-slack')).toHaveLength(2)
  })
})

/** Any order and any repeat of pages, stopped anywhere and as often as one likes, ends in the same mirror. */
test('any order, cut and repeat of pages ends in the mirror of the tenant', async () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('title'), user: fc.nat(9), title: fc.constantFrom('Mate', 'Cook', null) }),
    fc.record({ kind: fc.constant('manager'), user: fc.nat(9), other: fc.nat(9) }),
    fc.record({ kind: fc.constant('join'), user: fc.nat(9), group: fc.nat(2) }),
    fc.record({ kind: fc.constant('leave'), user: fc.nat(9), group: fc.nat(2) }),
    fc.record({ kind: fc.constant('remove'), user: fc.nat(9) }),
    fc.record({ kind: fc.constant('restore'), user: fc.nat(9) }),
    fc.record({ kind: fc.constant('purge'), user: fc.nat(9) }),
    fc.record({ kind: fc.constant('new'), user: fc.nat(9) }),
    fc.record({ kind: fc.constant('expire') }),
    fc.record({ kind: fc.constant('read') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), fc.infiniteStream(fc.nat(1000)), async (acts, numbers) => {
      const next = (): number => Number(numbers.next().value)
      const shuffle = <T>(items: readonly T[]): readonly T[] =>
        items
          .map((item) => ({ item, at: next() }))
          .sort((one, other) => one.at - other.at)
          .map(({ item }) => item)
      const here = await aTenantWorld({ pageSize: 2, membersAtOnce: 2, shuffle, repeatPage: () => next() % 4 === 0 })
      const { fake: tenant } = here
      try {
        for (let number = 0; number < 6; number += 1) tenant.putUser(`u${String(number)}`)
        tenant.putGroup('g0', ['u0', 'u1', 'u2', 'u3', 'u4'])
        tenant.putGroup('g1', ['u1'])
        tenant.putGroup('g2')
        tenant.assign('a0', 'g0', 'Group')
        let isBreaking = false
        tenant.intrude((_request, { page }) =>
          isBreaking && page !== null && next() % 5 === 0
            ? next() % 2 === 0
              ? jsonAnswer(200, { value: [] })
              : graphError(403, 'Authorization_RequestDenied')
            : null,
        )
        for (const each of acts) {
          const user = 'user' in each ? `u${String(each.user)}` : ''
          const group = 'group' in each ? `g${String(each.group)}` : ''
          if (each.kind === 'title' && tenant.users.has(user))
            tenant.putUser(user, { jobTitle: 'title' in each ? each.title : null })
          if (each.kind === 'manager' && tenant.users.has(user))
            tenant.putUser(user, { manager: 'other' in each ? `u${String(each.other)}` : null })
          if (each.kind === 'join' && tenant.users.has(user)) tenant.join(group, user)
          if (each.kind === 'leave') tenant.leave(group, user)
          if (each.kind === 'remove') tenant.remove(user)
          if (each.kind === 'restore') tenant.restore(user)
          if (each.kind === 'purge') tenant.purge(user)
          if (each.kind === 'new' && !tenant.users.has(user)) {
            tenant.purge(user)
            tenant.putUser(user)
          }
          if (each.kind === 'expire') tenant.forgetTokens()
          if (each.kind === 'read') {
            isBreaking = true
            await here.catchUp().catch(() => undefined)
            isBreaking = false
          }
        }
        await here.catchUp()
        // Whatever was said of both sides of a doubt is looked at again.
        await here.catchUp()
        expect(await here.mirrored()).toEqual(here.expected())
      } finally {
        await here.close()
      }
    }),
    { numRuns: 60 },
  )
})
