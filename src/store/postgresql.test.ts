/* The store in PostgreSQL keeps the contract; what only a server can do to it: `postgresql-faults.test.ts`. */
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { createDatabase } from '../../test/postgresql/databases.ts'
import { openPostgresqlStore } from './index.ts'
import { tables } from './sql/tables.ts'
import { storeContract } from './store.contract.ts'

let url: string
let admin: pg.Client

beforeAll(async () => {
  url = await createDatabase('tables')
  admin = new pg.Client({ connectionString: url })
  await admin.connect()
})

afterAll(async () => {
  await admin.end()
})

/** Faster than a database for each test. */
async function emptyTables(): Promise<void> {
  const names = Object.keys(tables).filter((name) => name !== 'counter')
  await admin.query(`${names.map((name) => `delete from ${name};`).join('')} update counter set value = 0`)
}

storeContract(
  'PostgreSQL',
  () =>
    Promise.resolve({
      open: () => openPostgresqlStore({ url }),
      sql: async (statements) => {
        await admin.query(statements)
      },
      remove: emptyTables,
    }),
  { isShared: true },
)
