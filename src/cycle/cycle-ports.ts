/* What the cycle room needs from outside. */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import type { Store } from '../store/store.ts'
import type { Clock, SynchronizationJob } from '../vocabulary/index.ts'
import type { DemandDesk } from './demand-desk.ts'
import type { OperatorLog } from './operator-log.ts'
import type { ProgressBoard } from './progress.ts'

export interface CyclePorts {
  readonly store: Store
  readonly connect: (job: SynchronizationJob) => { readonly source: SourceConnector; readonly target: TargetConnector }
  readonly clock: Clock
  readonly newId: () => string
  readonly tenantId: string
  readonly progress: ProgressBoard
  /** Where provisioning on demand meets the cycle that runs here. */
  readonly desk: DemandDesk
  readonly log: OperatorLog
  /**
   * Milliseconds of the machine, by which long work gives way to others; a simulation has its own, so that nothing depends
   * on how fast the machine is.
   */
  readonly stopwatch?: () => number
}
