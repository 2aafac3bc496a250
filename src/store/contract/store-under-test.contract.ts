/* What a part of the store contract is given. */
import type { Store } from '../store.ts'

/** The store of the running test, and further ones on the same data. */
export interface StoreUnderTest {
  readonly store: Store
  another(): Promise<Store>
  /** Statements past the store, as an intruder would make them; refused with the database's words. */
  sql(statements: string): Promise<void>
}
