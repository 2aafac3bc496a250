/* What Graph asks of values beyond their type, and what they mean for the attributes of a person or group. */
import type { JsonObject, JsonValue, SourceAttributes } from '../../vocabulary/index.ts'
import { badRequest, type GraphProblem } from './graph-problem.ts'
import { propertyOf, types, type EntityType } from './types/index.ts'

export const valueMissing = (name: string, typeName: string): GraphProblem =>
  badRequest(`A value is required for property '${name}' of resource '${typeName}'.`, {
    details: [{ code: 'MissingValue', target: name }],
  })

const invalid = (name: string, typeName: string, reason: string): GraphProblem =>
  badRequest(`Invalid value specified for property '${name}' of resource '${typeName}': ${reason}.`, {
    details: [{ code: 'InvalidValue', target: name }],
  })

export function requireValues(values: JsonObject, names: readonly string[], type: EntityType): void {
  for (const name of names) {
    const value = values[name]
    if (value === undefined || value === null || value === '') throw valueMissing(name, type.name)
  }
}

/** A value that has been required, and is a text by its type. */
export function textIn(values: JsonObject, name: string): string {
  const value = values[name]
  return typeof value === 'string' ? value : ''
}

export function attributesOf(values: JsonObject, type: EntityType): SourceAttributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const codec = propertyOf(type, name)?.codec
      return codec === undefined || codec === null ? [] : Object.entries(codec.write(value))
    }),
  )
}

const isAddress = (text: JsonValue | undefined): boolean =>
  typeof text === 'string' && /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 320

export function checkUser(values: JsonObject): void {
  const { userPrincipalName, mail, mailNickname, businessPhones, displayName } = values
  if (displayName === '') throw valueMissing('displayName', 'user')
  if (userPrincipalName !== undefined && !isAddress(userPrincipalName))
    throw invalid('userPrincipalName', 'user', 'it has the form name@domain, without blanks')
  if (mail !== undefined && mail !== null && !isAddress(mail))
    throw invalid('mail', 'user', 'it has the form name@domain, without blanks')
  checkNickname(mailNickname, 'user')
  if (Array.isArray(businessPhones) && businessPhones.length > 1)
    throw invalid('businessPhones', 'user', 'only one number can be set')
}

export function checkGroup(values: JsonObject): void {
  const { mailNickname, groupTypes, membershipRule, displayName } = values
  if (displayName === '') throw valueMissing('displayName', 'group')
  checkNickname(mailNickname, 'group')
  const isDynamic = Array.isArray(groupTypes) && groupTypes.includes('DynamicMembership')
  if (isDynamic || typeof membershipRule === 'string')
    throw invalid(
      isDynamic ? 'groupTypes' : 'membershipRule',
      'group',
      'Muster does not evaluate membership rules, so the group would stay empty; put its members in',
    )
}

/** What a group is must be one of the kinds there are. */
export function checkGroupKind(values: JsonObject): void {
  const { mailEnabled, securityEnabled, groupTypes } = values
  const isUnified = Array.isArray(groupTypes) && groupTypes.includes('Unified')
  if (mailEnabled === true && !isUnified)
    throw invalid('mailEnabled', 'group', 'only Microsoft 365 groups (groupTypes "Unified") can be mail-enabled here')
  if (mailEnabled === false && isUnified) throw invalid('mailEnabled', 'group', 'a Microsoft 365 group is mail-enabled')
  if (mailEnabled === false && securityEnabled === false)
    throw invalid('securityEnabled', 'group', 'a group is mail-enabled, security-enabled, or both')
}

function checkNickname(value: JsonValue | undefined, typeName: string): void {
  if (value === undefined) return
  if (typeof value !== 'string' || !/^[^@()[\]\\";:<>,\s]+$/.test(value))
    throw invalid('mailNickname', typeName, 'it has no blanks and none of @ ( ) [ ] \\ " ; : < > ,')
}

export const userRequired = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile']
export const groupRequired = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']

export const typeOfObject = (objectType: 'User' | 'Group'): EntityType =>
  objectType === 'User' ? types.user : types.group
