/* A process that opens the store in a file, leaves its number there and goes; several of them begin at once. */
import { openSqliteStore } from '../../src/store/index.ts'

const [file = '', number = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file })
await store.setValue(`opened-${number}`, number)
await store.close()
