/* Requests in one: `$batch` (graph-api.md 1.6). */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

interface Part {
  readonly id: string
  readonly status: number
  readonly body?: Json
}

async function batch(requests: readonly Json[]): Promise<ReadonlyMap<string, Part>> {
  const answer = await world.ask('POST', '/$batch', { requests })
  expect(answer.status, answer.text).toBe(200)
  return new Map((answer.body['responses'] as readonly Part[]).map((part) => [part.id, part]))
}

const mira = {
  accountEnabled: true,
  displayName: 'Mira Okafor',
  mailNickname: 'mira',
  userPrincipalName: 'mira@example.com',
  passwordProfile: { password: 'Wonderful-1' },
}
const json = { 'Content-Type': 'application/json' }

test('each part is answered as if it had come alone, in the order its dependencies ask for', async () => {
  const parts = await batch([
    {
      id: '2',
      method: 'GET',
      url: "/users?$filter=displayName eq 'Mira Okafor'&$select=id,displayName",
      dependsOn: ['1'],
    },
    { id: '1', method: 'POST', url: '/users', headers: json, body: mira },
    { id: '3', method: 'GET', url: 'groups' },
    { id: '4', method: 'GET', url: '/users/$count', headers: { ConsistencyLevel: 'eventual' }, dependsOn: ['1'] },
  ])
  expect([...parts.values()].map(({ id, status }) => `${id} ${String(status)}`).toSorted()).toEqual([
    '1 201',
    '2 200',
    '3 200',
    '4 200',
  ])
  expect(parts.get('2')?.body?.['value']).toMatchObject([{ displayName: 'Mira Okafor' }])
  expect(parts.get('4')?.body).toBe('1')
})

test('what depends on a failure is not made, and the others are', async () => {
  const parts = await batch([
    { id: 'a', method: 'GET', url: '/users/nobody@example.com' },
    { id: 'b', method: 'POST', url: '/users', headers: json, body: mira, dependsOn: ['a'] },
    { id: 'c', method: 'GET', url: '/users', dependsOn: ['b'] },
    { id: 'd', method: 'GET', url: '/users' },
  ])
  expect(['a', 'b', 'c', 'd'].map((id) => parts.get(id)?.status)).toEqual([404, 424, 424, 200])
  expect(parts.get('a')?.body).toMatchObject({ error: { code: 'Request_ResourceNotFound' } })
  expect(parts.get('d')?.body?.['value']).toEqual([])
})

test.each([
  ['no parts', []],
  ['more than twenty', Array.from({ length: 21 }, (_, at) => ({ id: String(at), method: 'GET', url: '/users' }))],
  [
    'one id twice',
    [
      { id: '1', method: 'GET', url: '/users' },
      { id: '1', method: 'GET', url: '/users' },
    ],
  ],
  ['a part that depends on nobody there', [{ id: '1', method: 'GET', url: '/users', dependsOn: ['2'] }]],
  [
    'a circle',
    [
      { id: '1', method: 'GET', url: '/users', dependsOn: ['2'] },
      { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
    ],
  ],
  ['a method that is none', [{ id: '1', method: 'TRACE', url: '/users' }]],
])('%s: the whole is refused', async (_, requests) => {
  const answer = await world.ask('POST', '/$batch', { requests })
  expect(answer.status).toBe(400)
  expect(answer.body['error']).toMatchObject({ code: 'Request_BadRequest' })
})

test('a batch in a batch, a body without its type, and an address that is none fail alone', async () => {
  const parts = await batch([
    { id: '1', method: 'POST', url: '/$batch', headers: json, body: { requests: [] } },
    { id: '2', method: 'POST', url: '/users', body: mira },
    { id: '3', method: 'GET', url: '/%ff' },
    { id: '4', method: 'GET', url: '/users' },
  ])
  expect(['1', '2', '3', '4'].map((id) => parts.get(id)?.status)).toEqual([400, 400, 400, 200])
})
