/* Small values under a name. */
import type { Store } from '../store.ts'
import { first, type Database } from './session.ts'

export function createValues(database: Database): Pick<Store, 'getValue' | 'setValue'> {
  const { queries } = database.dialect
  return {
    async getValue(name) {
      const row = await first(
        database.committed,
        queries.selectFrom('named_value').select('value').where('name', '=', name),
      )
      return row?.value ?? null
    },
    async setValue(name, value) {
      await database.transaction((session) => session.put('named_value', [{ name, value }]))
    },
  }
}
