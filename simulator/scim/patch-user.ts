/*
 * Turns the two kinds of PATCH for a person into one write: v1's partial resource with `operation` and
 * `meta.attributes`, v2's list of operations (slack.md 2.6, 3.4).
 */
import type { Dialect } from './dialect.ts'
import { matchesFilter, parseFilter } from './filter.ts'
import type { Filter } from './filter.ts'
import { parsePatchPath } from './patch-path.ts'
import type { PatchPath } from './patch-path.ts'
import { Refusal } from './refusal.ts'
import { clearAttribute, writeAttribute, writeAttributes, writeSubAttribute } from './user-attributes.ts'
import {
  addressKeys,
  deleteEmail,
  isAddressKey,
  isObject,
  readEntries,
  readEntry,
  readText,
  setPrimaryEmail,
  setSecondaryEmail,
  writeAddresses,
  writePhotos,
  writeProfileText,
} from './user-write.ts'
import type { JsonObject, UserWrite } from './user-write.ts'

export function readPartialUser(write: UserWrite, body: JsonObject, dialect: Dialect): void {
  const { meta } = body
  if (isObject(meta) && meta['attributes'] !== undefined) {
    const { attributes } = meta
    if (!Array.isArray(attributes)) throw new Refusal('invalid_attribute_format')
    for (const path of attributes as readonly unknown[]) {
      if (typeof path !== 'string') throw new Refusal('invalid_attribute_format')
      const { attribute, sub } = parsePatchPath(path, dialect)
      clearAttribute(write, attribute, sub, dialect)
    }
  }
  writeAttributes(write, body, 'merge', dialect)
}

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string | null
  readonly value: unknown
}

const operationsMax = 1000

export function readOperations(body: JsonObject): readonly Operation[] {
  const { Operations: operations } = body
  if (!Array.isArray(operations) || operations.length > operationsMax) throw new Refusal('invalid_request_payload')
  return operations.map((operation: unknown) => {
    if (!isObject(operation)) throw new Refusal('invalid_request_payload')
    const { op, path, value } = operation
    const name = typeof op === 'string' ? op.toLowerCase() : ''
    if (name !== 'add' && name !== 'replace' && name !== 'remove') throw new Refusal('invalid_request_payload')
    if (path !== undefined && path !== null && typeof path !== 'string') throw new Refusal('invalid_request_payload')
    return { op: name, path: path === undefined || path === null || path === '' ? null : path, value }
  })
}

export function applyUserOperations(write: UserWrite, body: JsonObject, dialect: Dialect): void {
  for (const { op, path, value } of readOperations(body)) {
    if (path !== null) applyOperation(write, op, parsePatchPath(path, dialect), value, dialect)
    else if (op === 'remove' || !isObject(value)) throw new Refusal('invalid_request_payload')
    else {
      // Without a path the value names the attributes; some clients write paths there too.
      for (const [name, inner] of Object.entries(value)) {
        applyOperation(write, op, parsePatchPath(name, dialect), inner, dialect)
      }
    }
  }
}

function applyOperation(
  write: UserWrite,
  op: Operation['op'],
  { attribute, filter, sub }: PatchPath,
  value: unknown,
  dialect: Dialect,
): void {
  if (isSlotAttribute(attribute) && (filter !== null || sub !== null)) {
    applyToSlots(write, op, attribute, filter, sub, value)
  } else if (filter !== null) {
    throw new Refusal('invalid_request_payload')
  } else if (op === 'remove') {
    if (value !== undefined && isSlotAttribute(attribute)) removeValues(write, attribute, value, dialect)
    else clearAttribute(write, attribute, sub, dialect)
  } else if (sub !== null) {
    writeSubAttribute(write, attribute, sub, value, dialect)
  } else {
    const list = isSlotAttribute(attribute) && !Array.isArray(value) ? [value] : value
    writeAttribute(write, attribute, list, op === 'replace' ? 'replace' : 'merge', dialect)
  }
}

type SlotAttribute = 'emails' | 'phoneNumbers' | 'addresses' | 'roles' | 'photos'

function isSlotAttribute(name: string): name is SlotAttribute {
  return ['emails', 'phoneNumbers', 'addresses', 'roles', 'photos'].includes(name)
}

