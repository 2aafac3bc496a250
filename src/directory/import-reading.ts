/*
 * Takes what was read from files into the directory: new people are added, changed ones changed, and only with `full`
 * are those the files do not name put into the recycle bin. One transaction: all of it or nothing.
 */
import type { DirectoryObject, DirectoryStore, DirectoryTransaction } from '../store/store.ts'
import type { ObjectTypeName, SourceAttributes, SourceValue } from '../vocabulary/index.ts'
import type { DirectoryFileReading, ImportedGroup, ImportedUser, RefusedRow } from './files/index.ts'
import { resolveMemberships, storeMemberships } from './imported-memberships.ts'
import { batches, existingObjects, knownIds, resolveManagers, underKnownIds } from './imported-references.ts'
import { managersFirst } from './managers-first.ts'

export interface ImportRequest {
  readonly reading: DirectoryFileReading
  /** The files hold everything there is: what they do not name is soft-deleted. */
  readonly full: boolean
  readonly now: number
  /** Most people a full import may put into the recycle bin; `null` takes the usual guard. */
  readonly removalsMax: number | null
  /** Work everything out, store nothing. */
  readonly dryRun: boolean
}

export interface ObjectCounts {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  readonly restored: number
  readonly softDeleted: number
}

export interface ImportOutcome {
  readonly users: ObjectCounts
  readonly groups: ObjectCounts
  readonly membersAdded: number
  readonly membersRemoved: number
  /** Who was put into the recycle bin, by name; at most 100. */
  readonly softDeletedNames: readonly string[]
  readonly notes: readonly string[]
  readonly refused: readonly RefusedRow[]
}

/** The import would remove more people than is believable; nothing was stored. */
export class TooManyRemovalsError extends Error {
  override readonly name = 'TooManyRemovalsError'
  readonly removals: number
  readonly present: number
  constructor(removals: number, present: number) {
    super(
      `The files do not name ${String(removals)} of ${String(present)} people: a full import would put them into the recycle bin, and their Slack accounts would be disabled. ` +
        `That is more than is usual in one import, so nothing was stored. If the files are complete, repeat with --allow-removals ${String(removals)}.`,
    )
    this.removals = removals
    this.present = present
  }
}

/** The files cannot be the whole directory, so nothing may be removed because of them. */
export class NotWholeError extends Error {
  override readonly name = 'NotWholeError'
}

/** Up to this many removals are believed at once; above, a fifth of everybody at most. */
const believableRemovals = 10
const believableShare = 0.2

/** Columns the file has replace what was there; an empty cell removes the value; other attributes stay. */
function mergedAttributes(before: SourceAttributes, imported: SourceAttributes): SourceAttributes {
  const merged = new Map<string, SourceValue>(Object.entries(before))
  for (const [name, value] of Object.entries(imported)) {
    if (name === 'objectId' || name === 'members') continue
    if (value === null) merged.delete(name)
    else merged.set(name, value)
  }
  return Object.fromEntries([...merged].sort(([one], [other]) => (one < other ? -1 : 1)))
}

const asComparable = (attributes: SourceAttributes): string =>
  JSON.stringify(
    Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)),
    (_, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value),
  )

interface Tally {
  created: number
  changed: number
  unchanged: number
  restored: number
  softDeleted: number
}

const emptyTally = (): Tally => ({ created: 0, changed: 0, unchanged: 0, restored: 0, softDeleted: 0 })

type Put = Omit<DirectoryObject, 'changeNumber'>

function compareWithStore(
  imported: readonly (ImportedUser | ImportedGroup)[],
  objectType: ObjectTypeName,
  existing: ReadonlyMap<string, DirectoryObject>,
  tally: Tally,
): readonly Put[] {
  return imported.flatMap((each): readonly Put[] => {
    const before = existing.get(each.objectId)
    const isBack = before !== undefined && before.presence !== 'present'
    const attributes = mergedAttributes(before?.attributes ?? {}, each.attributes)
    if (before !== undefined && !isBack && asComparable(before.attributes) === asComparable(attributes)) {
      tally.unchanged += 1
      return []
    }
    if (before === undefined) tally.created += 1
    else if (isBack) tally.restored += 1
    else tally.changed += 1
    return [{ objectId: each.objectId, objectType, presence: 'present', deletedAt: null, attributes }]
  })
}

const nameOf = (object: DirectoryObject): string => {
  const { displayName, userPrincipalName } = object.attributes
  return typeof displayName === 'string'
    ? displayName
    : typeof userPrincipalName === 'string'
      ? userPrincipalName
      : object.objectId
}

async function missingFrom(
  transaction: DirectoryTransaction,
  objectType: ObjectTypeName,
  named: ReadonlySet<string>,
): Promise<{ readonly missing: readonly DirectoryObject[]; readonly present: number }> {
  const present = await transaction.presentIds(objectType)
  const missing = await existingObjects(
    transaction,
    present.filter((id) => !named.has(id)),
  )
  return { missing: [...missing.values()], present: present.length }
}

