/* The embedded store keeps the contract, in a file and in memory; what only a file can suffer: `sqlite-faults.test.ts`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from './index.ts'
import { storeContract } from './store.contract.ts'

storeContract(
  'SQLite in a file',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-store-'))
    return {
      open: () => openSqliteStore({ file: join(folder, 'data', 'muster.db') }),
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
      remove: () => Promise.resolve(),
    }),
  { isShared: false },
)
