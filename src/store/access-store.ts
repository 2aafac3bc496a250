/* Custom roles, and who has which role: a part of `store.ts`, with the same promises. Built-in roles are no rows. */
import type { RoleAssignment, RoleDefinition } from '../vocabulary/index.ts'

/**
 * There are few of both: lists are whole, in order of id. Whoever is deleted for good loses the roles with it, and nobody has
 * a role on an application that is gone.
 */
export interface AccessStore {
  customRoles(): Promise<readonly RoleDefinition[]>
  /** Stores or replaces it, by its id. */
  putRole(role: RoleDefinition): Promise<void>
  /** A role that somebody has is not deleted. */
  deleteRole(roleDefinitionId: string): Promise<'deleted' | 'notThere' | 'inUse'>
  assignments(): Promise<readonly RoleAssignment[]>
  assignmentsOf(principalId: string): Promise<readonly RoleAssignment[]>
  /** `false`: the principal has this role on this scope already, and nothing happened. */
  addAssignment(assignment: RoleAssignment): Promise<boolean>
  /** `false`: there is none. */
  removeAssignment(roleAssignmentId: string): Promise<boolean>
}
