/*
 * What a test of the connection to a target found: who is connected, each step with its sentence and remedy (spec 2, 15.2).
 */
import type { TargetExchange } from './connector-error.ts'

export interface ConnectedAccount {
  readonly userId: string
  readonly user: string
  readonly team: string
  readonly teamId: string
  readonly isOrgWide: boolean
  readonly scopes: readonly string[]
}

export interface ConnectionStep {
  /** `place`: what is provisioned here may belong to another workspace, or the workspace to another job. */
  readonly name: 'address' | 'token' | 'identity' | 'scope' | 'query' | 'place'
  readonly status: 'passed' | 'failed'
  /** What was found. */
  readonly sentence: string
  /** What to do; `null` when nothing has to be done. */
  readonly remedy: string | null
  /** The request, its status and its answer; secrets masked. `null` when none was sent. */
  readonly exchange: TargetExchange | null
}

export interface ConnectionReport {
  readonly isAccepted: boolean
  readonly targetUrl: string
  readonly account: ConnectedAccount | null
  /** In the order tried; the first failed one is the last. */
  readonly steps: readonly ConnectionStep[]
  /** What is fine and yet worth knowing. */
  readonly notes: readonly string[]
}

/** Where the credentials in use come from; `none` waits for some. */
export type CredentialsOrigin = 'none' | 'setting' | 'pasted' | 'oauth'

export interface ConnectionState {
  readonly origin: CredentialsOrigin
  /** Of a token that is exchanged before it ends. */
  readonly tokenExpiresAt: number | null
}

/** Where the connection of a job comes from, and where it leads. */
export interface JobConnectionReport extends ConnectionState {
  /** Its own secrets, those of the settings, or none yet. */
  readonly from: 'ownSecrets' | 'installation' | 'nowhere'
  readonly targetUrl: string
  /** Somebody has said that it may steer a workspace that another job steers too. */
  readonly sharesWorkspace: boolean
}

/** The way to Slack's consent page: the address to open, and what the answer is recognised by. */
export interface AuthorizationRequest {
  readonly url: string
  readonly state: string
  readonly redirectUrl: string
  readonly expiresAt: number
}

export interface AuthorizationOutcome {
  /** `null` while the person has not answered. */
  readonly report: ConnectionReport | null
}

/** Why credentials were not taken, before Slack was asked about them. */
export class ConnectionRefusal extends Error {
  override readonly name = 'ConnectionRefusal'
  /**
   * `tokenGiven`: the settings hold a token, which wins. `consentUnknown`: nobody waits for this answer. `consentDenied`.
   * `notSlack`: another target has no such thing.
   */
  readonly code: 'tokenGiven' | 'consentUnknown' | 'consentDenied' | 'notSlack'
  constructor(code: ConnectionRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** One question nobody could answer beforehand, and what this workspace answered. */
export interface QuirkReading {
  readonly id: string
  readonly question: string
  /** A word or two, to be compared with an earlier answer; `null` when it was not tried. */
  readonly finding: string | null
  /** What was seen, or why it was not tried. */
  readonly evidence: string
}

/** How one workspace behaves where Slack's documentation is silent. */
export interface QuirkProfile {
  readonly readAt: number
  readonly findings: Readonly<Record<string, string>>
}

export interface QuirkChange {
  readonly id: string
  readonly before: string
  readonly after: string
}

export interface ProbeReport {
  readonly readAt: number
  readonly readings: readonly QuirkReading[]
  /** Where the workspace answers otherwise than when it was probed before. */
  readonly changes: readonly QuirkChange[]
}

/** What the last nightly probe found changed; forgotten with the next probe that an administrator makes. */
export interface TargetChanges {
  readonly at: number
  readonly changes: readonly QuirkChange[]
}

/** The name it is kept under (`Store.getValue`). */
export const targetChangesName = 'targetChanges'
