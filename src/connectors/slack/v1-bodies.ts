/*
 * Request bodies in Slack's SCIM 1.1 dialect (slack.md 2.6): whole resources to create, partial ones to update. Where Slack
 * replaces a list that it keeps as one entry, the parts that did not change are repeated from what is known.
 */
import type { TargetAttributes, TargetValue } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { JsonRecord, MemberChanges, WriteBody } from '../scim/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { AddressPart, Placement } from './attributes.ts'
import { addressAttribute, addressParts, createOnly, mobilePhone, placementsFor, workPhone } from './attributes.ts'
import { isTrue, storedLocale } from './stored-values.ts'

export const v1CoreUrn = 'urn:scim:schemas:core:1.0'
export const v1Enterprise = {
  urn: 'urn:scim:schemas:extension:enterprise:1.0',
  prefix: 'urn:scim:schemas:extension:enterprise:1.0.',
} as const
export const v1Placements = placementsFor(v1Enterprise.prefix)

/** Slack empties a field that is written as one blank (slack.md 2.6). */
const blank = ' '

/** A user or group without members: they follow in calls of their own (provisioning-service.md 6.4). */
export function v1CreateBody(objectType: 'User' | 'Group', attributes: TargetAttributes): WriteBody {
  const changes: AttributeWrite[] = []
  for (const [attribute, value] of Object.entries(attributes)) changes.push({ attribute, kind: 'set', value })
  if (objectType === 'Group') return v1GroupBody(changes)
  const draft = newDraft()
  for (const change of changes) put(draft, change, placementOf(change.attribute))
  return { body: bodyOf(draft, {}), sent: changes.map((change) => asSent(change)), warnings: [] }
}

/** Only what changed, and what Slack would lose beside it. */
export function v1UpdateBody(
  objectType: 'User' | 'Group',
  changes: readonly AttributeWrite[],
  known: TargetAttributes,
): WriteBody {
  if (objectType === 'Group') return v1GroupBody(changes)
  const draft = newDraft()
  const sent: AttributeWrite[] = []
  const warnings: string[] = []
  for (const change of changes) {
    const placement = placementOf(change.attribute)
    if (createOnly.includes(change.attribute)) {
      warnings.push(`Slack takes ${change.attribute} only when an account is created, so the change was not sent.`)
      continue
    }
    if (change.kind === 'cleared' && isNeverEmpty(placement)) throw cannotBeEmpty(change.attribute)
    put(draft, change, placement)
    sent.push(asSent(change))
  }
  return { body: sent.length === 0 ? null : bodyOf(draft, known), sent, warnings }
}

/** Members without an operation are added (slack.md section 4). */
export function v1MembersBody(changes: MemberChanges): JsonRecord {
  const members: JsonRecord[] = changes.remove.map((value) => ({ value, operation: 'delete' }))
  for (const value of changes.add) members.push({ value })
  return { schemas: [v1CoreUrn], members }
}

export function v1DisableBody(): JsonRecord {
  return { schemas: [v1CoreUrn], active: false }
}

interface Draft {
  readonly top: Record<string, unknown>
  readonly name: Record<string, string>
  readonly enterprise: Record<string, unknown>
  /** New texts of the one address; a blank for a part that is emptied. */
  readonly address: Map<AddressPart, string>
  readonly phones: Map<'mobile' | 'work', string>
  /** Attributes that are emptied as a whole, by `meta.attributes`. */
  readonly emptied: string[]
}

function newDraft(): Draft {
  return { top: {}, name: {}, enterprise: {}, address: new Map(), phones: new Map(), emptied: [] }
}

function put(draft: Draft, change: AttributeWrite, placement: Placement): void {
  const text = change.kind === 'set' ? String(change.value) : blank
  switch (placement.kind) {
    case 'active':
      draft.top.active = change.kind === 'set' && isTrue(change.value)
      return
    case 'scalar':
      draft.top[placement.key] = placement.isLocale === true ? storedLocale(text) : text
      return
    case 'name':
      draft.name[placement.key] = text
      return
    case 'workEmail':
      draft.top.emails = [{ value: text, type: 'work', primary: true }]
      return
    case 'address':
      draft.address.set(placement.key, text)
      return
    case 'phone':
      draft.phones.set(placement.slot, text)
      return
    case 'role':
      if (change.kind === 'cleared') draft.emptied.push('roles')
      else draft.top.roles = [{ value: text, primary: true }]
      return
    case 'photo':
      if (change.kind === 'cleared') draft.emptied.push('photos')
      else draft.top.photos = [{ value: text, type: 'photo', primary: true }]
      return
    case 'enterprise':
      if (change.kind === 'cleared') draft.emptied.push(v1Enterprise.prefix + placement.key)
      else draft.enterprise[placement.key] = text
      return
    case 'manager':
      if (change.kind === 'cleared') draft.emptied.push(`${v1Enterprise.prefix}manager`)
      else draft.enterprise.manager = { managerId: text }
      return
  }
}

