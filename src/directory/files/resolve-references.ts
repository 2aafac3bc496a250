/*
 * Finds the objects that managers and memberships point at among everything that was read, and says which were not
 * there. What is not found stays with its reference: it may be an object the directory already has.
 */
import type { ObjectTypeName, SourceValue } from '../../vocabulary/index.ts'
import type { CollectedObject, Collection, FoundMembership } from './collect-objects.ts'
import type { ImportedGroup, ImportedMembership, ImportedUser, ObjectReference } from './directory-reading.ts'
import { normalizeDistinguishedName } from './distinguished-names.ts'
import { foldForFileName } from './group-of-file.ts'

export interface ResolvedObjects {
  readonly users: readonly ImportedUser[]
  readonly groups: readonly ImportedGroup[]
  readonly memberships: readonly ImportedMembership[]
  readonly memberListsOf: readonly ObjectReference[]
  readonly notes: readonly string[]
}

type Found = CollectedObject | 'many' | undefined
type Index = (reference: ObjectReference) => Found

export function resolveReferences(collection: Collection): ResolvedObjects {
  const userIndex = createIndex(collection.users)
  const groupIndex = createIndex(collection.groups)
  const notes = createMissingNotes()
  const users = collection.users.map((user) => resolveUser(user, userIndex, notes))
  const groups = collection.groups.map(
    ({ key, objectId, objectIdIsDerived, attributes, file, line }): ImportedGroup => {
      return { key, objectId, objectIdIsDerived, attributes, file, line }
    },
  )
  const memberships = resolveMemberships(collection.memberships, userIndex, groupIndex, notes)
  return { users, groups, memberships, memberListsOf: wholeMemberLists(collection, groupIndex), notes: notes.say() }
}

function createIndex(objects: readonly CollectedObject[]): Index {
  const tables: Record<ObjectReference['by'], Map<string, CollectedObject | 'many'>> = {
    objectId: new Map(),
    userPrincipalName: new Map(),
    mail: new Map(),
    dn: new Map(),
    displayName: new Map(),
  }
  /** Most references spell a distinguished name exactly as its entry does. */
  const spelledDns = new Map<string, CollectedObject>()
  const foldedNames = new Map<string, CollectedObject | 'many'>()
  function put(
    table: Map<string, CollectedObject | 'many'>,
    name: SourceValue | undefined,
    object: CollectedObject,
  ): void {
    if (typeof name !== 'string' || name === '') return
    const key = name.toLowerCase()
    table.set(key, table.has(key) ? 'many' : object)
  }
  for (const object of objects) {
    tables.objectId.set(object.objectId, object)
    put(tables.userPrincipalName, object.attributes['userPrincipalName'], object)
    put(tables.mail, object.attributes['mail'], object)
    put(tables.displayName, object.attributes['displayName'], object)
    const dn = object.dn ?? object.attributes['onPremisesDistinguishedName']
    if (typeof dn === 'string') {
      spelledDns.set(dn, object)
      tables.dn.set(normalizeDistinguishedName(dn), object)
    }
    const name = object.attributes['displayName']
    if (object.objectType === 'Group' && typeof name === 'string') put(foldedNames, foldForFileName(name), object)
  }
  return ({ by, value }) => {
    const spelled = by === 'dn' ? spelledDns.get(value) : undefined
    if (spelled !== undefined) return spelled
    const key = by === 'dn' ? normalizeDistinguishedName(value) : value.toLowerCase()
    const found = tables[by].get(key)
    if (found !== undefined) return found
    // An address may be either name of a person; a group's name may have been through a file name.
    if (by === 'userPrincipalName') return tables.mail.get(key)
    return by === 'displayName' ? foldedNames.get(foldForFileName(value)) : undefined
  }
}

