/* The descriptions of the API in OpenAPI 3.1 are true: valid, of every route, and of what is really answered. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { musterKeys } from '../../src/api/description/describe-muster.ts'
import { musterRoutes } from '../../src/api/description/muster-routes.ts'
import { createDemands } from '../../src/api/demands.ts'
import { graphOperations } from '../../src/api/graph/index.ts'
import { createGraphPorts } from '../../src/api/graph/graph-ports.ts'
import { createFactsBook } from '../../src/cycle/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aGroup, aUser } from '../builders/stored.ts'
import { aWorld, type World } from '../builders/world.ts'

type Json = Readonly<Record<string, unknown>>
interface Document extends Json {
  readonly openapi: string
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly summary: string
            readonly operationId: string
            readonly responses: Readonly<
              Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
            >
          }
        >
      >
    >
  >
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

let world: World
let app: Awaited<ReturnType<typeof createApi>>
const documents: Record<'openapi.json' | 'graph-openapi.json', Document | null> = {
  'openapi.json': null,
  'graph-openapi.json': null,
}
const userId = '00000000-0000-4000-8000-000000000001'
const groupId = '00000000-0000-4000-8000-000000000002'

const get = async (url: string): Promise<{ readonly status: number; readonly text: string; readonly type: string }> => {
  const response = await app.inject({ url, headers: { host: 'localhost' } })
  return { status: response.statusCode, text: response.body, type: String(response.headers['content-type']) }
}

beforeAll(async () => {
  world = await aWorld({ assignEverybody: false })
  await world.store.directory.transaction(async (transaction) => {
    await transaction.putObjects([
      aUser(userId, { displayName: 'Mira Okafor', userPrincipalName: 'mira@example.com' }),
      aGroup(groupId, { displayName: 'Deck' }),
    ])
  })
  app = await createApi(apiPorts(world.ports))
  await app.ready()
  for (const name of ['openapi.json', 'graph-openapi.json'] as const)
    documents[name] = JSON.parse((await get(`/muster/v1/${name}`)).text) as Document
})
afterAll(async () => {
  await app.close()
  await world.close()
})

const document = (name: keyof typeof documents): Document => {
  const found = documents[name]
  if (found === null) throw new Error(`${name} was not read.`)
  return found
}

describe.each(['openapi.json', 'graph-openapi.json'] as const)('%s', (name) => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(document(name))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(document(name).openapi).toBe('3.1.0')
  })

  test('names every operation once, and says in a sentence what it is for', () => {
    const operations = Object.values(document(name).paths).flatMap((methods) => Object.values(methods))
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.length - new Set(ids).size).toBe(0)
    for (const { summary } of operations) expect(summary).toMatch(/^.{3,200}\.$/)
  })
})

test('every route of /muster/v1 is described, and every line of the table has its route', () => {
  const keys = [...new Set(musterKeys(app.routeList))]
  const described = Object.entries(document('openapi.json').paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(described.toSorted()).toEqual(keys.toSorted())
  expect(Object.keys(musterRoutes).filter((key) => !keys.includes(key))).toEqual([])
})

test('every operation of Graph is described', () => {
  const ports = apiPorts(world.ports)
  const shared = { facts: createFactsBook(world.store), demands: createDemands(ports) }
  const operations = graphOperations(createGraphPorts(ports), shared)
  const described = Object.entries(document('graph-openapi.json').paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{id}')}`),
  )
  expect(described.toSorted()).toEqual(operations.map(({ method, template }) => `${method} ${template}`).toSorted())
})

test.each([
  ['/users', '/users'],
  ['/users/{id}', `/users/${userId}`],
  ['/groups', '/groups'],
  ['/groups/{id}', `/groups/${groupId}`],
  ['/groups/{id}/members', `/groups/${groupId}/members`],
  ['/users/delta', '/users/delta'],
  ['/applications', '/applications'],
  ['/servicePrincipals', '/servicePrincipals'],
  ['/applicationTemplates', '/applicationTemplates'],
])('%s is answered as it is described', async (path, address) => {
  const graph = document('graph-openapi.json')
  const { status, text } = await get(`/v1.0${address}`)
  expect(status).toBe(200)
  const schema = graph.paths[path]?.['get']?.responses['2XX']?.content?.['application/json']?.schema
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const validate = ajv.compile({ ...schema, components: graph.components })
  expect(validate(JSON.parse(text)) ? [] : validate.errors).toEqual([])
  // A description that takes anything proves nothing.
  expect(validate({ value: 7, id: 7 })).toBe(false)
})

test('the page names every address, and loads nothing from anywhere', async () => {
  const { status, text, type } = await get('/muster/v1/docs')
  expect([status, type]).toEqual([200, 'text/html; charset=utf-8'])
  for (const path of [
    ...Object.keys(document('openapi.json').paths),
    ...Object.keys(document('graph-openapi.json').paths),
  ])
    expect(text).toContain(`<code>${path}</code>`)
  expect(text).not.toMatch(/<script|<link|src=|@import|url\(/i)
})
