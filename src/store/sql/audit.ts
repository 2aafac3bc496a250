/*
 * The audit log: one chain for all processes. Whoever appends holds the counter until its transaction ends, so that the next
 * one sees what it has to follow; it is taken last in a transaction, so that nobody waits in a circle.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  auditInitiatorName,
  type AuditCheckpoint,
  type AuditVerification,
  type DirectoryAudit,
  type SealedAudit,
  systemInitiator,
} from '../../vocabulary/index.ts'
import { chainBegin, chainFault, sealHash, type ChainFault } from '../audit-chain.ts'
import type { AuditQuery, AuditStore, DescribeChange } from '../store.ts'
import { keepCounter, takeNumbers } from './counters.ts'
import { foldText, foldTogether } from './folded-text.ts'
import { toJob } from './job-rows.ts'
import { fromJson } from './json-columns.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row } from './tables.ts'

const checkpointName = 'auditCheckpoint'
/** Entries read at once to prove them. */
const provedAtOnce = 500

type Columns = Pick<Row<'audit_entry'>, 'id' | 'activity_at' | 'activity' | 'result' | 'initiator' | 'folded_text'>

function columnsOf(entry: DirectoryAudit): Columns {
  const initiator = auditInitiatorName(entry.initiatedBy)
  return {
    id: entry.id,
    activity_at: Date.parse(entry.activityDateTime),
    activity: entry.activityDisplayName,
    result: entry.result,
    initiator: foldText(initiator),
    folded_text: foldTogether([
      entry.activityDisplayName,
      initiator,
      entry.resultReason,
      ...entry.targetResources.flatMap(({ id, displayName, modifiedProperties }) => [
        id ?? '',
        displayName ?? '',
        ...modifiedProperties.flatMap((each) => [each.displayName, each.oldValue ?? '', each.newValue ?? '']),
      ]),
      ...entry.additionalDetails.flatMap(({ key, value }) => [key, value]),
    ]),
  }
}

const toSealed = (row: Row<'audit_entry'>): SealedAudit => ({
  number: row.entry_number,
  previousHash: row.previous_hash,
  hash: row.hash,
  entry: fromJson<DirectoryAudit>(row.entry),
})

async function checkpointOf(session: Session): Promise<AuditCheckpoint | null> {
  const { queries } = session.dialect
  const row = await first(session, queries.selectFrom('named_value').select('value').where('name', '=', checkpointName))
  return row === undefined ? null : fromJson<AuditCheckpoint>(row.value)
}

async function appendEntry(session: Session, entry: DirectoryAudit): Promise<void> {
  const { queries } = session.dialect
  const number = await takeNumbers(session, 'auditEntry', 1)
  const last = await first(
    session,
    queries.selectFrom('audit_entry').select('hash').orderBy('entry_number', 'desc').limit(1),
  )
  const previousHash = last?.hash ?? (await checkpointOf(session))?.hash ?? chainBegin.hash
  await session.put('audit_entry', [
    {
      entry_number: number,
      ...columnsOf(entry),
      entry: JSON.stringify(entry),
      previous_hash: previousHash,
      hash: sealHash(number, previousHash, entry),
    },
  ])
}

/** What is done inside `during`, and whether anything was told of it. */
interface Telling {
  readonly describe: DescribeChange
  hasTold: boolean
}

export interface Auditing {
  /** The same database; transactions that change something inside `during` carry an entry. */
  readonly database: Database
  readonly during: AuditStore['during']
  /** A change made now would be the first one to tell of: it must go through `database`. */
  isExpectant(): boolean
}

export function createAuditing(plain: Database): Auditing {
  const within = new AsyncLocalStorage<Telling>()

  async function tell(session: Session, telling: Telling): Promise<boolean> {
    const entry = await telling.describe(async (jobId) => {
      const { queries } = session.dialect
      const row = await first(session, queries.selectFrom('job').selectAll().where('job_id', '=', jobId))
      return row === undefined ? null : toJob(row)
    })
    if (entry === null) return false
    await appendEntry(session, entry)
    return true
  }

  return {
    during: (describe, work) => within.run({ describe, hasTold: false }, work),
    isExpectant: () => within.getStore()?.hasTold === false,
    database: {
      ...plain,
      async transaction(work) {
        const telling = within.getStore()
        if (telling === undefined) return await plain.transaction(work)
        let hasTold = false
        const result = await plain.transaction(async (session) => {
          const watched = watchWrites(session)
          const answer = await work(watched.session)
          if (watched.hasWritten()) hasTold = await tell(session, telling)
          return answer
        })
        if (hasTold) telling.hasTold = true
        return result
      },
    },
  }
}

function watchWrites(session: Session): { readonly session: Session; readonly hasWritten: () => boolean } {
  let hasWritten = false
  return {
    hasWritten: () => hasWritten,
    session: {
      ...session,
      async run(query) {
        const touched = await session.run(query)
        hasWritten ||= touched > 0
        return touched
      },
      async put(table, rows) {
        hasWritten ||= rows.length > 0
        await session.put(table, rows)
      },
      async remove(table, keys) {
        hasWritten ||= keys.length > 0
        await session.remove(table, keys)
      },
      async set(table, column, rows) {
        hasWritten ||= rows.length > 0
        await session.set(table, column, rows)
      },
    },
  }
}

