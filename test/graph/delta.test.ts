/* Delta queries (graph-api.md section 5). */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'
import { aGroup, aUser } from '../builders/stored.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const day = 24 * 60 * 60 * 1000
const put = (...objects: readonly ReturnType<typeof aUser>[]): Promise<void> =>
  world.store.directory.transaction((transaction) => transaction.putObjects(objects))
const errorOf = (body: Json): Json => body['error'] as Json

/** A whole round: what it tells, and the link of the next one. */
async function round(address: string): Promise<{ readonly items: readonly Json[]; readonly link: string }> {
  const { items, deltaLink } = await world.pages(address)
  if (deltaLink === null) throw new Error('the round ends without a delta link')
  return { items, link: deltaLink }
}

describe('the delta of people', () => {
  it('tells the present state first, then what changed, then nothing', async () => {
    await put(aUser('1', { displayName: 'Mira', jobTitle: 'Mate' }), aUser('2', { displayName: 'Tom' }))
    const first = await round('/users/delta?$select=displayName,jobTitle')
    expect(first.items).toEqual([
      { displayName: 'Mira', jobTitle: 'Mate', id: '1' },
      { displayName: 'Tom', id: '2' },
    ])
    await put(aUser('1', { displayName: 'Mira', jobTitle: 'Captain' }), aUser('3', { displayName: 'Zoe' }))
    const second = await round(first.link)
    expect(second.items).toEqual([
      { displayName: 'Mira', jobTitle: 'Captain', id: '1' },
      { displayName: 'Zoe', id: '3' },
    ])
    expect((await round(second.link)).items).toEqual([])
    // The same link tells the same again.
    expect((await round(first.link)).items).toEqual(second.items)
  })

  it('only what is followed counts; what was emptied is null', async () => {
    await put(aUser('1', { displayName: 'Mira', jobTitle: 'Mate', department: 'Deck' }))
    const { link } = await round('/users/delta?$select=jobTitle,displayName')
    await put(aUser('1', { displayName: 'Mira', jobTitle: 'Mate', department: 'Engine' }))
    await world.store.directory.transaction((transaction) => transaction.touch(['1']))
    expect((await round(link)).items).toEqual([])
    await put(aUser('1', { displayName: 'Mira' }))
    expect((await round(link)).items).toEqual([{ jobTitle: null, displayName: 'Mira', id: '1' }])
    const minimal = await world.get(link, { prefer: 'return=minimal' })
    expect(minimal.value).toEqual([{ jobTitle: null, id: '1' }])
    expect(minimal.headers['preference-applied']).toBe('return=minimal')
  })

  it('whoever goes is marked as restorable or gone for good, and comes back without a mark', async () => {
    await put(aUser('1', { displayName: 'Mira' }))
    const { link } = await round('/users/delta')
    await world.ask('DELETE', '/users/1')
    expect((await round(link)).items).toEqual([{ id: '1', '@removed': { reason: 'changed' } }])
    await world.ask('POST', '/directory/deletedItems/1/restore')
    expect((await round(link)).items).toEqual([{ displayName: 'Mira', id: '1' }])
    await world.ask('DELETE', '/users/1')
    await world.ask('DELETE', '/directory/deletedItems/1')
    expect((await round(link)).items).toEqual([{ id: '1', '@removed': { reason: 'deleted' } }])
    expect((await round('/users/delta')).items).toEqual([])
  })

  it('a manager comes and goes as a reference', async () => {
    await put(aUser('1'), aUser('2', { manager: '1' }), aUser('3'))
    const { items, link } = await round('/users/delta?$select=manager')
    const reference = (id: string): Json => ({ '@odata.type': '#microsoft.graph.user', id })
    expect(items).toEqual([{ id: '1' }, { id: '2', 'manager@delta': [reference('1')] }, { id: '3' }])
    await put(aUser('2', { manager: '3' }))
    const gone = { ...reference('1'), '@removed': { reason: 'deleted' } }
    const changed = await round(link)
    expect(changed.items).toEqual([{ id: '2', 'manager@delta': [reference('3'), gone] }])
    await put(aUser('2', {}))
    expect((await round(link)).items).toEqual([{ id: '2', 'manager@delta': [gone] }])
    expect((await round(changed.link)).items).toEqual([
      { id: '2', 'manager@delta': [{ ...reference('3'), '@removed': { reason: 'deleted' } }] },
    ])
  })

  it('may begin now, without the present state', async () => {
    await put(aUser('1'))
    const answer = await world.get('/users/delta?$deltatoken=latest&$select=displayName')
    expect(answer.value).toEqual([])
    await put(aUser('2', { displayName: 'Tom', jobTitle: 'x' }))
    expect((await round(String(answer.body['@odata.deltaLink']))).items).toEqual([{ displayName: 'Tom', id: '2' }])
  })

  it('may follow some ids alone', async () => {
    await put(aUser('1'), aUser('2'), aUser('3'))
    const { items, link } = await round("/users/delta?$filter=id eq '1' or id eq '3' or id eq '9'&$select=jobTitle")
    expect(items).toEqual([{ id: '1' }, { id: '3' }])
    await put(aUser('1', { jobTitle: 'a' }), aUser('2', { jobTitle: 'b' }))
    expect((await round(link)).items).toEqual([{ jobTitle: 'a', id: '1' }])
  })

  it('is asked for in every spelling', async () => {
    for (const name of ['delta', 'delta()', 'microsoft.graph.delta', 'microsoft.graph.delta()', 'DELTA'])
      expect((await world.get(`/users/${name}`)).status).toBe(200)
  })

  it.each([
    ['$top=5', 'Request_UnsupportedQuery'],
    ['$expand=manager', 'Request_UnsupportedQuery'],
    ['$orderby=displayName', 'Request_UnsupportedQuery'],
    ['$search="displayName:x"', 'Request_UnsupportedQuery'],
    ["$filter=displayName eq 'x'", 'Request_UnsupportedQuery'],
    ["$filter=id eq 'x' and id eq 'y'", 'Request_UnsupportedQuery'],
    [`$filter=${Array.from({ length: 51 }, (_, at) => `id eq '${String(at)}'`).join(' or ')}`, 'Request_BadRequest'],
    ['$select=colour', 'BadRequest'],
    ['$deltatoken=nonsense', 'Request_BadRequest'],
  ])('%s is refused', async (query, code) => {
    const answer = await world.get(`/users/delta?${query}`)
    expect(answer.status).toBe(400)
    expect(errorOf(answer.body)['code']).toBe(code)
  })
})

