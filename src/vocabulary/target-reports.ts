/*
 * What a reading of the whole target says: who has which account (account discovery, spec 4.2), and where accounts differ
 * from what they should be (drift, spec 6.2). Both only read.
 */
import type { ObjectTypeName } from './objects.ts'

/** `assigned`: in scope; `unassigned`: somebody in the directory matches, and is not in scope; `local`: nobody matches. */
export type AccountClass = 'local' | 'unassigned' | 'assigned'
export const accountClasses = ['local', 'unassigned', 'assigned'] as const satisfies readonly AccountClass[]

export interface DiscoveredAccount {
  readonly targetAnchor: string
  readonly displayName: string
  readonly userName: string
  readonly email: string
  readonly isActive: boolean
  readonly accountClass: AccountClass
  /** Whom it belongs to; `null` for nobody. */
  readonly sourceAnchor: string | null
  readonly sourceDisplayName: string | null
  readonly isLinked: boolean
  /** Why: by which link or attribute it matches, what speaks against the scope, who else matches. */
  readonly why: string
}

export interface DiscoverySummary {
  readonly jobId: string
  readonly readAt: number
  readonly accounts: number
  readonly byClass: Readonly<Record<AccountClass, number>>
  /** Of each class, those whose account is active. */
  readonly activeByClass: Readonly<Record<AccountClass, number>>
  /** Target attributes that people were matched by, in order. */
  readonly matching: readonly string[]
}

export interface DiscoveryPage extends DiscoverySummary {
  /** How many match what was asked for. */
  readonly total: number
  readonly rows: readonly DiscoveredAccount[]
}

export const driftKinds = [
  'missing',
  'changedInTarget',
  'disabledInTarget',
  'activeInTarget',
  'missingMember',
  'extraMember',
  'notWritten',
] as const
/**
 * `missing`: the account or group is gone; `changedInTarget`: it holds something else than was last written, and than is
 * wanted; `disabledInTarget`, `activeInTarget`: somebody else than Muster did that; `missingMember`: should be in the group
 * and is not; `extraMember`: somebody else put them in, and they stay; `notWritten`: as last written, and the mapping wants
 * something else by now.
 */
export type DriftKind = (typeof driftKinds)[number]

export interface DriftFinding {
  readonly kind: DriftKind
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly targetAnchor: string
  readonly displayName: string
  /** `null`: the object itself. */
  readonly attribute: string | null
  readonly wanted: string | null
  readonly lastWritten: string | null
  readonly found: string | null
}

/** Findings of one kind about one attribute, with how many objects they concern. */
export interface DriftCluster {
  readonly kind: DriftKind
  readonly objectType: ObjectTypeName
  readonly attribute: string | null
  readonly count: number
  readonly examples: readonly DriftFinding[]
}

export interface DriftSummary {
  readonly jobId: string
  readonly readAt: number
  /** Accounts and groups compared. */
  readonly compared: number
  /** Of those, with at least one finding. */
  readonly drifted: number
  /** Could not be judged: the source does not know them, or a mapping fails for them. */
  readonly notJudged: number
  readonly clusters: readonly DriftCluster[]
}

export interface DriftPage extends DriftSummary {
  readonly total: number
  readonly rows: readonly DriftFinding[]
}

/** One line of a reading under way: how far it is, then its result or an error. */
export type ReadingLine<Summary> =
  | { readonly type: 'progress'; readonly what: 'source' | 'target' | 'links'; readonly done: number }
  | { readonly type: 'summary'; readonly summary: Summary }
  | { readonly type: 'error'; readonly message: string }
