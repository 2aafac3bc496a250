/*
 * Which attribute of a person is meant by a name or a path, and how it is written or emptied (slack.md 3.2, 2.6).
 * Only names listed here exist; anything else is refused, so a hostile name reaches no object.
 */
import type { ProfileKey } from '../workspace/model.ts'
import type { Dialect } from './dialect.ts'
import { Refusal } from './refusal.ts'
import {
  addressKeys,
  isObject,
  readBoolean,
  readEntries,
  readText,
  writeAddresses,
  writeEmails,
  writePhones,
  writePhotos,
  writeProfileText,
  writeRoles,
} from './user-write.ts'
import type { How, JsonObject, UserWrite } from './user-write.ts'

const enterpriseTexts: ReadonlyMap<string, ProfileKey> = new Map(
  (['employeeNumber', 'costCenter', 'organization', 'division', 'department'] as const).map((key) => [key, key]),
)

/** What the request may carry without any effect: unsupported, or issued by Slack itself. */
const ignored: ReadonlySet<string> = new Set(['id', 'meta', 'groups', 'schemas'])

export function writeAttributes(write: UserWrite, body: JsonObject, how: How, dialect: Dialect): void {
  for (const [name, value] of Object.entries(body)) {
    // A start date needs its URN in `schemas` (slack.md 3.2).
    if (name === dialect.profile && !namesSchema(body, dialect.profile)) continue
    if (value === null && write.verb === 'create') continue
    writeAttribute(write, name, value, how, dialect)
  }
}

function namesSchema({ schemas }: JsonObject, urn: string): boolean {
  return Array.isArray(schemas) && schemas.includes(urn)
}

export function writeAttribute(write: UserWrite, name: string, value: unknown, how: How, dialect: Dialect): void {
  switch (name) {
    case 'userName':
    case 'nickName':
    case 'displayName':
    case 'title':
    case 'timezone':
    case 'externalId':
      write[name] = readText(value)
      return
    case 'profileUrl':
      // Create only (slack.md 3.2).
      if (write.verb === 'create') write.profileUrl = readText(value)
      return
    case 'active':
      write.active = readBoolean(value)
      return
    case 'password':
      write.hasPassword = true
      return
    case 'name':
      writeName(write, value)
      return
    case 'emails':
      writeEmails(write, readEntries(value, 'emails_invalid'), how)
      return
    case 'phoneNumbers':
      writePhones(write, readEntries(value, 'phoneNumbers_invalid'), how)
      return
    case 'addresses':
      writeAddresses(write, readEntries(value, 'addresses_invalid'), how)
      return
    case 'roles':
      writeRoles(write, readEntries(value, 'roles_invalid'), how)
      return
    case 'photos':
      writePhotos(write, readEntries(value, 'photos_invalid'))
      return
    case 'userType':
    case 'preferredLanguage':
    case 'locale':
      writeProfileText(write, name, value)
      return
    case dialect.enterprise:
      writeEnterprise(write, value)
      return
    case dialect.guest:
      writeGuest(write, value)
      return
    case dialect.profile:
      writeStartDate(write, value)
      return
    case 'groups':
      if (!Array.isArray(value)) throw new Refusal('groups_invalid')
      return
    default:
      if (!ignored.has(name)) throw new Refusal('invalid_request_payload')
  }
}

/** A sub-attribute by its path, e.g. `name.givenName` or an attribute of an extension. */
export function writeSubAttribute(
  write: UserWrite,
  attribute: string,
  sub: string,
  value: unknown,
  dialect: Dialect,
): void {
  switch (attribute) {
    case 'name':
    case dialect.enterprise:
    case dialect.guest:
    case dialect.profile:
      writeAttribute(write, attribute, { [sub]: value }, 'merge', dialect)
      return
    case `${dialect.enterprise}:manager`:
      writeEnterprise(write, { manager: { [sub]: value } })
      return
    default:
      throw new Refusal('invalid_request_payload')
  }
}

