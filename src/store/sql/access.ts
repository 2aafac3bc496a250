/* Custom roles and role assignments. */
import type { RoleAssignment, RoleDefinition } from '../../vocabulary/index.ts'
import type { AccessStore } from '../access-store.ts'
import { keepCounter } from './counters.ts'
import { fromJson } from './json-columns.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row } from './tables.ts'

const toRole = (row: Row<'custom_role'>): RoleDefinition => ({
  roleDefinitionId: row.role_definition_id,
  displayName: row.display_name,
  description: row.description,
  isEnabled: row.is_enabled === 1,
  allowedResourceActions: fromJson<readonly string[]>(row.actions),
})

const toAssignment = (row: Row<'role_assignment'>): RoleAssignment => ({
  roleAssignmentId: row.role_assignment_id,
  principalId: row.principal_id,
  roleDefinitionId: row.role_definition_id,
  directoryScopeId: row.directory_scope_id,
  createdAt: row.created_at,
})

export function createAccess(database: Database): AccessStore {
  const { committed } = database
  const { queries } = database.dialect
  const allAssignments = queries.selectFrom('role_assignment').selectAll().orderBy('role_assignment_id')
  return {
    async customRoles() {
      const rows = await committed.all(queries.selectFrom('custom_role').selectAll().orderBy('role_definition_id'))
      return rows.map(toRole)
    },

    putRole: ({ roleDefinitionId, displayName, description, isEnabled, allowedResourceActions }) =>
      database.transaction((session) =>
        session.put('custom_role', [
          {
            role_definition_id: roleDefinitionId,
            display_name: displayName,
            description,
            is_enabled: isEnabled ? 1 : 0,
            actions: JSON.stringify(allowedResourceActions),
          },
        ]),
      ),

    deleteRole: (roleDefinitionId) =>
      database.transaction(async (session) => {
        // Whoever gives the role at the same moment waits for this, or this for him.
        await keepCounter(session, 'access')
        const used = allAssignments.where('role_definition_id', '=', roleDefinitionId).limit(1)
        if ((await first(session, used)) !== undefined) return 'inUse'
        const deleted = await session.run(
          queries.deleteFrom('custom_role').where('role_definition_id', '=', roleDefinitionId),
        )
        return deleted === 0 ? 'notThere' : 'deleted'
      }),

    assignments: async () => (await committed.all(allAssignments)).map(toAssignment),

    assignmentsOf: async (principalId) =>
      (await committed.all(allAssignments.where('principal_id', '=', principalId))).map(toAssignment),

    addAssignment: (assignment) =>
      database.transaction(async (session) => {
        await keepCounter(session, 'access')
        const same = allAssignments
          .where('principal_id', '=', assignment.principalId)
          .where('role_definition_id', '=', assignment.roleDefinitionId)
          .where('directory_scope_id', '=', assignment.directoryScopeId)
        if ((await first(session, same)) !== undefined) return false
        await session.put('role_assignment', [
          {
            role_assignment_id: assignment.roleAssignmentId,
            principal_id: assignment.principalId,
            role_definition_id: assignment.roleDefinitionId,
            directory_scope_id: assignment.directoryScopeId,
            created_at: assignment.createdAt,
          },
        ])
        return true
      }),

    removeAssignment: (roleAssignmentId) =>
      database.transaction(async (session) => {
        const removed = await session.run(
          queries.deleteFrom('role_assignment').where('role_assignment_id', '=', roleAssignmentId),
        )
        return removed > 0
      }),
  }
}

/**
 * These are gone for good: whoever comes under the same id later has none of their roles (an id that is derived from a file
 * comes again with the same person). Whoever has an account keeps them: a file that leaves somebody out shuts nobody out.
 */
export async function forgetRolesOf(session: Session, objectIds: readonly string[]): Promise<void> {
  if (objectIds.length === 0) return
  const { queries, isOneOf } = session.dialect
  const accounts = await session.all(
    queries.selectFrom('account').select('object_id').where(isOneOf('object_id', objectIds)),
  )
  const kept = new Set(accounts.map((row) => row.object_id))
  const gone = objectIds.filter((id) => !kept.has(id))
  const scopes = objectIds.map((id) => `/${id}`)
  await session.run(
    queries
      .deleteFrom('role_assignment')
      .where((eb) => eb.or([isOneOf('principal_id', gone), isOneOf('directory_scope_id', scopes)])),
  )
}
