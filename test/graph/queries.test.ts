/* Lists, their options, their pages, and what is refused (graph-api.md 1.1 to 1.5). */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'
import { aGroup, aUser } from '../builders/stored.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json

const company = (count: number): Promise<void> =>
  world.store.directory.transaction(async (transaction) => {
    const people = Array.from({ length: count }, (_, at) => {
      const number = String(at).padStart(4, '0')
      return aUser(`00000000-0000-4000-8000-00000000${number}`, {
        displayName: `Person ${String(count - at).padStart(4, '0')}`,
        userPrincipalName: `p${number}@example.com`,
        mail: `p${number}@example.com`,
        mailNickname: `p${number}`,
        department: at % 3 === 0 ? 'Deck' : 'Engine',
        accountEnabled: at % 2 === 0,
      })
    })
    await transaction.putObjects(people)
  })

const idsOf = (items: readonly Json[]): readonly unknown[] => items.map((item) => item['id'])

describe('pages', () => {
  it('have a hundred each, or as many as asked for, and everybody comes once', async () => {
    await company(250)
    const first = await world.get('/users?$count=true&$select=id')
    expect(first.value).toHaveLength(100)
    expect(first.body['@odata.count']).toBe(250)
    expect(first.body['@odata.context']).toBe('http://localhost/v1.0/$metadata#users(id)')
    const second = await world.get(String(first.body['@odata.nextLink']))
    expect(second.body).not.toHaveProperty('@odata.count')
    for (const address of ['/users', '/users?$top=7&$select=id', '/users?$top=250', '/beta/users?top=249']) {
      const { items } = await world.pages(address)
      expect(new Set(idsOf(items)).size).toBe(250)
      expect(items).toHaveLength(250)
    }
    expect((await world.get('/users?$top=250')).body).not.toHaveProperty('@odata.nextLink')
  })

  it('go on with the options the list began with, also in another process', async () => {
    await company(30)
    const address = "/users?$filter=department eq 'deck'&$orderby=displayName desc&$select=displayName&$top=4"
    const first = await world.get(address)
    const names = (items: readonly Json[]): readonly unknown[] => items.map((item) => item['displayName'])
    const later = await createApi(apiPorts(world.ports))
    const response = await later.inject({
      url: String(first.body['@odata.nextLink']).replace('http://localhost', ''),
      headers: { host: 'localhost' },
    })
    await later.close()
    const { items } = await world.pages(address)
    expect(names(items)).toEqual(names(items).toSorted().reverse())
    expect(items).toHaveLength(10)
    expect(names(response.json<{ value: Json[] }>().value)).toEqual(names(items).slice(4, 8))
    expect(Object.keys(items[0] ?? {})).toEqual(['displayName'])
  })

  it('are filtered whatever the filter needs: an index, a part of a name, or everybody', async () => {
    await company(1203)
    const count = async (filter: string): Promise<number> =>
      (await world.pages(`/users?$top=50&$filter=${filter.replaceAll(' ', '+')}`)).items.length
    expect(await count("userPrincipalName eq 'P0042@example.com'")).toBe(1)
    expect(await count("startswith(displayName,'person 00')")).toBe(99)
    expect(await count("startswith(displayName,'person 00') and department eq 'deck'")).toBe(33)
    expect(await count("endsWith(mail,'7@example.com')")).toBe(120)
    expect(await count("mailNickname eq 'p0007' or mailNickname eq 'p0008'")).toBe(2)
    expect(await count("department eq 'Deck'")).toBe(401)
    expect(await count('accountEnabled eq false')).toBe(601)
    expect(await count("id in ('00000000-0000-4000-8000-000000000001','00000000-0000-4000-8000-00000000FFFF')")).toBe(1)
    expect((await world.get("/users/$count?$filter=department eq 'Deck'")).text).toBe('401')
    expect((await world.get('/users/$count')).text).toBe('1203')
    expect((await world.get("/users?$filter=department eq 'deck'&$count=true&$top=1")).body['@odata.count']).toBe(401)
  })

  it('are searched by word', async () => {
    await world.store.directory.transaction((transaction) =>
      transaction.putObjects([
        aUser('1', { displayName: 'Mira Okafor', mail: 'mo@example.com' }),
        aUser('2', { displayName: 'OneDrive Admin', mail: 'admin@example.com' }),
        aUser('3', { displayName: 'Ramirana', mail: 'mira@example.com' }),
        aGroup('4', { displayName: 'Crew', description: 'Mira and her crew' }),
      ]),
    )
    const find = async (set: string, search: string): Promise<readonly unknown[]> =>
      idsOf((await world.pages(`/${set}?$search=${encodeURIComponent(search)}`)).items)
    expect(await find('users', '"displayName:mir"')).toEqual(['1'])
    expect(await find('users', '"displayName:oka mira"')).toEqual(['1'])
    expect(await find('users', '"displayName:drive"')).toEqual(['2'])
    expect(await find('users', '"displayName:mira" OR "mail:mira"')).toEqual(['1', '3'])
    expect(await find('users', '("displayName:mira" OR "mail:mira") AND "displayName:ram"')).toEqual(['3'])
    expect(await find('groups', '"description:crew"')).toEqual(['4'])
  })
})

