/* What signing people in needs of the rest of the service. */
import type { Store } from '../store/store.ts'
import type { Clock } from '../vocabulary/index.ts'

export interface AccountPorts {
  readonly store: Pick<Store, 'accounts' | 'directory'>
  readonly clock: Clock
}
