/*
 * What a simulator can do, for tests, benches and the process (docs/slack-simulator.md says the same for HTTP).
 */
import type { Clock } from './clock.ts'
import type { Fault, FaultSeed } from './faults.ts'
import type { Knobs } from './knobs.ts'
import type { RequestLogEntry } from './request-log.ts'
import type { BucketLevel } from './scim/rate-limits.ts'
import type { OauthApp, Person, Plan, Role, WorkspaceSettings } from './workspace/model.ts'
import type { CompanyShape } from './workspace/company.ts'
import type { GroupSeed, PersonSeed, WorkspaceSeed } from './workspace/workspace-seed.ts'
import type { AuditEntry } from './workspace/audit-trail.ts'
import type { StoreSnapshot } from './workspace/store.ts'

export interface SimulatorRequest {
  readonly method: string
  /** A path, or an absolute address whose origin does not matter: one origin serves all of Slack's hosts. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Where the request comes from, for tokens bound to addresses; 127.0.0.1 unless said. */
  readonly remoteAddress?: string | undefined
}

export interface SimulatorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SimulatorOptions {
  readonly clock?: Clock
  readonly plan?: Plan
  /** Ids, tokens, names, jitter and chance follow from it. */
  readonly seed?: number
  /** How many members the default workspace has besides owner, admin and bot. */
  readonly users?: number
  /** Gives the members profiles and managers, and the workspace groups, guests, leavers and bots. */
  readonly company?: CompanyShape
  readonly installerRole?: Role
  /** Replaces the default workspace; `users`, `company` and `installerRole` are then without meaning. */
  readonly workspace?: WorkspaceSeed
  readonly rateScale?: number
  readonly latencyMs?: number
  readonly latencyJitterMs?: number
  readonly consistency?: Knobs['consistency']
  /** Any other knob; the named options above win. */
  readonly knobs?: Partial<Knobs>
  /** Keeps the workspace here; absent keeps it in memory only. */
  readonly dataDirectory?: string
}

export interface TokenSeed {
  /** The installer, by userName or id. */
  readonly installer: string
  readonly kind?: 'user' | 'bot'
  readonly scopes?: readonly string[]
  readonly isOrgWide?: boolean
  /** IPv4 addresses or CIDR ranges, ten at most. */
  readonly allowedAddresses?: readonly string[]
}

export interface CodeSeed {
  /** Who allowed the installation, by userName or id. */
  readonly user: string
  readonly clientId?: string
  readonly redirectUri?: string | null
  readonly scopes?: readonly string[]
  readonly isOrgWide?: boolean
}

export interface GroupView {
  readonly id: string
  readonly displayName: string
  readonly memberIds: readonly string[]
  readonly isLinkedToChannels: boolean
}

export interface SimulatorSnapshot {
  readonly store: StoreSnapshot
  readonly knobs: Knobs
}

export interface Listening {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export interface Simulator {
  /** Grows with every change of the workspace, so that a reader knows when to look again. */
  readonly version: number
  /** An administrator's user token (an org owner's on Enterprise), usable at once. */
  readonly token: string
  handle(request: SimulatorRequest): Promise<SimulatorResponse>
  listen(options?: { readonly port?: number; readonly host?: string }): Promise<Listening>
  /** Writes down what is kept in a directory. The simulator cannot be written to afterwards. */
  close(): void

  reset(): void
  snapshot(): SimulatorSnapshot
  restore(snapshot: SimulatorSnapshot): void

  readonly knobs: Knobs
  setKnobs(knobs: Partial<Knobs>): void
  readonly settings: WorkspaceSettings
  setSettings(settings: Partial<WorkspaceSettings>): void

  addFault(fault: FaultSeed): number
  removeFault(id: number): boolean
  clearFaults(): void
  faults(): readonly Fault[]

  /** Stops the time; latency then costs none, only `slow` faults wait for a step. */
  freezeClock(at?: number): void
  stepClock(ms: number): void
  unfreezeClock(): void
  now(): number
  readonly isFrozen: boolean

  requests(): readonly RequestLogEntry[]
  readonly requestCount: number
  clearRequests(): void
  audit(): readonly AuditEntry[]
  rateLevels(): readonly BucketLevel[]
  refillRateLimits(): void

  /** As SCIM answers it at this moment, without a request. */
  scimShape(name: string, version: 'v1' | 'v2'): unknown
  readonly groupSizeMax: number
  /** In order of creation, as they really are: without the delay of reads. */
  people(): readonly Person[]
  /** By id, userName or primary e-mail. */
  person(name: string): Person | undefined
  groups(): readonly GroupView[]
  /** By id or name. */
  group(name: string): GroupView | undefined

  addPerson(person: PersonSeed): Person
  addGroup(group: GroupSeed): GroupView
  setRole(name: string, role: Role): void
  deactivate(name: string): void
  reactivate(name: string): void
  linkGroupToChannels(name: string, isLinked: boolean): void
  issueToken(token: TokenSeed): string
  issueCode(code: CodeSeed): string
  addApp(app: OauthApp): void
  apps(): readonly OauthApp[]
  /** The person a browser is signed in as on the consent page; null for nobody. */
  setBrowserUser(name: string | null): void
}
