/*
 * Answers one SCIM request: the gates of slack.md 10.1 item 2 in their order, then the resource.
 * It decides and says what would change; carrying that out is left to the caller, so that a fault can come between.
 */
import type { Answer } from '../answer.ts'
import type { Knobs } from '../knobs.ts'
import type { Person, Token } from '../workspace/model.ts'
import { hasScim, isOwner, mayWrite, rankOf } from '../workspace/rights.ts'
import type { Change, Store } from '../workspace/store.ts'
import { isAllowedFrom } from '../workspace/network-restriction.ts'
import { groupsSchema, resourceTypes, serviceProviderConfigs, usersSchema } from './configuration.ts'
import { dialects } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { finishUser, leavingChanges, refuseDeactivation } from './finish-user.ts'
import type { UserRules } from './finish-user.ts'
import { applyGroupOperations, groupShape, patchGroup, readGroup, replaceGroup } from './groups.ts'
import type { FinishedGroup } from './groups.ts'
import { listShape, pageOfGroups, pageOfPeople, readPageRequest } from './list.ts'
import { applyUserOperations, readPartialUser } from './patch-user.ts'
import type { RateLimits } from './rate-limits.ts'
import { Refusal, refusalBody, refusalStatus } from './refusal.ts'
import type { ScimVersion } from './refusal.ts'
import { routeScim, versionOf } from './route.ts'
import type { Route } from './route.ts'
import { writeAttributes } from './user-attributes.ts'
import { userShape } from './user-shape.ts'
import { isObject, startUserWrite } from './user-write.ts'
import type { JsonObject } from './user-write.ts'

export interface ScimRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly remoteAddress: string
  readonly body: string | undefined
}

export interface ScimWorld {
  readonly store: Store
  readonly knobs: Knobs
  readonly seed: number
  readonly now: number
  readonly limits: RateLimits
  readonly locks: ReadonlySet<string>
  /** The fault of April 2024: an update of a person takes effect, and the account is deactivated with it. */
  readonly updatesDeactivate: boolean
}

const lockRetryAfterSeconds = 1

export function answerScim(request: ScimRequest, world: ScimWorld): Answer {
  const version = versionOf(request.path)
  let endpoint: string | null = null
  try {
    // The other name means "use the other version"; a path that names no version does not exist (slack.md 5.2).
    if (version === null) throw new Refusal('bad_endpoint')
    if (version === 'other' || (version === 'v2' && !world.knobs.v2Enabled)) throw new Refusal('unsupported_version')
    const route = routeScim(request.method, request.path, version)
    endpoint = route.endpoint
    return answerRoute(request, route, world)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refuse(error, version === 'v2' ? 'v2' : 'v1', world.knobs, endpoint)
  }
}

