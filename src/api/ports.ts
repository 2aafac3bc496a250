/* What the routes have at hand. */
import type { CyclePorts, SourceConnector, TargetFacts } from '../cycle/index.ts'
import type { NotificationTestReport, SynchronizationJob } from '../vocabulary/index.ts'

export interface ApiPorts {
  readonly cycle: CyclePorts
  readonly sourceOf: (job: SynchronizationJob) => SourceConnector
  readonly targetUrl: string
  /** What Slack keeps of values and can do, whether or not there is a token to ask it with. */
  readonly targetFacts: TargetFacts
  /** Makes a due job run at once. */
  readonly wake: () => void
  readonly version: string
  readonly notify: {
    readonly hasMailServer: boolean
    readonly hasWebhookSecret: boolean
    /** Sends a message through every channel the job has, and answers what came of each. */
    readonly test: (job: SynchronizationJob) => Promise<NotificationTestReport['sent']>
  }
}
