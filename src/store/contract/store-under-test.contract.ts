/* What a part of the store contract is given. */
import type { Store } from '../store.ts'

/** The store of the running test, and further ones on the same data. */
export interface StoreUnderTest {
  readonly store: Store
  another(): Promise<Store>
}
