/*
 * Just enough of Slack's SCIM API, behind a transport, to try the connector against: shapes, quirks and names as recorded in
 * the specification. It is no simulator: one workspace, no limits, no settings, no browser. It thinks in SCIM 1.1; requests
 * and answers of 2.0 are translated.
 */
import type { Send, TransportAnswer, TransportRequest } from '../../src/connectors/scim/index.ts'

type Json = Record<string, unknown>

/** What the next matching request meets. `after` lets it take effect first. */
export interface FakeFault {
  readonly matches: (request: TransportRequest) => boolean
  readonly times?: number
  readonly after?: boolean
  readonly does: 'reset' | 'hang' | 'refuse' | TransportAnswer
}

export interface FakeSlack {
  readonly send: Send
  readonly requests: readonly TransportRequest[]
  readonly users: ReadonlyMap<string, FakeUser>
  readonly groups: ReadonlyMap<string, FakeGroup>
  fault(fault: FakeFault): void
  refuseToken(): void
  /** How the group filter behaves: nobody knows (slack.md 12, point 5). */
  groupFilter: 'works' | 'ignored' | 'refused'
  /** `false`: every request to /scim/v2 is refused with unsupported_version (slack.md 1.6). */
  offersV2: boolean
  /** A profile with anything wrong in it is dropped whole (slack.md 3.2). */
  dropsProfiles: boolean
  /** Who authorized the connection. */
  installer: string
  isOrg: boolean
  /** Whom `users.info` calls owners; while there are any, the token may ask. */
  owners: readonly string[]
  /** Largest number of writes on one resource at the same time. */
  writesAtOnce(): number
}

export interface FakeUser {
  id: string
  userName: string
  active: boolean
  email: string
  secondaryEmail: string
  displayName: string
  givenName: string
  familyName: string
  title: string
  timezone: string
  hasProfile: boolean
  profile: Json
  address: Json
  primaryPhone: string | null
  mobilePhone: string | null
  role: string | null
  enterprise: Json
  managerId: string | null
}

export interface FakeGroup {
  id: string
  displayName: string
  members: Set<string>
}

const core = 'urn:scim:schemas:core:1.0'
const enterpriseUrn = 'urn:scim:schemas:extension:enterprise:1.0'
const v2Core = 'urn:ietf:params:scim:schemas:core:2.0:'
const v2Enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const enterpriseFields = ['employeeNumber', 'costCenter', 'organization', 'division', 'department']
const addressFields = ['streetAddress', 'locality', 'region', 'postalCode', 'country']

class Refused extends Error {
  readonly status: number
  constructor(status: number, description: string) {
    super(description)
    this.status = status
  }
}

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): TransportAnswer {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text }
}

export function refusal(status: number, description: string, headers: Record<string, string> = {}): TransportAnswer {
  return answer(status, { Errors: { description, code: status } }, headers)
}

function v2Error(status: number, detail: string): Json {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail, status }
}

/** Other URNs, and 204 for a deleted user (slack.md 2.1, 2.6). */
function toV2(answered: TransportAnswer, request: TransportRequest): TransportAnswer {
  if (request.method === 'DELETE') return { ...answered, status: 204 }
  const kind = request.path.startsWith('/scim/v2/Users') ? 'User' : 'Group'
  const body = answered.body.replaceAll(enterpriseUrn, v2Enterprise).replaceAll(`"${core}"`, `"${v2Core}${kind}"`)
  return { ...answered, body }
}