/** Empties what a path names: `meta.attributes` of v1, `remove` of v2. */
export function clearAttribute(write: UserWrite, attribute: string, sub: string | null, dialect: Dialect): void {
  const { profile } = write
  switch (attribute) {
    case 'userName':
    case 'nickName':
    case 'displayName':
    case 'title':
    case 'timezone':
      write[attribute] = ''
      return
    case 'userType':
    case 'preferredLanguage':
    case 'locale':
      profile[attribute] = null
      return
    case 'name':
      if (sub === null) writeName(write, { givenName: '', familyName: '', honorificPrefix: '' })
      else writeName(write, { [sub]: '' })
      return
    case 'emails':
      // The primary stays (slack.md 3.4).
      write.secondaryEmail = ''
      return
    case 'phoneNumbers':
      writePhones(write, [], 'replace')
      return
    case 'addresses':
      for (const key of addressKeys) if (sub === null || sub === key) profile[key] = null
      return
    case 'roles':
      profile.roleText = null
      return
    case 'photos':
      write.photo = ''
      return
    case dialect.enterprise:
      clearEnterprise(write, sub)
      return
    case `${dialect.enterprise}:manager`:
      write.manager = ''
      return
    case dialect.guest:
      write.guest = sub === 'expiration' ? 'endDateDropped' : 'dropped'
      return
    case dialect.profile:
      profile.startDate = null
      return
    case 'externalId':
    case 'profileUrl':
    case 'groups':
      return
    default:
      throw new Refusal('invalid_request_payload')
  }
}

function writeName(write: UserWrite, value: unknown): void {
  if (!isObject(value)) throw new Refusal('invalid_attribute_format')
  for (const [name, text] of Object.entries(value)) {
    if (name === 'givenName' || name === 'familyName') write[name] = readText(text)
    else if (name === 'honorificPrefix') writeProfileText(write, 'honorificPrefix', text)
    // Unsupported, and sent by most clients.
    else if (!['formatted', 'middleName', 'honorificSuffix'].includes(name)) {
      throw new Refusal('invalid_request_payload')
    }
  }
}

function writeEnterprise(write: UserWrite, value: unknown): void {
  if (!isObject(value)) throw new Refusal('invalid_attribute_format')
  for (const [name, inner] of Object.entries(value)) {
    const key = enterpriseTexts.get(name)
    if (key !== undefined) writeProfileText(write, key, inner)
    else if (name === 'manager') writeManager(write, inner)
    else throw new Refusal('invalid_request_payload')
  }
}

function writeManager(write: UserWrite, value: unknown): void {
  if (value === null || value === ' ') {
    write.manager = ''
    return
  }
  // `displayName` and `value` are unsupported: a block without managerId is wrong (slack.md 3.2).
  if (!isObject(value) || !Object.hasOwn(value, 'managerId')) throw new Refusal('improper_enterprise_schema_format')
  write.manager = readText(value['managerId'])
}

function clearEnterprise(write: UserWrite, sub: string | null): void {
  if (sub === null) for (const key of enterpriseTexts.values()) write.profile[key] = null
  if (sub === null || sub === 'manager') {
    write.manager = ''
    return
  }
  const key = enterpriseTexts.get(sub)
  if (key === undefined) throw new Refusal('invalid_request_payload')
  write.profile[key] = null
}

function writeGuest(write: UserWrite, value: unknown): void {
  if (value === null || value === ' ') {
    write.guest = 'dropped'
    return
  }
  if (!isObject(value)) throw new Refusal('invalid_attribute_format')
  const { type, expiration } = value
  // Only multi-channel guests can be made by SCIM (slack.md 3.6).
  if (type !== undefined && type !== 'multi') throw new Refusal('invalid_attribute_format')
  const text = expiration === undefined ? undefined : readText(expiration)
  if (text !== undefined && text !== '' && !isInstant(text)) throw new Refusal('invalid_attribute_format')
  write.guest = { expiration: text === '' ? null : text }
}

function writeStartDate(write: UserWrite, value: unknown): void {
  if (value === null || value === ' ') {
    write.profile.startDate = null
    return
  }
  if (!isObject(value)) throw new Refusal('invalid_attribute_format')
  for (const [name, inner] of Object.entries(value)) {
    if (name !== 'startDate') throw new Refusal('invalid_request_payload')
    writeProfileText(write, 'startDate', inner)
  }
}

/** ISO 8601 such as 2024-04-10T00:00:00+0000. */
export function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
}
