/*
 * The description of Graph's part in OpenAPI 3.1: the operations of the router, and the types of the tables that requests are
 * read with and answers are made by.
 */
import type { Operation } from '../graph/operation.ts'
import { types, type ComplexType, type Property, type ScalarType, type TypeName } from '../graph/types/index.ts'
import type { Place } from './describe-muster.ts'
import {
  anyObject,
  bearer,
  errorSchema,
  jsonOf,
  operationIdOf,
  refused,
  type Described,
  type OpenApi,
  type Schema,
} from './json-schema.ts'

type Listed = Pick<Operation, 'method' | 'template'>

export function describeGraph(operations: readonly Listed[], { version, origin }: Place): OpenApi {
  const paths: Record<string, Record<string, Described>> = {}
  for (const { method, template } of operations) {
    const path = namedKeys(template)
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeOperation(method, path) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster: Microsoft Graph',
      version,
      description:
        'The part of Microsoft Graph v1.0 that provisioning needs. /beta answers alike; names have no case; what is not described is refused by name.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${origin}/v1.0` }, { url: `${origin}/beta` }],
    security: [{ bearer: [] }],
    tags: [...new Set(Object.keys(paths).map(tagOf))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: bearer, schemas: { error: errorSchema, ...allSchemas() } },
  }
}

const tagOf = (path: string): string => path.split('/')[1] ?? ''

/** `/groups/{id}/members/{id}/$ref` with a name for each key. */
function namedKeys(template: string): string {
  let keys = 0
  return template.replaceAll('{id}', () => {
    keys += 1
    return keys === 1 ? '{id}' : `{id${String(keys)}}`
  })
}

const bySet = new Map(Object.values(types).map((type) => [type.set.toLowerCase(), type]))

interface Found {
  readonly names: readonly TypeName[]
  readonly isCollection: boolean
}

/** What an address leads to, as far as its names say. */
const foundAt = (path: string): Found | null =>
  path
    .split('/')
    .slice(1)
    .reduce<Found | null>((before, segment) => next(before, segment), null)

function next(before: Found | null, segment: string): Found | null {
  if (segment.startsWith('{')) return before === null ? null : { ...before, isCollection: false }
  if (segment.startsWith('$') || segment === 'delta') return before
  if (segment.startsWith('microsoft.graph.')) {
    const cast = Object.values(types).find(({ name }) => `microsoft.graph.${name}` === segment)
    return cast === undefined ? null : { names: [cast.name], isCollection: true }
  }
  const [of, ...others] = before?.names ?? []
  const navigation =
    of === undefined || others.length > 0 ? undefined : types[of].navigations.get(segment.toLowerCase())
  if (navigation !== undefined) return { names: navigation.types, isCollection: navigation.isCollection }
  const set = bySet.get(segment.toLowerCase())
  return set === undefined ? null : { names: [set.name], isCollection: true }
}

const schemaRef = (name: string): Schema => ({ $ref: `#/components/schemas/microsoft.graph.${name}` })

const eitherOf = (names: readonly TypeName[]): Schema => {
  const [only] = names
  return names.length === 1 && only !== undefined ? schemaRef(only) : { anyOf: names.map(schemaRef) }
}

const listOf = (item: Schema): Schema => ({
  type: 'object',
  required: ['value'],
  properties: {
    '@odata.context': { type: 'string' },
    '@odata.count': { type: 'integer' },
    '@odata.nextLink': { type: 'string' },
    '@odata.deltaLink': { type: 'string' },
    value: { type: 'array', items: item },
  },
})

const reference: Schema = { type: 'object', required: ['@odata.id'], properties: { '@odata.id': { type: 'string' } } }

const queryNames = ['$filter', '$select', '$expand', '$top', '$orderby', '$count', '$search', '$skiptoken']

function describeOperation(method: Operation['method'], path: string): Described {
  const found = foundAt(path)
  const last = path.split('/').at(-1) ?? ''
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const isList = method === 'GET' && found?.isCollection === true && last !== '$count'
  const names = isList
    ? [...queryNames, ...(last === 'delta' ? ['$deltatoken'] : [])]
    : method === 'GET'
      ? ['$select', '$expand']
      : []
  const inQuery = names.map((name) => ({ name, in: 'query', required: false, schema: { type: 'string' } }))
  const what = found === null ? path : found.names.join(', ')
  return {
    operationId: operationIdOf(method, path.replaceAll('{', 'By/')),
    summary: summaryOf(method, last, what, isList),
    tags: [tagOf(path)],
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(method === 'GET' || method === 'DELETE'
      ? {}
      : { requestBody: { content: jsonOf(last === '$ref' ? reference : bodyOf(method, last, found)) } }),
    responses: { '2XX': answerOf(method, last, found), ...refused },
  }
}

