/*
 * Writes of the built-in directory. Every row that changes gets the next change number in the same transaction, so that
 * row and feed move together; the journal learns in it what became different.
 */
import type { DirectoryObject, DirectoryStore, DirectoryTransaction } from '../store.ts'
import { forgetRolesOf } from './access.ts'
import { keepCounter, takeNumbers } from './counters.ts'
import { createApplicationWrites } from './directory-applications.ts'
import { objectChange, pruneJournal, relationChanges, writeJournal } from './directory-journal.ts'
import { createDirectoryReads } from './directory-reads.ts'
import { fromAssignment, fromDirectoryObject } from './directory-rows.ts'
import { createMirrorWrites } from './mirror.ts'
import type { Database, Session } from './session.ts'

export function createDirectoryStore(database: Database): DirectoryStore {
  return {
    ...createDirectoryReads(database.committed),
    pruneJournal: pruneJournal(database),
    transaction: (work) =>
      database.transaction(async (session) => {
        // Writers of the directory take turns from their first statement: two that met later could wait for each other.
        await keepCounter(session, 'change')
        return work({ ...createDirectoryReads(session), ...createDirectoryWrites(session) })
      }),
  }
}

type DirectoryWrites = Omit<DirectoryTransaction, keyof ReturnType<typeof createDirectoryReads>>

type Put = Omit<DirectoryObject, 'changeNumber'>

/** Rows compared with what was there at once. */
const comparedMax = 1000

interface IdChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

function createDirectoryWrites(session: Session): DirectoryWrites {
  const { queries, isOneOf } = session.dialect
  const reads = createDirectoryReads(session)

  /** Whoever goes leaves groups and ownerships without their rows moving; whoever comes back is in them again. */
  async function journalRelations(moved: readonly Put[], isBack: boolean): Promise<void> {
    const ids = moved.map((object) => object.objectId)
    const change = (id: string): IdChange => (isBack ? { added: [id], removed: [] } : { added: [], removed: [id] })
    const groupsOf = await reads.groupsOf(ids)
    for (const [memberId, groupIds] of groupsOf) {
      for (const objectId of groupIds)
        await writeJournal(session, relationChanges({ objectType: 'Group', objectId }, 'members', change(memberId)))
    }
    for (const ownerId of ids) {
      const groups = await reads.objects(await reads.ownedBy(ownerId))
      for (const { objectId } of groups)
        await writeJournal(session, relationChanges({ objectType: 'Group', objectId }, 'owners', change(ownerId)))
    }
  }

  /** A group that comes back has its members and owners again; whoever follows it had let go of them. */
  async function journalOwnRelations(group: Put): Promise<void> {
    const added = (ids: ReadonlyMap<string, readonly string[]>): IdChange => ({
      added: ids.get(group.objectId) ?? [],
      removed: [],
    })
    const members = added(await reads.members([group.objectId]))
    const owners = added(await reads.owners([group.objectId]))
    await writeJournal(session, [
      ...relationChanges(group, 'members', members),
      ...relationChanges(group, 'owners', owners),
    ])
  }

  async function journalObjects(objects: readonly Put[]): Promise<void> {
    const earlier = await reads.objects(objects.map((object) => object.objectId))
    const before = new Map<string, Pick<DirectoryObject, 'presence' | 'attributes'>>(
      earlier.map((object) => [object.objectId, object]),
    )
    const gone: Put[] = []
    const back: Put[] = []
    const changes = objects.flatMap((object) => {
      const was = before.get(object.objectId)
      const change = objectChange(was, object)
      before.set(object.objectId, object)
      if (was?.presence === 'present' && object.presence !== 'present') gone.push(object)
      if (was !== undefined && was.presence !== 'present' && object.presence === 'present') back.push(object)
      return change === null ? [] : [change]
    })
    await writeJournal(session, changes)
    if (gone.length > 0) await journalRelations(gone, false)
    if (back.length > 0) await journalRelations(back, true)
    for (const object of back) if (object.objectType === 'Group') await journalOwnRelations(object)
  }

  async function changeMembers(groupId: string, { added, removed }: IdChange): Promise<void> {
    const row = (memberId: string): { readonly group_id: string; readonly member_id: string } => ({
      group_id: groupId,
      member_id: memberId,
    })
    const present = await reads.membersAmong(groupId, [...added, ...removed])
    const gone = [...new Set(removed)].filter((memberId) => present.has(memberId))
    const fresh = [...new Set(added)].filter((memberId) => !present.has(memberId))
    await session.remove('directory_member', gone.map(row))
    await session.put('directory_member', fresh.map(row))
    const change = { added: fresh, removed: gone }
    await writeJournal(session, relationChanges({ objectType: 'Group', objectId: groupId }, 'members', change))
  }

  return {
    ...createApplicationWrites(session),
    ...createMirrorWrites(session),
    changeMembers,

    async putObjects(objects) {
      if (objects.length === 0) return
      for (let start = 0; start < objects.length; start += comparedMax)
        await journalObjects(objects.slice(start, start + comparedMax))
      const firstNumber = await takeNumbers(session, 'change', objects.length)
      await session.put(
        'directory_object',
        objects.map((object, at) => fromDirectoryObject({ ...object, changeNumber: firstNumber + at })),
      )
      const gone = objects.filter(({ presence }) => presence === 'hardDeleted').map(({ objectId }) => objectId)
      await forgetRolesOf(session, gone)
    },

    async replaceMembers(groupId, memberIds) {
      const wanted = new Set(memberIds)
      const rows = await session.all(
        queries.selectFrom('directory_member').select('member_id').where('group_id', '=', groupId),
      )
      const present = new Set(rows.map((row) => row.member_id))
      await changeMembers(groupId, {
        added: [...wanted].filter((memberId) => !present.has(memberId)),
        removed: [...present].filter((memberId) => !wanted.has(memberId)),
      })
    },

    async changeOwners(ownedId, { added, removed }) {
      const row = (ownerId: string): { readonly owned_id: string; readonly owner_id: string } => ({
        owned_id: ownedId,
        owner_id: ownerId,
      })
      const present = new Set((await reads.owners([ownedId])).get(ownedId))
      const gone = [...new Set(removed)].filter((ownerId) => present.has(ownerId))
      const fresh = [...new Set(added)].filter((ownerId) => !present.has(ownerId))
      await session.remove('directory_owner', gone.map(row))
      await session.put('directory_owner', fresh.map(row))
      // Applications have owners too, and no delta.
      const [owned] = await reads.objects([ownedId])
      const change = { added: fresh, removed: gone }
      if (owned !== undefined) await writeJournal(session, relationChanges(owned, 'owners', change))
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