function resolveUser(user: CollectedObject, index: Index, notes: MissingNotes): ImportedUser {
  const { key, objectId, objectIdIsDerived, attributes, file, line, manager } = user
  const imported = { key, objectId, objectIdIsDerived, attributes, file, line }
  if (manager === undefined) return imported
  if (manager === null) return { ...imported, attributes: { ...attributes, manager: null } }
  const found = index(manager)
  if (found === undefined || found === 'many') {
    notes.add(found === 'many' ? 'managers fit more than one person' : 'managers are not in these files', user, manager)
    return { ...imported, managerKey: manager }
  }
  return { ...imported, managerKey: manager, attributes: { ...attributes, manager: found.objectId } }
}

function resolveMemberships(
  memberships: readonly FoundMembership[],
  userIndex: Index,
  groupIndex: Index,
  notes: MissingNotes,
): readonly ImportedMembership[] {
  const resolved: ImportedMembership[] = []
  const seen = new Set<string>()
  for (const membership of memberships) {
    const group = groupIndex(membership.group)
    if (group === undefined)
      notes.add('memberships are of groups that are not in these files', membership, membership.group)
    if (group === 'many')
      notes.add('memberships are of a group name that fits more than one group', membership, membership.group)
    const member = findMember(membership, userIndex, groupIndex)
    if (member === undefined) notes.add('members are not in these files', membership, membership.member)
    if (member === 'many') notes.add('members fit more than one object', membership, membership.member)
    const groupObjectId = isFound(group) ? group.objectId : undefined
    const memberObjectId = isFound(member) ? member.objectId : undefined
    const pair = `${groupObjectId ?? sayReference(membership.group)}\n${memberObjectId ?? sayReference(membership.member)}`
    if (seen.has(pair)) continue
    seen.add(pair)
    const memberType: ObjectTypeName | undefined = isFound(member) ? member.objectType : membership.memberType
    resolved.push({
      group: membership.group,
      member: membership.member,
      file: membership.file,
      line: membership.line,
      ...(groupObjectId === undefined ? {} : { groupObjectId }),
      ...(memberObjectId === undefined ? {} : { memberObjectId }),
      ...(memberType === undefined ? {} : { memberType }),
    })
  }
  return resolved
}

function findMember(membership: FoundMembership, userIndex: Index, groupIndex: Index): Found {
  if (membership.memberType === 'Group') return groupIndex(membership.member)
  return userIndex(membership.member) ?? (membership.memberType === 'User' ? undefined : groupIndex(membership.member))
}

/** A list is whole when every file that lists the group does so in full, was not cut, and lost no row to a refusal. */
function wholeMemberLists({ memberLists, refused, partial }: Collection, index: Index): readonly ObjectReference[] {
  const gaps = new Set([...refused, ...partial].map(({ concern, file }) => `${concern} ${file}`))
  const byGroup = new Map<string, { group: ObjectReference; isWhole: boolean }>()
  for (const { group, isWhole, file, concern } of memberLists) {
    const found = index(group)
    const reference: ObjectReference = isFound(found) ? { by: 'objectId', value: found.objectId } : group
    const key = sayReference(reference)
    const earlier = byGroup.get(key)
    byGroup.set(key, {
      group: reference,
      isWhole: (earlier?.isWhole ?? true) && isWhole && !gaps.has(`${concern} ${file}`) && !gaps.has(`any ${file}`),
    })
  }
  return [...byGroup.values()].filter(({ isWhole }) => isWhole).map(({ group }) => group)
}

function isFound(found: Found): found is CollectedObject {
  return found !== undefined && found !== 'many'
}

function sayReference({ by, value }: ObjectReference): string {
  return `${by} ${by === 'dn' ? normalizeDistinguishedName(value) : value.toLowerCase()}`
}

interface MissingNotes {
  add(what: string, place: { readonly file: string; readonly line: number }, reference: ObjectReference): void
  say(): readonly string[]
}

/** One note for each kind of missing object, with the count and the first place. */
function createMissingNotes(): MissingNotes {
  const missing = new Map<string, { count: number; readonly first: string }>()
  return {
    add(what, { file, line }, { value }) {
      const known = missing.get(what)
      if (known === undefined) missing.set(what, { count: 1, first: `${file}, line ${line}: "${value}"` })
      else known.count += 1
    },
    say: () => [...missing].map(([what, { count, first }]) => `${count} ${what} (first: ${first}).`),
  }
}
