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
