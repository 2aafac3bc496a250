/*
 * The journal of the directory: what each write changed, for delta queries. Rows say what is; only the journal knows what
 * became different, who left a group, and which attribute it was. Entries are numbered in the order they are committed.
 */
import type { ObjectTypeName, SourceAttributes, SourceValue } from '../../vocabulary/index.ts'
import type { DirectoryJournalEntry, DirectoryObject, DirectoryStore, JournalReads } from '../store.ts'
import { takeNumbers } from './counters.ts'
import { fromJson } from './json-columns.ts'
import { first, type Database, type Session } from './session.ts'

export type JournalledChange = Partial<Omit<DirectoryJournalEntry, 'number' | 'objectId'>> & {
  readonly objectType: ObjectTypeName
  readonly objectId: string
}

const journalTypes: readonly ObjectTypeName[] = ['User', 'Group']

/** Ids in one entry: a large group's members are told of in several. */
const idsMax = 200

const nothing: Omit<DirectoryJournalEntry, 'number' | 'objectId'> = {
  attributes: [],
  managerBefore: null,
  membersAdded: [],
  membersRemoved: [],
  ownersAdded: [],
  ownersRemoved: [],
}

export function createJournalReads(session: Session): JournalReads {
  const { queries } = session.dialect
  return {
    async journalRange() {
      const row = await first(
        session,
        queries.selectNoFrom((eb) => [
          eb.selectFrom('counter').select('value').where('name', '=', 'journal').as('newest'),
          eb.selectFrom('named_value').select('value').where('name', '=', floorName).as('floor'),
        ]),
      )
      return { floor: Number(row?.floor ?? 0), newest: row?.newest ?? 0 }
    },
    async journalAfter(objectType, after, limit) {
      const rows = await session.all(
        queries
          .selectFrom('directory_journal')
          .select(['journal_number', 'object_id', 'change'])
          .where('object_type', '=', objectType)
          .where('journal_number', '>', after)
          .orderBy('journal_number')
          .limit(limit),
      )
      return rows.map((row) => ({
        ...nothing,
        ...fromJson<Partial<typeof nothing>>(row.change),
        number: row.journal_number,
        objectId: row.object_id,
      }))
    },
  }
}

export async function writeJournal(session: Session, changes: readonly JournalledChange[]): Promise<void> {
  if (changes.length === 0) return
  const firstNumber = await takeNumbers(session, 'journal', changes.length)
  await session.put(
    'directory_journal',
    changes.map(({ objectType, objectId, ...change }, at) => ({
      object_type: objectType,
      journal_number: firstNumber + at,
      object_id: objectId,
      change: JSON.stringify(change),
    })),
  )
}

/** Relations that came and went, in entries of a bearable size. */
export function relationChanges(
  { objectType, objectId }: Pick<JournalledChange, 'objectType' | 'objectId'>,
  relation: 'members' | 'owners',
  change: { readonly added: readonly string[]; readonly removed: readonly string[] },
): readonly JournalledChange[] {
  const [added, removed] =
    relation === 'members' ? (['membersAdded', 'membersRemoved'] as const) : (['ownersAdded', 'ownersRemoved'] as const)
  return [
    ...chunks(change.removed).map((ids) => ({ objectType, objectId, [removed]: ids })),
    ...chunks(change.added).map((ids) => ({ objectType, objectId, [added]: ids })),
  ]
}

function chunks(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / idsMax) }, (_, at) => ids.slice(at * idsMax, (at + 1) * idsMax))
}

/** What the new state of an object changes, or `null`. */
export function objectChange(
  before: Pick<DirectoryObject, 'presence' | 'attributes'> | undefined,
  after: Omit<DirectoryObject, 'changeNumber'>,
): JournalledChange | null {
  const { objectType, objectId } = after
  if (before?.presence !== after.presence) return { objectType, objectId, attributes: 'all' }
  const attributes = changedNames(before.attributes, after.attributes)
  if (attributes.length === 0) return null
  const { manager } = before.attributes
  const managerBefore = attributes.includes('manager') && typeof manager === 'string' ? { managerBefore: manager } : {}
  return { objectType, objectId, attributes, ...managerBefore }
}

function changedNames(before: SourceAttributes, after: SourceAttributes): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isSame(valueOf(before, name), valueOf(after, name)))
}

const valueOf = (attributes: SourceAttributes, name: string): SourceValue =>
  Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null

function isSame(one: SourceValue, other: SourceValue): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((item, at) => item === other[at])
}

// ---------------------------------------------------------------- forgetting

const floorName = 'directoryJournalFloor'
const marksName = 'directoryJournalMarks'
const markEveryMs = 60 * 60 * 1000

interface Mark {
  readonly at: number
  readonly number: number
}

/** Entries carry no time: marks say how far the journal was at an instant. */
export function pruneJournal(database: Database): DirectoryStore['pruneJournal'] {
  const { queries } = database.dialect
  return ({ now, keptMs, limit }) =>
    database.transaction(async (session) => {
      const stored = await first(
        session,
        queries.selectFrom('named_value').select('value').where('name', '=', marksName),
      )
      const marks = stored === undefined ? [] : fromJson<readonly Mark[]>(stored.value)
      const { floor, newest } = await createJournalReads(session).journalRange()
      const isMarked = marks.some(({ at }) => at > now - markEveryMs)
      const old = marks.findLast(({ at }) => at <= now - keptMs)
      const end = Math.max(floor, Math.min(old?.number ?? floor, floor + limit))
      for (const objectType of end > floor ? journalTypes : []) {
        await session.run(
          queries
            .deleteFrom('directory_journal')
            .where('object_type', '=', objectType)
            .where('journal_number', '<=', end),
        )
      }
      // A mark stays until everything before it is gone.
      const kept = marks.filter(({ at, number }) => old === undefined || at >= old.at || number > end)
      await session.put('named_value', [
        { name: floorName, value: String(end) },
        { name: marksName, value: JSON.stringify(isMarked ? kept : [...kept, { at: now, number: newest }]) },
      ])
      return end - floor
    })
}
