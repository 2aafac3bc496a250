/* What a caller holds: actions, and on what. Comes from roles, ownership, app permissions or the operator key. */
import { everythingScope, type RoleAssignment, type RoleDefinition } from '../vocabulary/index.ts'
import { actionNames } from './actions.ts'
import { appPermissions } from './app-permissions.ts'
import { builtInRoles, ownerActions, ownerRole } from './roles.ts'

export interface Grant {
  /** Where it comes from, for whoever asks why: the name of a role or permission. */
  readonly through: string
  readonly actions: ReadonlySet<string>
  /** One application and its service principal are different objects: each is owned by itself. */
  readonly on: 'everything' | 'owned' | { readonly servicePrincipalId: string }
}

const grant = (through: string, actions: readonly string[], on: Grant['on']): Grant => ({
  through,
  actions: new Set(actions),
  on,
})

/** Nobody can take this away, so nobody can shut everybody out. */
export const operatorGrants: readonly Grant[] = [grant('operator key', actionNames, 'everything')]

/** What everybody holds who can own something: on his own, and nowhere else. */
export const ownerGrants: readonly Grant[] = [grant(ownerRole.displayName, ownerActions, 'owned')]

export const permissionGrants = (permissions: readonly string[]): readonly Grant[] =>
  permissions.flatMap((name): readonly Grant[] => {
    const given = Object.hasOwn(appPermissions, name) ? appPermissions[name] : undefined
    if (given === undefined) return []
    const { everywhere, owned = [] } = given
    return [grant(name, everywhere, 'everything'), ...(owned.length === 0 ? [] : [grant(name, owned, 'owned')])]
  })

/** Of the roles somebody was given; a role that is gone or switched off gives nothing. */
export function roleGrants(
  assignments: readonly RoleAssignment[],
  customRoles: readonly RoleDefinition[],
): readonly Grant[] {
  const roles = new Map([...builtInRoles, ...customRoles].map((role) => [role.roleDefinitionId, role]))
  return assignments.flatMap(({ roleDefinitionId, directoryScopeId }): readonly Grant[] => {
    const role = roles.get(roleDefinitionId)
    if (role?.isEnabled !== true) return []
    // What it gives is meant for one application, whatever is stored.
    if (roleDefinitionId === ownerRole.roleDefinitionId && directoryScopeId === everythingScope) return []
    const on =
      directoryScopeId === everythingScope ? 'everything' : ({ servicePrincipalId: directoryScopeId.slice(1) } as const)
    return [grant(role.displayName, role.allowedResourceActions, on)]
  })
}