function refuse(refusal: Refusal, version: ScimVersion, knobs: Knobs, endpoint: string | null): Answer {
  const status = refusalStatus(refusal, knobs)
  const headers: Record<string, string> = {}
  if (refusal.retryAfterSeconds !== null) headers['retry-after'] = String(refusal.retryAfterSeconds)
  const answer = scimAnswer(status, refusalBody(refusal, version, status), version, endpoint)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function answerRoute(request: ScimRequest, route: Route, world: ScimWorld): Answer {
  const { version, method, resource, endpoint } = route
  const { store, knobs, now } = world
  const dialect = dialects[version]
  // Observed: the configuration is told to anybody (slack.md 2.1).
  if (resource === 'ServiceProviderConfigs') return scimAnswer(200, serviceProviderConfigs(knobs), version, endpoint)
  const actor = authorize(request, method !== 'GET', world)
  const retryAfter = world.limits.take(endpoint, now, knobs)
  if (retryAfter !== null) throw new Refusal('too_many_requests', undefined, retryAfter)
  const lock = method !== 'GET' && route.id !== null ? route.id : null
  if (lock !== null && world.locks.has(lock)) {
    const name = resource === 'Groups' ? 'resource_locked' : 'too_many_requests'
    throw new Refusal(name, undefined, lockRetryAfterSeconds)
  }
  const outcome = resource === 'Users' || resource === 'Groups' ? actOn(resource) : readSchema()
  return {
    ...scimAnswer(outcome.status, outcome.body, version, endpoint),
    changes: outcome.changes,
    actorId: actor.id,
    lock,
  }

  function actOn(kind: 'Users' | 'Groups'): Outcome {
    const body = method === 'GET' || method === 'DELETE' ? null : readBody(request.body, dialect)
    const place = { request, route, dialect, world, actor, body }
    return kind === 'Users' ? actOnUsers(place) : actOnGroups(place)
  }

  function readSchema(): Outcome {
    const hasGuests = store.settings.plan === 'enterprise'
    if (resource === 'Schemas/Groups') return ok(groupsSchema(dialect))
    if (resource === 'Schemas/Users') return ok(usersSchema(dialect, hasGuests))
    const items =
      resource === 'ResourceTypes' ? resourceTypes(dialect) : [usersSchema(dialect, hasGuests), groupsSchema(dialect)]
    return ok(listShape({ totalResults: items.length, startIndex: 1, items }, dialect))
  }
}

interface Outcome {
  readonly status: number
  readonly body: unknown
  readonly changes: readonly Change[]
}

function ok(body: unknown, changes: readonly Change[] = [], status = 200): Outcome {
  return { status, body, changes }
}

/** Token present, token valid, scope and installer, plan, org install. */
function authorize({ authorization, remoteAddress }: ScimRequest, isWrite: boolean, { store, now }: ScimWorld): Person {
  if (authorization === undefined || authorization === '') throw new Refusal('missing_authentication')
  const token = tokenOf(authorization, store)
  const installer = token === undefined ? undefined : store.people.get(token.installerId)
  if (token === undefined || installer === undefined || !isAlive(token, now) || !installer.active) {
    throw new Refusal('invalid_authentication')
  }
  if (!isAllowedFrom(remoteAddress, token, store)) throw new Refusal('invalid_authentication')
  // The same name for a missing scope, a bot and an installer without rights (slack.md 1.6).
  if (token.kind !== 'user' || !token.scopes.includes('admin') || !token.isGranted) {
    throw new Refusal('invalid_authentication')
  }
  const { settings } = store
  if (isWrite && !mayWrite(installer, token, settings.plan)) throw new Refusal('permission_denied')
  if (!hasScim(settings)) throw new Refusal('plus_teams_only')
  if (settings.plan === 'enterprise' && !token.isOrgWide) throw new Refusal('non_org_teams_only')
  return installer
}

/** The word Bearer is case-sensitive (slack.md 1.2). */
export function tokenOf(authorization: string, store: Store): Token | undefined {
  return authorization.startsWith('Bearer ') ? store.tokens.get(authorization.slice(7).trim()) : undefined
}

export function isAlive({ isRevoked, expiresAt }: Token, now: number): boolean {
  return !isRevoked && (expiresAt === null || now < expiresAt)
}

function readBody(text: string | undefined, dialect: Dialect): JsonObject {
  const body = parseJson(text ?? '')
  if (!isObject(body)) throw new Refusal('invalid_request_payload')
  const { schemas } = body
  const isNamed =
    Array.isArray(schemas) && schemas.some((schema) => typeof schema === 'string' && dialect.writeSchemas.has(schema))
  if (!isNamed) throw new Refusal('missing_schema_element')
  return body
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal('invalid_request_payload')
    throw error
  }
}

interface Place {
  readonly request: ScimRequest
  readonly route: Route
  readonly dialect: Dialect
  readonly world: ScimWorld
  readonly actor: Person
  readonly body: JsonObject | null
}

