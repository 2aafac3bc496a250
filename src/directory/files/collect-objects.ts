/*
 * Gathers what the format readers find: gives every object its key, refuses the second of two with the same identity,
 * and remembers what was left out and why the files may not be the whole directory.
 */
import type { ObjectTypeName, SourceValue } from '../../vocabulary/index.ts'
import { deriveObjectId } from './derive-object-id.ts'
import { normalizeDistinguishedName } from './distinguished-names.ts'
import { shorten } from './directory-file-error.ts'
import type { ObjectReference, RefusedRow } from './directory-reading.ts'

/** An object as a format reader hands it over: names translated, values checked. */
export interface FoundObject {
  readonly file: string
  readonly line: number
  readonly attributes: Record<string, SourceValue>
  readonly dn?: string
  /** `null` when the file says that there is no manager. */
  readonly manager?: ObjectReference | null
}

export interface FoundMembership {
  readonly file: string
  readonly line: number
  readonly group: ObjectReference
  readonly member: ObjectReference
  /** What the file says the member is, when it does. */
  readonly memberType?: ObjectTypeName
  /** The member's own entry says it (`memberOf`): the group exists even when it has no entry in the files. */
  readonly isSaidByMember?: true
}

/** A group whose members were listed, by the group's own entry or by the entries of the members. */
export interface MemberList {
  readonly group: ObjectReference
  readonly file: string
  readonly isWhole: boolean
  /** A refused row of this kind in the same file leaves a gap in the list. */
  readonly concern: Concern
}

export interface CollectedObject extends FoundObject {
  readonly objectType: ObjectTypeName
  readonly key: string
  readonly objectId: string
  readonly objectIdIsDerived: boolean
}

/** What of the directory a row or a reason speaks of; `any` when the row does not even say that. */
export type Concern = 'users' | 'groups' | 'memberships' | 'any'

export interface Collection {
  readonly users: CollectedObject[]
  readonly groups: CollectedObject[]
  readonly memberships: FoundMembership[]
  readonly memberLists: MemberList[]
  readonly refused: (RefusedRow & { readonly concern: Concern })[]
  readonly notes: string[]
  /** Objects of kinds that are not imported, counted by file and kind. */
  readonly leftOut: Map<
    string,
    { readonly file: string; readonly kind: string; readonly firstLine: number; count: number }
  >
  readonly partial: { readonly concern: Concern; readonly file: string; readonly reason: string }[]
}

export interface Collector {
  readonly collection: Collection
  /** `true` when the object was taken. */
  addUser(found: FoundObject): boolean
  addGroup(found: FoundObject): boolean
  addMembership(found: FoundMembership): void
  addMemberList(list: MemberList): void
  refuse(concern: Concern, row: RefusedRow): void
  note(text: string): void
  /** An object, or a member, that is neither a user nor a group. */
  leaveOut(file: string, line: number, kind: string): void
  /** The file gives a sign that there is more than it holds. */
  markPartial(concern: Concern, file: string, reason: string): void
}

export function createCollector(): Collector {
  const collection: Collection = {
    users: [],
    groups: [],
    memberships: [],
    memberLists: [],
    refused: [],
    notes: [],
    leftOut: new Map(),
    partial: [],
  }
  const identities = new Map<string, { readonly file: string; readonly line: number }>()

  function refuse(concern: Concern, row: RefusedRow): void {
    collection.refused.push({ ...row, value: shorten(row.value), concern })
  }

  /** `false`, with a refused row, when another object has one of these identities. */
  function claimIdentities(
    found: FoundObject,
    concern: Concern,
    claims: readonly (readonly [string, string])[],
  ): boolean {
    for (const [column, value] of claims) {
      const earlier = identities.get(`${concern}:${column}:${value.toLowerCase()}`)
      if (earlier === undefined) continue
      const there = earlier.file === found.file ? `line ${earlier.line}` : `${earlier.file}, line ${earlier.line}`
      const reason = `The same ${column} stands in ${there} and in line ${found.line}. It can belong to one object only: remove one of the two.`
      refuse(concern, { file: found.file, line: found.line, column, value, reason })
      return false
    }
    for (const [column, value] of claims) identities.set(`${concern}:${column}:${value.toLowerCase()}`, found)
    return true
  }

  function add(objectType: ObjectTypeName, concern: 'users' | 'groups', found: FoundObject, name: string): boolean {
    const givenId = textOf(found.attributes['objectId'])
    const key =
      givenId ??
      (objectType === 'User'
        ? name.toLowerCase()
        : found.dn === undefined
          ? name.toLowerCase()
          : normalizeDistinguishedName(found.dn))
    const claims: [string, string][] = []
    if (givenId !== undefined) claims.push(['objectId', givenId])
    if (objectType === 'User') claims.push(['userPrincipalName', name])
    else if (givenId === undefined) claims.push([found.dn === undefined ? 'displayName' : 'dn', key])
    if (!claimIdentities(found, concern, claims)) return false
    const objectId = givenId ?? deriveObjectId(objectType, key)
    collection[concern].push({
      ...found,
      attributes: { ...found.attributes, objectId },
      objectType,
      key,
      objectId,
      objectIdIsDerived: givenId === undefined,
    })
    return true
  }

  function addNamed(
    objectType: ObjectTypeName,
    concern: 'users' | 'groups',
    column: string,
    found: FoundObject,
  ): boolean {
    const name = textOf(found.attributes[column])
    if (name !== undefined) return add(objectType, concern, found, name)
    const reason = `There is no ${column}, by which ${objectType === 'User' ? 'a person' : 'a group'} is known. Add it.`
    refuse(concern, { file: found.file, line: found.line, column, value: '', reason })
    return false
  }

  return {
    collection,
    addUser: (found) => addNamed('User', 'users', 'userPrincipalName', found),
    addGroup: (found) => addNamed('Group', 'groups', 'displayName', found),
    addMembership: (found) => void collection.memberships.push(found),
    addMemberList: (list) => void collection.memberLists.push(list),
    refuse,
    leaveOut(file, line, kind) {
      const known = collection.leftOut.get(`${file} ${kind}`)
      if (known === undefined) collection.leftOut.set(`${file} ${kind}`, { file, kind, firstLine: line, count: 1 })
      else known.count += 1
    },
    note: (text) => void collection.notes.push(text),
    markPartial: (concern, file, reason) => void collection.partial.push({ concern, file, reason }),
  }
}

function textOf(value: SourceValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