/** A whole resource under the older URNs, or a list of operations as a partial one. */
function fromV2(body: Json): Json {
  const operations = body.Operations as { op: string; path: string; value?: unknown }[] | undefined
  if (operations === undefined) {
    return JSON.parse(
      JSON.stringify(body)
        .replaceAll(v2Enterprise, enterpriseUrn)
        .replaceAll(/urn:ietf[\w:.]+core[\w:.]+/g, core),
    ) as Json
  }
  const partial: Json = { schemas: [core] }
  const emptied: string[] = []
  const name: Json = {}
  const enterprise: Json = {}
  const members: Json[] = []
  for (const { op, path, value } of operations) {
    const isRemoved = op === 'remove'
    if (path === 'members') {
      for (const member of value as Json[]) members.push(isRemoved ? { ...member, operation: 'delete' } : member)
    } else if (path.startsWith(v2Enterprise)) {
      const [field = '', below] = path.slice(v2Enterprise.length + 1).split('.')
      if (isRemoved) emptied.push(`${enterpriseUrn}.${field}`)
      else enterprise[field] = below === undefined ? value : { [below]: value }
    } else if (path.startsWith('name.')) name[path.slice(5)] = isRemoved ? ' ' : value
    else if (path === 'emails[primary eq true].value') partial.emails = [{ value, primary: true }]
    else if (['addresses', 'phoneNumbers', 'roles', 'photos'].includes(path)) {
      emptied.push(path)
      if (!isRemoved) partial[path] = value
    } else partial[path] = isRemoved ? ' ' : value
  }
  if (Object.keys(name).length > 0) partial.name = name
  if (Object.keys(enterprise).length > 0) partial[enterpriseUrn] = enterprise
  if (members.length > 0) partial.members = members
  return { ...partial, meta: { attributes: emptied } }
}

