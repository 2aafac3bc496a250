/*
 * The provisioning log (spec section 12): entries are stored and answered unchanged; what they are filtered and searched by
 * is copied into columns. Newest first; entries of one instant in the order they were written.
 */
import { sql, type SqlBool } from 'kysely'
import type {
  BeforeImage,
  ProvisioningAction,
  ProvisioningObjectSummary,
  ProvisioningStatus,
} from '../../vocabulary/index.ts'
import type { LogFilter, LogQuery, ProvisioningStore } from '../store.ts'
import { imageToText } from './image-text.ts'
import { takeNumbers } from './counters.ts'
import { foldText, foldTogether } from './folded-text.ts'
import { fromJson } from './json-columns.ts'
import type { Dialect } from './dialect.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row } from './tables.ts'

type Log = Pick<
  ProvisioningStore,
  | 'queryLog'
  | 'listLog'
  | 'countLog'
  | 'getLogEntry'
  | 'logPosition'
  | 'logAfter'
  | 'countRemovals'
  | 'countRemovalsIn'
  | 'purgeLog'
>

export function createLog(database: Database): Log {
  const { committed } = database
  const { queries } = database.dialect
  const selectEntries = queries
    .selectFrom('log_entry')
    .innerJoin('log_entry_text', 'log_entry_text.entry_number', 'log_entry.entry_number')

  return {
    async queryLog(query) {
      const page = await committed.all(
        matchingEntries(database, query)
          .orderBy('activity_at', 'desc')
          .orderBy('log_entry.entry_number', 'desc')
          .limit(query.limit + 1),
      )
      const shown = page.slice(0, query.limit)
      const last = shown.at(-1)
      const texts = await textsOf(
        database,
        shown.map((row) => row.entry_number),
      )
      return {
        entries: shown.flatMap((row) => texts.get(row.entry_number) ?? []),
        cursor: last !== undefined && page.length > query.limit ? cursorAfter(last) : null,
      }
    },

    async listLog({ order, after, limit, ...filter }) {
      const direction = order === 'newestFirst' ? 'desc' : 'asc'
      const matching = filteredEntries(database.dialect, filter)
      const rows = await committed.all(
        (after === null ? matching : matching.where(isBehind(placeOf(after), order)))
          .orderBy('activity_at', direction)
          .orderBy('log_entry.entry_number', direction)
          .limit(limit),
      )
      const texts = await textsOf(
        database,
        rows.map((row) => row.entry_number),
      )
      return rows.flatMap((row) => {
        const object = texts.get(row.entry_number)
        return object === undefined ? [] : [{ object, position: cursorAfter(row) }]
      })
    },

    async countLog(filter) {
      const entries = filteredEntries(database.dialect, filter).clearSelect()
      const row = await first(
        committed,
        entries.select((eb) => eb.fn.countAll<number>().as('count')),
      )
      return row?.count ?? 0
    },

    async getLogEntry(id) {
      const row = await first(committed, selectEntries.select('log_entry_text.entry').where('log_entry.id', '=', id))
      return row === undefined ? null : fromJson<ProvisioningObjectSummary>(row.entry)
    },

    async countRemovals(jobId, since) {
      const row = await first(
        committed,
        countedRemovals(database).where('job_id', '=', jobId).where('activity_at', '>=', since),
      )
      return row?.count ?? 0
    },

    async countRemovalsIn(cycleId) {
      const row = await first(committed, countedRemovals(database).where('cycle_id', '=', cycleId))
      return row?.count ?? 0
    },

    async logPosition() {
      const row = await first(committed, queries.selectFrom('counter').select('value').where('name', '=', 'logEntry'))
      return row?.value ?? 0
    },

    async logAfter(after, { limit, ...filter }) {
      const rows = await committed.all(
        filteredEntries(database.dialect, filter)
          .where('entry_number', '>', after)
          .orderBy('entry_number')
          .limit(limit),
      )
      const numbers = rows.map((row) => row.entry_number)
      const texts = await textsOf(database, numbers)
      return numbers.flatMap((number) => {
        const entry = texts.get(number)
        return entry === undefined ? [] : [{ number, entry }]
      })
    },

    purgeLog: (olderThan, limit) => database.transaction((session) => purgeSome(session, olderThan, limit)),
  }
}

type EntryPlace = Pick<Row<'log_entry'>, 'activity_at' | 'entry_number'>