/** One place of a multi-valued attribute. What it does not say about itself is taken to hold. */
interface Slot {
  readonly traits: Readonly<Record<string, string>>
  readonly set: (value: string) => void
  readonly remove: () => void
}

/** Types as they are in a request, not as Slack answers them (slack.md 3.5). */
function slotsOf(write: UserWrite, attribute: SlotAttribute): readonly Slot[] {
  const { profile } = write
  const phone = (key: 'primaryPhone' | 'mobilePhone', traits: Slot['traits']): Slot => ({
    traits: { ...traits, value: profile[key] ?? '' },
    set: (value) => (profile[key] = value || null),
    remove: () => (profile[key] = null),
  })
  switch (attribute) {
    case 'emails':
      return [
        {
          traits: { value: write.email, primary: 'true', type: 'work' },
          set: (value) => setPrimaryEmail(write, value),
          remove: () => deleteEmail(write, write.email),
        },
        {
          traits: { value: write.secondaryEmail, primary: 'false' },
          set: (value) => setSecondaryEmail(write, value),
          remove: () => (write.secondaryEmail = ''),
        },
      ]
    case 'phoneNumbers':
      return [
        phone('primaryPhone', { type: 'mobile', primary: 'true' }),
        phone('mobilePhone', { type: 'work', primary: 'false' }),
      ]
    case 'roles':
      return [
        {
          traits: { value: profile.roleText ?? '', primary: 'true' },
          set: (value) => (profile.roleText = value || null),
          remove: () => (profile.roleText = null),
        },
      ]
    case 'photos':
      return [
        {
          traits: {},
          set: (value) => writePhotos(write, [readEntry(value, 'photos_invalid')]),
          remove: () => (write.photo = ''),
        },
      ]
    case 'addresses':
      return [{ traits: {}, set: () => undefined, remove: () => writeAddresses(write, [], 'replace') }]
  }
}

const slotFilter = {
  attributes: new Set(['value', 'type', 'primary', ...addressKeys.map((key) => key.toLowerCase())]),
  allowsBareWords: true,
}

function applyToSlots(
  write: UserWrite,
  op: Operation['op'],
  attribute: SlotAttribute,
  filter: string | null,
  sub: string | null,
  value: unknown,
): void {
  const wanted = filter === null ? null : parseFilter(filter, slotFilter)
  const slots = slotsOf(write, attribute).filter(({ traits }) => wanted === null || holds(wanted, traits))
  const [slot] = slots
  if (attribute === 'addresses' && sub !== null) {
    if (!isAddressKey(sub)) {
      // The type is not stored, so it can be neither written nor removed.
      if (sub === 'type' || sub === 'primary') return
      throw new Refusal('addresses_invalid')
    }
    if (slot !== undefined) writeProfileText(write, sub, op === 'remove' ? '' : value)
  } else if (op === 'remove') {
    for (const { remove } of slots) remove()
  } else if (sub === null || sub === 'value') {
    if (attribute === 'addresses') {
      writeAddresses(write, readEntries(Array.isArray(value) ? value : [value], 'addresses_invalid'), 'merge')
      return
    }
    slot?.set(isObject(value) ? readText(value['value']) : readText(value))
  } else if (sub !== 'type' && sub !== 'primary') {
    throw new Refusal('invalid_request_payload')
  }
}

function holds(filter: Filter, traits: Readonly<Record<string, string>>): boolean {
  if (filter.kind !== 'comparison') {
    const test = (operand: Filter): boolean => holds(operand, traits)
    return filter.kind === 'and' ? filter.operands.every(test) : filter.operands.some(test)
  }
  if (!Object.hasOwn(traits, filter.attribute)) return true
  return matchesFilter(filter, (name) => [(traits[name] ?? '').toLowerCase()])
}

/** `remove` with a list of values removes only those. */
function removeValues(write: UserWrite, attribute: SlotAttribute, value: unknown, dialect: Dialect): void {
  const entries = (Array.isArray(value) ? value : [value]).map((entry: unknown) =>
    isObject(entry) ? { ...entry, operation: 'delete' } : { value: entry, operation: 'delete' },
  )
  writeAttribute(write, attribute, entries, 'merge', dialect)
}
