/* The embedded store keeps the contract, in a file and in memory; what only a file can suffer: `sqlite-faults.test.ts`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from './index.ts'
import { storeContract } from './store.contract.ts'

storeContract(
  'SQLite in a file',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-store-'))
    const file = join(folder, 'data', 'muster.db')
    return {
      open: () => openSqliteStore({ file }),
      sql: async (statements) => {
        const intruder = new DatabaseSync(file)
        try {
          intruder.exec(statements)
        } finally {
          intruder.close()
        }
        return Promise.resolve()
      },
      remove: () => rm(folder, { recursive: true }),
    }
  },
  { isShared: true },
)

storeContract(
  'SQLite in memory',
  () =>
    Promise.resolve({
      open: () => openSqliteStore({ file: ':memory:' }),
      sql: () => Promise.reject(new Error('Memory has no second connection.')),
      remove: () => Promise.resolve(),
    }),
  { isShared: false },
)