export function createFakeSlack(): FakeSlack {
  const users = new Map<string, FakeUser>()
  const groups = new Map<string, FakeGroup>()
  const requests: TransportRequest[] = []
  const running = new Map<string, number>()
  let faults: { readonly fault: FakeFault; left: number }[] = []
  let isTokenGood = true
  let issued = 0
  let atOnce = 0

  function nextId(letter: string): string {
    issued += 1
    return `${letter}0FAKE${String(issued).padStart(5, '0')}`
  }

  function user(id: string): FakeUser {
    const found = users.get(id)
    if (found === undefined) throw new Refused(404, 'no_such_user')
    return found
  }

  function group(id: string): FakeGroup {
    const found = groups.get(id)
    if (found === undefined) throw new Refused(404, 'no_such_group')
    return found
  }

  function showUser(held: FakeUser): Json {
    const shown: Json = {
      schemas: held.hasProfile ? [core, enterpriseUrn] : [core],
      id: held.id,
      externalId: '',
      meta: {
        created: '2020-08-27T10:43:31-07:00',
        location: `https://api.slack.com/scim/v1/Users/${held.id}`,
      },
      userName: held.userName,
      nickName: held.userName,
      name: { givenName: held.givenName, familyName: held.familyName },
      displayName: held.displayName,
      profileUrl: `https://acme.slack.com/team/${held.userName}`,
      title: held.title,
      timezone: held.timezone,
      active: held.active,
      emails: [{ value: held.email, primary: true }],
      photos: [{ value: 'https://secure.gravatar.com/avatar/..', type: 'photo' }],
      groups: [...groups.values()]
        .filter((one) => one.members.has(held.id))
        .map((one) => ({ value: one.id, display: one.displayName })),
    }
    if (!held.hasProfile) return shown
    return {
      ...shown,
      name: { ...(shown.name as Json), honorificPrefix: held.profile.honorificPrefix ?? null },
      emails: [
        { value: held.email, primary: true },
        { value: held.secondaryEmail, primary: false },
      ],
      addresses: [Object.fromEntries(addressFields.map((field) => [field, held.address[field] ?? null]))],
      phoneNumbers: [
        { value: held.mobilePhone, type: 'mobile' },
        { value: held.primaryPhone, primary: true },
      ],
      userType: held.profile.userType ?? null,
      roles: [{ value: held.role, primary: true }],
      preferredLanguage: held.profile.preferredLanguage ?? null,
      locale: held.profile.locale ?? null,
      [enterpriseUrn]: {
        ...Object.fromEntries(enterpriseFields.map((field) => [field, held.enterprise[field] ?? null])),
        manager: { managerId: held.managerId },
      },
    }
  }

  function showGroup(held: FakeGroup): Json {
    return {
      schemas: [core],
      id: held.id,
      displayName: held.displayName,
      members: [...held.members].map((id) => ({ value: id, display: users.get(id)?.displayName ?? '' })),
      meta: { location: `https://api.slack.com/scim/v1/Groups/${held.id}` },
    }
  }

  /** One blank empties (slack.md 2.6). */
  function text(value: unknown): string {
    return typeof value === 'string' ? value.trim() : ''
  }

  function setUserName(held: FakeUser, value: unknown): void {
    const name =
      text(value)
        .split('@')[0]
        ?.toLowerCase()
        .replace(/[^a-z0-9._-]/g, '_') ?? ''
    if (name === '') throw new Refused(400, 'username_empty')
    if (name.length > 21) throw new Refused(400, 'username_too_long')
    for (const other of users.values()) {
      if (other.id !== held.id && other.userName === name) throw new Refused(409, 'username_taken')
    }
    held.userName = name
  }

  function setEmails(held: FakeUser, entries: Json[]): void {
    const primary =
      entries.find((one) => one.primary === true) ?? entries.find((one) => one.type === 'work') ?? entries[0]
    const email = text(primary?.value).toLowerCase()
    if (email === '') throw new Refused(400, 'email_empty')
    for (const other of users.values()) {
      if (other.id === held.id) continue
      if (other.email === email || other.secondaryEmail === email) throw new Refused(409, 'email_taken')
    }
    held.email = email
  }

  function putUser(held: FakeUser, body: Json, isCreate: boolean): void {
    if (!Array.isArray(body.schemas)) throw new Refused(400, 'missing_schema_element')
    if (body.emails !== undefined || isCreate) setEmails(held, (body.emails ?? []) as Json[])
    if (body.userName !== undefined || isCreate) setUserName(held, body.userName)
    if (body.nickName !== undefined) setUserName(held, body.nickName)
    if (body.active !== undefined) held.active = body.active === true
    if (body.displayName !== undefined || isCreate) held.displayName = text(body.displayName) || held.userName
    if (body.title !== undefined) held.title = text(body.title)
    if (body.timezone !== undefined) held.timezone = text(body.timezone)
    const name = (body.name ?? {}) as Json
    if (name.givenName !== undefined) held.givenName = text(name.givenName)
    if (name.familyName !== undefined) held.familyName = text(name.familyName)
    if (isCreate && body.name === undefined) held.givenName = held.displayName
    if (held.givenName === '' && held.familyName === '') throw new Refused(400, 'invalid_name_required')
    // What is emptied and given anew in one request is replaced (SCIM 1.1, 3.3.2).
    for (const path of ((body.meta as Json | undefined)?.attributes ?? []) as string[]) empty(held, path)
    putProfile(held, body, name)
  }

  function putProfile(held: FakeUser, body: Json, name: Json): void {
    const enterprise = body[enterpriseUrn] as Json | undefined
    const fields = { userType: body.userType, locale: body.locale, preferredLanguage: body.preferredLanguage }
    const profile = { ...fields, honorificPrefix: name.honorificPrefix }
    const lists = [body.addresses, body.phoneNumbers, body.roles, enterprise]
    if ([...Object.values(profile), ...lists].every((value) => value === undefined)) return
    if (fake.dropsProfiles) return
    held.hasProfile = true
    for (const [key, value] of Object.entries(profile)) if (value !== undefined) held.profile[key] = text(value) || null
    const addresses = (body.addresses ?? []) as Json[]
    const address = addresses.find((one) => one.primary === true) ?? addresses[0]
    if (address !== undefined) {
      held.address = Object.fromEntries(addressFields.map((field) => [field, text(address[field]) || null]))
    }
    const phones = (body.phoneNumbers ?? []) as Json[]
    for (const phone of phones) {
      const isSecond = phone.type === 'work' || (phone.primary === false && phones.length > 1)
      if (isSecond) held.mobilePhone = text(phone.value) || null
      else held.primaryPhone = text(phone.value) || null
    }
    const [role] = (body.roles ?? []) as (Json | string)[]
    if (role !== undefined) held.role = text(typeof role === 'string' ? role : role.value) || null
    if (enterprise === undefined) return
    for (const field of enterpriseFields) {
      if (enterprise[field] !== undefined) held.enterprise[field] = text(enterprise[field]) || null
    }
    if (enterprise.manager === undefined) return
    const managerId = (enterprise.manager as Json).managerId
    if (managerId === undefined) throw new Refused(400, 'improper_enterprise_schema_format')
    held.managerId = text(managerId) || null
  }

  function empty(held: FakeUser, path: string): void {
    if (path === 'addresses') held.address = {}
    else if (path === 'phoneNumbers') held.primaryPhone = held.mobilePhone = null
    else if (path === 'roles') held.role = null
    else if (path === `${enterpriseUrn}.manager`) held.managerId = null
    else if (path.startsWith(`${enterpriseUrn}.`)) held.enterprise[path.slice(enterpriseUrn.length + 1)] = null
    else if (path !== 'photos') throw new Refused(400, 'invalid_request_payload')
  }

  function newUser(): FakeUser {
    return {
      id: nextId('U'),
      userName: '',
      active: true,
      email: '',
      secondaryEmail: '',
      displayName: '',
      givenName: '',
      familyName: '',
      title: '',
      timezone: 'America/Los_Angeles',
      hasProfile: false,
      profile: {},
      address: {},
      primaryPhone: null,
      mobilePhone: null,
      role: null,
      enterprise: {},
      managerId: null,
    }
  }

  function patchMembers(held: FakeGroup, members: Json[]): void {
    if (members.length > 15_000) throw new Refused(400, 'too_many_users')
    const after = new Set(held.members)
    for (const { value, operation } of members) {
      const id = String(value)
      if (operation === 'delete') {
        after.delete(id)
        continue
      }
      const person = users.get(id)
      if (person === undefined) throw new Refused(400, 'no_such_group_members')
      if (!person.active) throw new Refused(400, 'unable_to_add_deleted_or_guest_to_group')
      after.add(id)
    }
    held.members = after
  }

  function nameGroup(held: FakeGroup, value: unknown): void {
    const name = text(value)
    if (name === '') throw new Refused(400, 'invalid_request_payload')
    for (const other of groups.values()) {
      const isTaken = other.id !== held.id && other.displayName.toLowerCase() === name.toLowerCase()
      if (isTaken) throw new Refused(500, 'group_creation_failed')
    }
    held.displayName = name
  }

  function list(url: URL, isUsers: boolean): TransportAnswer {
    const start = Number(url.searchParams.get('startIndex') ?? '1')
    const count = Math.min(1000, Number(url.searchParams.get('count') ?? '10'))
    const filter = url.searchParams.get('filter')
    const all: Json[] = isUsers ? [...users.values()].map(showUser) : [...groups.values()].map(showGroup)
    let hits = all
    if (filter !== null && !isUsers && fake.groupFilter === 'refused') throw new Refused(400, 'invalid_query')
    if (filter !== null && (isUsers || fake.groupFilter === 'works')) hits = all.filter((one) => passes(one, filter))
    const page = hits.slice(start - 1, start - 1 + count)
    return answer(200, {
      totalResults: hits.length,
      itemsPerPage: page.length,
      startIndex: start,
      schemas: [core],
      Resources: page,
    })
  }

  function passes(resource: Json, filter: string): boolean {
    const [, name = '', literal = ''] = /^(\w+) eq (".*")$/.exec(filter) ?? []
    if (name === '') throw new Refused(400, 'no_filters')
    const value = (JSON.parse(literal) as string).toLowerCase()
    const attribute = name.toLowerCase()
    if (attribute === 'username') return resource.userName === value
    if (attribute === 'displayname') return String(resource.displayName).toLowerCase() === value
    if (attribute === 'email') return (resource.emails as Json[]).some((email) => email.value === value)
    throw new Refused(400, 'invalid_query')
  }

  function handle(request: TransportRequest): TransportAnswer {
    const url = new URL(request.path, 'https://api.slack.com')
    const [, , version, kind, id] = url.pathname.split('/')
    const isUsers = kind === 'Users'
    const said = (request.body === undefined ? {} : JSON.parse(request.body)) as Json
    const body = version === 'v2' ? fromV2(said) : said
    if (!isTokenGood || request.headers.authorization !== 'Bearer xoxp-fake-token') {
      throw new Refused(401, 'invalid_authentication')
    }
    if (id === undefined) {
      if (request.method === 'GET') return list(url, isUsers)
      return isUsers ? postUser(body) : postGroup(body)
    }
    const anchor = decodeURIComponent(id)
    return isUsers ? onUser(request.method, user(anchor), body) : onGroup(request.method, group(anchor), body)
  }

  function postUser(body: Json): TransportAnswer {
    const held = newUser()
    putUser(held, body, true)
    users.set(held.id, held)
    return answer(201, showUser(held))
  }

  function postGroup(body: Json): TransportAnswer {
    const held: FakeGroup = { id: nextId('S'), displayName: '', members: new Set() }
    nameGroup(held, body.displayName)
    patchMembers(held, (body.members ?? []) as Json[])
    groups.set(held.id, held)
    return answer(201, showGroup(held))
  }

  function onUser(method: string, held: FakeUser, body: Json): TransportAnswer {
    if (method === 'GET') return answer(200, showUser(held))
    if (method === 'DELETE') {
      held.active = false
      return answer(200, undefined)
    }
    const changed = structuredClone(held)
    putUser(changed, body, false)
    users.set(held.id, changed)
    return answer(200, showUser(changed))
  }

  function onGroup(method: string, held: FakeGroup, body: Json): TransportAnswer {
    if (method === 'GET') return answer(200, showGroup(held))
    if (method === 'DELETE') {
      groups.delete(held.id)
      return answer(204, undefined)
    }
    if (body.displayName !== undefined) nameGroup(held, body.displayName)
    patchMembers(held, (body.members ?? []) as Json[])
    return answer(204, undefined)
  }

  function carryOut(request: TransportRequest): TransportAnswer {
    if (request.path.startsWith('/api/')) return webApi(request)
    const isV2 = request.path.startsWith('/scim/v2/')
    if (isV2 && !fake.offersV2) return refusal(400, 'unsupported_version')
    try {
      const answered = handle(request)
      return isV2 ? toV2(answered, request) : answered
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // Authentication errors keep the older body in both versions (slack.md 1.6).
      if (isV2 && error.status !== 401) return answer(error.status, v2Error(error.status, error.message))
      return refusal(error.status, error.message)
    }
  }

  /** `auth.test` and `users.info` (slack.md 1.4). */
  function webApi(request: TransportRequest): TransportAnswer {
    if (!isTokenGood) return answer(200, { ok: false, error: 'invalid_auth' })
    const form = new URLSearchParams(request.body ?? '')
    const scopes = { 'x-oauth-scopes': fake.owners.length > 0 ? 'admin,users:read' : 'admin' }
    if (request.path === '/api/auth.test') {
      const { installer, isOrg } = fake
      const who = { user: 'adam', user_id: installer, team: 'Acme', team_id: 'T0FAKE', url: 'https://acme.slack.com/' }
      return answer(200, { ok: true, ...who, is_enterprise_install: isOrg }, scopes)
    }
    const user = form.get('user') ?? ''
    if (!users.has(user)) return answer(200, { ok: false, error: 'user_not_found' })
    return answer(200, { ok: true, user: { id: user, is_owner: fake.owners.includes(user) } }, scopes)
  }

  function takeFault(request: TransportRequest): FakeFault | undefined {
    const entry = faults.find(({ fault }) => fault.matches(request))
    if (entry === undefined) return undefined
    entry.left -= 1
    faults = faults.filter(({ left }) => left > 0)
    return entry.fault
  }

  async function meet(request: TransportRequest): Promise<TransportAnswer> {
    const fault = takeFault(request)
    if (fault === undefined) return carryOut(request)
    if (fault.after === true) carryOut(request)
    if (fault.does === 'hang') return new Promise(() => undefined)
    if (fault.does === 'reset') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    if (fault.does === 'refuse') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    return fault.does
  }

  const fake: FakeSlack = {
    send: async (request) => {
      requests.push(request)
      const { method, path } = request
      // Only a write on one user or group can overlap with another; a create has no id yet.
      if (method === 'GET' || method === 'POST') return meet(request)
      const others = running.get(path) ?? 0
      atOnce = Math.max(atOnce, others + 1)
      running.set(path, others + 1)
      await Promise.resolve()
      try {
        return await meet(request)
      } finally {
        running.set(path, (running.get(path) ?? 1) - 1)
      }
    },
    requests,
    users,
    groups,
    fault: (fault) => {
      faults.push({ fault, left: fault.times ?? 1 })
    },
    refuseToken: () => {
      isTokenGood = false
    },
    groupFilter: 'works',
    dropsProfiles: false,
    offersV2: true,
    installer: 'U0INSTALLER',
    isOrg: false,
    owners: [],
    writesAtOnce: () => atOnce,
  }
  return fake
}
