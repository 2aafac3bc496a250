/*
 * Reads of the built-in directory: the change feed, objects, members, assignments. The same code reads what is committed
 * and, inside a transaction, what it has written so far.
 */
import { sql } from 'kysely'
import type { ObjectTypeName, SourcePresence } from '../../vocabulary/index.ts'
import type { DirectoryReads } from '../store.ts'
import { createApplicationReads } from './directory-applications.ts'
import { createJournalReads } from './directory-journal.ts'
import { createDirectoryLists } from './directory-lists.ts'
import {
  directoryObjectColumns,
  lookedUpTexts,
  toAssignment,
  toAssignmentPath,
  toDirectoryObject,
  type PathRow,
} from './directory-rows.ts'
import { foldForIndex, foldText } from './folded-text.ts'
import { compareTexts, groupRows } from './grouped-rows.ts'
import { createMirrorReads } from './mirror.ts'
import { first, type Session } from './session.ts'

const objectTypes: readonly ObjectTypeName[] = ['User', 'Group']
const presences: readonly SourcePresence[] = ['present', 'softDeleted', 'hardDeleted']

export function createDirectoryReads(session: Session): DirectoryReads {
  const { queries, isOneOf, contains, behind } = session.dialect
  const selectObjects = queries.selectFrom('directory_object').select(directoryObjectColumns)

  return {
    ...createDirectoryLists(session),
    ...createJournalReads(session),
    ...createApplicationReads(session),
    ...createMirrorReads(session),

    async changesAfter(after, limit) {
      const rows = await session.all(
        selectObjects.where('change_number', '>', after).orderBy('change_number').limit(limit),
      )
      return rows.map(toDirectoryObject)
    },

    async changesWaiting(after) {
      const row = await first(
        session,
        queries.selectNoFrom((eb) => [
          eb
            .selectFrom('directory_object')
            .select((count) => count.fn.countAll<number>().as('count'))
            .where('change_number', '>', after)
            .as('count'),
          eb
            .selectFrom('directory_object')
            .select((max) => max.fn.max('change_number').as('newest'))
            .as('newest'),
        ]),
      )
      return { count: row?.count ?? 0, newest: row?.newest ?? 0 }
    },

    async objects(objectIds) {
      if (objectIds.length === 0) return []
      const rows = await session.all(selectObjects.where(isOneOf('object_id', objectIds)).orderBy('object_id'))
      return rows.map(toDirectoryObject)
    },

    async lookUp(text) {
      const key = foldForIndex(text)
      if (key === '') return []
      const rows = await session.all(
        selectObjects
          .where((eb) => {
            // Indexes begin with type and presence: all of them are named, so that each alternative finds its index.
            const anywhere = eb.and([eb('object_type', 'in', objectTypes), eb('presence', 'in', presences)])
            return eb.or([
              eb('folded_id', '=', key),
              eb.and([anywhere, eb('folded_principal_name', '=', key)]),
              eb.and([anywhere, eb('folded_mail', '=', key)]),
              eb('folded_display_name', '=', key),
            ])
          })
          .orderBy('object_id'),
      )
      const wanted = foldText(text)
      const found = rows
        .map(toDirectoryObject)
        .filter(({ presence, objectId }) => presence !== 'hardDeleted' || foldText(objectId) === wanted)
        .filter((object) => lookedUpTexts(object).some((name) => foldText(name) === wanted))
      return [
        ...found.filter(({ objectId }) => objectId === text),
        ...found.filter(({ objectId }) => objectId !== text),
      ]
    },

    async search({ text, objectType, limit, offset }) {
      const wanted = foldText(text)
      let matching = queries.selectFrom('directory_object').where('presence', '<>', 'hardDeleted')
      if (objectType !== undefined) matching = matching.where('object_type', '=', objectType)
      if (wanted !== '') matching = matching.where(contains('folded_names', wanted))
      const counted = await first(
        session,
        matching.select((eb) => eb.fn.countAll<number>().as('total')),
      )
      const rows = await session.all(
        matching
          .select(directoryObjectColumns)
          .orderBy('folded_display_name')
          .orderBy('object_id')
          .limit(limit)
          .offset(offset),
      )
      return { objects: rows.map(toDirectoryObject), total: counted?.total ?? 0 }
    },

    async counts() {
      const rows = await session.all(
        queries
          .selectFrom('directory_object')
          .select((eb) => ['object_type', 'presence', eb.fn.countAll<number>().as('count')])
          .groupBy(['object_type', 'presence'])
          .orderBy('object_type')
          .orderBy('presence'),
      )
      return rows.map((row) => ({
        objectType: row.object_type as ObjectTypeName,
        presence: row.presence as SourcePresence,
        count: row.count,
      }))
    },

    async principalDomains() {
      const domain = behind('folded_principal_name', '@')
      const rows = await session.all(
        queries
          .selectFrom('directory_object')
          .select((eb) => [domain.as('domain'), eb.fn.countAll<number>().as('people')])
          .where('object_type', '=', 'User')
          .where('presence', '=', 'present')
          .where(contains('folded_principal_name', '@'))
          .groupBy(domain)
          .orderBy('people', 'desc')
          .orderBy('domain')
          .limit(1000),
      )
      return rows
    },

    async presentIds(objectType) {
      const rows = await session.all(
        queries
          .selectFrom('directory_object')
          .select('object_id')
          .where('object_type', '=', objectType)
          .where('presence', '=', 'present')
          .orderBy('object_id'),
      )
      return rows.map((row) => row.object_id)
    },

    async members(groupIds) {
      if (groupIds.length === 0) return new Map()
      const rows = await session.all(
        queries
          .selectFrom('directory_member')
          .select(['group_id', 'member_id'])
          .where(isOneOf('group_id', groupIds))
          .orderBy('group_id')
          .orderBy('member_id'),
      )
      return groupRows(
        rows,
        (row) => row.group_id,
        (row) => row.member_id,
      )
    },

    async groupsOf(memberIds) {
      if (memberIds.length === 0) return new Map()
      const rows = await session.all(
        queries
          .selectFrom('directory_member')
          .select(['group_id', 'member_id'])
          .where(isOneOf('member_id', memberIds))
          .orderBy('member_id')
          .orderBy('group_id'),
      )
      return groupRows(
        rows,
        (row) => row.member_id,
        (row) => row.group_id,
      )
    },

    async assignments(servicePrincipalId, principalIds) {
      if (principalIds.length === 0) return new Map()
      const rows = await session.all(
        queries
          .selectFrom('directory_assignment')
          .selectAll()
          .where('service_principal_id', '=', servicePrincipalId)
          .where(isOneOf('principal_id', principalIds))
          .orderBy('principal_id')
          .orderBy('assignment_id'),
      )
      return groupRows(rows, (row) => row.principal_id, toAssignment)
    },

    async listAssignments(servicePrincipalId) {
      const rows = await session.all(
        queries
          .selectFrom('directory_assignment')
          .selectAll()
          .where('service_principal_id', '=', servicePrincipalId)
          .orderBy('principal_id')
          .orderBy('assignment_id'),
      )
      return rows.map(toAssignment)
    },

    /**
     * One statement: between two, an assignment moved from a person to a group would be seen in neither place, and the
     * person would lose the account. `cross join` keeps SQLite in this order, from the few members to their groups.
     */
    async assignmentPaths(servicePrincipalId, objectIds) {
      if (objectIds.length === 0) return new Map()
      const direct = queries
        .selectFrom('directory_assignment as a')
        .select([
          'a.principal_id as object_id',
          sql<string | null>`null`.as('group_id'),
          sql<string | null>`null`.as('group_display_name'),
          'a.app_role_id',
          'a.app_role_display_name',
          'a.app_role_value',
          'a.assignment_id',
        ])
        .where('a.service_principal_id', '=', servicePrincipalId)
        .where(isOneOf('a.principal_id', objectIds))
      const throughGroups = queries
        .selectFrom('directory_member as m')
        .crossJoin('directory_assignment as a')
        .crossJoin('directory_object as g')
        .select([
          'm.member_id as object_id',
          'm.group_id as group_id',
          'g.display_name as group_display_name',
          'a.app_role_id',
          'a.app_role_display_name',
          'a.app_role_value',
          'a.assignment_id',
        ])
        .where(isOneOf('m.member_id', objectIds))
        .whereRef('a.principal_id', '=', 'm.group_id')
        .where('a.service_principal_id', '=', servicePrincipalId)
        .whereRef('g.object_id', '=', 'm.group_id')
        .where('g.presence', '=', 'present')
      const rows: readonly (PathRow & { readonly object_id: string; readonly assignment_id: string })[] =
        await session.all(direct.unionAll(throughGroups))
      const ordered = rows.toSorted(
        (a, b) => compareTexts(a.group_id ?? '', b.group_id ?? '') || compareTexts(a.assignment_id, b.assignment_id),
      )
      return groupRows(ordered, (row) => row.object_id, toAssignmentPath)
    },
  }
}