describe('a delta link that cannot be followed any more', () => {
  const link = async (): Promise<string> => (await round('/users/delta?$select=displayName')).link

  async function expectResync(address: string, code: string): Promise<void> {
    const answer = await world.get(address)
    expect(answer.status, answer.text).toBe(410)
    expect(errorOf(answer.body)['code']).toBe(code)
    const location = String(answer.headers['location'])
    expect(location).toMatch(/^http:\/\/localhost\/v1.0\/users\/delta\?\$deltatoken=(&|$)/)
    expect((await round(location)).items).toHaveLength(1)
  }

  it('is older than a week', async () => {
    await put(aUser('1', { displayName: 'Mira' }))
    const old = await link()
    await world.clock.advance(7 * day)
    const { link: fresh } = await round(old)
    await world.clock.advance(1)
    await expectResync(old, 'syncStateNotFound')
    expect((await round(fresh)).items).toEqual([])
  })

  it('is older than the journal', async () => {
    await put(aUser('1', { displayName: 'Mira' }))
    const old = await link()
    await put(aUser('1', { displayName: 'Mira O' }))
    const { directory } = world.store
    await directory.pruneJournal({ now: world.clock.now(), keptMs: day, limit: 100 })
    await directory.pruneJournal({ now: world.clock.now() + 2 * day, keptMs: day, limit: 100 })
    await expectResync(old, 'syncStateNotFound')
  })

  it('is of another directory, or of a time that was undone', async () => {
    await put(aUser('1', { displayName: 'Mira' }))
    const text = (await link()).split('$deltatoken=')[1] ?? ''
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Json
    const forged = (more: Json): string =>
      `/users/delta?$deltatoken=${Buffer.from(JSON.stringify({ ...token, ...more })).toString('base64url')}`
    await expectResync(forged({ tenant: 'elsewhere' }), 'resyncRequired')
    await expectResync(forged({ since: 1_000_000 }), 'resyncRequired')
    expect((await world.get(forged({ set: 'groups' }))).status).toBe(400)
    expect((await world.get(forged({ select: ['colour'] }))).status).toBe(400)
    expect((await world.get(forged({ since: -1 }))).status).toBe(400)
    expect((await world.get(forged({ state: { after: '["x"]', within: null } }))).status).toBe(400)
  })
})

