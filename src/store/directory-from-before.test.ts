/* A directory that is older than the list of reports: the migration finds out who is whose manager, in both databases. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { expect, it } from 'vitest'
import { createDatabase } from '../../test/postgresql/databases.ts'
import { openPostgresqlStore, openSqliteStore } from './index.ts'
import { postgresqlDialect, sqliteDialect, type Dialect } from './sql/dialect.ts'
import { migrate, shippedMigrations, type MigrationConnection } from './sql/migrate.ts'
import type { Store } from './store.ts'

const before = shippedMigrations.slice(0, shippedMigrations.findIndex(isGraphs))

function isGraphs({ name }: { readonly name: string }): boolean {
  return name.endsWith('graph-directory.sql')
}

const person = (id: string, attributes: object): string =>
  `insert into directory_object
     (object_id, object_type, presence, change_number, display_name, folded_id, folded_display_name,
      folded_principal_name, folded_mail, folded_names, attributes)
   values ('${id}', 'User', 'present', ${id}, '', '${id}', '', '', '', '', '${JSON.stringify(attributes)}');`

const people = [person('1', {}), person('2', { manager: '1', jobTitle: 'a\u0000"b' }), person('3', { manager: '2' })]

async function expectReports(store: Store): Promise<void> {
  expect(await store.directory.listReports('1', null, 5)).toEqual(['2'])
  expect(await store.directory.listReports('2', null, 5)).toEqual(['3'])
  await store.close()
}

const request = (connection: MigrationConnection, dialect: Dialect): Parameters<typeof migrate>[0] => ({
  connection,
  dialect,
  migrations: before,
  place: 'here',
  now: 0,
})

it('in SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-before-'))
  const file = join(folder, 'muster.sqlite')
  const old = new DatabaseSync(file)
  const connection: MigrationConnection = {
    begin: async () => old.exec('begin'),
    execute: async (text) => old.exec(text),
    undo: async () => old.exec('rollback'),
    appliedNumbers: async () => [],
  }
  await migrate(request(connection, sqliteDialect))
  for (const each of people) old.exec(each)
  old.close()
  await expectReports(await openSqliteStore({ file }))
  rmSync(folder, { recursive: true })
})

it('in PostgreSQL', async () => {
  const url = await createDatabase('empty')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const execute = async (text: string): Promise<void> => {
    await client.query(text)
  }
  const connection: MigrationConnection = {
    begin: () => execute('begin'),
    execute,
    undo: () => execute('rollback'),
    appliedNumbers: async () => [],
  }
  await migrate(request(connection, postgresqlDialect))
  for (const each of people) await execute(each)
  await client.end()
  await expectReports(await openPostgresqlStore({ url }))
})
