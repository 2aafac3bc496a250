/* The description of /muster/v1 in OpenAPI 3.1: the routes of the router, in the words of the table. */
import type { ListedRoute } from '../route-list.ts'
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
import { musterRoutes, type MusterRoute } from './muster-routes.ts'

export interface Place {
  readonly version: string
  /** `https://localhost:8470` */
  readonly origin: string
}

const prefix = '/muster/v1'

/** HEAD goes with every GET and is nothing of its own. */
export const musterKeys = (routes: readonly ListedRoute[]): readonly string[] =>
  routes
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith(`${prefix}/`))
    .map(({ method, url }) => `${method} ${url.slice(prefix.length)}`)

export function describeMuster(routes: readonly ListedRoute[], { version, origin }: Place): OpenApi {
  const paths: Record<string, Record<string, Described>> = {}
  for (const key of musterKeys(routes)) {
    const [method = '', url = ''] = key.split(' ')
    const path = url.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeRoute(method, path, musterRoutes[key]) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version,
      description:
        'What Microsoft Graph has no word for: plans, undo, why, drift, live streams. The rest is in the description of the Graph part.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${origin}${prefix}` }],
    security: [{ bearer: [] }],
    tags: [...new Set(Object.keys(paths).map(tagOf))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: bearer, schemas: { error: errorSchema } },
  }
}

const tagOf = (path: string): string => path.split('/')[1] ?? ''

function describeRoute(
  method: string,
  path: string,
  route: MusterRoute = { summary: `${method} ${path}.` },
): Described {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(route.query ?? {}).map(([name, notation]) => ({
    name,
    in: 'query',
    required: !notation.endsWith('?'),
    schema: schemaOf(notation),
  }))
  return {
    operationId: operationIdOf(method, path),
    summary: route.summary,
    tags: [tagOf(path)],
    ...(route.isOpen === true ? { security: [] } : {}),
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route.body) }),
    responses: {
      '2XX': { description: 'Done.', content: contentOf(route) },
      ...refused,
    },
  }
}

function contentOf({ answer }: MusterRoute): Schema {
  switch (answer) {
    case undefined:
      return jsonOf({})
    case 'lines':
      return { 'application/x-ndjson': { schema: { type: 'string' } } }
    case 'events':
      return { 'text/event-stream': { schema: { type: 'string' } } }
    case 'csv':
      return { 'text/csv': { schema: { type: 'string' } } }
    case 'html':
      return { 'text/html': { schema: { type: 'string' } } }
    default:
      return answer satisfies never
  }
}

function bodyOf(body: NonNullable<MusterRoute['body']>): Schema {
  if (body === 'json') return { content: jsonOf(anyObject) }
  if (body === 'files')
    return {
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
          },
        },
      },
    }
  const required = Object.entries(body)
    .filter(([, notation]) => !notation.endsWith('?'))
    .map(([name]) => name)
  return {
    required: required.length > 0,
    content: jsonOf({
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(Object.entries(body).map(([name, notation]) => [name, schemaOf(notation)])),
    }),
  }
}

const notations: Readonly<Record<string, Schema>> = {
  text: { type: 'string' },
  number: { type: 'integer' },
  boolean: { type: 'boolean' },
  flag: { enum: ['true', 'false', '1', '0', ''] },
  list: { type: 'array', items: { type: 'string' } },
  object: { type: ['object', 'array', 'null'] },
}

const schemaOf = (notation: string): Schema => {
  const plain = notation.replace(/\?$/, '')
  return notations[plain] ?? { enum: plain.split('|') }
}
