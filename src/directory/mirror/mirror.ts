/*
 * The directory as the mirror of a tenant: each page of its feeds is stored together with the place where reading goes on, so
 * that a stop anywhere loses nothing and repeats are harmless. Two processes that read at once do not spoil each other: a page
 * counts only where the feed still stands as it was when the page was asked for.
 */
import type { DirectoryStore, DirectoryTransaction } from '../../store/store.ts'
import type { MirrorFeed, MirrorFeedName, SourcePresence } from '../../vocabulary/index.ts'
import { removeForGood, touchMembers } from '../change-objects.ts'
import { applyObjects, memberKey, removedKind, typeOfFeed, type MirrorPage } from './apply-objects.ts'
import {
  lackingAssignments,
  replaceAssignments,
  type LackingAssignments,
  type MirroredAssignment,
} from './replace-assignments.ts'

export interface PageStored {
  readonly feed: MirrorFeed
  /** Rows and memberships that are different now; 0 also when somebody else has stored the page. */
  readonly changed: number
}

export interface Whereabouts {
  readonly objectId: string
  /** `null`: it is not known, so everything stays as it is and is asked again. */
  readonly presence: SourcePresence | null
  readonly deletedAt: number | null
}

export interface Mirror {
  feed(name: MirrorFeedName): Promise<MirrorFeed | null>
  /** Begins the next round of a feed; nothing of an earlier one is read further. */
  beginRound(
    name: MirrorFeedName,
    round: Pick<MirrorFeed, 'kind' | 'link' | 'select' | 'expected' | 'beganAt'>,
  ): Promise<MirrorFeed>
  /** Stores a page and where reading goes on, both or neither. */
  storePage(feed: MirrorFeed, page: MirrorPage, next: Pick<MirrorFeed, 'phase' | 'link'>): Promise<PageStored>
  /** Who may be gone: said to be by a page, or not seen in a round that read everything. */
  candidates(feed: MirrorFeed, after: string | null, limit: number): Promise<readonly string[]>
  /** How many of everybody the full round has not seen. */
  countUnseen(feed: MirrorFeed): Promise<{ readonly all: number; readonly unseen: number }>
  /** Takes over where they are; answers how many rows are different now. */
  storeWhereabouts(feed: MirrorFeed, found: readonly Whereabouts[], now: number): Promise<number>
  /** Groups whose members the round does not tell for certain. */
  groupsToRead(feed: MirrorFeed): Promise<readonly string[]>
  /** A whole reading of one group's members; answers how many came or went. */
  storeMembers(groupId: string, memberIds: readonly string[]): Promise<number>
  endRound(feed: MirrorFeed, now: number): Promise<MirrorFeed>
  lackingAssignments(
    servicePrincipalIds: readonly string[],
    reading: readonly MirroredAssignment[],
  ): Promise<LackingAssignments>
  /** Takes over the assignments of the tenant's application for these of Muster's own: those the reading lacks go. */
  replaceAssignments(
    servicePrincipalIds: readonly string[],
    reading: readonly MirroredAssignment[],
  ): Promise<{ readonly changed: number }>
  /** Small things that are remembered beside it. */
  value(name: string): Promise<string | null>
  setValue(name: string, value: string): Promise<void>
  /** Which of these the tenant has, or had. */
  mirroredAmong(objectIds: readonly string[]): Promise<ReadonlySet<string>>
}

const stateOf = (name: MirrorFeedName): string => `feed ${name}`

/** A tombstone that contradicts what the tenant shows is believed no more after so many rounds. */
const doubtRounds = 10
/** What is gone is missed in no round. */
const goneRound = Number.MAX_SAFE_INTEGER
const batchMax = 500

