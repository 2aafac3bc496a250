/* What the routes have at hand. */
import type { FastifyRequest } from 'fastify'
import type { ExternalSettings } from '../accounts/index.ts'
import type { CyclePorts, SourceConnector, TargetFacts } from '../cycle/index.ts'
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  Caller,
  ConnectionReport,
  ConnectionState,
  JobConnectionReport,
  KeyRotationReport,
  KeysReport,
  NotificationTestReport,
  ProbeReport,
  SecretPair,
  SecretSettingReport,
  SourceReport,
  SourceTestReport,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import type { TlsPort } from './port/one-port.ts'
import type { TokenService } from './token/token-service.ts'

/** The credentials of the target: tested, stored, asked for by OAuth. */
export interface ConnectionPort {
  readonly targetUrl: string
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
  /** Exchanges a code that somebody else has asked for, and stores the token when the target accepts it. */
  takeCode(
    code: string,
    app: { readonly clientId: string; readonly clientSecret: string },
    redirectUrl: string,
  ): Promise<ConnectionReport>
  /** Learns how the target behaves where nobody knows; with an address also by one throw-away account. */
  probe(testUser?: string): Promise<ProbeReport>
}

/** Answers who calls; throws `TokenRefused` when what was shown proves nothing. */
export type Identify = (request: FastifyRequest) => Promise<Caller>

/** What a service principal keeps secret, by Graph's names of keys; sealed at rest. */
export interface SecretsPort {
  /** In order of key, with their values: whoever answers a request with them puts `*` in their place. */
  list(ownerId: string): Promise<readonly SecretPair[]>
  /** The owner has these from now on, and no others; its connection is opened anew with them. */
  replace(ownerId: string, pairs: readonly SecretPair[]): Promise<void>
}

/** What tells the connection of a job. */
type Connected = Pick<SynchronizationJob, 'servicePrincipalId' | 'templateId'>

/** One connection for each service principal: by its own secrets, or that of the settings, where it may use it. */
export interface ConnectionsPort {
  of(job: Connected): Promise<ConnectionPort>
  /** The one that waits for this answer of a consent page. */
  waitingFor(state: string): ConnectionPort
  describe(job: Connected): Promise<JobConnectionReport>
  /**
   * Tests what is given (`*` stands for what is stored), or what the service principal has; stores nothing. Throws a
   * `ConnectorError` with code `CredentialsMissing` when there is nothing to test.
   */
  test(request: ConnectionTestRequest): Promise<ConnectionReport>
  /** What the target of this job keeps of values and can do, whether or not there are credentials to ask it with. */
  facts(job: Connected): TargetFacts
  /** The service principal has the connection of the settings as long as it has no secrets of its own. */
  useInstallation(servicePrincipalId: string): Promise<void>
  /** Whether it may steer a workspace that another one steers too. */
  share(servicePrincipalId: string, sharesWorkspace: boolean): Promise<void>
  /** Jobs that have the connection of the settings now. */
  usersOfInstallation(): Promise<readonly SynchronizationJob[]>
  /** The job is gone; secrets and connection go with the last one of its service principal. */
  forget(job: Connected): Promise<void>
}

export interface ConnectionTestRequest {
  readonly servicePrincipalId: string
  /** Of the job, or of the one that is to be made: `Slack`, `scim`, ... */
  readonly templateId: string
  /** Missing: those stored. */
  readonly pairs?: readonly SecretPair[]
}

/** The master keys that secrets are sealed with. */
export interface KeysPort {
  report(): Promise<KeysReport>
  /** `null`: the key comes from elsewhere, and there is none but the one that sealed everything. */
  rotate(request: { readonly keepOld: boolean }): Promise<KeyRotationReport | null>
}

/** A Slack app, and where its consent page sends the browser. */
export interface OauthApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUrl?: string
}

/** Secrets of the installation besides tokens. */
export interface SecretSettingsPort {
  report(): readonly SecretSettingReport[]
  /** Answers why the value cannot be used, or `null` when it is stored. */
  set(name: SecretSettingReport['name'], value: string): Promise<string | null>
  remove(name: SecretSettingReport['name']): Promise<void>
}

/** Where people, groups and assignments come from. */
export interface SourcePort {
  show(): Promise<SourceReport>
  /** `null`: Muster's own directory. */
  readonly tenant: {
    test(): Promise<SourceTestReport>
    /** So many may be missing in the next reading. */
    confirm(missing: number): Promise<void>
    catchUp(): Promise<void>
  } | null
}

export interface ApiPorts {
  readonly cycle: CyclePorts
  readonly identify: Identify
  readonly tokenService: TokenService
  readonly sourceOf: (job: SynchronizationJob) => SourceConnector
  readonly source: SourcePort
  /** Makes a due job run at once. */
  readonly wake: () => void
  readonly version: string
  /** With it HTTPS is served beside HTTP. */
  readonly tls?: TlsPort | undefined
  /** Requests a caller may make in ten seconds; nobody is counted without. */
  readonly requestLimit?: number
  /** Where callers find the service behind something that stands in front of it. */
  readonly publicUrl?: string | undefined
  /** The one of the settings. */
  readonly connection: ConnectionPort
  /** The app that asks for consent, as the settings name it now; `null` when they do not. */
  readonly oauthApp: () => OauthApp | null
  readonly secrets: SecretsPort
  readonly connections: ConnectionsPort
  readonly keys: KeysPort
  readonly secretSettings: SecretSettingsPort
  /** Another OpenID Connect provider that people may sign in at; missing when the settings name none. */
  readonly externalSignIn?: ExternalSettings
  readonly notify: {
    readonly hasMailServer: () => boolean
    readonly hasWebhookSecret: () => boolean
    /** Sends a message through every channel the job has, and answers what came of each. */
    readonly test: (job: SynchronizationJob) => Promise<NotificationTestReport['sent']>
  }
}