describe('the delta of groups', () => {
  it('tells members as they come and go, without asking for them', async () => {
    await put(aUser('1'), aUser('2'), aGroup('g', { displayName: 'Crew' }))
    await world.store.directory.transaction((transaction) => transaction.replaceMembers('g', ['1', '2']))
    const member = (id: string): Json => ({ '@odata.type': '#microsoft.graph.user', id })
    const gone = (id: string): Json => ({ ...member(id), '@removed': { reason: 'deleted' } })
    const first = await round('/groups/delta')
    expect(first.items).toEqual([{ displayName: 'Crew', id: 'g', 'members@delta': [member('1'), member('2')] }])
    await world.ask('DELETE', '/groups/g/members/1/$ref')
    const second = await round(first.link)
    expect(second.items).toEqual([{ displayName: 'Crew', id: 'g', 'members@delta': [gone('1')] }])
    await world.ask('DELETE', '/users/2')
    expect((await round(second.link)).items).toEqual([{ displayName: 'Crew', id: 'g', 'members@delta': [gone('2')] }])
    await world.ask('POST', '/directory/deletedItems/2/restore')
    await world.ask('POST', '/groups/g/owners/$ref', { '@odata.id': 'x/1' })
    expect((await world.get(second.link, { prefer: 'return=minimal' })).value).toEqual([
      { id: 'g', 'members@delta': [member('2')] },
    ])
    expect((await round('/groups/delta?$select=displayName')).items).toEqual([{ displayName: 'Crew', id: 'g' }])
    expect((await round('/groups/delta?$select=owners,members')).items).toEqual([
      { id: 'g', 'owners@delta': [member('1')], 'members@delta': [member('2')] },
    ])
  })

  it('a large group fills several pages, each member once', async () => {
    const people = Array.from({ length: 2500 }, (_, at) => aUser(`p${String(at).padStart(4, '0')}`))
    await put(...people, aGroup('a'), aGroup('b'), aGroup('c'))
    await world.store.directory.transaction(async (transaction) => {
      await transaction.replaceMembers('a', ['p0000'])
      await transaction.replaceMembers(
        'b',
        people.map(({ objectId }) => objectId),
      )
      await transaction.replaceMembers('c', ['p0001', 'p0002'])
    })
    const { items, pages } = await world.pages('/groups/delta?$select=members')
    expect(pages).toBe(3)
    const membersOf = (id: string): readonly unknown[] =>
      items
        .filter((item) => item['id'] === id)
        .flatMap((item) => (item['members@delta'] as Json[]).map((each) => each['id']))
    expect(membersOf('b')).toEqual(people.map(({ objectId }) => objectId))
    expect([membersOf('a'), membersOf('c')]).toEqual([['p0000'], ['p0001', 'p0002']])
  })
})

describe('whoever follows the delta', () => {
  it('property: holds what the directory holds, whatever happened in between', async () => {
    const person = fc.constantFrom('1', '2', '3')
    const group = fc.constantFrom('g', 'h')
    const step = fc.oneof(
      fc.tuple(fc.constant('title' as const), person, fc.constantFrom('Mate', 'Captain', null)),
      fc.tuple(fc.constant('delete' as const), person, fc.constant(null)),
      fc.tuple(fc.constant('restore' as const), person, fc.constant(null)),
      fc.tuple(fc.constant('join' as const), person, group),
      fc.tuple(fc.constant('leave' as const), person, group),
      fc.tuple(fc.constant('look' as const), person, fc.constant(null)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const own = await aGraphWorld()
        await own.store.directory.transaction((transaction) =>
          transaction.putObjects([aUser('1'), aUser('2'), aUser('3'), aGroup('g'), aGroup('h')]),
        )
        const people = new Map<unknown, unknown>()
        const members = new Map<unknown, Set<unknown>>()
        let links = ['/users/delta?$select=jobTitle', '/groups/delta?$select=members']
        async function look(): Promise<void> {
          const found = await Promise.all(links.map((link) => own.pages(link)))
          for (const item of found[0]?.items ?? []) {
            if (item['@removed'] !== undefined) people.delete(item['id'])
            else people.set(item['id'], item['jobTitle'] ?? null)
          }
          for (const item of found[1]?.items ?? []) {
            const has = members.get(item['id']) ?? new Set()
            members.set(item['id'], has)
            for (const each of (item['members@delta'] ?? []) as Json[]) {
              if (each['@removed'] === undefined) has.add(each['id'])
              else has.delete(each['id'])
            }
          }
          links = found.map(({ deltaLink }) => deltaLink ?? '')
        }
        for (const [what, id, other] of steps) {
          if (what === 'title') await own.ask('PATCH', `/users/${id}`, { jobTitle: other })
          if (what === 'delete') await own.ask('DELETE', `/users/${id}`)
          if (what === 'restore') await own.ask('POST', `/directory/deletedItems/${id}/restore`)
          if (what === 'join')
            await own.ask('POST', `/groups/${String(other)}/members/$ref`, { '@odata.id': `x/${id}` })
          if (what === 'leave') await own.ask('DELETE', `/groups/${String(other)}/members/${id}/$ref`)
          if (what === 'look') await look()
        }
        await look()
        const real = (await own.pages('/users?$select=id,jobTitle')).items
        expect(Object.fromEntries(people)).toEqual(
          Object.fromEntries(real.map((item) => [item['id'], item['jobTitle']])),
        )
        for (const id of ['g', 'h']) {
          const has = (await own.pages(`/groups/${id}/members?$select=id`)).items.map((item) => item['id'])
          expect([...(members.get(id) ?? [])].sort()).toEqual(has)
        }
        await own.close()
      }),
      { numRuns: 15 },
    )
  })
})
