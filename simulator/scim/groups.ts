/*
 * What a write to a group changes, or why not (slack.md section 4), and a group as Slack answers it.
 */
import type { Knobs } from '../knobs.ts'
import { idOf } from '../workspace/ids.ts'
import { shownGroup } from '../workspace/store.ts'
import type { Change, Group, Store } from '../workspace/store.ts'
import type { Dialect } from './dialect.ts'
import { matchesFilter, parseFilter } from './filter.ts'
import { parsePatchPath } from './patch-path.ts'
import { readOperations } from './patch-user.ts'
import { Refusal } from './refusal.ts'
import { pacificTime } from './user-shape.ts'
import { isObject, readText } from './user-write.ts'
import type { JsonObject } from './user-write.ts'

export interface GroupRules {
  readonly store: Store
  readonly knobs: Knobs
  readonly seed: number
  readonly now: number
  readonly dialect: Dialect
}

export interface FinishedGroup {
  readonly id: string
  readonly createdAt: number
  readonly displayName: string
  readonly members: ReadonlySet<string>
  readonly changes: readonly Change[]
}

const membersPerCallMax = 15_000
const nameLengthMax = 255

export function groupSizeMax({ settings }: Store): number {
  return settings.plan === 'enterprise' ? 15_000 : 5_000
}

/** What is wanted of the membership: differences to what is there, kept in order of the request. */
class MembershipWrite {
  readonly #before: ReadonlySet<string>
  readonly added = new Set<string>()
  readonly removed = new Set<string>()

  constructor(before: ReadonlySet<string>) {
    this.#before = before
  }

