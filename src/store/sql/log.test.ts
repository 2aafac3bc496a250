/* What a search of the log reads: only what a filter leaves, by an index; never the entries to find out whether they fit. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noon } from '../../../test/builders/stored.ts'
import { openSqliteStore } from '../open-sqlite.ts'
import type { LogFilter } from '../store.ts'
import { sqliteDialect } from './dialect.ts'
import { filteredEntries } from './log.ts'

let folder: string
let database: DatabaseSync

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-log-'))
  const file = join(folder, 'muster.db')
  await (await openSqliteStore({ file })).close()
  database = new DatabaseSync(file)
})

afterAll(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

function planOf(filter: LogFilter): string {
  const { sql, parameters } = filteredEntries(sqliteDialect, filter)
    .orderBy('activity_at', 'desc')
    .orderBy('entry_number', 'desc')
    .limit(50)
    .compile()
  const steps = database.prepare(`explain query plan ${sql}`).all(...(parameters as string[]))
  return steps.map((step) => String(step['detail'])).join('; ')
}

test.each([
  [{ cycleId: 'c' }, 'log_entry_cycle (cycle_id=?'],
  [{ changeId: 'c' }, 'log_entry_change (change_id=?'],
  [{ errorCode: 'Timeout' }, 'log_entry_error (error_code=?'],
  [{ identityId: 'U1' }, 'log_entry_target (target_id=?'],
  [{ status: 'failure' }, 'log_entry_status (status=?'],
  [{ since: noon }, 'log_entry_activity (activity_at>?'],
  [{ since: noon, until: noon + 1 }, 'log_entry_activity (activity_at>? AND activity_at<?'],
] satisfies [LogFilter, string][])('a text within %j is looked for by its index', (filter, index) => {
  const plan = planOf({ ...filter, text: 'okafor', system: 'slack' })
  expect(plan).toContain(index)
  expect(plan).not.toContain('SCAN')
  expect(plan).not.toContain('log_entry_text')
})