export function createAudit(database: Database, during: AuditStore['during']): AuditStore {
  const { committed, dialect } = database
  const { queries } = dialect

  async function prove(): Promise<AuditVerification> {
    const checkpoint = await checkpointOf(committed)
    const written = await first(
      committed,
      queries.selectFrom('counter').select('value').where('name', '=', 'auditEntry'),
    )
    let before = checkpoint ?? chainBegin
    let entries = 0
    let broken: ChainFault | null = null
    for (;;) {
      const rows = await committed.all(
        queries
          .selectFrom('audit_entry')
          .selectAll()
          .where('entry_number', '>', before.number)
          .orderBy('entry_number')
          .limit(provedAtOnce),
      )
      for (const { entry_number: number, previous_hash: previousHash, hash, entry: text, ...columns } of rows) {
        broken = chainFault(before, { number, previousHash, hash, text, columns }, (entry) => ({ ...columnsOf(entry) }))
        if (broken !== null) break
        before = { number, hash }
        entries += 1
      }
      if (broken !== null || rows.length < provedAtOnce) break
    }
    const due = written?.value ?? 0
    if (broken === null && before.number < due) {
      const found = `The chain ends at entry ${String(before.number)}, and ${String(due)} were written: the newest are missing.`
      broken = { number: before.number + 1, id: null, found }
    }
    return { isIntact: broken === null, entries, checkpoint, head: before.number === 0 ? null : before, broken }
  }

  return {
    during,
    append: (entry) => database.transaction((session) => appendEntry(session, entry)),

    async query(query) {
      const rows = await committed.all(
        matchingEntries(database, query)
          .selectAll()
          .orderBy('entry_number', query.oldestFirst === true ? 'asc' : 'desc')
          .limit(query.limit + 1),
      )
      const shown = rows.slice(0, query.limit)
      return {
        entries: shown.map(toSealed),
        cursor: rows.length > query.limit ? (shown.at(-1)?.entry_number ?? null) : null,
      }
    },

    async count(query) {
      const entries = matchingEntries(database, query)
      const row = await first(
        committed,
        entries.select((eb) => eb.fn.countAll<number>().as('count')),
      )
      return row?.count ?? 0
    },

    async get(id) {
      const row = await first(committed, queries.selectFrom('audit_entry').selectAll().where('id', '=', id))
      return row === undefined ? null : toSealed(row)
    },

    async verify(notedHash) {
      let verification = await prove()
      // Retention may have moved the beginning under the proof: then it begins again there.
      while (verification.broken !== null) {
        const moved = await checkpointOf(committed)
        if ((moved?.number ?? 0) === (verification.checkpoint?.number ?? 0)) break
        verification = await prove()
      }
      if (notedHash === undefined) return verification
      const row = await first(
        committed,
        queries.selectFrom('audit_entry').select('entry_number').where('hash', '=', notedHash),
      )
      const { checkpoint } = verification
      const noted = row?.entry_number ?? (checkpoint?.hash === notedHash ? checkpoint.number : null)
      return { ...verification, noted }
    },

    purge: (olderThan, limit, telling) =>
      database.transaction(async (session) => {
        // Of two that purge at once the second begins where the first has ended.
        await keepCounter(session, 'auditEntry')
        const oldest = await session.all(
          queries
            .selectFrom('audit_entry')
            .select(['entry_number', 'activity_at', 'activity', 'hash'])
            .orderBy('entry_number')
            .limit(limit),
        )
        const kept = oldest.findIndex((row) => row.activity_at >= olderThan)
        const old = kept === -1 ? oldest : oldest.slice(0, kept)
        const last = old.at(-1)
        // Telling of what was told of purging alone would go on for ever.
        if (last === undefined || old.every((row) => row.activity === 'Purge audit log')) return 0
        await session.remove('audit_entry', old)
        const checkpoint: AuditCheckpoint = { number: last.entry_number, hash: last.hash }
        await session.put('named_value', [{ name: checkpointName, value: JSON.stringify(checkpoint) }])
        await appendEntry(session, purgeEntry(old.length, checkpoint, telling))
        return old.length
      }),
  }
}

function purgeEntry(
  purged: number,
  checkpoint: AuditCheckpoint,
  { id, at }: { readonly id: string; readonly at: number },
): DirectoryAudit {
  return {
    id,
    activityDateTime: new Date(at).toISOString(),
    activityDisplayName: 'Purge audit log',
    operationType: 'Delete',
    category: 'ProvisioningManagement',
    loggedByService: 'Account Provisioning',
    correlationId: id,
    result: 'success',
    resultReason: '',
    initiatedBy: systemInitiator,
    targetResources: [],
    additionalDetails: [
      { key: 'Entries', value: String(purged) },
      { key: 'Last number', value: String(checkpoint.number) },
      { key: 'Last hash', value: checkpoint.hash },
    ],
  }
}

function matchingEntries({ dialect }: Database, query: Omit<AuditQuery, 'limit'>) {
  const { queries, contains } = dialect
  let matching = queries.selectFrom('audit_entry')
  if (query.activity !== undefined) matching = matching.where('activity', '=', query.activity)
  if (query.result !== undefined) matching = matching.where('result', '=', query.result)
  if (query.since !== undefined) matching = matching.where('activity_at', '>=', query.since)
  if (query.until !== undefined) matching = matching.where('activity_at', '<=', query.until)
  if (query.cursor !== undefined)
    matching = matching.where('entry_number', query.oldestFirst === true ? '>' : '<', query.cursor)
  const initiator = foldText(query.initiator ?? '')
  if (initiator !== '') matching = matching.where(contains('initiator', initiator))
  const text = foldText(query.text ?? '')
  if (text !== '') matching = matching.where(contains('folded_text', text))
  return matching
}
