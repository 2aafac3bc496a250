/*
 * Writes of the built-in directory. Every row that changes gets the next change number in the same transaction, so that
 * row and feed move together.
 */
import type { DirectoryStore, DirectoryTransaction } from '../store.ts'
import { keepCounter, takeNumbers } from './counters.ts'
import { createDirectoryReads } from './directory-reads.ts'
import { fromAssignment, fromDirectoryObject } from './directory-rows.ts'
import type { Database, Session } from './session.ts'

export function createDirectoryStore(database: Database): DirectoryStore {
  return {
    ...createDirectoryReads(database.committed),
    transaction: (work) =>
      database.transaction(async (session) => {
        // Writers of the directory take turns from their first statement: two that met later could wait for each other.
        await keepCounter(session, 'change')
        return work({ ...createDirectoryReads(session), ...createDirectoryWrites(session) })
      }),
  }
}

type DirectoryWrites = Omit<DirectoryTransaction, keyof ReturnType<typeof createDirectoryReads>>

function createDirectoryWrites(session: Session): DirectoryWrites {
  const { queries, isOneOf } = session.dialect
  return {
    async putObjects(objects) {
      if (objects.length === 0) return
      const firstNumber = await takeNumbers(session, 'change', objects.length)
      await session.put(
        'directory_object',
        objects.map((object, at) => fromDirectoryObject({ ...object, changeNumber: firstNumber + at })),
      )
    },

    async replaceMembers(groupId, memberIds) {
      const wanted = new Set(memberIds)
      const rows = await session.all(
        queries.selectFrom('directory_member').select('member_id').where('group_id', '=', groupId),
      )
      const present = new Set(rows.map((row) => row.member_id))
      const row = (memberId: string): { readonly group_id: string; readonly member_id: string } => ({
        group_id: groupId,
        member_id: memberId,
      })
      await session.remove('directory_member', [...present].filter((memberId) => !wanted.has(memberId)).map(row))
      await session.put('directory_member', [...wanted].filter((memberId) => !present.has(memberId)).map(row))
    },

    async putAssignments(assignments) {
      await session.put('directory_assignment', assignments.map(fromAssignment))
    },

    async deleteAssignments(assignmentIds) {
      if (assignmentIds.length === 0) return
      await session.run(queries.deleteFrom('directory_assignment').where(isOneOf('assignment_id', assignmentIds)))
    },

    async touch(objectIds) {
      if (objectIds.length === 0) return
      const firstNumber = await takeNumbers(session, 'change', objectIds.length)
      await session.set(
        'directory_object',
        'change_number',
        objectIds.map((objectId, at) => ({ object_id: objectId, change_number: firstNumber + at })),
      )
    },
  }
}