  add(ids: readonly string[]): void {
    for (const id of ids) {
      this.removed.delete(id)
      if (!this.#before.has(id)) this.added.add(id)
    }
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) {
      this.added.delete(id)
      if (this.#before.has(id)) this.removed.add(id)
    }
  }

  removeAll(): void {
    this.added.clear()
    for (const id of this.#before) this.removed.add(id)
  }

  /** Who is a member now, those about to leave not counted. */
  *present(): Generator<string> {
    for (const id of this.#before) if (!this.removed.has(id)) yield id
    yield* this.added
  }

  get size(): number {
    return this.#before.size - this.removed.size + this.added.size
  }
}

const noMembers: ReadonlySet<string> = new Set()

/** POST, and PUT, which replaces: missing members are none. */
export function replaceGroup(before: Group | null, body: JsonObject, rules: GroupRules): FinishedGroup {
  refuseUnknownNames(body)
  const displayName = readGroupName(body['displayName'], before, rules)
  const membership = new MembershipWrite(before?.members ?? noMembers)
  const { wanted } = readMembers(body['members'] ?? [])
  refuseWrongMembers(wanted, rules)
  membership.removeAll()
  membership.add(wanted)
  return finishGroup(before, displayName, membership, rules)
}

/** v1: members are added, or deleted where `operation` says so; a name renames. */
export function patchGroup(before: Group, body: JsonObject, rules: GroupRules): FinishedGroup {
  refuseUnknownNames(body)
  const membership = new MembershipWrite(before.members)
  const { meta, members, displayName } = body
  if (isObject(meta) && meta['attributes'] !== undefined) {
    if (!Array.isArray(meta['attributes'])) throw new Refusal('invalid_attribute_format')
    for (const name of meta['attributes'] as readonly unknown[]) {
      if (name !== 'members') throw new Refusal('invalid_request_payload')
      membership.removeAll()
    }
  }
  if (members !== undefined) {
    const { wanted, unwanted } = readMembers(members)
    refuseWrongMembers(wanted, rules)
    membership.remove(unwanted)
    membership.add(wanted)
  }
  const name = displayName === undefined ? before.displayName : readGroupName(displayName, before, rules)
  return finishGroup(before, name, membership, rules)
}

export function applyGroupOperations(before: Group, body: JsonObject, rules: GroupRules): FinishedGroup {
  const membership = new MembershipWrite(before.members)
  let name = before.displayName
  const write = (op: 'add' | 'replace' | 'remove', path: string, value: unknown): void => {
    const { attribute, filter, sub } = parsePatchPath(path, rules.dialect)
    if (attribute === 'displayName' && filter === null && sub === null && op !== 'remove') {
      name = readGroupName(value, before, rules)
    } else if (attribute === 'members' && sub === null) {
      writeMembership(membership, op, filter, value, rules)
    } else if (attribute !== 'externalId' && attribute !== 'id' && attribute !== 'schemas') {
      throw new Refusal('invalid_request_payload')
    }
  }
  for (const { op, path, value } of readOperations(body)) {
    if (path !== null) write(op, path, value)
    else if (op === 'remove' || !isObject(value)) throw new Refusal('invalid_request_payload')
    else for (const [attribute, inner] of Object.entries(value)) write(op, attribute, inner)
  }
  return finishGroup(before, name, membership, rules)
}

const memberFilter = { attributes: new Set(['value']), allowsBareWords: true }

function writeMembership(
  membership: MembershipWrite,
  op: 'add' | 'replace' | 'remove',
  filter: string | null,
  value: unknown,
  rules: GroupRules,
): void {
  if (op === 'remove') {
    if (filter !== null) {
      const wanted = parseFilter(filter, memberFilter)
      const leaving = [...membership.present()].filter((id) => matchesFilter(wanted, () => [id.toLowerCase()]))
      membership.remove(leaving)
      return
    }
    // Without a value everybody goes; an empty list means the same (slack.md 4: never send it).
    const { wanted } = value === undefined || value === null ? { wanted: [] } : readMembers(asList(value))
    if (wanted.length === 0) membership.removeAll()
    else membership.remove(wanted)
    return
  }
  if (filter !== null) throw new Refusal('invalid_request_payload')
  const { wanted } = readMembers(asList(value))
  refuseWrongMembers(wanted, rules)
  if (op === 'replace') membership.removeAll()
  membership.add(wanted)
}

function asList(value: unknown): unknown {
  return isObject(value) ? [value] : value
}

function readMembers(value: unknown): { wanted: readonly string[]; unwanted: readonly string[] } {
  if (!Array.isArray(value)) throw new Refusal('invalid_attribute_format')
  if (value.length > membersPerCallMax) throw new Refusal('too_many_users')
  const wanted: string[] = []
  const unwanted: string[] = []
  for (const member of value as readonly unknown[]) {
    if (!isObject(member)) throw new Refusal('invalid_attribute_format')
    const { value: id, operation } = member
    if (typeof id !== 'string') throw new Refusal('no_such_group_members')
    const isDelete = typeof operation === 'string' && operation.toLowerCase() === 'delete'
    if (isDelete) unwanted.push(id)
    else wanted.push(id)
  }
  return { wanted, unwanted }
}

/** Unknown people first, then those who may not join (slack.md 4). */
function refuseWrongMembers(ids: readonly string[], { store }: GroupRules): void {
  const people = ids.map((id) => store.people.get(id))
  if (people.includes(undefined)) throw new Refusal('no_such_group_members')
  if (people.some((person) => person?.active === false || person?.role === 'single_channel_guest')) {
    throw new Refusal('unable_to_add_deleted_or_guest_to_group')
  }
}

function readGroupName(value: unknown, before: Group | null, { store }: GroupRules): string {
  // A string, unlike a person's attributes, whose numbers and booleans are taken as text (slack.md 4, 5.2).
  if (value !== undefined && value !== null && typeof value !== 'string') throw new Refusal('invalid_attribute_format')
  const name = readText(value)
  if (name.trim() === '') throw new Refusal('invalid_request_payload')
  const holder = store.groupByName(name)
  // Neither the limit nor the uniqueness is published (slack.md 4, inferred).
  if (name.length > nameLengthMax || (holder !== undefined && holder.id !== before?.id)) {
    throw new Refusal('group_creation_failed')
  }
  return name
}

/** `externalId` is taken without effect: a recording of 2018 had it empty (slack.md 4). */
const groupNames: ReadonlySet<string> = new Set(['schemas', 'id', 'meta', 'displayName', 'members', 'externalId'])

function refuseUnknownNames(body: JsonObject): void {
  for (const name of Object.keys(body)) if (!groupNames.has(name)) throw new Refusal('invalid_request_payload')
}

function finishGroup(
  before: Group | null,
  displayName: string,
  membership: MembershipWrite,
  { store, knobs, seed, now }: GroupRules,
): FinishedGroup {
  if (membership.added.size > 0 && membership.size > groupSizeMax(store)) {
    throw new Refusal('group_member_max_exceeded')
  }
  const id = before?.id ?? store.freeId('group', (number) => idOf('S0', seed, number))
  const createdAt = before?.createdAt ?? now
  // A new group is there at once; changes to it take a moment to show.
  const shownAt = before === null ? 0 : now + knobs.consistency.groupMs
  const changes: Change[] = []
  if (displayName !== before?.displayName) changes.push({ kind: 'group', id, createdAt, displayName, shownAt })
  if (membership.added.size + membership.removed.size > 0) {
    const added = [...membership.added]
    changes.push({ kind: 'members', groupId: id, added, removed: [...membership.removed], shownAt })
  }
  return { id, createdAt, displayName, members: new Set(membership.present()), changes }
}

interface ShownGroup {
  readonly id: string
  readonly createdAt: number
  readonly displayName: string
  readonly members: ReadonlySet<string>
}

export function groupShape(
  { id, createdAt, displayName, members }: ShownGroup,
  store: Store,
  dialect: Dialect,
): unknown {
  return {
    schemas: [dialect.coreGroup],
    id,
    meta: {
      created: pacificTime(createdAt),
      location: `https://api.slack.com/scim/${dialect.version}/Groups/${id}`,
    },
    displayName,
    members: Array.from(members, (value) => ({ value, display: fullName(value, store) })),
  }
}

export function readGroup(group: Group, now: number): ShownGroup {
  return { id: group.id, createdAt: group.createdAt, ...shownGroup(group, now) }
}

function fullName(personId: string, store: Store): string {
  const person = store.people.get(personId)
  return person === undefined ? '' : `${person.givenName} ${person.familyName}`.trim()
}
