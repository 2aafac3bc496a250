/*
 * A tenant of Microsoft Entra that the directory mirrors: how far its feeds are read. Instants are milliseconds since 1970-01-01 UTC.
 */

export type MirrorFeedName = 'users' | 'groups'

/** One feed of the tenant. It is read in rounds: one reads everything there is (`full`), the next ones what changed since. */
export interface MirrorFeed {
  readonly name: MirrorFeedName
  /** Grows by one with every round. */
  readonly round: number
  readonly kind: 'full' | 'changes'
  /** `comparing`: all pages are read, and whoever seems to be gone is asked for one by one. */
  readonly phase: 'reading' | 'comparing' | 'done'
  /** The page that comes next; `null`: the first one of a full round. After the last page: where the next round begins. */
  readonly link: string | null
  /** Graph properties the feed was asked for. */
  readonly select: readonly string[]
  /** Everything was read once, to its end. */
  readonly isComplete: boolean
  /** There was nothing before this full round, so nothing can be missing. */
  readonly startsEmpty: boolean
  /** Groups of which this round says two things: their members are read whole. */
  readonly doubtful: readonly string[]
  readonly beganAt: number
  readonly endedAt: number | null
  readonly pages: number
  /** Objects read in this round; one may come several times. */
  readonly objects: number
  /** How many there are, where the tenant says so. */
  readonly expected: number | null
}

/** Where the mirror of a tenant stands. */
export interface TenantState {
  readonly tenant: string
  /** What is being read now. */
  readonly phase: MirrorFeedName | 'assignments' | 'waiting'
  readonly feeds: readonly MirrorFeed[]
  /** The enterprise application, as it was set; `null`: assignments are made in Muster. */
  readonly application: string | null
  /** `null` until they were read for the first time since the start. */
  readonly assignments: {
    readonly id: string
    readonly displayName: string
    readonly count: number
    readonly readAt: number
  } | null
  /** The last reading since the start that came to an end, good or bad. */
  readonly lastReadAt: number | null
  /** Why it broke off. */
  readonly error: string | null
  /** So many may be missing at once, because an administrator has said so. */
  readonly confirmedLoss: number | null
}

/** Where the source is, and how far its reading is. */
export type SourceReport =
  | { readonly kind: 'directory' }
  | (TenantState & {
      readonly kind: 'entra'
      readonly authority: string
      readonly graph: string
      readonly clientId: string
      readonly credential: 'secret' | 'certificate'
      readonly everyMs: number
      /** People and groups of the tenant that are present, and those that are not of the tenant. */
      readonly people: number
      readonly groups: number
      readonly foreign: number
      /** Milliseconds until everything is read, while that is so and can be told. */
      readonly timeLeftMs: number | null
    })

export interface SourcePermission {
  readonly permission: string
  readonly purpose: string
  readonly without: string
  readonly isGranted: boolean
  readonly found: string
  /** `null` when nothing has to be done. */
  readonly remedy: string | null
}

export interface SourceTestReport {
  readonly isAccepted: boolean
  /** `given`, or why there was none. */
  readonly token: string
  /** Application permissions the token names. */
  readonly granted: readonly string[]
  readonly permissions: readonly SourcePermission[]
}
