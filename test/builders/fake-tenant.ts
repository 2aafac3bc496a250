/*
 * A tenant of Microsoft Entra in memory, answering as graph-api.md section 5 records it: delta queries with pages in any order and
 * large groups over several of them, deleted items, assignments; and every fault a test wants, at any request.
 */
import type { GraphAnswer, GraphRequest, SendToGraph } from '../../src/connectors/entra/transport.ts'

export type Json = Readonly<Record<string, unknown>>

export interface FakeUser {
  readonly id: string
  /** Graph's names; `manager`: an id. */
  properties: Record<string, unknown>
}

export interface FakeGroup extends FakeUser {
  members: Set<string>
}

export interface FakeTenantOptions {
  readonly pageSize?: number
  /** Members of a group in one occurrence. */
  readonly membersAtOnce?: number
  /** Puts the occurrences of a round into another order. */
  readonly shuffle?: <T>(items: readonly T[]) => readonly T[]
  /** Pages that are given a second time, by number within the round. */
  readonly repeatPage?: (page: number) => boolean
}

export interface FakeTenant {
  readonly send: SendToGraph
  readonly requests: string[]
  readonly users: Map<string, FakeUser>
  readonly groups: Map<string, FakeGroup>
  readonly assignments: Map<string, Json>
  readonly application: { id: string; appId: string; displayName: string; appRoles: readonly Json[] }
  putUser(id: string, properties?: Record<string, unknown>): void
  putGroup(id: string, members?: readonly string[], properties?: Record<string, unknown>): void
  join(groupId: string, memberId: string): void
  leave(groupId: string, memberId: string): void
  /** Into the recycle bin; a group that is no Microsoft 365 group goes for good. */
  remove(id: string): void
  restore(id: string): void
  purge(id: string): void
  assign(id: string, principalId: string, principalType?: 'User' | 'Group', appRoleId?: string): void
  unassign(id: string): void
  /** All tokens given so far are too old. */
  forgetTokens(): void
  /** Answers instead of the tenant where it gives something. `page`: number of the delta page within its round, from 0. */
  intrude(
    answer: ((request: GraphRequest, at: { readonly page: number | null }) => GraphAnswer | Error | null) | null,
  ): void
}

export const fakeGraph = 'https://graph.example'
export const fakeAuthority = 'https://login.example'
export const fakeTenantId = '3f1c0b52-8f0e-4a57-9d6a-5f2b7a1e9c10'

interface Change {
  readonly id: string
  readonly kind: 'object' | 'join' | 'leave'
  readonly memberId?: string
}

interface Round {
  readonly pages: readonly (readonly Json[])[]
  readonly set: 'users' | 'groups'
  readonly select: readonly string[]
  readonly position: number
}

export const jsonAnswer = (status: number, body: unknown, headers: Record<string, string> = {}): GraphAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const graphError = (status: number, code: string, headers: Record<string, string> = {}): GraphAnswer =>
  jsonAnswer(status, { error: { code, message: `The tenant says ${code}.` } }, headers)