/** Names of a type are sent when one is made or changed; actions take parameters of their own. */
const bodyOf = (method: string, last: string, found: Found | null): Schema =>
  found === null || (method === 'POST' && !found.isCollection) || last === 'delta' ? anyObject : writtenOf(found.names)

const writtenOf = (names: readonly TypeName[]): Schema => ({
  type: 'object',
  description: `Properties of ${names.join(' or ')}.`,
})

function answerOf(method: string, last: string, found: Found | null): Schema {
  if (last === '$count')
    return { description: 'The number.', content: { 'text/plain': { schema: { type: 'string' } } } }
  if (method === 'DELETE' || method === 'PATCH' || method === 'PUT' || (last === '$ref' && method === 'POST'))
    return { description: 'Done; there is no body.' }
  if (last === '$ref')
    return { description: 'Addresses.', content: jsonOf(found?.isCollection === true ? listOf(reference) : reference) }
  if (found === null) return { description: 'Done.', content: jsonOf(anyObject) }
  const item = eitherOf(found.names)
  return { description: 'Found.', content: jsonOf(method === 'GET' && found.isCollection ? listOf(item) : item) }
}

function summaryOf(method: string, last: string, what: string, isList: boolean): string {
  if (last === 'delta') return `What has changed: ${what}.`
  if (last === '$count') return `How many there are: ${what}.`
  if (last === '$ref')
    return (
      {
        GET: `Addresses: ${what}.`,
        POST: `Adds: ${what}.`,
        PUT: `Sets: ${what}.`,
        PATCH: `Changes: ${what}.`,
        DELETE: `Takes away: ${what}.`,
      }[method] ?? what
    )
  if (method === 'POST' && !/^\w+s$/.test(last)) return `Action: ${last}.`
  return (
    {
      GET: `${isList ? 'Lists' : 'Reads'}: ${what}.`,
      POST: `Makes: ${what}.`,
      PUT: `Replaces: ${what}.`,
      PATCH: `Changes: ${what}.`,
      DELETE: `Deletes: ${what}.`,
    }[method] ?? what
  )
}

function allSchemas(): Readonly<Record<string, Schema>> {
  const complex = new Map<string, ComplexType>()
  const collect = ({ type }: Property): void => {
    if (typeof type === 'string' || complex.has(type.name)) return
    complex.set(type.name, type)
    type.properties.forEach(collect)
  }
  for (const type of Object.values(types)) [...type.properties.values()].forEach(collect)
  return Object.fromEntries([
    ...Object.values(types).map((type) => [
      `microsoft.graph.${type.name}`,
      objectSchema([...type.properties.values()]),
    ]),
    ...[...complex.values()].map((type) => [`microsoft.graph.${type.name}`, objectSchema(type.properties)]),
  ]) as Readonly<Record<string, Schema>>
}

const objectSchema = (properties: readonly Property[]): Schema => ({
  type: 'object',
  properties: {
    '@odata.type': { type: 'string' },
    ...Object.fromEntries(properties.map((property) => [property.name, propertySchema(property)])),
  },
})

const scalars: Readonly<Record<ScalarType, Schema>> = {
  String: { type: 'string' },
  Boolean: { type: 'boolean' },
  DateTimeOffset: { type: 'string', format: 'date-time' },
  Int32: { type: 'integer', format: 'int32' },
  Guid: { type: 'string', format: 'uuid' },
  Untyped: {},
}

function propertySchema({ type, isCollection, access, values }: Property): Schema {
  const single = values !== null ? { enum: values } : typeof type === 'string' ? scalars[type] : schemaRef(type.name)
  const one = isCollection ? { type: 'array', items: single } : single
  const isAny = !isCollection && type === 'Untyped'
  // Answers hold `null` where nothing is stored, whatever may be written.
  const schema = isAny ? one : { anyOf: [one, { type: 'null' }] }
  return {
    ...schema,
    ...(access === 'readOnly' ? { readOnly: true } : {}),
    ...(access === 'writeOnly' ? { writeOnly: true } : {}),
  }
}