describe('what is refused is named', () => {
  it.each([
    ['/users?$skip=5', 400, 'Request_UnsupportedQuery', '$skip'],
    ['/users?$apply=x', 400, 'Request_UnsupportedQuery', '$apply'],
    ['/users?colour=red', 400, 'Request_UnsupportedQuery', 'colour'],
    ['/users?$top=0', 400, 'Request_BadRequest', 'between 1 and 999'],
    ['/users?$top=1000', 400, 'Request_BadRequest', 'between 1 and 999'],
    ['/users?$top=x', 400, 'Request_BadRequest', 'between 1 and 999'],
    ['/users?$top=1&$top=2', 400, 'Request_BadRequest', 'twice'],
    ['/users?$select=colour', 400, 'BadRequest', "Could not find a property named 'colour'"],
    ['/users?$select=', 400, 'BadRequest', 'Could not find a property'],
    ['/users?$expand=colour', 400, 'BadRequest', 'colour'],
    ['/users?$expand=transitiveMemberOf', 400, 'Request_UnsupportedQuery', 'transitiveMemberOf'],
    ['/users?$expand=manager($levels=max)', 400, 'Request_UnsupportedQuery', '$levels'],
    ['/users?$orderby=jobTitle', 400, 'Request_UnsupportedQuery', 'jobTitle'],
    ['/users?$orderby=colour', 400, 'BadRequest', 'colour'],
    ['/users?$count=maybe', 400, 'Request_BadRequest', '$count'],
    ['/users?$search=mira', 400, 'Request_BadRequest', '$search'],
    ['/users?$search="city:x"', 400, 'Request_UnsupportedQuery', 'city'],
    ['/users?$skiptoken=nonsense', 400, 'Request_BadRequest', 'token'],
    ['/users?$filter=%zz', 400, 'Request_BadRequest', 'encoded'],
    ['/users/%00', 400, 'Request_BadRequest', 'NUL'],
    ['/colours', 400, 'BadRequest', "segment 'colours'"],
    ['/', 400, 'BadRequest', 'segment'],
    ['/users/1/colours', 400, 'BadRequest', "segment 'colours'"],
    ['/groups/1/members/2/3/4/5/6/7/8/9/10/11/12', 400, 'BadRequest', 'segment'],
    ['/users/$count?$top=5', 400, 'Request_UnsupportedQuery', '$top'],
  ])('%s', async (address, status, code, said) => {
    const answer = await world.get(address)
    expect(answer.status, answer.text).toBe(status)
    expect(errorOf(answer.body)['code']).toBe(code)
    expect(String(errorOf(answer.body)['message'])).toContain(said)
  })

  it('a method an address does not take, and which it takes', async () => {
    const answer = await world.ask('PUT', '/users')
    expect(answer.status).toBe(405)
    expect(errorOf(answer.body)['code']).toBe('Request_BadRequest')
    expect(answer.headers['allow']).toBe('GET, POST')
  })

  it('a token of another list, and options beside a token', async () => {
    await company(3)
    const link = String((await world.get('/users?$top=1')).body['@odata.nextLink'])
    expect((await world.get(link.replace('/users?', '/groups?'))).status).toBe(400)
    expect((await world.get(`${link}&$top=5`)).status).toBe(400)
  })

  it('a body that is no JSON, too large, or nested beyond reason', async () => {
    expect(
      (await world.ask('POST', '/users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await world.ask('POST', '/users', `{"a":"${'x'.repeat(2 ** 20)}"}`)).status).toBe(413)
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect((await world.ask('POST', '/users', `{"web":${deep}}`)).status).toBe(400)
    expect((await world.ask('POST', '/users', '{"__proto__":{"accountEnabled":true}}')).status).toBe(400)
  })

  it('a page of another site, in Graph’s envelope', async () => {
    const answer = await world.get('/users', { origin: 'https://elsewhere.example' })
    expect(answer.status).toBe(403)
  })
})

describe('every answer', () => {
  it('carries the ids of the request, and repeats the client’s', async () => {
    const answer = await world.get('/users', { 'client-request-id': '8adf8e6e-67b2-4cf2-a259-e3dc5476c621' })
    expect(answer.headers).toMatchObject({
      'client-request-id': '8adf8e6e-67b2-4cf2-a259-e3dc5476c621',
      'odata-version': '4.0',
      'cache-control': 'no-cache',
      'content-type':
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    })
    expect(answer.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const missing = await world.get('/users/nobody', { 'client-request-id': 'mine' })
    expect(errorOf(missing.body)['innerError']).toMatchObject({ 'client-request-id': 'mine' })
  })

  it('property: whatever the address, the answer is Graph’s and no failure of ours', async () => {
    await company(3)
    const segment = fc.oneof(
      fc.constantFrom('users', 'groups', 'delta', 'delta()', '$count', '$ref', 'members', 'manager', 'directory'),
      fc.constantFrom('deletedItems', 'microsoft.graph.user', "users('x')", 'directoryObjects', 'getByIds', 'restore'),
      fc.constantFrom('applications', 'servicePrincipals', "servicePrincipals(appId='x')", 'applicationTemplates'),
      fc.constant('00000000-0000-4000-8000-000000000001'),
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => encodeURIComponent(text.toWellFormed())),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[^\x21-\x7e]|[?#/]/g, '')),
    )
    const value = fc.oneof(
      fc.constantFrom('id', 'displayName', "displayName eq 'x'", 'displayName desc', 'manager', 'members($select=id)'),
      fc.constantFrom('true', '5', '"displayName:x"', 'W10', 'latest', "id eq 'x'", '("a:b"', 'a/b/c eq null'),
      fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed()),
    )
    const name = fc.constantFrom(
      ...[
        '$filter',
        '$select',
        '$expand',
        '$top',
        '$orderby',
        '$count',
        '$search',
        '$skiptoken',
        '$deltatoken',
        '$skip',
      ],
    )
    const query = fc.array(
      fc.tuple(name, value).map(([option, text]) => `${option}=${encodeURIComponent(text)}`),
      { maxLength: 3 },
    )
    const method = fc.constantFrom('GET', 'GET', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE')
    const body = fc.option(fc.json(), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(method, fc.array(segment, { maxLength: 5 }), query, body, async (verb, path, options, sent) => {
        const answer = await world.ask(
          verb,
          `/v1.0/${path.join('/')}?${options.join('&')}`,
          verb === 'GET' ? undefined : sent,
        )
        if (answer.status >= 500) expect(answer.status, answer.text).toBe(501)
      }),
      { numRuns: 300 },
    )
  })
})
