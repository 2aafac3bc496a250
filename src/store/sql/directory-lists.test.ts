/* Pages of the directory are read by index, wherever they begin: the plans of the embedded database say so. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Compilable } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../open-sqlite.ts'
import { sqliteDialect } from './dialect.ts'
import { createJournalReads } from './directory-journal.ts'
import { createDirectoryLists } from './directory-lists.ts'
import { createDirectoryReads } from './directory-reads.ts'
import type { Session } from './session.ts'

let folder: string
let database: DatabaseSync
let plans: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-plans-'))
  const file = join(folder, 'muster.sqlite')
  await (await openSqliteStore({ file })).close()
  database = new DatabaseSync(file)
})
afterAll(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

/** Runs nothing, and notes how the database would go about it. */
const planning: Session = {
  dialect: sqliteDialect,
  all: <R>(query: Compilable<R>) => {
    const { sql, parameters } = query.compile()
    const rows = database.prepare(`explain query plan ${sql}`).all(...(parameters as SQLInputValue[]))
    plans.push(...rows.map((row) => String(row['detail'])))
    return Promise.resolve([])
  },
  run: () => Promise.reject(new Error('reads only')),
  put: () => Promise.reject(new Error('reads only')),
  remove: () => Promise.reject(new Error('reads only')),
  set: () => Promise.reject(new Error('reads only')),
}

async function planOf(ask: () => Promise<unknown>): Promise<string> {
  plans = []
  await ask()
  return plans.join('\n')
}

const lists = createDirectoryLists(planning)
const after = JSON.stringify(['anna', '1'])
const page = {
  objectType: 'User',
  presence: 'present',
  isDescending: false,
  narrowing: null,
  after,
  limit: 100,
} as const

/** Every row of the directory, or a sort of everything that was found. */
const wholeTable = /SCAN (?!json_each)|TEMP B-TREE FOR ORDER BY/

describe('no page reads the whole directory', () => {
  const asks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['in order of id', () => lists.listObjects({ ...page, order: 'objectId' })],
    ['in order of name', () => lists.listObjects({ ...page, order: 'displayName' })],
    ['in order of name, backwards', () => lists.listObjects({ ...page, order: 'displayName', isDescending: true })],
    ['in order of principal name', () => lists.listObjects({ ...page, order: 'userPrincipalName' })],
    [
      'of a name that begins so',
      () =>
        lists.listObjects({
          ...page,
          order: 'displayName',
          narrowing: { by: 'startsWith', name: 'displayName', text: 'an' },
        }),
    ],
    ['of the recycle bin', () => lists.listObjects({ ...page, presence: 'softDeleted', order: 'objectId' })],
    ['of a group’s members', () => lists.listMembers({ groupIds: ['g'], objectType: null, after: '1', limit: 100 })],
    ['of reports', () => lists.listReports('1', '1', 100)],
    ['of assignments', () => lists.listAssignmentsOf({ of: { servicePrincipalId: 'sp' }, after, limit: 100 })],
    ['of the journal', () => createJournalReads(planning).journalAfter('User', 5, 500)],
    ['of a look-up', () => createDirectoryReads(planning).lookUp('mira@example.com')],
  ]
  it.each(asks)('%s', async (name, ask) => {
    const plan = await planOf(ask)
    // The few hits of a look-up are sorted.
    expect(name === 'of a look-up' ? plan.replaceAll('USE TEMP B-TREE FOR ORDER BY', '') : plan).not.toMatch(wholeTable)
  })

  it.each([
    ['mail', 'directory_object_mails'],
    ['userPrincipalName', 'directory_object_principal_names'],
    ['displayName', 'directory_object_names'],
  ] as const)('equal %s is found by its own index', async (name, index) => {
    const plan = await planOf(() =>
      lists.listObjects({ ...page, order: 'objectId', narrowing: { by: 'equals', name, text: 'x' } }),
    )
    expect(plan).toContain(index)
    expect(plan).not.toMatch(wholeTable)
  })

  it('counting goes through an index alone', async () => {
    expect(await planOf(() => lists.countObjects('User', 'present'))).toContain('COVERING INDEX')
  })
})
