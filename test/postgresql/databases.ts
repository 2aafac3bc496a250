/* A PostgreSQL database of its own for a test file: lent by the run's one server, see `global-setup.ts`. */
import { inject } from 'vitest'

/**
 * Answers its address. `tables`: as a store leaves it that was opened and closed; `empty`: nothing at all. It is gone after
 * the run.
 */
export async function createDatabase(state: 'tables' | 'empty'): Promise<string> {
  const response = await fetch(`${inject('postgresqlDesk')}?state=${state}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
