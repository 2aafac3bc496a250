/*
 * Updates in Slack's SCIM 1.1 dialect: a partial resource with what changed; one blank or `meta.attributes` empties, and
 * members without an operation are added (slack.md 2.6 and section 4).
 */
import type { ObjectTypeName, TargetAttributes } from '../../vocabulary/index.ts'
import type { JsonRecord, MemberChanges, WriteBody } from '../scim/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { AddressPart, Placement } from './attributes.ts'
import {
  addressEntry,
  asSent,
  emailEntry,
  groupName,
  phoneEntries,
  photoEntry,
  placementOf,
  roleEntry,
  scalarText,
  sendable,
} from './body-parts.ts'
import { isTrue } from './stored-values.ts'
import { v1Names } from './wire-names.ts'

/** Slack empties a field that is written as one blank. */
const blank = ' '

export function updateV1(
  objectType: ObjectTypeName,
  wanted: readonly AttributeWrite[],
  known: TargetAttributes,
): WriteBody {
  if (objectType === 'Group') {
    const displayName = groupName(wanted)
    const body = displayName === undefined ? null : { schemas: [v1Names.group], displayName }
    return { body, sent: wanted, warnings: [] }
  }
  const { changes, warnings } = sendable(wanted)
  if (changes.length === 0) return { body: null, sent: [], warnings }
  const draft: Draft = { top: {}, name: {}, enterprise: {}, address: new Map(), phones: new Map(), emptied: [] }
  for (const change of changes) put(draft, change, placementOf(change.attribute))
  return { body: bodyOf(draft, known), sent: changes.map(asSent), warnings }
}

export function membersV1(changes: MemberChanges): JsonRecord {
  const members: JsonRecord[] = changes.remove.map((value) => ({ value, operation: 'delete' }))
  for (const value of changes.add) members.push({ value })
  return { schemas: [v1Names.group], members }
}

export function disableV1(): JsonRecord {
  return { schemas: [v1Names.user], active: false }
}

interface Draft {
  readonly top: Record<string, unknown>
  readonly name: Record<string, string>
  readonly enterprise: Record<string, unknown>
  readonly address: Map<AddressPart, string | null>
  readonly phones: Map<'mobile' | 'work', string | null>
  /** Attributes that are emptied as a whole, by `meta.attributes`. */
  readonly emptied: string[]
}

function put(draft: Draft, change: AttributeWrite, placement: Placement): void {
  const text = change.kind === 'set' ? String(change.value) : null
  switch (placement.kind) {
    case 'active':
      draft.top.active = change.kind === 'set' && isTrue(change.value)
      return
    case 'scalar':
      draft.top[placement.key] = change.kind === 'set' ? scalarText(placement, change.value) : blank
      return
    case 'name':
      draft.name[placement.key] = text ?? blank
      return
    case 'workEmail':
      draft.top.emails = [emailEntry(text ?? blank)]
      return
    case 'address':
      draft.address.set(placement.key, text)
      return
    case 'phone':
      draft.phones.set(placement.slot, text)
      return
    case 'role':
      if (text === null) draft.emptied.push('roles')
      else draft.top.roles = [roleEntry(text)]
      return
    case 'photo':
      if (text === null) draft.emptied.push('photos')
      else draft.top.photos = [photoEntry(text)]
      return
    case 'enterprise':
      if (text === null) draft.emptied.push(`${v1Names.enterprise}.${placement.key}`)
      else draft.enterprise[placement.key] = text
      return
    case 'manager':
      if (text === null) draft.emptied.push(`${v1Names.enterprise}.manager`)
      else draft.enterprise.manager = { managerId: text }
      return
  }
}

function bodyOf(draft: Draft, known: TargetAttributes): JsonRecord {
  const emptied = [...draft.emptied]
  const body: Record<string, unknown> = { schemas: [v1Names.user], ...draft.top }
  if (Object.keys(draft.name).length > 0) body.name = draft.name
  if (draft.address.size > 0) {
    const address = addressEntry(draft.address, known, blank)
    if (address === null) emptied.push('addresses')
    else body.addresses = [address]
  }
  if (draft.phones.size > 0) {
    const phones = phoneEntries(draft.phones, known, blank)
    if (phones === null) emptied.push('phoneNumbers')
    else body.phoneNumbers = phones
  }
  if (Object.keys(draft.enterprise).length > 0) {
    body.schemas = [v1Names.user, v1Names.enterprise]
    body[v1Names.enterprise] = draft.enterprise
  }
  if (emptied.length > 0) body.meta = { attributes: emptied }
  return body
}
