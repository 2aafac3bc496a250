/*
 * Updates in Slack's SCIM 2.0 dialect: a list of operations, one for each attribute or list that changes (slack.md 2.6,
 * 3.4 and section 4).
 */
import type { ObjectTypeName, TargetAttributes } from '../../vocabulary/index.ts'
import type { JsonRecord, MemberChanges, WriteBody } from '../scim/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { AddressPart, Placement } from './attributes.ts'
import {
  addressEntry,
  asSent,
  groupName,
  phoneEntries,
  photoEntry,
  placementOf,
  roleEntry,
  scalarText,
  sendable,
} from './body-parts.ts'
import { isTrue } from './stored-values.ts'
import { v2Names } from './wire-names.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

export function updateV2(
  objectType: ObjectTypeName,
  wanted: readonly AttributeWrite[],
  known: TargetAttributes,
): WriteBody {
  if (objectType === 'Group') {
    const displayName = groupName(wanted)
    const body = displayName === undefined ? null : patch([operation('displayName', displayName)])
    return { body, sent: wanted, warnings: [] }
  }
  const { changes, warnings } = sendable(wanted)
  if (changes.length === 0) return { body: null, sent: [], warnings }
  const address = new Map<AddressPart, string | null>()
  const phones = new Map<'mobile' | 'work', string | null>()
  const operations: Operation[] = []
  for (const change of changes) {
    const placement = placementOf(change.attribute)
    const text = change.kind === 'set' ? String(change.value) : null
    if (placement.kind === 'address') address.set(placement.key, text)
    else if (placement.kind === 'phone') phones.set(placement.slot, text)
    else operations.push(operation(pathOf(placement), valueOf(placement, change)))
  }
  if (address.size > 0) {
    const entry = addressEntry(address, known, null)
    operations.push(operation('addresses', entry === null ? null : [entry]))
  }
  if (phones.size > 0) operations.push(operation('phoneNumbers', phoneEntries(phones, known, null)))
  return { body: patch(operations), sent: changes.map(asSent), warnings }
}

/** A remove without values would empty the group, so one is only sent with values (slack.md section 4). */
export function membersV2(changes: MemberChanges): JsonRecord {
  const operations: Operation[] = []
  for (const op of ['remove', 'add'] as const) {
    const members = changes[op].map((value) => ({ value }))
    if (members.length > 0) operations.push({ op, path: 'members', value: members })
  }
  return patch(operations)
}

export function disableV2(): JsonRecord {
  return patch([operation('active', false)])
}

function patch(operations: readonly Operation[]): JsonRecord {
  return { schemas: [patchOp], Operations: operations }
}

/** `null` takes the value away. */
function operation(path: string, value: unknown): Operation {
  return value === null ? { op: 'remove', path } : { op: 'replace', path, value }
}

/** Slack's samples join a field to its extension by a colon, but write the manager with dots (slack.md 2.6). */
function pathOf(placement: Exclude<Placement, { readonly kind: 'address' | 'phone' }>): string {
  switch (placement.kind) {
    case 'active':
      return 'active'
    case 'scalar':
      return placement.key
    case 'name':
      return `name.${placement.key}`
    case 'workEmail':
      return 'emails[primary eq true].value'
    case 'role':
      return 'roles'
    case 'photo':
      return 'photos'
    case 'enterprise':
      return `${v2Names.enterprise}:${placement.key}`
    case 'manager':
      return `${v2Names.enterprise}.manager.managerId`
  }
}

function valueOf(placement: Placement, change: AttributeWrite): unknown {
  if (change.kind === 'cleared') return null
  if (placement.kind === 'active') return isTrue(change.value)
  if (placement.kind === 'scalar') return scalarText(placement, change.value)
  const text = String(change.value)
  if (placement.kind === 'role') return [roleEntry(text)]
  return placement.kind === 'photo' ? [photoEntry(text)] : text
}
