/* What an installation decides at its first start and keeps. */
import type { Store } from '../store/store.ts'

export async function valueOnce(store: Store, name: string, make: () => string): Promise<string> {
  const stored = await store.getValue(name)
  if (stored !== null) return stored
  const made = make()
  await store.setValue(name, made)
  return made
}
