/* What the routes have at hand. */
import type { CyclePorts, SourceConnector } from '../cycle/index.ts'
import type { SynchronizationJob } from '../vocabulary/index.ts'

export interface ApiPorts {
  readonly cycle: CyclePorts
  readonly sourceOf: (job: SynchronizationJob) => SourceConnector
  readonly targetUrl: string
  /** Makes a due job run at once. */
  readonly wake: () => void
  readonly version: string
}