function bodyOf(draft: Draft, known: TargetAttributes): JsonRecord {
  const emptied = [...draft.emptied]
  const body: Record<string, unknown> = { schemas: [v1CoreUrn], ...draft.top }
  if (hasKeys(draft.name)) body.name = draft.name
  if (draft.address.size > 0) {
    const address = addressBody(draft.address, known)
    if (address === null) emptied.push('addresses')
    else body.addresses = [address]
  }
  if (draft.phones.size > 0) {
    const phones = phonesBody(draft.phones, known)
    if (phones === null) emptied.push('phoneNumbers')
    else body.phoneNumbers = phones
  }
  if (hasKeys(draft.enterprise)) {
    body.schemas = [v1CoreUrn, v1Enterprise.urn]
    body[v1Enterprise.urn] = draft.enterprise
  }
  if (emptied.length > 0) body.meta = { attributes: emptied }
  return body
}

/** Slack keeps one address and takes an entry whole (slack.md 3.2); `null` when no part is left. */
function addressBody(changed: ReadonlyMap<AddressPart, string>, known: TargetAttributes): JsonRecord | null {
  const address: Record<string, unknown> = {}
  let isEmpty = true
  for (const part of addressParts) {
    const text = changed.get(part) ?? textOrUndefined(known[addressAttribute(part)])
    if (text === undefined) continue
    address[part] = text
    if (text !== blank) isEmpty = false
  }
  return isEmpty ? null : { ...address, primary: true }
}

/** Both slots, because a lone number may land in the other one (slack.md 3.5); `null` when none is left. */
function phonesBody(changed: ReadonlyMap<'mobile' | 'work', string>, known: TargetAttributes): JsonRecord[] | null {
  const mobile = changed.get('mobile') ?? textOrUndefined(known[mobilePhone])
  const work = changed.get('work') ?? textOrUndefined(known[workPhone])
  const phones: JsonRecord[] = []
  if (mobile !== undefined) phones.push({ value: mobile, type: 'mobile' })
  if (work !== undefined) phones.push({ value: work, type: 'work' })
  return phones.every((phone) => phone.value === blank) ? null : phones
}

function v1GroupBody(changes: readonly AttributeWrite[]): WriteBody {
  const body: Record<string, unknown> = { schemas: [v1CoreUrn] }
  for (const change of changes) {
    if (change.attribute !== 'displayName') throw unknownAttribute('Group', change.attribute)
    if (change.kind === 'cleared') throw cannotBeEmpty(change.attribute)
    body.displayName = String(change.value)
  }
  return { body: changes.length === 0 ? null : body, sent: changes, warnings: [] }
}

function placementOf(attribute: string): Placement {
  const placement = v1Placements.get(attribute)
  if (placement === undefined) throw unknownAttribute('User', attribute)
  return placement
}

/** Without these an account has no name or cannot be reached (slack.md 3.2, 3.4). */
function isNeverEmpty(placement: Placement): boolean {
  if (placement.kind === 'active' || placement.kind === 'workEmail') return true
  return placement.kind === 'scalar' && (placement.key === 'userName' || placement.key === 'nickName')
}

/** What went over the wire in the place of a wish: real booleans and Slack's spelling of locales. */
function asSent(change: AttributeWrite): AttributeWrite {
  if (change.kind === 'cleared') return change
  const { attribute } = change
  const placement = v1Placements.get(attribute)
  if (placement?.kind === 'active') return { attribute, kind: 'set', value: isTrue(change.value) }
  const isLocale = placement?.kind === 'scalar' && placement.isLocale === true
  return isLocale ? { attribute, kind: 'set', value: storedLocale(String(change.value)) } : change
}

function textOrUndefined(value: TargetValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function hasKeys(record: Readonly<Record<string, unknown>>): boolean {
  for (const key in record) if (Object.hasOwn(record, key)) return true
  return false
}

function unknownAttribute(objectType: string, attribute: string): ConnectorError {
  return new ConnectorError(
    `Slack has no ${objectType} attribute ${attribute}, so the object was not written; remove it from the mapping.`,
    { code: 'SchemaAttributeNotFound', scope: 'object', retry: 'backoff' },
  )
}

function cannotBeEmpty(attribute: string): ConnectorError {
  return new ConnectorError(
    `${attribute} has no value any more and Slack does not let it be emptied, so the object was not written; ` +
      'give the source a value or the mapping a default.',
    { code: 'MandatoryFieldsMissing', scope: 'object', retry: 'backoff' },
  )
}
