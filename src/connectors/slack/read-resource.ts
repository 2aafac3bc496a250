/*
 * Turns Slack's users and groups back into the mapping's attributes (slack.md section 8, column compare), so that somebody
 * who was not changed compares equal: phones swap their slots back, e-mails without a type are work, blanks are absent.
 */
import type { ObjectTypeName, TargetObject, TargetValue } from '../../vocabulary/index.ts'
import type { JsonRecord } from '../scim/index.ts'
import { isRecord, listOf, textOf } from '../scim/index.ts'
import {
  addressAttribute,
  addressParts,
  enterpriseFields,
  enterprisePrefix,
  localeScalars,
  mobilePhone,
  nameParts,
  plainScalars,
  role,
  workEmail,
  workPhone,
} from './attributes.ts'
import { isTrue, storedLocale } from './stored-values.ts'

/** `enterpriseUrn` is the key of the extension block: it differs between the versions of the API. */
export function readSlackResource(
  enterpriseUrn: string,
  objectType: ObjectTypeName,
  resource: JsonRecord,
): TargetObject | null {
  const anchor = textOf(resource.id)
  if (anchor === undefined) return null
  return objectType === 'User' ? readUser(enterpriseUrn, anchor, resource) : readGroup(anchor, resource)
}

function readUser(enterpriseUrn: string, anchor: string, resource: JsonRecord): TargetObject {
  const attributes: Record<string, TargetValue> = { active: isTrue(resource.active) }

  function keep(attribute: string, value: string | undefined): void {
    if (value !== undefined) attributes[attribute] = value
  }

  const userName = textOf(resource.userName)?.toLowerCase()
  keep('userName', userName)
  keep('nickName', textOf(resource.nickName)?.toLowerCase() ?? userName)
  for (const key of plainScalars) keep(key, textOf(resource[key]))
  for (const key of localeScalars) {
    const locale = textOf(resource[key])
    if (locale !== undefined) attributes[key] = storedLocale(locale)
  }
  if (isRecord(resource.name)) for (const key of nameParts) keep(`name.${key}`, textOf(resource.name[key]))
  keep(workEmail, textOf(primaryEmail(resource)?.value)?.toLowerCase())
  const [address] = listOf(resource.addresses)
  if (isRecord(address)) for (const part of addressParts) keep(addressAttribute(part), textOf(address[part]))
  for (const phone of listOf(resource.phoneNumbers)) {
    // What went out as mobile comes back as primary, what went out as work comes back as mobile (slack.md 3.5).
    if (isRecord(phone)) keep(phone.primary === true ? mobilePhone : workPhone, textOf(phone.value))
  }
  keep(role, readRole(resource))
  const enterprise = resource[enterpriseUrn]
  if (isRecord(enterprise)) {
    for (const field of enterpriseFields) keep(enterprisePrefix + field, textOf(enterprise[field]))
    if (isRecord(enterprise.manager)) keep(`${enterprisePrefix}manager`, textOf(enterprise.manager.managerId))
  }
  return { objectType: 'User', anchor, displayName: textOf(resource.displayName) ?? userName ?? anchor, attributes }
}

/** Two are kept; the primary one is what the mapping calls work (slack.md 3.4). */
function primaryEmail(resource: JsonRecord): JsonRecord | undefined {
  const emails = listOf(resource.emails).filter(isRecord)
  return emails.find((email) => email.primary === true) ?? emails.find((email) => email.type === 'work') ?? emails[0]
}

/** Every address Slack looks through for `email eq`. */
export function emailsOf(resource: JsonRecord): readonly string[] {
  return listOf(resource.emails)
    .map((email) => (isRecord(email) ? textOf(email.value) : undefined))
    .filter((value) => value !== undefined)
}

function readRole(resource: JsonRecord): string | undefined {
  const roles = listOf(resource.roles)
  const primary = roles.find((entry) => isRecord(entry) && entry.primary === true) ?? roles[0]
  return isRecord(primary) ? textOf(primary.value) : textOf(primary)
}

function readGroup(anchor: string, resource: JsonRecord): TargetObject {
  const displayName = textOf(resource.displayName)
  const members: string[] = []
  for (const member of listOf(resource.members)) {
    const value = isRecord(member) ? textOf(member.value) : undefined
    if (value !== undefined) members.push(value)
  }
  // Slack's order means nothing (slack.md section 4); a sorted list compares.
  members.sort()
  const attributes = displayName === undefined ? { members } : { displayName, members }
  return { objectType: 'Group', anchor, displayName: displayName ?? anchor, attributes }
}
