/*
 * The state of the workspace and the only way to change it: a list of changes, kept or refused together.
 * The journal on disk holds the same changes, so that a restart ends in the same state.
 */
import { auditActions } from './audit-trail.ts'
import type { AuditEntry } from './audit-trail.ts'
import { usualSettings } from './model.ts'
import type { OauthApp, OauthCode, Person, Token, WorkspaceSettings } from './model.ts'

export type Change =
  | { readonly kind: 'person'; readonly person: Person }
  /** A new group or a new name. */
  | {
      readonly kind: 'group'
      readonly id: string
      readonly createdAt: number
      readonly displayName: string
      readonly shownAt: number
    }
  | {
      readonly kind: 'members'
      readonly groupId: string
      readonly added: readonly string[]
      readonly removed: readonly string[]
      readonly shownAt: number
    }
  | { readonly kind: 'groupDeleted'; readonly id: string }
  | { readonly kind: 'groupLinked'; readonly id: string; readonly isLinked: boolean }
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'app'; readonly app: OauthApp }
  | { readonly kind: 'code'; readonly code: OauthCode }
  | { readonly kind: 'channel'; readonly name: string }
  | { readonly kind: 'customField'; readonly name: string }
  | { readonly kind: 'assertion'; readonly id: string; readonly expiresAt: number }
  | { readonly kind: 'settings'; readonly settings: Partial<WorkspaceSettings> }
  /** Something worth a line in the audit trail that changes nothing else, e.g. a sign-in. */
  | { readonly kind: 'note'; readonly action: string; readonly entityId: string }

/** What a group was before a change that reads do not show yet. */
interface RecentChange {
  readonly shownAt: number
  readonly displayName: string | null
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export interface Group {
  readonly id: string
  readonly createdAt: number
  readonly displayName: string
  readonly members: ReadonlySet<string>
  readonly isLinkedToChannels: boolean
  readonly recent: readonly RecentChange[]
}

interface GroupState {
  readonly id: string
  readonly createdAt: number
  displayName: string
  readonly members: Set<string>
  isLinkedToChannels: boolean
  recent: RecentChange[]
}

/** All changes that lead from an empty store to the present state. */
export interface StoreSnapshot {
  readonly changes: readonly Change[]
  readonly numbers: Readonly<Record<NumberKind, number>>
  readonly audit: readonly AuditEntry[]
}

type NumberKind = 'person' | 'group' | 'token'

/** Keeps what was decided. It throws when it cannot, and then nothing has changed. */
export interface Journal {
  append(entry: JournalEntry): void
}

/** What was decided together, when, and for whom. */
export interface JournalEntry {
  readonly at: number
  readonly actorId: string | null
  readonly changes: readonly Change[]
}

const auditEntriesMax = 5000
const none: ReadonlySet<string> = new Set()

export class Store {
  readonly people = new Map<string, Person>()
  /** Ids in order of creation; nobody is ever removed (slack.md 3.6), so a page is a slice. */
  readonly peopleOrder: string[] = []
  readonly #groups = new Map<string, GroupState>()
  readonly #byUserName = new Map<string, string>()
  readonly #byEmail = new Map<string, string>()
  readonly #byNameId = new Map<string, string>()
  readonly #byGroupName = new Map<string, string>()
  readonly #groupsOf = new Map<string, Set<string>>()
  readonly #tokensOf = new Map<string, Set<string>>()
  readonly tokens = new Map<string, Token>()
  readonly apps = new Map<string, OauthApp>()
  readonly codes = new Map<string, OauthCode>()
  readonly channels = new Set<string>()
  readonly customFields = new Set<string>()
  readonly assertions = new Map<string, number>()
  settings: WorkspaceSettings = usualSettings
  readonly #numbers: Record<NumberKind, number> = { person: 0, group: 0, token: 0 }
  readonly #audit: AuditEntry[] = []
  #journal: Journal | null = null
  /** Counts commits and restores. */
  version = 0

  keepIn(journal: Journal): void {
    this.#journal = journal
  }

