/*
 * What is written to a SCIM 2.0 service: whole resources, and PATCH with a path for each attribute or without one
 * (RFC 7644 3.5.2).
 */
import type { ObjectTypeName, TargetAttributes, TargetValue } from '../../../vocabulary/index.ts'
import { ConnectorError } from '../../../vocabulary/index.ts'
import type { AttributeWrite } from '../../target.ts'
import type { MemberChanges, WriteBody } from '../dialect.ts'
import type { JsonRecord } from '../json.ts'
import type { AttributeNames } from './attribute-names.ts'
import type { AttributePath } from './attribute-path.ts'
import { printHolder, printPath } from './attribute-path.ts'
import type { Scim2Profile } from './profile.ts'
import { enterpriseUrn, groupUrn, patchUrn, userUrn } from './urns.ts'

interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value?: unknown
}

type Draft = Record<string, unknown>

export function createBody2(
  names: AttributeNames,
  objectType: ObjectTypeName,
  attributes: TargetAttributes,
): WriteBody {
  const sent = Object.entries(attributes).map(([attribute, value]): AttributeWrite =>
    asSent({ attribute, kind: 'set', value }),
  )
  if (objectType === 'Group') return { body: { schemas: [groupUrn], ...attributes }, sent, warnings: [] }
  const body: Draft = {}
  for (const change of sent) if (change.kind === 'set') put(body, names.pathOf(change.attribute), change.value)
  const extensions = Object.keys(body).filter((key) => key.startsWith('urn:'))
  return { body: { schemas: [userUrn, ...extensions], ...body }, sent, warnings: [] }
}

export function updateBody2(
  names: AttributeNames,
  profile: Scim2Profile,
  objectType: ObjectTypeName,
  changes: readonly AttributeWrite[],
  known: TargetAttributes,
): WriteBody {
  if (changes.length === 0) return { body: null, sent: [], warnings: [] }
  const sent = changes.map(asSent)
  for (const change of sent)
    if (change.kind === 'cleared' && isNeverEmpty(objectType, change.attribute)) throw cannotBeEmpty(change.attribute)
  const held = heldEntries(names, objectType, known)
  const operations: Operation[] = []
  const pathless: Draft = {}
  const newEntries = new Map<string, { readonly path: AttributePath; readonly entry: Draft }>()
  for (const change of sent) {
    const path = objectType === 'Group' ? plain(change.attribute) : names.pathOf(change.attribute)
    if (change.kind === 'cleared') operations.push(removal(path, held))
    else if (path.filter !== null && !held.has(printHolder(path))) {
      // A replace whose filter meets nothing is refused (RFC 7644 3.5.2.3, noTarget), so a new entry is added whole.
      const holder = printHolder(path)
      const fresh = newEntries.get(holder) ?? { path, entry: entryOf(path) }
      fresh.entry[path.sub ?? 'value'] = change.value
      newEntries.set(holder, fresh)
    } else if (path.filter === null && profile.patch === 'noPath') put(pathless, path, change.value)
    else
      operations.push({
        op: 'replace',
        path: isManager(path) ? printHolder(path) : printPath(path),
        value: valueAt(path, change.value),
      })
  }
  if (Object.keys(pathless).length > 0) operations.unshift({ op: 'replace', value: pathless })
  for (const { path, entry } of newEntries.values()) {
    const { name, urn } = path
    operations.push({ op: 'add', path: printHolder({ urn, name, filter: null, sub: null }), value: [entry] })
  }
  return { body: patch(operations), sent, warnings: [] }
}

export function membersBody2(profile: Scim2Profile, { add, remove }: MemberChanges): JsonRecord {
  const operations: Operation[] = []
  if (profile.memberRemoval === 'filter') {
    for (const member of remove) operations.push({ op: 'remove', path: `members[value eq ${JSON.stringify(member)}]` })
  } else if (remove.length > 0) {
    operations.push({ op: 'remove', path: 'members', value: remove.map((value) => ({ value })) })
  }
  if (add.length > 0) operations.push({ op: 'add', path: 'members', value: add.map((value) => ({ value })) })
  return patch(operations)
}

export function disableBody2(): JsonRecord {
  return patch([{ op: 'replace', path: 'active', value: false }])
}

/** Real booleans: `"True"` is what mapping expressions give (spec 15.5). */
export function storedValue(attribute: string, value: TargetValue): TargetValue {
  return attribute === 'active' && typeof value === 'string' ? value.toLowerCase() === 'true' : value
}

function asSent(change: AttributeWrite): AttributeWrite {
  return change.kind === 'cleared' ? change : { ...change, value: storedValue(change.attribute, change.value) }
}

function patch(operations: readonly Operation[]): JsonRecord {
  return { schemas: [patchUrn], Operations: operations }
}

const plain = (name: string): AttributePath => ({ urn: null, name, filter: null, sub: null })

const isManager = ({ urn, name }: AttributePath): boolean => urn === enterpriseUrn && name === 'manager'

/** The manager is written as the complex attribute it is. */
const valueAt = (path: AttributePath, value: TargetValue): unknown => (isManager(path) ? { value } : value)

/** What makes an entry the one that the filter means; the one work address is also the primary one. */
function entryOf({ name, filter }: AttributePath): Draft {
  const entry: Draft = filter === null ? {} : { [filter.attribute]: filter.value }
  return name === 'emails' && filter?.value === 'work' ? { ...entry, primary: true } : entry
}

function put(body: Draft, path: AttributePath, value: TargetValue): void {
  const { urn, name, filter, sub } = path
  const holder = urn === null ? body : child(body, urn)
  if (filter !== null) {
    const list = (holder[name] ??= []) as Draft[]
    let entry = list.find((each) => each[filter.attribute] === filter.value)
    if (entry === undefined) {
      entry = entryOf(path)
      list.push(entry)
    }
    entry[sub ?? 'value'] = value
  } else if (sub !== null) child(holder, name)[sub] = value
  else holder[name] = value
}

function child(parent: Draft, key: string): Draft {
  return (parent[key] ??= {}) as Draft
}

/** Entries of lists that exist by now, with the sub-attributes they hold. */
function heldEntries(
  names: AttributeNames,
  objectType: ObjectTypeName,
  known: TargetAttributes,
): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>()
  if (objectType === 'Group') return held
  for (const attribute of Object.keys(known)) {
    const path = names.pathOf(attribute)
    if (path.filter === null) continue
    const subs = held.get(printHolder(path)) ?? new Set()
    held.set(printHolder(path), subs.add(path.sub ?? 'value'))
  }
  return held
}

/** The last sub-attribute of an entry takes the entry with it: nobody wants an address without any part. */
function removal(path: AttributePath, held: ReadonlyMap<string, ReadonlySet<string>>): Operation {
  const holder = printHolder(path)
  const isWhole = isManager(path) || (path.filter !== null && (held.get(holder)?.size ?? 0) <= 1)
  return { op: 'remove', path: isWhole ? holder : printPath(path) }
}

function isNeverEmpty(objectType: ObjectTypeName, attribute: string): boolean {
  return objectType === 'Group' || attribute === 'userName' || attribute === 'active'
}

function cannotBeEmpty(attribute: string): ConnectorError {
  return new ConnectorError(
    `${attribute} has no value any more and cannot be emptied, so the object was not written; give the source a value or the mapping a default.`,
    { code: 'MandatoryFieldsMissing', scope: 'object', retry: 'backoff' },
  )
}