const softDeleted = (object: DirectoryObject, now: number): Put => ({
  objectId: object.objectId,
  objectType: object.objectType,
  presence: 'softDeleted',
  deletedAt: now,
  attributes: object.attributes,
})

/** Thrown to roll a dry run back; it never leaves this file. */
class DryRunEnd extends Error {
  readonly outcome: ImportOutcome
  constructor(outcome: ImportOutcome) {
    super('dry run')
    this.outcome = outcome
  }
}

function refuseUnbelievable(request: ImportRequest, removals: number, present: number): void {
  const believable = request.removalsMax ?? Math.max(believableRemovals, Math.floor(present * believableShare))
  if (removals > believable) throw new TooManyRemovalsError(removals, present)
}

function refusePartial(reading: DirectoryFileReading): void {
  const { users, groups, reasons } = reading.completeness
  if (users !== 'partial' && groups !== 'partial') return
  throw new NotWholeError(
    `A full import removes whom the files do not name, and these files are not whole: ${reasons.join(' ')} Nothing was stored. Correct the files, or import without --full.`,
  )
}

interface Taken {
  /** Whose attributes or presence changed. */
  readonly moved: readonly string[]
  /** Groups that count as security groups from now on, or no longer. */
  readonly turned: readonly string[]
}

/** Takes them in page by page, so that what the directory holds already is never in memory as a whole. */
async function putImported(
  transaction: DirectoryTransaction,
  imported: readonly (ImportedUser | ImportedGroup)[],
  objectType: ObjectTypeName,
  tally: Tally,
): Promise<Taken> {
  const moved: string[] = []
  const turned: string[] = []
  for (const page of batches(imported)) {
    const existing = await existingObjects(
      transaction,
      page.map((each) => each.objectId),
    )
    const puts = compareWithStore(page, objectType, existing, tally)
    await transaction.putObjects(puts)
    for (const { objectId, attributes } of puts) {
      moved.push(objectId)
      const before = existing.get(objectId)
      if (before !== undefined && before.attributes['securityEnabled'] !== attributes['securityEnabled'])
        turned.push(objectId)
    }
  }
  return { moved, turned }
}

async function importInside(transaction: DirectoryTransaction, request: ImportRequest): Promise<ImportOutcome> {
  const reading = underKnownIds(request.reading, await knownIds(transaction, request.reading.users))
  const users = await resolveManagers(transaction, reading.users)
  const userTally = emptyTally()
  const groupTally = emptyTally()
  const removed: DirectoryObject[] = []
  if (request.full) {
    refusePartial(reading)
    const named = new Set([...users, ...reading.groups].map((each) => each.objectId))
    if (reading.completeness.users === 'whole') {
      const { missing, present } = await missingFrom(transaction, 'User', named)
      refuseUnbelievable(request, missing.length, present)
      userTally.softDeleted = missing.length
      removed.push(...missing)
    }
    if (reading.completeness.groups === 'whole') {
      const { missing } = await missingFrom(transaction, 'Group', named)
      groupTally.softDeleted = missing.length
      removed.push(...missing)
    }
  }
  const people = await putImported(transaction, managersFirst(users), 'User', userTally)
  const groups = await putImported(transaction, reading.groups, 'Group', groupTally)
  await transaction.putObjects(removed.map((object) => softDeleted(object, request.now)))
  const memberships = await resolveMemberships(transaction, reading)
  const stored = await storeMemberships(transaction, memberships)
  const removedIds = removed.map((object) => object.objectId)
  // Whoever was entitled through a group is concerned when it goes, or counts as a security group from now on, or no longer.
  const concerned = await transaction.members([...removedIds, ...groups.turned])
  const touched = new Set([...stored.moved, ...[...concerned.values()].flat()])
  const alreadyMoved = new Set([...people.moved, ...groups.moved, ...removedIds])
  await transaction.touch([...touched].filter((id) => !alreadyMoved.has(id)))
  return {
    users: userTally,
    groups: groupTally,
    membersAdded: stored.added,
    membersRemoved: stored.removed,
    softDeletedNames: removed.slice(0, 100).map(nameOf),
    notes: [...reading.notes, ...memberships.notes],
    refused: reading.refused,
  }
}

/** Throws `TooManyRemovalsError` or `NotWholeError` when a full import is not believable; then nothing was stored. */
export async function importReading(directory: DirectoryStore, request: ImportRequest): Promise<ImportOutcome> {
  try {
    return await directory.transaction(async (transaction) => {
      const outcome = await importInside(transaction, request)
      if (request.dryRun) throw new DryRunEnd(outcome)
      return outcome
    })
  } catch (error) {
    if (error instanceof DryRunEnd) return error.outcome
    throw error
  }
}