  /** Makes ids from a running number until one is free. */
  freeId(kind: NumberKind, idOfNumber: (number: number) => string): string {
    const taken: ReadonlyMap<string, unknown> = { person: this.people, group: this.#groups, token: this.tokens }[kind]
    while (true) {
      const id = idOfNumber(this.#numbers[kind]++)
      if (!taken.has(id)) return id
    }
  }

  commit(changes: readonly Change[], at: number, actorId: string | null): void {
    if (changes.length === 0) return
    this.#journal?.append({ at, actorId, changes })
    this.version++
    for (const change of changes) this.#apply(change, at, actorId)
  }

  /** Applies what a journal kept, without writing it again. */
  replay(entries: readonly JournalEntry[]): void {
    for (const { at, actorId, changes } of entries) for (const change of changes) this.#apply(change, at, actorId)
  }

  personByUserName(userName: string): Person | undefined {
    return this.#person(this.#byUserName.get(userName))
  }

  personByEmail(email: string): Person | undefined {
    return this.#person(this.#byEmail.get(email))
  }

  personByNameId(nameId: string): Person | undefined {
    return this.#person(this.#byNameId.get(nameId))
  }

  group(id: string): Group | undefined {
    return this.#groups.get(id)
  }

  groupByName(displayName: string): Group | undefined {
    const id = this.#byGroupName.get(displayName.toLowerCase())
    return id === undefined ? undefined : this.#groups.get(id)
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values()
  }

  get groupCount(): number {
    return this.#groups.size
  }

  groupIdsOf(personId: string): ReadonlySet<string> {
    return this.#groupsOf.get(personId) ?? none
  }

  tokensOf(personId: string): readonly Token[] {
    return [...(this.#tokensOf.get(personId) ?? none)].flatMap((value) => this.tokens.get(value) ?? [])
  }

  audit(): readonly AuditEntry[] {
    return this.#audit
  }

  #note(entry: AuditEntry): void {
    this.#audit.push(entry)
    if (this.#audit.length > auditEntriesMax * 2) this.#audit.splice(0, auditEntriesMax)
  }

  snapshot(): StoreSnapshot {
    const changes: Change[] = [{ kind: 'settings', settings: this.settings }]
    for (const name of this.channels) changes.push({ kind: 'channel', name })
    for (const name of this.customFields) changes.push({ kind: 'customField', name })
    for (const id of this.peopleOrder) {
      const person = this.people.get(id)
      if (person !== undefined) changes.push({ kind: 'person', person })
    }
    for (const { id, createdAt, displayName, members, isLinkedToChannels } of this.#groups.values()) {
      changes.push({ kind: 'group', id, createdAt, displayName, shownAt: 0 })
      if (members.size > 0) {
        changes.push({ kind: 'members', groupId: id, added: [...members], removed: [], shownAt: 0 })
      }
      if (isLinkedToChannels) changes.push({ kind: 'groupLinked', id, isLinked: true })
    }
    for (const token of this.tokens.values()) changes.push({ kind: 'token', token })
    for (const app of this.apps.values()) changes.push({ kind: 'app', app })
    for (const code of this.codes.values()) changes.push({ kind: 'code', code })
    for (const [id, expiresAt] of this.assertions) changes.push({ kind: 'assertion', id, expiresAt })
    return { changes, numbers: { ...this.#numbers }, audit: [...this.#audit] }
  }

  /** Forgets everything and takes the state of a snapshot. */
  restore(snapshot: StoreSnapshot): void {
    for (const map of [this.people, this.#groups, this.#byUserName, this.#byEmail, this.#byNameId]) map.clear()
    for (const map of [this.#byGroupName, this.#groupsOf, this.#tokensOf, this.tokens, this.apps, this.codes]) {
      map.clear()
    }
    for (const set of [this.channels, this.customFields, this.assertions]) set.clear()
    this.peopleOrder.length = 0
    this.version++
    this.settings = usualSettings
    Object.assign(this.#numbers, snapshot.numbers)
    for (const change of snapshot.changes) this.#apply(change, 0, null)
    this.#audit.splice(0, this.#audit.length, ...snapshot.audit)
  }

  #person(id: string | undefined): Person | undefined {
    return id === undefined ? undefined : this.people.get(id)
  }

  #apply(change: Change, at: number, actorId: string | null): void {
    switch (change.kind) {
      case 'person':
        this.#applyPerson(change.person, at, actorId)
        return
      case 'group':
        this.#applyGroup(change, at)
        return
      case 'members':
        this.#applyMembers(change, at, actorId)
        return
      case 'groupDeleted':
        this.#removeGroup(change.id)
        return
      case 'groupLinked': {
        const group = this.#groups.get(change.id)
        if (group !== undefined) group.isLinkedToChannels = change.isLinked
        return
      }
      case 'token': {
        this.#countToken(change.token)
        return
      }
      case 'app':
        this.apps.set(change.app.clientId, change.app)
        return
      case 'code':
        this.codes.set(change.code.value, change.code)
        return
      case 'channel':
        this.channels.add(change.name)
        return
      case 'customField':
        this.customFields.add(change.name)
        return
      case 'assertion':
        this.assertions.set(change.id, change.expiresAt)
        return
      case 'settings':
        this.settings = { ...this.settings, ...change.settings }
        return
      case 'note':
        this.#note({ at, action: change.action, actorId, entityId: change.entityId, details: [] })
        return
    }
    change satisfies never
  }

  #countToken(token: Token): void {
    const known = this.#tokensOf.get(token.installerId)
    if (known === undefined) this.#tokensOf.set(token.installerId, new Set([token.value]))
    else known.add(token.value)
    this.tokens.set(token.value, token)
  }

  #applyPerson(person: Person, at: number, actorId: string | null): void {
    const before = this.people.get(person.id)
    if (before === undefined) {
      this.peopleOrder.push(person.id)
    } else {
      if (before.userName !== person.userName) this.#byUserName.delete(before.userName)
      if (before.email !== person.email) this.#byEmail.delete(before.email)
      if (before.samlNameId !== null && before.samlNameId !== person.samlNameId) {
        this.#byNameId.delete(before.samlNameId)
      }
    }
    this.people.set(person.id, person)
    this.#byUserName.set(person.userName, person.id)
    this.#byEmail.set(person.email, person.id)
    if (person.samlNameId !== null) this.#byNameId.set(person.samlNameId, person.id)
    for (const [action, details] of auditActions(before, person)) {
      this.#note({ at, action, actorId, entityId: person.id, details })
    }
  }

  #applyGroup({ id, createdAt, displayName, shownAt }: Extract<Change, { kind: 'group' }>, at: number): void {
    const group = this.#groups.get(id)
    if (group === undefined) {
      this.#groups.set(id, { id, createdAt, displayName, members: new Set(), isLinkedToChannels: false, recent: [] })
    } else {
      this.#byGroupName.delete(group.displayName.toLowerCase())
      keepRecent(group, { shownAt, displayName: group.displayName, added: [], removed: [] }, at)
      group.displayName = displayName
    }
    this.#byGroupName.set(displayName.toLowerCase(), id)
  }

  #applyMembers(change: Extract<Change, { kind: 'members' }>, at: number, actorId: string | null): void {
    const group = this.#groups.get(change.groupId)
    if (group === undefined) return
    for (const id of change.removed) {
      group.members.delete(id)
      this.#groupsOf.get(id)?.delete(group.id)
      this.#note({ at, action: 'user_removed_from_usergroup', actorId, entityId: id, details: [group.displayName] })
    }
    for (const id of change.added) {
      group.members.add(id)
      const groups = this.#groupsOf.get(id)
      if (groups === undefined) this.#groupsOf.set(id, new Set([group.id]))
      else groups.add(group.id)
      this.#note({ at, action: 'user_added_to_usergroup', actorId, entityId: id, details: [group.displayName] })
    }
    keepRecent(group, { shownAt: change.shownAt, displayName: null, added: change.added, removed: change.removed }, at)
  }

  #removeGroup(id: string): void {
    const group = this.#groups.get(id)
    if (group === undefined) return
    for (const personId of group.members) this.#groupsOf.get(personId)?.delete(id)
    this.#byGroupName.delete(group.displayName.toLowerCase())
    this.#groups.delete(id)
  }
}

/** What all readers see already needs no memory. */
function keepRecent(group: GroupState, change: RecentChange, at: number): void {
  if (group.recent.length > 0) group.recent = group.recent.filter(({ shownAt }) => shownAt > at)
  if (change.shownAt > at) group.recent.push(change)
}

/** The group as readers see it now: changes not shown yet are taken back, the newest first. */
export function shownGroup(group: Group, now: number): { displayName: string; members: ReadonlySet<string> } {
  let { displayName } = group
  let members: Set<string> | null = null
  for (const change of group.recent.toReversed()) {
    if (change.shownAt <= now) continue
    if (change.displayName !== null) displayName = change.displayName
    if (change.added.length + change.removed.length === 0) continue
    members ??= new Set(group.members)
    for (const id of change.added) members.delete(id)
    for (const id of change.removed) members.add(id)
  }
  return { displayName, members: members ?? group.members }
}
