/*
 * Who is a member of a group, and who owns something. Members enter and leave with the group in the change feed: their
 * entitlement may have moved (spec 3.1).
 */
import type { DirectoryStore, DirectoryTransaction } from '../store/store.ts'
import { DirectoryRefusal, notThere } from './refusal.ts'

const alreadyLinked = (id: string, relation: string): DirectoryRefusal =>
  new DirectoryRefusal(
    'alreadyLinked',
    id,
    `One or more added object references already exist for the following modified properties: '${relation}'.`,
  )

const notLinked = (id: string, relation: string): DirectoryRefusal =>
  new DirectoryRefusal(
    'notLinked',
    id,
    `One or more removed object references do not exist for the following modified properties: '${relation}'.`,
  )

export async function linkMembers(
  transaction: DirectoryTransaction,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  const members = await transaction.objects(memberIds)
  for (const memberId of memberIds) {
    if (members.some((member) => member.objectId === memberId && member.presence === 'present')) continue
    if ((await transaction.applications([memberId])).length > 0)
      throw new DirectoryRefusal('badReference', memberId, 'Only people and groups can be members of a group here.')
    throw notThere(memberId)
  }
  if (memberIds.includes(groupId))
    throw new DirectoryRefusal('badReference', groupId, 'A group cannot be a member of itself.')
  const [already] = await transaction.membersAmong(groupId, memberIds)
  if (already !== undefined) throw alreadyLinked(already, 'members')
  await transaction.changeMembers(groupId, { added: memberIds, removed: [] })
  await transaction.touch([...new Set(memberIds), groupId])
}

export async function linkOwners(
  transaction: DirectoryTransaction,
  ownedId: string,
  ownerIds: readonly string[],
): Promise<void> {
  const people = await transaction.objects(ownerIds)
  const principals = await transaction.applications(ownerIds)
  for (const ownerId of ownerIds) {
    const person = people.find(({ objectId }) => objectId === ownerId)
    const principal = principals.find(({ objectId }) => objectId === ownerId)
    if ((person ?? principal)?.presence !== 'present') throw notThere(ownerId)
    if (person?.objectType === 'Group' || principal?.objectType === 'Application')
      throw new DirectoryRefusal('badReference', ownerId, 'Only people and service principals can be owners.')
  }
  const already = (await transaction.owners([ownedId])).get(ownedId) ?? []
  const [double] = ownerIds.filter((ownerId) => already.includes(ownerId))
  if (double !== undefined) throw alreadyLinked(double, 'owners')
  await transaction.changeOwners(ownedId, { added: ownerIds, removed: [] })
}

async function refuseAbsentGroup(transaction: DirectoryTransaction, groupId: string): Promise<void> {
  const [group] = await transaction.objects([groupId])
  if (group?.presence !== 'present' || group.objectType !== 'Group') throw notThere(groupId)
}

/** What is owned: a group, or an application or its service principal. */
async function refuseAbsent(transaction: DirectoryTransaction, ownedId: string): Promise<void> {
  const [application] = await transaction.applications([ownedId])
  if (application?.presence !== 'present') await refuseAbsentGroup(transaction, ownedId)
}

export async function addMember(directory: DirectoryStore, groupId: string, memberId: string): Promise<void> {
  await directory.transaction(async (transaction) => {
    await refuseAbsentGroup(transaction, groupId)
    await linkMembers(transaction, groupId, [memberId])
  })
}

export async function removeMember(directory: DirectoryStore, groupId: string, memberId: string): Promise<void> {
  await directory.transaction(async (transaction) => {
    await refuseAbsentGroup(transaction, groupId)
    const members = await transaction.membersAmong(groupId, [memberId])
    if (members.size === 0) throw notLinked(memberId, 'members')
    await transaction.changeMembers(groupId, { added: [], removed: [memberId] })
    await transaction.touch([memberId, groupId])
  })
}

export async function addOwner(directory: DirectoryStore, ownedId: string, ownerId: string): Promise<void> {
  await directory.transaction(async (transaction) => {
    await refuseAbsent(transaction, ownedId)
    await linkOwners(transaction, ownedId, [ownerId])
  })
}

export async function removeOwner(directory: DirectoryStore, ownedId: string, ownerId: string): Promise<void> {
  await directory.transaction(async (transaction) => {
    await refuseAbsent(transaction, ownedId)
    const owners = (await transaction.owners([ownedId])).get(ownedId) ?? []
    if (!owners.includes(ownerId)) throw notLinked(ownerId, 'owners')
    await transaction.changeOwners(ownedId, { added: [], removed: [ownerId] })
  })
}
