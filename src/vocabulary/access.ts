/* Roles and who has them: Graph's unifiedRoleDefinition and unifiedRoleAssignment, as far as Muster keeps them. */

export interface RoleDefinition {
  readonly roleDefinitionId: string
  readonly displayName: string
  readonly description: string | null
  readonly isEnabled: boolean
  /** Names of actions. */
  readonly allowedResourceActions: readonly string[]
}

export interface RoleAssignment {
  readonly roleAssignmentId: string
  /** A person or a service principal. */
  readonly principalId: string
  readonly roleDefinitionId: string
  /** `/` for everything, `/{servicePrincipalId}` for one enterprise application. */
  readonly directoryScopeId: string
  readonly createdAt: number
}

export const everythingScope = '/'

/** Whoever can have a role. `gone`: nobody is known under the id any more. */
export interface AccessPrincipal {
  readonly id: string
  readonly kind: 'person' | 'account' | 'application' | 'gone'
  readonly displayName: string
  readonly userPrincipalName: string | null
}

export interface AccessEntry {
  readonly roleAssignmentId: string
  readonly principal: AccessPrincipal
  readonly role: { readonly roleDefinitionId: string; readonly displayName: string }
  /** The one application it holds on; `null`: everything. */
  readonly on: { readonly servicePrincipalId: string; readonly displayName: string } | null
  readonly createdAt: number
}

export interface AccessPage {
  readonly entries: readonly AccessEntry[]
  readonly total: number
}

/** What somebody may, and why. */
export interface PrincipalAccess {
  readonly principal: AccessPrincipal
  readonly entries: readonly AccessEntry[]
  /** Applications it owns: there it has the role Application Owner without being given it. */
  readonly owned: readonly { readonly id: string; readonly displayName: string }[]
}

export interface RoleReport extends Omit<RoleDefinition, 'allowedResourceActions'> {
  readonly isBuiltIn: boolean
  /** The other word for it in Muster; `null`: there is none. */
  readonly shortName: string | null
  readonly actions: readonly { readonly name: string; readonly means: string }[]
  /** How often it is given. */
  readonly given: number
}

export interface RolesPage {
  readonly roles: readonly RoleReport[]
}
