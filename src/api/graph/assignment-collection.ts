/* Assignments of people, groups and programs to applications, from either side (graph-api.md 3.6). */
import type { AssignmentListRequest, DirectoryAssignment, DirectoryReads } from '../../store/store.ts'
import type { Collection } from './collection.ts'
import { entityOfValues, type Entity } from './odata/entity.ts'
import { plainInstant } from './types/codecs.ts'
import { types } from './types/index.ts'

export function assignmentCollection(
  directory: DirectoryReads,
  of: AssignmentListRequest['of'],
  set: string,
): Collection {
  const isOf = (assignment: DirectoryAssignment): boolean =>
    'principalId' in of
      ? assignment.principalId === of.principalId
      : assignment.servicePrincipalId === of.servicePrincipalId
  return {
    types: [types.appRoleAssignment],
    set,
    isTyped: false,
    sortable: [],
    async read({ after, limit }) {
      const rows = await directory.listAssignmentsOf({ of, after, limit })
      const entities = await assignmentEntities(
        directory,
        rows.map(({ object }) => object),
      )
      return rows.flatMap(({ position }, at) => {
        const object = entities[at]
        return object === undefined ? [] : [{ object, position }]
      })
    },
    count: () => directory.countAssignmentsOf(of),
    async pick(ids) {
      const found: DirectoryAssignment[] = []
      for (const id of new Set(ids)) {
        const assignment = await directory.getAssignment(id)
        if (assignment !== null && isOf(assignment)) found.push(assignment)
      }
      return await assignmentEntities(directory, found)
    },
  }
}

export async function assignmentEntities(
  directory: DirectoryReads,
  assignments: readonly DirectoryAssignment[],
): Promise<readonly Entity[]> {
  const principals = await directory.objects([...new Set(assignments.map(({ principalId }) => principalId))])
  const applications = await directory.applications([
    ...new Set(assignments.flatMap(({ servicePrincipalId, principalId }) => [servicePrincipalId, principalId])),
  ])
  const names = new Map<string, unknown>([
    ...principals.map(({ objectId, attributes }): [string, unknown] => [objectId, attributes['displayName']]),
    ...applications.map(({ objectId, properties }): [string, unknown] => [objectId, properties['displayName']]),
  ])
  const nameOf = (id: string): string | null => {
    const name = names.get(id)
    return typeof name === 'string' ? name : null
  }
  return assignments.map((assignment) =>
    entityOfValues(types.appRoleAssignment, assignment.assignmentId, {
      id: assignment.assignmentId,
      appRoleId: assignment.appRoleId,
      createdDateTime: assignment.createdAt === null ? null : plainInstant(assignment.createdAt),
      principalDisplayName: nameOf(assignment.principalId),
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      resourceDisplayName: nameOf(assignment.servicePrincipalId),
      resourceId: assignment.servicePrincipalId,
    }),
  )
}