export function aFakeTenant(options: FakeTenantOptions = {}): FakeTenant {
  const { pageSize = 5, membersAtOnce = 3, shuffle = (items) => items, repeatPage = () => false } = options
  const users = new Map<string, FakeUser>()
  const groups = new Map<string, FakeGroup>()
  const bin = new Map<
    string,
    { readonly set: 'users' | 'groups'; readonly object: FakeUser; readonly deletedAt: string }
  >()
  const assignments = new Map<string, Json>()
  const requests: string[] = []
  const journal: Change[] = []
  const rounds = new Map<string, Round>()
  const application = {
    id: 'aaaaaaaa-0000-0000-0000-000000000001',
    appId: 'aaaaaaaa-0000-0000-0000-000000000002',
    displayName: 'Slack',
    appRoles: [{ id: 'role-user', displayName: 'User', value: null }] as readonly Json[],
  }
  let oldest = 0
  let numbers = 0
  let intruder: Parameters<FakeTenant['intrude']>[0] = null

  const note = (change: Change): void => void journal.push(change)
  const setOf = (id: string): 'users' | 'groups' => (groups.has(id) ? 'groups' : 'users')

  function selected(object: FakeUser, select: readonly string[], isFull: boolean): Record<string, unknown> {
    const shown: Record<string, unknown> = { id: object.id }
    for (const name of select) {
      if (name === 'id' || name === 'members') continue
      const value = object.properties[name]
      if (name === 'manager') {
        if (typeof value === 'string') shown['manager@delta'] = [{ '@odata.type': '#microsoft.graph.user', id: value }]
        else if (!isFull && value === null)
          shown['manager@delta'] = [
            { '@odata.type': '#microsoft.graph.user', id: 'old', '@removed': { reason: 'deleted' } },
          ]
        continue
      }
      // What was never set is missing; what was emptied comes as null in a change (graph-api.md 5.2).
      if (value !== undefined && !(isFull && value === null)) shown[name] = value
    }
    return shown
  }

  const memberRef = (id: string, isGone = false): Json => ({
    '@odata.type': groups.has(id)
      ? '#microsoft.graph.group'
      : id.startsWith('device')
        ? '#microsoft.graph.device'
        : '#microsoft.graph.user',
    id,
    ...(isGone ? { '@removed': { reason: 'deleted' } } : {}),
  })

  function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
  }

  function present(set: 'users' | 'groups', select: readonly string[]): readonly Json[] {
    if (set === 'users') return [...users.values()].map((user) => selected(user, select, true))
    return [...groups.values()].flatMap((group) => {
      const parts = chunks([...group.members], membersAtOnce)
      return (parts.length === 0 ? [[]] : parts).map((part) => ({
        ...selected(group, select, true),
        ...(part.length === 0 ? {} : { 'members@delta': part.map((id) => memberRef(id)) }),
      }))
    })
  }

  function changed(set: 'users' | 'groups', select: readonly string[], since: number): readonly Json[] {
    const now = set === 'users' ? users : groups
    const ids = new Set(journal.slice(since).map((change) => change.id))
    return [...ids].flatMap((id): readonly Json[] => {
      const object = now.get(id)
      if (object === undefined) {
        const wasOf = bin.get(id)?.set ?? goneFrom.get(id)
        return wasOf === set ? [{ id, '@removed': { reason: bin.has(id) ? 'changed' : 'deleted' } }] : []
      }
      const moves = journal.slice(since).filter((change) => change.id === id && change.memberId !== undefined)
      const concerned = [...new Set(moves.flatMap((change) => change.memberId ?? []))]
      const members = concerned.map((memberId) => memberRef(memberId, !(object as FakeGroup).members.has(memberId)))
      const parts = chunks(members, membersAtOnce)
      return (parts.length === 0 ? [[]] : parts).map((part) => ({
        ...selected(object, select, false),
        ...(part.length === 0 ? {} : { 'members@delta': part }),
      }))
    })
  }
  const goneFrom = new Map<string, 'users' | 'groups'>()

  function beginRound(set: 'users' | 'groups', select: readonly string[], since: number | null): string {
    const items = shuffle(since === null ? present(set, select) : changed(set, select, since))
    const plain = chunks(items, pageSize)
    const pages = (plain.length === 0 ? [[]] : plain).flatMap((page, at) => (repeatPage(at) ? [page, page] : [page]))
    numbers += 1
    rounds.set(String(numbers), { pages, set, select, position: journal.length })
    return String(numbers)
  }

  function deltaPage(roundId: string, page: number): GraphAnswer {
    const round = rounds.get(roundId)
    if (round === undefined) return graphError(400, 'Directory_ExpiredPageToken')
    const isLast = page === round.pages.length - 1
    const root = `${fakeGraph}/v1.0/${round.set}/delta`
    const link = isLast
      ? { '@odata.deltaLink': `${root}?$deltatoken=${String(round.position)}.${round.select.join('-')}` }
      : { '@odata.nextLink': `${root}?$skiptoken=${roundId}.${String(page + 1)}` }
    return jsonAnswer(200, { value: round.pages[page], ...link })
  }

  function list(items: readonly Json[], url: URL): GraphAnswer {
    const at = Number(url.searchParams.get('$skip') ?? 0)
    const size = Math.min(Number(url.searchParams.get('$top') ?? 100), 4)
    url.searchParams.set('$skip', String(at + size))
    const link = at + size < items.length ? { '@odata.nextLink': url.href } : {}
    const count = url.searchParams.get('$count') === 'true' ? { '@odata.count': items.length } : {}
    return jsonAnswer(200, { value: items.slice(at, at + size), ...count, ...link })
  }

  function answer(request: GraphRequest): GraphAnswer {
    const url = new URL(request.url)
    if (url.origin === fakeAuthority) {
      const claims = { tid: fakeTenantId, roles: ['User.Read.All', 'GroupMember.Read.All', 'Application.Read.All'] }
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
      numbers += 1
      return jsonAnswer(200, { access_token: `e30.${payload}.${String(numbers)}`, expires_in: 3599 })
    }
    const path = url.pathname.replace('/v1.0/', '').split('/').map(decodeURIComponent)
    const [set = '', id = '', relation = ''] = path
    const query = url.searchParams
    if (id === 'delta' && (set === 'users' || set === 'groups')) {
      const skip = query.get('$skiptoken')?.split('.')
      if (skip !== undefined) return deltaPage(skip[0] ?? '', Number(skip[1]))
      const token = query.get('$deltatoken')
      if (token === null) return deltaPage(beginRound(set, (query.get('$select') ?? '').split(','), null), 0)
      const [position = '', select = ''] = token.split('.')
      if (Number(position) < oldest)
        return graphError(410, 'resyncRequired', { location: `${fakeGraph}/v1.0/${set}/delta?$deltatoken=` })
      return deltaPage(beginRound(set, select.split('-'), Number(position)), 0)
    }
    if (set === 'directory') {
      const [, , wanted = ''] = path
      if (wanted.startsWith('microsoft.graph.')) {
        const kind = wanted.endsWith('user') ? 'users' : 'groups'
        const rows = [...bin.values()].filter((each) => each.set === kind)
        return list(
          rows.map((each) => ({ id: each.object.id, deletedDateTime: each.deletedAt })),
          url,
        )
      }
      const found = bin.get(wanted)
      return found === undefined
        ? graphError(404, 'Request_ResourceNotFound')
        : jsonAnswer(200, { id: wanted, deletedDateTime: found.deletedAt })
    }
    if (set === 'servicePrincipals') {
      if (relation === 'appRoleAssignedTo') {
        const wanted = path[3]
        if (wanted === undefined) return list([...assignments.values()], url)
        const found = assignments.get(wanted)
        return found === undefined ? graphError(404, 'Request_ResourceNotFound') : jsonAnswer(200, found)
      }
      if (id === application.id) return jsonAnswer(200, application)
      if (id !== '') return graphError(404, 'Request_ResourceNotFound')
      const filter = query.get('$filter') ?? ''
      const isIt = filter.includes(application.appId) || filter.includes(`'${application.displayName}'`)
      return list(isIt ? [application] : [], url)
    }
    if (set === 'users' || set === 'groups') {
      const all: ReadonlyMap<string, FakeUser> = set === 'users' ? users : groups
      if (id === '')
        return list(
          [...all.values()].map((each) => ({ id: each.id })),
          url,
        )
      const found = all.get(id)
      if (found === undefined) return graphError(404, 'Request_ResourceNotFound')
      if (relation === 'members')
        return list(
          [...(found as FakeGroup).members].map((each) => memberRef(each)),
          url,
        )
      const shown = selected(found, (query.get('$select') ?? '').split(','), false)
      const manager = found.properties['manager']
      return jsonAnswer(200, { ...shown, ...(typeof manager === 'string' ? { manager: { id: manager } } : {}) })
    }
    return graphError(400, 'BadRequest')
  }

  function pageOf(request: GraphRequest): number | null {
    const url = new URL(request.url)
    if (!url.pathname.endsWith('/delta')) return null
    return Number(url.searchParams.get('$skiptoken')?.split('.')[1] ?? 0)
  }

  return {
    requests,
    users,
    groups,
    assignments,
    application,
    async send(request) {
      await Promise.resolve()
      requests.push(request.url)
      const instead = intruder?.(request, { page: pageOf(request) }) ?? null
      if (instead instanceof Error) throw instead
      return instead ?? answer(request)
    },
    putUser(id, properties = {}) {
      const before = users.get(id)?.properties ?? {
        displayName: id,
        userPrincipalName: `${id}@acme.example`,
        accountEnabled: true,
      }
      users.set(id, { id, properties: { ...before, ...properties } })
      note({ id, kind: 'object' })
    },
    putGroup(id, members = [], properties = {}) {
      const before = groups.get(id)
      groups.set(id, {
        id,
        properties: { displayName: id, securityEnabled: true, ...before?.properties, ...properties },
        members: new Set([...(before?.members ?? []), ...members]),
      })
      note({ id, kind: 'object' })
      for (const memberId of members) note({ id, kind: 'join', memberId })
    },
    join(id, memberId) {
      groups.get(id)?.members.add(memberId)
      note({ id, kind: 'join', memberId })
    },
    leave(id, memberId) {
      groups.get(id)?.members.delete(memberId)
      note({ id, kind: 'leave', memberId })
    },
    remove(id) {
      const set = setOf(id)
      const object = set === 'users' ? users.get(id) : groups.get(id)
      if (object === undefined) return
      const isSoft = set === 'users' || JSON.stringify(object.properties['groupTypes'] ?? []).includes('Unified')
      if (isSoft) bin.set(id, { set, object, deletedAt: '2026-01-04T00:00:00Z' })
      else goneFrom.set(id, set)
      users.delete(id)
      groups.delete(id)
      for (const group of groups.values())
        if (group.members.delete(id)) note({ id: group.id, kind: 'leave', memberId: id })
      note({ id, kind: 'object' })
    },
    restore(id) {
      const found = bin.get(id)
      if (found === undefined) return
      bin.delete(id)
      if (found.set === 'users') users.set(id, found.object)
      else groups.set(id, found.object as FakeGroup)
      note({ id, kind: 'object' })
      if (found.set === 'groups')
        for (const memberId of (found.object as FakeGroup).members) note({ id, kind: 'join', memberId })
    },
    purge(id) {
      const found = bin.get(id)
      if (found !== undefined) goneFrom.set(id, found.set)
      bin.delete(id)
      note({ id, kind: 'object' })
    },
    assign(id, principalId, principalType = 'User', appRoleId = 'role-user') {
      assignments.set(id, { id, principalId, principalType, appRoleId, resourceId: application.id })
    },
    unassign: (id) => void assignments.delete(id),
    forgetTokens() {
      oldest = journal.length + 1
      note({ id: 'nobody', kind: 'object' })
      rounds.clear()
    },
    intrude(each) {
      intruder = each
    },
  }
}
