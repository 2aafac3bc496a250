/* The roles of an application: which changes are allowed, and which of them a person or group can be given. */
import { defaultAccessRoleId, type JsonObject, type JsonValue } from '../vocabulary/index.ts'
import { DirectoryRefusal } from './refusal.ts'

export function rolesOf(properties: JsonObject): readonly JsonObject[] {
  const roles = properties['appRoles']
  return Array.isArray(roles) ? (roles as readonly JsonObject[]) : []
}

/** Where a role was defined; what comes back from a client keeps its origin by its id. */
export function withOrigin(properties: JsonObject, origin: 'Application' | 'ServicePrincipal'): JsonObject {
  if (properties['appRoles'] === undefined) return properties
  return { ...properties, appRoles: rolesOf(properties).map((role) => ({ origin, ...role })) }
}

const bad = (message: string): DirectoryRefusal => new DirectoryRefusal('badValue', 'appRoles', message)

/** A role is disabled before it goes, so that nobody loses it by mistake (graph-api.md 3.5). */
export function refuseBadRoles(before: readonly JsonObject[], after: readonly JsonObject[]): void {
  const ids = after.map((role) => textOf(role['id']))
  for (const role of after) {
    const allowed = role['allowedMemberTypes']
    if (textOf(role['id']) === defaultAccessRoleId || textOf(role['id']) === '')
      throw bad('Every app role has an id of its own.')
    if (textOf(role['displayName']) === '') throw bad('Every app role has a displayName.')
    if (!Array.isArray(allowed) || allowed.length === 0)
      throw bad('Every app role says in allowedMemberTypes whom it can be given to: "User", "Application", or both.')
  }
  if (new Set(ids).size < ids.length) throw bad('Two app roles have the same id.')
  const values = after.map((role) => textOf(role['value'])).filter((value) => value !== '')
  if (new Set(values).size < values.length) throw bad('Two app roles have the same value.')
  for (const role of before) {
    if (role['isEnabled'] !== false && !ids.includes(textOf(role['id'])))
      throw bad('Permission (scope or role) cannot be deleted or updated unless disabled first.')
  }
}

export interface AssignableRole {
  readonly appRoleId: string
  readonly appRoleDisplayName: string
  readonly appRoleValue: string | null
}

/**
 * The role of that id as an assignment holds it, or `null` when members of that type ("User": people and groups) cannot be
 * given it. Default access is for applications that have no enabled role for them (graph-api.md 3.6).
 */
export function assignableRole(
  properties: JsonObject,
  appRoleId: string,
  memberType: 'User' | 'Application' = 'User',
): AssignableRole | null {
  const roles = rolesOf(properties).filter(
    (role) => role['isEnabled'] !== false && listOf(role['allowedMemberTypes']).includes(memberType),
  )
  if (appRoleId === defaultAccessRoleId)
    return roles.length > 0 ? null : { appRoleId, appRoleDisplayName: 'Default Access', appRoleValue: null }
  const role = roles.find((each) => textOf(each['id']) === appRoleId)
  return role === undefined ? null : asAssigned(role)
}

export function asAssigned(role: JsonObject): AssignableRole {
  const value = role['value']
  return {
    appRoleId: textOf(role['id']),
    appRoleDisplayName: textOf(role['displayName']),
    appRoleValue: typeof value === 'string' ? value : null,
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : []
