/* What the routes have at hand. */
import type { FastifyRequest } from 'fastify'
import type { CyclePorts, SourceConnector, TargetFacts } from '../cycle/index.ts'
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  Caller,
  ConnectionReport,
  ConnectionState,
  NotificationTestReport,
  ProbeReport,
  SynchronizationJob,
} from '../vocabulary/index.ts'

/** The credentials of the target: tested, stored, asked for by OAuth. */
export interface ConnectionPort {
  state(): ConnectionState
  /** Tests these credentials, or those in use; stores nothing. */
  test(token?: string): Promise<ConnectionReport>
  /** Tests a token and stores it when the target accepts it. */
  save(token: string): Promise<ConnectionReport>
  beginAuthorization(
    app: { readonly clientId: string; readonly clientSecret: string },
    redirectUrl: string,
  ): AuthorizationRequest
  finishAuthorization(answer: {
    readonly state: string
    readonly code?: string
    readonly error?: string
  }): Promise<ConnectionReport>
  authorizationOutcome(state: string): Promise<AuthorizationOutcome>
  /** Learns how the target behaves where nobody knows; with an address also by one throw-away account. */
  probe(testUser?: string): Promise<ProbeReport>
}

/** Answers who calls; throws `NotAuthenticated` when what was shown proves nothing. */
export type Identify = (request: FastifyRequest) => Promise<Caller>

export interface ApiPorts {
  readonly cycle: CyclePorts
  readonly identify: Identify
  readonly sourceOf: (job: SynchronizationJob) => SourceConnector
  readonly targetUrl: string
  /** What Slack keeps of values and can do, whether or not there is a token to ask it with. */
  readonly targetFacts: TargetFacts
  /** Makes a due job run at once. */
  readonly wake: () => void
  readonly version: string
  /** Missing where the target needs no credentials. */
  readonly connection?: ConnectionPort
  /** The app that asks for consent, as the settings name it; missing when they do not. */
  readonly oauthApp?: { readonly clientId: string; readonly clientSecret: string; readonly redirectUrl?: string }
  readonly notify: {
    readonly hasMailServer: boolean
    readonly hasWebhookSecret: boolean
    /** Sends a message through every channel the job has, and answers what came of each. */
    readonly test: (job: SynchronizationJob) => Promise<NotificationTestReport['sent']>
  }
}
