/*
 * What mappings call an attribute, and what Graph calls it (graph-api.md 3.1 and 3.2): one way for `$select`, the other for what
 * comes back. Most names are the same on both sides; only what differs stands here.
 */
import type { ObjectTypeName, SourceAttributes, SourceValue } from '../../vocabulary/index.ts'

type Json = Readonly<Record<string, unknown>>

/** Mapping names of the other spelling, by Graph property. */
const renamed: Readonly<Record<ObjectTypeName, Readonly<Record<string, string>>>> = {
  User: {
    mobilePhone: 'mobile',
    faxNumber: 'facsimileTelephoneNumber',
    officeLocation: 'physicalDeliveryOfficeName',
    onPremisesSyncEnabled: 'dirSyncEnabled',
  },
  Group: { onPremisesSyncEnabled: 'dirSyncEnabled' },
}

/** Graph properties whose name is the mapping's. Whatever else a mapping reads is not asked for: Graph would refuse the whole request. */
const same: Readonly<Record<ObjectTypeName, readonly string[]>> = {
  User: [
    ...['accountEnabled', 'userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname'],
    ...['proxyAddresses', 'otherMails', 'jobTitle', 'department', 'companyName', 'employeeId', 'employeeType'],
    ...['employeeHireDate', 'employeeLeaveDateTime', 'streetAddress', 'city', 'state', 'postalCode', 'country'],
    ...['usageLocation', 'preferredLanguage', 'onPremisesSecurityIdentifier', 'onPremisesImmutableId'],
    ...['onPremisesSamAccountName', 'onPremisesDistinguishedName', 'onPremisesDomainName'],
    ...['onPremisesUserPrincipalName', 'onPremisesLastSyncDateTime', 'userType', 'externalUserState'],
    ...['externalUserStateChangeDateTime', 'creationType', 'createdDateTime', 'ageGroup', 'consentProvidedForMinor'],
    ...['legalAgeGroupClassification', 'imAddresses', 'isResourceAccount', 'preferredDataLocation'],
    ...['showInAddressList', 'securityIdentifier', 'passwordPolicies'],
  ],
  Group: [
    ...['displayName', 'description', 'mail', 'mailEnabled', 'mailNickname', 'securityEnabled', 'groupTypes'],
    ...['membershipRule', 'membershipRuleProcessingState', 'visibility', 'isAssignableToRole', 'proxyAddresses'],
    ...['classification', 'createdDateTime', 'renewedDateTime', 'expirationDateTime', 'preferredDataLocation'],
    ...['preferredLanguage', 'theme', 'securityIdentifier', 'uniqueName', 'onPremisesDomainName'],
    ...['onPremisesNetBiosName', 'onPremisesSamAccountName', 'onPremisesSecurityIdentifier'],
    ...['onPremisesLastSyncDateTime'],
  ],
}

const extensionAttributes = 'onPremisesExtensionAttributes'
const extensionNames = Array.from({ length: 15 }, (_, at) => `extensionAttribute${String(at + 1)}`)
const orgData = 'employeeOrgData'
const orgDataNames = ['costCenter', 'division'] as const

/** Asked for whatever the mappings read: to find people by, to scope them, to show them. */
const always: Readonly<Record<ObjectTypeName, readonly string[]>> = {
  User: ['id', 'accountEnabled', 'displayName', 'mail', 'userPrincipalName', 'userType'],
  Group: ['id', 'displayName', 'groupTypes', 'mail', 'mailEnabled', 'members', 'securityEnabled'],
}

const isDirectoryExtension = (name: string): boolean => /^extension_[0-9a-f]{32}_\w+$/i.test(name)

/** The Graph property that holds a source attribute; `null` when Graph has none of the name. */
export function graphProperty(objectType: ObjectTypeName, name: string): string | null {
  const [other] = Object.entries(renamed[objectType]).find(([, mapped]) => mapped === name) ?? []
  if (other !== undefined) return other
  if (same[objectType].includes(name) || isDirectoryExtension(name)) return name
  if (objectType === 'Group') return null
  if (name === 'telephoneNumber') return 'businessPhones'
  if (name === 'manager') return 'manager'
  if (extensionNames.includes(name)) return extensionAttributes
  return orgDataNames.some((part) => name === `${orgData}.${part}`) ? orgData : null
}

/** Sorted, each once. */
export function selectFor(objectType: ObjectTypeName, needed: readonly string[]): readonly string[] {
  const properties = needed.flatMap((name) => graphProperty(objectType, name) ?? [])
  return [...new Set([...always[objectType], ...properties])].sort()
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function plainValue(value: unknown): SourceValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.length === 0 ? null : value
  return undefined
}

/** One manager at most: whoever is named without `@removed`; `null` when only removals are told. */
function managerOf(references: readonly unknown[]): string | null {
  const current = references.filter(isRecord).find((each) => each['@removed'] === undefined)
  return typeof current?.['id'] === 'string' ? current['id'] : null
}

function parts(value: unknown, names: readonly string[], prefix: string): readonly [string, SourceValue][] {
  if (!isRecord(value) && value !== null) return []
  return names.map((name) => {
    const part = value === null ? null : plainValue(value[name])
    return [`${prefix}${name}`, part ?? null]
  })
}

/** What an object of a Graph answer says by mapping names; what it does not name is missing, what it empties is `null`. */
export function sourceAttributes(objectType: ObjectTypeName, json: Json): SourceAttributes {
  const read: [string, SourceValue][] = []
  for (const [property, value] of Object.entries(json)) {
    const name = renamed[objectType][property] ?? property
    if (same[objectType].includes(property) || name !== property || isDirectoryExtension(property)) {
      const plain = plainValue(value)
      if (plain !== undefined) read.push([name, plain])
    } else if (objectType === 'User') read.push(...userAttributes(property, value))
  }
  return Object.fromEntries(read)
}

function userAttributes(property: string, value: unknown): readonly [string, SourceValue][] {
  switch (property) {
    case 'businessPhones':
      return Array.isArray(value) || value === null
        ? [['telephoneNumber', plainValue((value as readonly unknown[] | null)?.[0] ?? null) ?? null]]
        : []
    case extensionAttributes:
      return parts(value, extensionNames, '')
    case orgData:
      return parts(value, orgDataNames, `${orgData}.`)
    case 'manager@delta':
      return Array.isArray(value) ? [['manager', managerOf(value)]] : []
    case 'manager':
      return value === null || isRecord(value) ? [['manager', managerOf(value === null ? [] : [value])]] : []
    default:
      return []
  }
}
