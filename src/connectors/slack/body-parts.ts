/*
 * The parts of a user as Slack wants them written, the same in both versions: the one address, the two phones, single
 * entries of the lists. Where Slack replaces an entry whole, what did not change is repeated from what is known.
 */
import type { TargetAttributes, TargetValue } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { JsonRecord } from '../scim/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { AddressPart, Placement } from './attributes.ts'
import { addressAttribute, addressParts, createOnly, mobilePhone, placements, workPhone } from './attributes.ts'
import { isTrue, storedLocale } from './stored-values.ts'

/** New values of parts that are written together; `null` empties one. */
export type AddressChanges = ReadonlyMap<AddressPart, string | null>
export type PhoneChanges = ReadonlyMap<'mobile' | 'work', string | null>

/** Slack keeps one address and takes an entry whole (slack.md 3.2); `null` when no part is left. */
export function addressEntry(
  changes: AddressChanges,
  known: TargetAttributes,
  emptied: string | null,
): JsonRecord | null {
  const address: Record<string, unknown> = {}
  let isEmpty = true
  for (const part of addressParts) {
    const text = changes.has(part) ? changes.get(part) : knownText(known[addressAttribute(part)])
    if (text === undefined) continue
    if (text !== null) isEmpty = false
    if (text !== null || emptied !== null) address[part] = text ?? emptied
  }
  return isEmpty ? null : { ...address, primary: true }
}

/** Both slots, because a lone number may land in the other one (slack.md 3.5); `null` when none is left. */
export function phoneEntries(
  changes: PhoneChanges,
  known: TargetAttributes,
  emptied: string | null,
): JsonRecord[] | null {
  const held = { mobile: knownText(known[mobilePhone]), work: knownText(known[workPhone]) }
  const phones: JsonRecord[] = []
  let isEmpty = true
  for (const type of ['mobile', 'work'] as const) {
    const text = changes.has(type) ? changes.get(type) : held[type]
    if (text === undefined) continue
    if (text !== null) isEmpty = false
    if (text !== null || emptied !== null) phones.push({ value: text ?? emptied, type })
  }
  return isEmpty ? null : phones
}

export function emailEntry(value: string): JsonRecord {
  return { value, type: 'work', primary: true }
}

export function roleEntry(value: string): JsonRecord {
  return { value, primary: true }
}

export function photoEntry(value: string): JsonRecord {
  return { value, type: 'photo', primary: true }
}

/** A scalar as it is written: Slack's spelling of locales, everything else as it is. */
export function scalarText(placement: Placement & { readonly kind: 'scalar' }, value: TargetValue): string {
  return placement.isLocale === true ? storedLocale(String(value)) : String(value)
}

export function placementOf(attribute: string): Placement {
  const placement = placements.get(attribute)
  if (placement === undefined) throw unknownAttribute('User', attribute)
  return placement
}

/** What of an update can be sent at all, with the reasons for the rest. */
export function sendable(changes: readonly AttributeWrite[]): {
  readonly changes: readonly AttributeWrite[]
  readonly warnings: readonly string[]
} {
  const kept: AttributeWrite[] = []
  const warnings: string[] = []
  for (const change of changes) {
    const placement = placementOf(change.attribute)
    if (createOnly.includes(change.attribute)) {
      warnings.push(`Slack takes ${change.attribute} only when an account is created, so the change was not sent.`)
      continue
    }
    if (change.kind === 'cleared' && isNeverEmpty(placement)) throw cannotBeEmpty(change.attribute)
    kept.push(change)
  }
  return { changes: kept, warnings }
}

/** The displayName among the changes of a group; it has nothing else (slack.md section 4). */
export function groupName(changes: readonly AttributeWrite[]): string | undefined {
  let name: string | undefined
  for (const change of changes) {
    if (change.attribute !== 'displayName') throw unknownAttribute('Group', change.attribute)
    if (change.kind === 'cleared') throw cannotBeEmpty(change.attribute)
    name = String(change.value)
  }
  return name
}

/** What went over the wire in the place of a wish: real booleans and Slack's spelling of locales. */
export function asSent(change: AttributeWrite): AttributeWrite {
  if (change.kind === 'cleared') return change
  const { attribute, value } = change
  const placement = placements.get(attribute)
  if (placement?.kind === 'active') return { attribute, kind: 'set', value: isTrue(value) }
  return placement?.kind === 'scalar' ? { attribute, kind: 'set', value: scalarText(placement, value) } : change
}

/** Without these an account has no name or cannot be reached (slack.md 3.2, 3.4). */
function isNeverEmpty(placement: Placement): boolean {
  if (placement.kind === 'active' || placement.kind === 'workEmail') return true
  return placement.kind === 'scalar' && (placement.key === 'userName' || placement.key === 'nickName')
}

function knownText(value: TargetValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
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
