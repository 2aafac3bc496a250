/*
 * A SCIM 2.0 resource by the mapping's names. Every value gets the name it has in SCIM, and the names that the profile
 * gives it besides.
 */
import type { ObjectTypeName, TargetObject, TargetValue } from '../../../vocabulary/index.ts'
import type { JsonRecord } from '../json.ts'
import { isRecord, listOf, textOf } from '../json.ts'
import type { AttributeNames } from './attribute-names.ts'
import { enterpriseUrn } from './urns.ts'

type Values = Record<string, TargetValue>

export function readScim2Resource(
  names: AttributeNames,
  objectType: ObjectTypeName,
  resource: JsonRecord,
): TargetObject | null {
  const anchor = textOf(resource.id)
  if (anchor === undefined) return null
  const displayName = textOf(resource.displayName) ?? textOf(resource.userName) ?? anchor
  if (objectType === 'Group') {
    const own = textOf(resource.displayName)
    return {
      objectType,
      anchor,
      displayName,
      attributes: { ...(own === undefined ? {} : { displayName: own }), ...membersIn(resource) },
    }
  }
  const values: Values = {}
  for (const [key, value] of Object.entries(resource)) {
    if (['id', 'meta', 'schemas', 'groups'].includes(key)) continue
    if (key.startsWith('urn:')) {
      if (isRecord(value)) for (const [field, part] of Object.entries(value)) readValue(values, `${key}:${field}`, part)
    } else readValue(values, key, value)
  }
  // An account without the attribute is active (RFC 7643 4.1.1 leaves it to the service; none is known that means otherwise).
  values.active = values.active !== false && values.active !== 'False' && values.active !== 'false'
  return { objectType, anchor, displayName, attributes: { ...values, ...names.othersFor(values) } }
}

/** A group read without its members says nothing of them. */
function membersIn(resource: JsonRecord): { readonly members?: readonly string[] } {
  const members = listOf(resource.members)
    .map((member) => (isRecord(member) ? textOf(member.value) : undefined))
    .filter((value) => value !== undefined)
  // Some services keep a member twice who is added twice.
  return { members: [...new Set(members)].sort() }
}

function readValue(values: Values, name: string, value: unknown): void {
  if (typeof value === 'boolean') values[name] = value
  else if (Array.isArray(value)) readList(values, name, value)
  else if (isRecord(value)) {
    const isManager = name === `${enterpriseUrn}:manager`
    for (const [sub, part] of Object.entries(value)) {
      if (isManager && sub === 'value') readValue(values, name, part)
      else if (!isManager) readValue(values, `${name}.${sub}`, part)
    }
  } else {
    const text = textOf(value)
    if (text !== undefined) values[name] = text
  }
}

/** The first entry of each type, and the primary one. */
function readList(values: Values, name: string, list: readonly unknown[]): void {
  for (const entry of list.filter(isRecord)) {
    const holders: string[] = []
    const type = textOf(entry.type)
    if (type !== undefined) holders.push(`${name}[type eq "${type}"]`)
    if (entry.primary === true) holders.push(`${name}[primary eq true]`, `${name}[primary eq "True"]`)
    for (const holder of holders) {
      for (const [sub, part] of Object.entries(entry)) {
        const text = ['type', 'primary', 'display', '$ref'].includes(sub) ? undefined : textOf(part)
        if (text !== undefined) values[`${holder}.${sub}`] ??= text
      }
    }
  }
}