export function createMirror(directory: DirectoryStore): Mirror {
  const read = async (
    reads: Pick<DirectoryTransaction, 'mirrorState'>,
    name: MirrorFeedName,
  ): Promise<MirrorFeed | null> => {
    const text = await reads.mirrorState(stateOf(name))
    return text === null ? null : (JSON.parse(text) as MirrorFeed)
  }
  const write = (transaction: DirectoryTransaction, feed: MirrorFeed): Promise<void> =>
    transaction.putMirrorState(stateOf(feed.name), JSON.stringify(feed))

  /** Whether the feed still stands there. */
  const isAt = (stored: MirrorFeed | null, feed: MirrorFeed): stored is MirrorFeed =>
    stored?.round === feed.round && stored.phase === feed.phase && stored.link === feed.link

  return {
    feed: (name) => read(directory, name),

    beginRound: (name, { kind, link, select, expected, beganAt }) =>
      directory.transaction(async (transaction) => {
        const before = await read(transaction, name)
        const objectType = typeOfFeed[name]
        const startsEmpty =
          kind === 'full' && before?.isComplete !== true && (await transaction.presentIds(objectType)).length === 0
        const feed: MirrorFeed = {
          name,
          round: (before?.round ?? 0) + 1,
          kind,
          phase: 'reading',
          link,
          select,
          isComplete: before?.isComplete ?? false,
          startsEmpty,
          doubtful: [],
          beganAt,
          endedAt: null,
          pages: 0,
          objects: 0,
          expected,
        }
        if (name === 'groups')
          for (const kind of ['Member', 'MemberRemoved'] as const) await transaction.forgetMirrored(kind, 'all')
        await write(transaction, feed)
        return feed
      }),

    storePage: (feed, page, next) =>
      directory.transaction(async (transaction) => {
        const stored = await read(transaction, feed.name)
        if (!isAt(stored, feed)) return { feed: stored ?? feed, changed: 0 }
        const { changed, doubtful } = await applyObjects(transaction, stored, page)
        const after: MirrorFeed = {
          ...stored,
          ...next,
          pages: stored.pages + 1,
          objects: stored.objects + page.objects.length,
          doubtful: [...new Set([...stored.doubtful, ...doubtful])],
        }
        await write(transaction, after)
        return { feed: after, changed }
      }),

    async candidates(feed, after, limit) {
      const said = await directory.mirrorUnseen({
        kind: removedKind[feed.name],
        round: feed.round + 1,
        after,
        limit,
      })
      if (feed.kind !== 'full') return said
      const unseen = await directory.mirrorUnseen({ kind: typeOfFeed[feed.name], round: feed.round, after, limit })
      return [...new Set([...said, ...unseen])].sort().slice(0, limit)
    },

    countUnseen: (feed) => directory.countMirrored(typeOfFeed[feed.name], feed.kind === 'full' ? feed.round : 0),

    storeWhereabouts: (feed, found, now) =>
      directory.transaction(async (transaction) => {
        if (!isAt(await read(transaction, feed.name), feed)) return 0
        return await storeWhereabouts(transaction, feed, found, now)
      }),

    async groupsToRead(feed) {
      if (feed.name !== 'groups') return []
      const toRead = new Set(feed.doubtful)
      if (feed.kind !== 'full' || feed.startsEmpty) return [...toRead]
      const groupIds = await directory.presentIds('Group')
      for (let start = 0; start < groupIds.length; start += batchMax) {
        const batch = groupIds.slice(start, start + batchMax)
        const seen = await directory.mirrorRounds('Group', batch)
        const members = await directory.members(batch.filter((id) => seen.get(id) === feed.round))
        for (const [groupId, memberIds] of members) {
          const rounds = await directory.mirrorRounds(
            'Member',
            memberIds.map((id) => memberKey(groupId, id)),
          )
          if (rounds.size < memberIds.length) toRead.add(groupId)
        }
      }
      return [...toRead]
    },

    storeMembers: (groupId, memberIds) =>
      directory.transaction(async (transaction) => {
        const had = new Set((await transaction.members([groupId])).get(groupId))
        const has = new Set(memberIds)
        const joined = [...has].filter((id) => !had.has(id) && id !== groupId)
        const left = [...had].filter((id) => !has.has(id))
        if (joined.length === 0 && left.length === 0) return 0
        await transaction.changeMembers(groupId, { added: joined, removed: left })
        await transaction.touch([...joined, ...left, groupId])
        return joined.length + left.length
      }),

    endRound: (feed, now) =>
      directory.transaction(async (transaction) => {
        const stored = await read(transaction, feed.name)
        if (!isAt(stored, feed)) return stored ?? feed
        const after: MirrorFeed = {
          ...stored,
          phase: 'done',
          isComplete: true,
          doubtful: [],
          endedAt: now,
        }
        await write(transaction, after)
        return after
      }),

    lackingAssignments: (servicePrincipalIds, reading) => lackingAssignments(directory, servicePrincipalIds, reading),

    replaceAssignments: (servicePrincipalIds, reading) =>
      directory.transaction(async (transaction) => ({
        changed: await replaceAssignments(transaction, servicePrincipalIds, reading),
      })),

    value: (name) => directory.mirrorState(name),
    setValue: (name, value) => directory.transaction((transaction) => transaction.putMirrorState(name, value)),

    async mirroredAmong(objectIds) {
      const users = await directory.mirrorRounds('User', objectIds)
      const groups = await directory.mirrorRounds('Group', objectIds)
      return new Set([...users.keys(), ...groups.keys()])
    },
  }
}

async function storeWhereabouts(
  transaction: DirectoryTransaction,
  feed: MirrorFeed,
  found: readonly Whereabouts[],
  now: number,
): Promise<number> {
  const objectType = typeOfFeed[feed.name]
  const said = removedKind[feed.name]
  const ids = found.map((each) => each.objectId)
  const rows = new Map((await transaction.objects(ids)).map((row) => [row.objectId, row]))
  const saidIn = await transaction.mirrorRounds(said, ids)
  let changed = 0
  for (const { objectId, presence, deletedAt } of found) {
    const row = rows.get(objectId)
    if (presence === null) continue
    if (presence !== 'present' || row === undefined) {
      await transaction.forgetMirrored(said, [objectId])
      // Not looked for any more, until it is seen again.
      await transaction.noteMirrored(objectType, [objectId], goneRound)
    } else {
      await transaction.noteMirrored(objectType, [objectId], feed.round)
      if ((saidIn.get(objectId) ?? 0) <= feed.round - doubtRounds) await transaction.forgetMirrored(said, [objectId])
    }
    if (row === undefined || row.presence === presence || row.objectType !== objectType) continue
    if (presence === 'hardDeleted') await removeForGood(transaction, row, now)
    else {
      const { changeNumber: _, ...put } = row
      const isBin = presence === 'softDeleted'
      await transaction.putObjects([{ ...put, presence, deletedAt: isBin ? (deletedAt ?? now) : null }])
      await touchMembers(transaction, objectId)
    }
    changed += 1
  }
  return changed
}