/** Where its entries are, by the columns alone: no entry is read to find out whether it fits. */
export function filteredEntries({ queries, contains, isOneOf }: Dialect, query: LogFilter) {
  let matching = queries.selectFrom('log_entry').select(['activity_at', 'log_entry.entry_number'])
  if (query.jobId !== undefined) matching = matching.where('job_id', '=', query.jobId)
  if (query.jobIds !== undefined) matching = matching.where(isOneOf('job_id', query.jobIds))
  if (query.cycleId !== undefined) matching = matching.where('cycle_id', '=', query.cycleId)
  if (query.status !== undefined) matching = matching.where('status', '=', query.status)
  if (query.action !== undefined) matching = matching.where('action', '=', query.action)
  if (query.since !== undefined) matching = matching.where('activity_at', '>=', query.since)
  if (query.until !== undefined) matching = matching.where('activity_at', '<=', query.until)
  if (query.through !== undefined) matching = matching.where('log_entry.entry_number', '<=', query.through)
  if (query.changeId !== undefined) matching = matching.where('change_id', '=', query.changeId)
  // The index on codes leaves out what has none; saying so lets it be used.
  if (query.errorCode !== undefined)
    matching = matching.where('error_code', '=', query.errorCode).where('error_code', '<>', '')
  const { identityId } = query
  if (identityId !== undefined) {
    matching = matching.where((eb) => eb.or([eb('source_id', '=', identityId), eb('target_id', '=', identityId)]))
  }
  const text = foldText(query.text ?? '')
  if (text !== '') matching = matching.where(contains('folded_names', text))
  const system = foldText(query.system ?? '')
  if (system !== '') matching = matching.where(contains('folded_systems', system))
  return matching
}

function countedRemovals({ dialect }: Database) {
  return dialect.queries
    .selectFrom('log_entry')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('action', 'in', ['disable', 'delete'] satisfies ProvisioningAction[])
    .where('status', 'in', ['success', 'warning'] satisfies ProvisioningStatus[])
}

/** Places of the entries that are asked for, in no order. */
function matchingEntries({ dialect }: Database, query: Omit<LogQuery, 'limit'>) {
  const matching = filteredEntries(dialect, query)
  if (query.cursor === undefined) return matching
  return matching.where(isBehind(placeOf(query.cursor), 'newestFirst'))
}

function isBehind({ activity_at, entry_number }: EntryPlace, order: 'newestFirst' | 'oldestFirst') {
  return order === 'newestFirst'
    ? sql<SqlBool>`(activity_at, log_entry.entry_number) < (${activity_at}, ${entry_number})`
    : sql<SqlBool>`(activity_at, log_entry.entry_number) > (${activity_at}, ${entry_number})`
}

async function textsOf(
  { committed, dialect }: Database,
  entryNumbers: readonly number[],
): Promise<ReadonlyMap<number, ProvisioningObjectSummary>> {
  if (entryNumbers.length === 0) return new Map()
  const rows = await committed.all(
    dialect.queries
      .selectFrom('log_entry_text')
      .select(['entry_number', 'entry'])
      .where(dialect.isNumberOf('entry_number', entryNumbers)),
  )
  return new Map(rows.map((row) => [row.entry_number, fromJson<ProvisioningObjectSummary>(row.entry)]))
}

async function purgeSome(session: Session, olderThan: number, limit: number): Promise<number> {
  const { queries } = session.dialect
  const old = await session.all(
    queries
      .selectFrom('log_entry')
      .select('entry_number')
      .where('activity_at', '<', olderThan)
      .orderBy('activity_at')
      .orderBy('entry_number')
      .limit(limit),
  )
  await session.remove('log_entry_text', old)
  await session.remove('log_entry', old)
  return old.length
}

export interface NewLogEntry {
  readonly entry: ProvisioningObjectSummary
  readonly image: BeforeImage | undefined
}

/** Adds entries at the end of the log, in the order given. */
export async function appendLogEntries(session: Session, entries: readonly NewLogEntry[]): Promise<void> {
  if (entries.length === 0) return
  const firstNumber = await takeNumbers(session, 'logEntry', entries.length)
  await session.put(
    'log_entry',
    entries.map(({ entry }, at) => toRow(entry, firstNumber + at)),
  )
  await session.put(
    'log_entry_text',
    entries.map(({ entry, image }, at) => ({
      entry_number: firstNumber + at,
      entry: JSON.stringify(entry),
      before_image: image === undefined ? null : imageToText(image),
    })),
  )
}

function toRow(entry: ProvisioningObjectSummary, entryNumber: number): Row<'log_entry'> {
  const { sourceIdentity, targetIdentity, sourceSystem, targetSystem } = entry
  return {
    entry_number: entryNumber,
    id: entry.id,
    job_id: entry.jobId,
    cycle_id: entry.cycleId,
    change_id: entry.changeId,
    activity_at: Date.parse(entry.activityDateTime),
    status: entry.provisioningStatusInfo.status,
    action: entry.provisioningAction,
    source_id: sourceIdentity.id,
    target_id: targetIdentity.id,
    folded_names: foldTogether([
      sourceIdentity.displayName,
      targetIdentity.displayName,
      sourceIdentity.id,
      targetIdentity.id,
    ]),
    error_code: entry.provisioningStatusInfo.errorInformation?.errorCode ?? '',
    folded_systems: foldTogether([
      sourceSystem.displayName,
      targetSystem.displayName,
      sourceSystem.id,
      targetSystem.id,
    ]),
  }
}

export function cursorAfter(place: EntryPlace): string {
  return `${String(place.activity_at)}.${String(place.entry_number)}`
}

export function placeOf(cursor: string): EntryPlace {
  const parts = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor)
  if (parts === null) {
    throw new RangeError(
      `"${cursor}" is not a cursor of the provisioning log, so there is no page after it: begin again without a cursor.`,
    )
  }
  return { activity_at: Number(parts[1]), entry_number: Number(parts[2]) }
}
