/* What a reading of the whole target needs; it writes nothing anywhere. */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import type { Store } from '../store/store.ts'
import { ConnectorError } from '../vocabulary/index.ts'

export interface ReadingPorts {
  readonly store: Store
  readonly source: SourceConnector
  readonly target: TargetConnector
  readonly now: number
}

export function refuseUnlisted(target: TargetConnector): void {
  if (target.describe().capabilities.list) return
  throw new ConnectorError('The target does not list its accounts, so nobody can say who has one.', {
    code: 'NotImplemented',
    scope: 'job',
    retry: 'never',
  })
}
