/* Opens the store that the settings name, and has it tell of every change of the directory. */
import { join } from 'node:path'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import { openPostgresqlStore, openSqliteStore, StoreOpenError } from '../store/index.ts'
import type { Store } from '../store/store.ts'

export async function openStore(settings: Settings): Promise<Store> {
  try {
    return settings.databaseUrl === undefined
      ? await openSqliteStore({ file: join(settings.data, 'muster.sqlite'), exclusive: true })
      : await openPostgresqlStore({ url: settings.databaseUrl })
  } catch (error) {
    if (error instanceof StoreOpenError) throw new ServiceStartError(error.message)
    throw error
  }
}

/** The store, telling of every change of the directory as soon as it is stored. */
export function tellingOfChanges(store: Store, onChange: () => void): Store {
  const { directory } = store
  return {
    ...store,
    directory: {
      ...directory,
      async transaction(work) {
        const result = await directory.transaction(work)
        onChange()
        return result
      },
    },
  }
}
