/*
 * Why, and why not: what is known of one person or group for one job, now or at an earlier cycle, with every reason.
 */
import type { AssignmentPath, SourceAttributes } from './objects.ts'
import type { OnDemandObject } from './on-demand.ts'
import type { ProvisioningObjectSummary } from './provisioning-log.ts'
import type { DirectoryEntry } from './reports.ts'
import type { Cycle, EscrowEntry, HeldRemoval, JobStatusCode } from './synchronization-job.ts'

/** One mapped attribute beside what the target is believed to hold. */
export interface AttributeComparison {
  readonly attribute: string
  readonly desired: string | null
  readonly known: string | null
  /** `onlyAtCreation` is not sent again; `differs` is what the next cycle sends. */
  readonly verdict: 'same' | 'differs' | 'onlyAtCreation' | 'notMapped' | 'failed'
}

export interface ClauseAnswer {
  readonly attribute: string
  readonly operator: string
  readonly operand: readonly string[]
  /** What the object has; `null` for nothing. */
  readonly seen: string | null
  readonly held: boolean
}

export interface FilterAnswer {
  readonly name: string | null
  readonly held: boolean
  readonly clauses: readonly ClauseAnswer[]
}

/** What the decision about the scope is made of (spec section 3). */
export interface ScopeAnswer {
  readonly isActive: boolean
  readonly isAssigned: boolean
  readonly hasRole: boolean
  /** One of them has to hold; none at all lets everybody pass. */
  readonly filters: readonly FilterAnswer[]
}

/** The smallest change that would turn the decision about the scope. */
export interface TurnAnswer {
  readonly wanted: 'in' | 'out'
  /** "in scope if department were "Sales"": each of them would do. */
  readonly ways: readonly string[]
  /** Why none can be named. */
  readonly none: string | null
}

/** The last time Muster took the account away. */
export interface LastRemoval {
  readonly entryId: string
  readonly cycleId: string
  readonly action: 'disable' | 'delete'
  /** ISO 8601, UTC. */
  readonly at: string
  readonly targetId: string
  /** Who asked for it; `null`: nobody, it was a cycle. */
  readonly by: string | null
  readonly cause: string
}

/** A plan that waits for an answer and would write about this object. */
export interface WaitingPlan {
  readonly planId: string
  readonly origin: string
  readonly writes: readonly string[]
}

/** Everything known about one person or group, for one job. */
export interface ObjectExplanation {
  readonly jobId: string
  readonly schemaVersion: string
  readonly inScope: boolean
  readonly reasons: readonly string[]
  readonly paths: readonly AssignmentPath[]
  /** `null` where nothing was decided: the mapping is off, or a filter cannot be evaluated. */
  readonly scope: ScopeAnswer | null
  readonly turn: TurnAnswer
  readonly link: { readonly targetAnchor: string; readonly isActive: boolean; readonly isManaged: boolean } | null
  readonly attributes: readonly AttributeComparison[]
  readonly escrow: EscrowEntry | null
  /** A cycle takes it up: it has changed, failed, waits for something that has come, or everybody is evaluated. */
  readonly isDue: boolean
  readonly held: HeldRemoval | null
  readonly plans: readonly WaitingPlan[]
  readonly waitsFor: readonly {
    readonly attribute: string
    readonly referencedId: string
    readonly displayName: string
  }[]
  readonly lastRemoval: LastRemoval | null
  readonly log: readonly ProvisioningObjectSummary[]
}

export interface PersonReport {
  readonly entry: DirectoryEntry
  readonly attributes: SourceAttributes
  readonly manager: DirectoryEntry | null
  readonly groups: readonly DirectoryEntry[]
  readonly jobs: readonly ObjectExplanation[]
}

/** How it stands at this moment, without a run. */
export interface WhyNow {
  readonly kind: 'now'
  readonly entry: DirectoryEntry
  /** The answer in one sentence or two. */
  readonly headline: string
  readonly jobStatus: JobStatusCode
  readonly explanation: ObjectExplanation
  /** What provisioning it would do, worked out with the target as it is; nothing is written. */
  readonly would: OnDemandObject | null
  /** Why that could not be worked out. */
  readonly unknown: string | null
}

/** A clause as an entry of the log remembers it. */
export interface ClauseThen {
  readonly text: string
  readonly seen: string | null
  readonly held: boolean
}

/** How it stood at an earlier cycle, from the log. */
export interface WhyThen {
  readonly kind: 'then'
  readonly entry: DirectoryEntry
  readonly headline: string
  /** The cycle that was asked for, as far as it is known. */
  readonly cycle: Cycle | null
  /** What the log last said of the object by then; `null` when it says nothing. */
  readonly found: ProvisioningObjectSummary | null
  /** Otherwise the object was met in an earlier one. */
  readonly isOfThatCycle: boolean
  /** `null`: from before versions were noted. */
  readonly schemaVersion: string | null
  readonly clauses: readonly ClauseThen[]
}

export type WhyReport = WhyNow | WhyThen
