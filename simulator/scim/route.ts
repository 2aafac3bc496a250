/*
 * Which endpoint a SCIM path and verb mean: the first two gates, route with version, and verb (slack.md 10.1, item 2).
 */
import { Refusal } from './refusal.ts'
import type { ScimVersion } from './refusal.ts'
import type { Endpoint } from './rate-limits.ts'

export type Resource =
  'ServiceProviderConfigs' | 'ResourceTypes' | 'Schemas' | 'Schemas/Users' | 'Schemas/Groups' | 'Users' | 'Groups'

export interface Route {
  readonly version: ScimVersion
  readonly resource: Resource
  readonly id: string | null
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly endpoint: Endpoint
}

const configurations: Readonly<Record<ScimVersion, ReadonlyMap<string, Resource>>> = {
  v1: new Map<string, Resource>([
    ['ServiceProviderConfigs', 'ServiceProviderConfigs'],
    ['Schemas/Users', 'Schemas/Users'],
    ['Schemas/Groups', 'Schemas/Groups'],
  ]),
  v2: new Map<string, Resource>([
    ['ServiceProviderConfigs', 'ServiceProviderConfigs'],
    ['ServiceProviderConfig', 'ServiceProviderConfigs'],
    ['ResourceTypes', 'ResourceTypes'],
    ['Schemas', 'Schemas'],
    ['Schemas/Users', 'Schemas/Users'],
    ['Schemas/Groups', 'Schemas/Groups'],
  ]),
}

/** The version a path below `/scim/` names; null when it names none, `other` when Slack has no such version. */
export function versionOf(path: string): ScimVersion | 'other' | null {
  const version = path.split('/', 3)[2] ?? ''
  if (version === 'v1' || version === 'v2') return version
  return /^v\d/i.test(version) ? 'other' : null
}

export function routeScim(method: string, path: string, version: ScimVersion): Route {
  const rest = path.slice(`/scim/${version}/`.length).replace(/\/+$/, '')
  const configuration = configurations[version].get(rest)
  if (configuration !== undefined) {
    if (method !== 'GET') throw new Refusal('method_not_allowed')
    return { version, resource: configuration, id: null, method, endpoint: 'GET configuration' }
  }
  const [resource, id = null, more] = rest.split('/')
  if ((resource !== 'Users' && resource !== 'Groups') || more !== undefined) throw new Refusal('bad_endpoint')
  if (!isMethod(method)) throw new Refusal('method_not_allowed')
  if (id === null) {
    if (method === 'GET') return { version, resource, id, method, endpoint: `GET /${resource}` }
    if (method === 'POST') return { version, resource, id, method, endpoint: `POST /${resource}` }
    throw new Refusal(resource === 'Users' ? 'missing_user_id' : 'missing_group_id')
  }
  if (method === 'POST') throw new Refusal('method_not_allowed')
  // PUT and PATCH share one limit (slack.md 6.1).
  const endpoint: Endpoint = `${method === 'PUT' ? 'PATCH' : method} /${resource}/{id}`
  return { version, resource, id: decodeId(id), method, endpoint }
}

function isMethod(method: string): method is Route['method'] {
  return ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].includes(method)
}

function decodeId(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch (error) {
    if (error instanceof URIError) return id
    throw error
  }
}
