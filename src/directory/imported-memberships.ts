/*
 * Takes the memberships of the files into the directory. Only a list that is whole takes anybody out of a group.
 */
import type { DirectoryTransaction } from '../store/store.ts'
import type { DirectoryFileReading, ImportedGroup, ObjectReference } from './files/index.ts'
import { referenceFinder } from './imported-references.ts'

interface Memberships {
  readonly byGroup: ReadonlyMap<string, ReadonlySet<string>>
  /** Groups whose list is whole: who is not in it is no member any more. */
  readonly whole: ReadonlySet<string>
  readonly notes: readonly string[]
}

export async function resolveMemberships(
  transaction: DirectoryTransaction,
  reading: DirectoryFileReading,
): Promise<Memberships> {
  const find = referenceFinder(transaction)
  const byGroup = new Map<string, Set<string>>()
  const whole = new Set<string>()
  const unresolved: string[] = []
  for (const reference of reading.completeness.memberListsOf) {
    const groupId =
      reading.groups.find((group) => isSame(group, reference))?.objectId ?? (await find(reference, 'Group'))
    if (groupId === null) continue
    whole.add(groupId)
    if (!byGroup.has(groupId)) byGroup.set(groupId, new Set())
  }
  for (const membership of reading.memberships) {
    const groupId = membership.groupObjectId ?? (await find(membership.group, 'Group'))
    const memberId = membership.memberObjectId ?? (await find(membership.member, membership.memberType))
    if (groupId === null || memberId === null) {
      const what = groupId === null ? `group ${membership.group.value}` : `member ${membership.member.value}`
      unresolved.push(
        `${membership.file}, line ${String(membership.line)}: ${what} is neither in the files nor in the directory.`,
      )
      continue
    }
    const members = byGroup.get(groupId)
    if (members === undefined) byGroup.set(groupId, new Set([memberId]))
    else members.add(memberId)
  }
  const shown = unresolved.slice(0, 20)
  const more = unresolved.length - shown.length
  return {
    byGroup,
    whole,
    notes: more > 0 ? [...shown, `${String(more)} more memberships could not be resolved.`] : shown,
  }
}

function isSame(group: ImportedGroup, reference: ObjectReference): boolean {
  if (reference.by === 'objectId') return group.objectId === reference.value
  const name = group.attributes['displayName']
  return reference.by === 'displayName'
    ? typeof name === 'string' && name.toLowerCase() === reference.value.toLowerCase()
    : group.key === reference.value.toLowerCase()
}

export async function storeMemberships(
  transaction: DirectoryTransaction,
  memberships: Memberships,
): Promise<{ readonly added: number; readonly removed: number; readonly moved: ReadonlySet<string> }> {
  let added = 0
  let removed = 0
  const moved = new Set<string>()
  const before = await transaction.members([...memberships.byGroup.keys()])
  for (const [groupId, listed] of memberships.byGroup) {
    const had = new Set(before.get(groupId))
    const has = memberships.whole.has(groupId) ? listed : new Set([...had, ...listed])
    const joined = [...has].filter((member) => !had.has(member))
    const left = [...had].filter((member) => !has.has(member))
    if (joined.length === 0 && left.length === 0) continue
    added += joined.length
    removed += left.length
    await transaction.replaceMembers(groupId, [...has])
    for (const member of [...joined, ...left]) moved.add(member)
    moved.add(groupId)
  }
  return { added, removed, moved }
}
