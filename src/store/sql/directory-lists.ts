/*
 * Lists of the directory in pages: each goes on by key after the last one shown, so that a page costs the same at the
 * beginning and at the end, and nobody is shown twice or left out while others come and go.
 */
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { AssignmentListRequest, DirectoryLists, DirectoryNarrowing } from '../store.ts'
import { directoryObjectColumns, toAssignment, toDirectoryObject } from './directory-rows.ts'
import { foldForIndex, foldText } from './folded-text.ts'
import { groupRows } from './grouped-rows.ts'
import { first, type Session } from './session.ts'

const keyColumns = {
  objectId: null,
  displayName: 'folded_display_name',
  userPrincipalName: 'folded_principal_name',
} as const

const foldedColumns = {
  displayName: 'folded_display_name',
  userPrincipalName: 'folded_principal_name',
  mail: 'folded_mail',
} as const

/** Sorts behind every text that begins with the same. */
const behindAll = '\u{10FFFF}'

export function createDirectoryLists(session: Session): DirectoryLists {
  const { queries, isOneOf, contains } = session.dialect

  const narrowed = (narrowing: DirectoryNarrowing): RawBuilder<SqlBool> => {
    switch (narrowing.by) {
      case 'equals':
        return sql<SqlBool>`${sql.ref(foldedColumns[narrowing.name])} = ${foldForIndex(narrowing.text)}`
      case 'startsWith': {
        const column = sql.ref(foldedColumns[narrowing.name])
        const start = foldForIndex(narrowing.text)
        return sql<SqlBool>`(${column} >= ${start} and ${column} < ${start + behindAll})`
      }
      case 'contains':
        return contains('folded_names', foldText(narrowing.text))
    }
  }

  const assignmentsOf = (of: AssignmentListRequest['of']): { readonly column: string; readonly id: string } =>
    'principalId' in of
      ? { column: 'principal_id', id: of.principalId }
      : { column: 'service_principal_id', id: of.servicePrincipalId }

  return {
    async listObjects({ objectType, presence, order, isDescending, narrowing, after, limit }) {
      const keyColumn = keyColumns[order]
      const direction = isDescending ? 'desc' : 'asc'
      const beyond = isDescending ? '<' : '>'
      let query = queries
        .selectFrom('directory_object')
        .select([...directoryObjectColumns, 'folded_display_name', 'folded_principal_name'])
        .where('object_type', '=', objectType)
        .where('presence', '=', presence)
      if (narrowing !== null) query = query.where(narrowed(narrowing))
      if (after !== null) {
        const place = readPlace(after)
        query =
          keyColumn === null
            ? query.where('object_id', beyond, place.id)
            : query.where((eb) =>
                eb(eb.refTuple(keyColumn, 'object_id'), beyond, eb.tuple(eb.val(place.key), eb.val(place.id)) as never),
              )
      }
      if (keyColumn !== null) query = query.orderBy(keyColumn, direction)
      const rows = await session.all(query.orderBy('object_id', direction).limit(limit))
      return rows.map((row) => ({
        object: toDirectoryObject(row),
        position: placeText(keyColumn === null ? '' : row[keyColumn], row.object_id),
      }))
    },

    async countObjects(objectType, presence) {
      const row = await first(
        session,
        queries
          .selectFrom('directory_object')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('object_type', '=', objectType)
          .where('presence', '=', presence),
      )
      return row?.count ?? 0
    },

    async listMembers({ groupIds, objectType, after, limit }) {
      if (groupIds.length === 0) return []
      let query = queries
        .selectFrom('directory_member as m')
        .innerJoin('directory_object as o', 'o.object_id', 'm.member_id')
        .select('m.member_id')
        .distinct()
        .where(groupIds.length === 1 ? sql<SqlBool>`m.group_id = ${groupIds[0]}` : isOneOf('m.group_id', groupIds))
        .where('o.presence', '=', 'present')
      if (objectType !== null) query = query.where('o.object_type', '=', objectType)
      if (after !== null) query = query.where('m.member_id', '>', after)
      const rows = await session.all(query.orderBy('m.member_id').limit(limit))
      return rows.map((row) => row.member_id)
    },

    async countMembers({ groupIds, objectType }) {
      if (groupIds.length === 0) return 0
      let query = queries
        .selectFrom('directory_member as m')
        .innerJoin('directory_object as o', 'o.object_id', 'm.member_id')
        .select((eb) => eb.fn.count<number>('m.member_id').distinct().as('count'))
        .where(isOneOf('m.group_id', groupIds))
        .where('o.presence', '=', 'present')
      if (objectType !== null) query = query.where('o.object_type', '=', objectType)
      const row = await first(session, query)
      return row?.count ?? 0
    },

    async membersAmong(groupId, memberIds) {
      if (memberIds.length === 0) return new Set()
      const rows = await session.all(
        queries
          .selectFrom('directory_member')
          .select('member_id')
          .where('group_id', '=', groupId)
          .where(isOneOf('member_id', memberIds)),
      )
      return new Set(rows.map((row) => row.member_id))
    },

    async listReports(managerId, after, limit) {
      let query = queries
        .selectFrom('directory_object')
        .select('object_id')
        .where('manager_id', '=', managerId)
        .where('presence', '=', 'present')
      if (after !== null) query = query.where('object_id', '>', after)
      const rows = await session.all(query.orderBy('object_id').limit(limit))
      return rows.map((row) => row.object_id)
    },

    async owners(ownedIds) {
      if (ownedIds.length === 0) return new Map()
      const rows = await session.all(
        queries
          .selectFrom('directory_owner')
          .select(['owned_id', 'owner_id'])
          .where(isOneOf('owned_id', ownedIds))
          .orderBy('owned_id')
          .orderBy('owner_id'),
      )
      return groupRows(
        rows,
        (row) => row.owned_id,
        (row) => row.owner_id,
      )
    },

    async ownedBy(ownerId) {
      const rows = await session.all(
        queries.selectFrom('directory_owner').select('owned_id').where('owner_id', '=', ownerId).orderBy('owned_id'),
      )
      return rows.map((row) => row.owned_id)
    },

    async getAssignment(assignmentId) {
      const row = await first(
        session,
        queries.selectFrom('directory_assignment').selectAll().where('assignment_id', '=', assignmentId),
      )
      return row === undefined ? null : toAssignment(row)
    },

    async listAssignmentsOf({ of, after, limit }) {
      const { column, id } = assignmentsOf(of)
      let query = queries
        .selectFrom('directory_assignment')
        .selectAll()
        .where(sql<SqlBool>`${sql.ref(column)} = ${id}`)
      if (after !== null) {
        const place = readPlace(after)
        query = query.where((eb) =>
          eb(eb.refTuple('principal_id', 'assignment_id'), '>', eb.tuple(eb.val(place.key), eb.val(place.id)) as never),
        )
      }
      const rows = await session.all(query.orderBy('principal_id').orderBy('assignment_id').limit(limit))
      return rows.map((row) => ({
        object: toAssignment(row),
        position: placeText(row.principal_id, row.assignment_id),
      }))
    },

    async countAssignmentsOf(of) {
      const { column, id } = assignmentsOf(of)
      const row = await first(
        session,
        queries
          .selectFrom('directory_assignment')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where(sql<SqlBool>`${sql.ref(column)} = ${id}`),
      )
      return row?.count ?? 0
    },
  }
}

const placeText = (key: string, id: string): string => JSON.stringify([key, id])

function readPlace(text: string): { readonly key: string; readonly id: string } {
  const place: unknown = parsed(text)
  if (Array.isArray(place)) {
    const [key, id] = place as readonly unknown[]
    if (typeof key === 'string' && typeof id === 'string' && !text.includes('\\u0000')) return { key, id }
  }
  throw new RangeError('The position is not one of this list.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