function actOnUsers({ request, route, dialect, world, actor, body }: Place): Outcome {
  const { store, knobs, now } = world
  const context = { store, dialect, now, echoesExternalId: knobs.externalIdEcho === 'stored' }
  const rules: UserRules = { ...world, version: dialect.version, actor }
  if (route.id === null) {
    if (body === null) {
      const filtered = dialect.version === 'v2' && !knobs.v2FilterEnabled ? withoutFilter(request.query) : request.query
      const page = pageOfPeople(readPageRequest(filtered), store, dialect)
      return ok(listShape({ ...page, items: page.items.map((person) => userShape(person, context, null)) }, dialect))
    }
    const write = startUserWrite('create', null)
    writeAttributes(write, body, 'replace', dialect)
    const { person, changes } = finishUser(write, null, rules)
    return ok(userShape(person, context, changes), changes, 201)
  }
  const before = findPerson(route.id, store)
  if (route.method === 'GET') return ok(userShape(before, context, null))
  refuseHigherRank(before, actor, store)
  if (route.method === 'DELETE') {
    const status = dialect.version === 'v1' ? 200 : 204
    if (before.isErased) throw new Refusal('cannot_modify_gdpr')
    refuseDeactivation(before, rules)
    if (!before.active) return ok(null, [], status)
    const inactive = { ...before, active: false, inactiveShownAt: now + knobs.consistency.deactivateMs }
    return ok(null, [{ kind: 'person', person: inactive }, ...leavingChanges(before, rules)], status)
  }
  const write = startUserWrite(route.method === 'PUT' ? 'put' : 'patch', before)
  if (body !== null) {
    if (route.method === 'PUT') writeAttributes(write, body, 'replace', dialect)
    else if (dialect.version === 'v1') readPartialUser(write, body, dialect)
    else applyUserOperations(write, body, dialect)
  }
  if (world.updatesDeactivate && isDisableable(before)) write.active = false
  const { person, changes } = finishUser(write, before, rules)
  return ok(userShape(person, context, changes), changes)
}

function isDisableable({ role }: Person): boolean {
  return role !== 'bot' && !isOwner(role)
}

function withoutFilter(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query)
  rest.delete('filter')
  return rest
}

function findPerson(id: string, store: Store): Person {
  if (!/^[UW][A-Z0-9]+$/.test(id)) throw new Refusal('cannot_decode_user_id')
  const person = store.people.get(id)
  if (person === undefined) throw new Refusal('no_such_user')
  return person
}

/** An Admin's token cannot change Owners (slack.md 1.5). */
function refuseHigherRank(target: Person, actor: Person, { settings }: Store): void {
  if (rankOf(target.role, settings.plan) > rankOf(actor.role, settings.plan)) throw new Refusal('permission_denied')
}

function actOnGroups({ request, route, dialect, world, body }: Place): Outcome {
  const { store, now } = world
  const rules = { ...world, dialect }
  if (route.id === null) {
    if (body === null) {
      const page = pageOfGroups(readPageRequest(request.query), store, (group) => readGroup(group, now))
      return ok(listShape({ ...page, items: page.items.map((group) => groupShape(group, store, dialect)) }, dialect))
    }
    const finished = replaceGroup(null, body, rules)
    return ok(groupShape(finished, store, dialect), finished.changes, 201)
  }
  const before = store.group(route.id)
  if (before === undefined) throw new Refusal('no_such_group')
  if (body === null) {
    if (route.method === 'GET') return ok(groupShape(readGroup(before, now), store, dialect))
    if (before.isLinkedToChannels) throw new Refusal('idp_group_linked_to_channels')
    return ok(null, [{ kind: 'groupDeleted', id: before.id }], 204)
  }
  if (route.method === 'PUT') return answerGroup(replaceGroup(before, body, rules))
  if (dialect.version === 'v2') return answerGroup(applyGroupOperations(before, body, rules))
  return ok(null, patchGroup(before, body, rules).changes, 204)

  function answerGroup(finished: FinishedGroup): Outcome {
    return ok(groupShape(finished, store, dialect), finished.changes)
  }
}

function scimAnswer(status: number, body: unknown, version: ScimVersion, endpoint: string | null): Answer {
  const text = body === null ? '' : JSON.stringify(body)
  return {
    status,
    // Plain JSON, not application/scim+json (slack.md 1.2).
    headers: { 'content-type': 'application/json; charset=utf-8' },
    // Observed: v1 escapes slashes.
    body: version === 'v1' ? text.replaceAll('/', '\\/') : text,
    changes: [],
    actorId: null,
    lock: null,
    endpoint,
  }
}
