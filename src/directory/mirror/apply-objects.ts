/*
 * What a page of a tenant's feed says, taken into the directory. Whatever order pages come in, and however often: the same
 * directory. Nobody is taken out here: who is said to be gone is noted, and asked for when the round is over.
 */
import type { DirectoryObject, DirectoryTransaction } from '../../store/store.ts'
import type { MirrorFeed, ObjectTypeName, SourceAttributes } from '../../vocabulary/index.ts'
import { cleared, isSame, touchMembers } from '../change-objects.ts'
import { managersFirst } from '../managers-first.ts'

/** One occurrence of an object in a feed. */
export interface MirroredObject {
  readonly objectId: string
  /** By mapping source names; `null` empties. */
  readonly attributes: SourceAttributes
  readonly membersAdded: readonly string[]
  readonly membersRemoved: readonly string[]
}

export interface MirrorPage {
  readonly objects: readonly MirroredObject[]
  /** Said to be gone, into the recycle bin or for good. */
  readonly removed: readonly string[]
}

export const typeOfFeed = { users: 'User', groups: 'Group' } as const satisfies Record<
  MirrorFeed['name'],
  ObjectTypeName
>
export const removedKind = { users: 'UserRemoved', groups: 'GroupRemoved' } as const

export const memberKey = (groupId: string, memberId: string): string => `${groupId} ${memberId}`

type Put = Omit<DirectoryObject, 'changeNumber'>

export interface Applied {
  /** Rows and memberships that are different now. */
  readonly changed: number
  /** Groups of which this round has said two things. */
  readonly doubtful: readonly string[]
}

export async function applyObjects(
  transaction: DirectoryTransaction,
  feed: MirrorFeed,
  page: MirrorPage,
): Promise<Applied> {
  const objectType = typeOfFeed[feed.name]
  const ids = [...new Set(page.objects.map((each) => each.objectId))]
  const puts = await changedRows(transaction, feed, page.objects)
  const before = new Map((await transaction.objects(puts.map((put) => put.objectId))).map((row) => [row.objectId, row]))
  await transaction.putObjects(objectType === 'User' ? managersFirst(puts) : puts)
  await transaction.noteMirrored(objectType, ids, feed.round)
  const known = await knownAmong(transaction, page.removed, objectType)
  await transaction.noteMirrored(removedKind[feed.name], known, feed.round)
  if (objectType === 'User') return { changed: puts.length, doubtful: [] }
  // Whoever is entitled through a group is concerned when it comes back, or counts as a security group from now on, or no longer.
  for (const put of puts) {
    const was = before.get(put.objectId)
    if (was === undefined) continue
    if (was.presence !== put.presence || was.attributes['securityEnabled'] !== put.attributes['securityEnabled'])
      await touchMembers(transaction, put.objectId)
  }
  const members = await applyMembers(transaction, feed, page.objects)
  return { changed: puts.length + members.changed, doubtful: members.doubtful }
}

/** Who was never here is not missed. */
async function knownAmong(
  transaction: DirectoryTransaction,
  ids: readonly string[],
  objectType: ObjectTypeName,
): Promise<readonly string[]> {
  const rows = await transaction.objects([...new Set(ids)])
  return rows
    .filter((row) => row.objectType === objectType && row.presence !== 'hardDeleted')
    .map((row) => row.objectId)
}

async function changedRows(
  transaction: DirectoryTransaction,
  feed: MirrorFeed,
  objects: readonly MirroredObject[],
): Promise<readonly Put[]> {
  const objectType = typeOfFeed[feed.name]
  const ids = [...new Set(objects.map((each) => each.objectId))]
  const before = new Map((await transaction.objects(ids)).map((row) => [row.objectId, row]))
  // A large group comes several times, at first perhaps with nothing but members.
  const attributesKind = objectType === 'User' ? 'User' : 'GroupAttributes'
  const rounds = new Map(await transaction.mirrorRounds(attributesKind, ids))
  const now = new Map<string, Put>()
  const described = new Set<string>()
  for (const { objectId, attributes } of objects) {
    const was = now.get(objectId) ?? before.get(objectId)
    const says = Object.keys(attributes).length > 0
    const isFirst = feed.kind === 'full' && says && rounds.get(objectId) !== feed.round
    if (says) {
      rounds.set(objectId, feed.round)
      described.add(objectId)
    }
    // What was never set is missing from the first occurrence of a full round; in any other what is missing is as it was.
    const isAnew = isFirst || was === undefined || was.presence === 'hardDeleted'
    now.set(objectId, {
      objectId,
      objectType,
      presence: 'present',
      deletedAt: null,
      attributes: cleared(isAnew ? attributes : { ...was.attributes, ...attributes }),
    })
  }
  if (objectType === 'Group') await transaction.noteMirrored('GroupAttributes', [...described], feed.round)
  return [...now.values()].filter((put) => {
    const was = before.get(put.objectId)
    return was?.presence !== 'present' || was.objectType !== objectType || !isSame(was.attributes, put.attributes)
  })
}

async function applyMembers(
  transaction: DirectoryTransaction,
  feed: MirrorFeed,
  objects: readonly MirroredObject[],
): Promise<Applied> {
  const groups = new Map<string, { readonly added: Set<string>; readonly removed: Set<string> }>()
  for (const { objectId, membersAdded, membersRemoved } of objects) {
    const change = groups.get(objectId) ?? { added: new Set<string>(), removed: new Set<string>() }
    for (const id of membersAdded) change.added.add(id)
    for (const id of membersRemoved) change.removed.add(id)
    groups.set(objectId, change)
  }
  const doubtful: string[] = []
  const moved = new Set<string>()
  let changed = 0
  for (const [groupId, { added, removed }] of groups) {
    const keys = (ids: ReadonlySet<string>): readonly string[] => [...ids].map((id) => memberKey(groupId, id))
    const isThisRound = (rounds: ReadonlyMap<string, number>): boolean =>
      [...rounds.values()].some((round) => round === feed.round)
    const isContradicted =
      [...added].some((id) => removed.has(id)) ||
      isThisRound(await transaction.mirrorRounds('MemberRemoved', keys(added))) ||
      (removed.size > 0 && feed.startsEmpty && feed.kind === 'full') ||
      isThisRound(await transaction.mirrorRounds('Member', keys(removed)))
    if (isContradicted) doubtful.push(groupId)
    const concerned = [...added, ...removed]
    const members = await transaction.membersAmong(groupId, concerned)
    const fresh = [...added].filter((id) => !members.has(id) && id !== groupId)
    const gone = [...removed].filter((id) => members.has(id) && !isContradicted)
    // The first import has nothing to compare with.
    if (!(feed.startsEmpty && feed.kind === 'full')) await transaction.noteMirrored('Member', keys(added), feed.round)
    await transaction.noteMirrored('MemberRemoved', keys(removed), feed.round)
    if (fresh.length === 0 && gone.length === 0) continue
    await transaction.changeMembers(groupId, { added: fresh, removed: gone })
    changed += fresh.length + gone.length
    for (const id of [...fresh, ...gone, groupId]) moved.add(id)
  }
  await transaction.touch([...moved])
  return { changed, doubtful }
}
