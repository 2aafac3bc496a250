/*
 * A plan that is kept: decisions as a value that a person reads, and that is then carried out as it stands, once, or not
 * at all.
 */
import type { BeforeImage } from './before-image.ts'
import type { ObjectTypeName } from './objects.ts'
import type { TargetWrite } from './target-write.ts'

/**
 * `cycle`: what the next cycle would do; `everything`: after evaluating everybody; `undo`: takes earlier writes back;
 * `leavers`: people who are disabled while the rest of a review waits.
 */
export type SealedPlanKind = 'cycle' | 'everything' | 'undo' | 'leavers'

/**
 * `draft`: still being made, and nobody's business. Only an `open` plan can be applied or rejected, and only once.
 * `superseded`: what it was made from has moved on, so that another plan takes its place.
 */
export type SealedPlanState = 'draft' | 'open' | 'applied' | 'rejected' | 'superseded'

/** How much a plan does, by what happens to whom. */
export interface PlanCounts {
  readonly creates: number
  /** Objects whose attributes change. */
  readonly updates: number
  /** Members put into groups and taken out of them, each counted. */
  readonly membershipChanges: number
  readonly disables: number
  readonly deletes: number
  /** Different people and groups that are written. */
  readonly people: number
  readonly groups: number
}

export const noPlanCounts: PlanCounts = {
  creates: 0,
  updates: 0,
  membershipChanges: 0,
  disables: 0,
  deletes: 0,
  people: 0,
  groups: 0,
}

export interface SealedPlan {
  readonly planId: string
  readonly jobId: string
  readonly kind: SealedPlanKind
  readonly state: SealedPlanState
  /** Milliseconds since 1970-01-01 UTC; what `Now()` is in its expressions. */
  readonly createdAt: number
  /** Who asked for it; `''`: nobody, a review. */
  readonly createdBy: string
  /** What it is of, in words: "undo of cycle ...", "review: ...". */
  readonly origin: string
  /** Why a review made it wait, as codes that compare; empty for a plan somebody asked for. */
  readonly waitsFor: readonly string[]
  /** Position in the source's feed that it was made from; `null`: from the beginning, everybody. */
  readonly watermark: string | null
  readonly schemaVersion: string
  readonly settingsHash: string
  /** Tells whether two plans would do the same. */
  readonly contentHash: string
  readonly counts: PlanCounts
  /** The cycle that carried it out, once it is applied. */
  readonly cycleId: string | null
  /** When and by whom it was applied, rejected or superseded. */
  readonly decidedAt: number | null
  readonly decidedBy: string | null
}

/**
 * What became of a planned write. `partly`: it is done but for references that wait for others; `void`: source, target or
 * configuration have moved, and nothing was sent; `failed`: it was sent, and the target refused.
 */
export type PlannedWriteOutcome = 'done' | 'partly' | 'void' | 'failed'

/** What has moved since the plan was made, where it is void. */
export type PlanMoved = 'source' | 'target' | 'configuration' | 'unknown'

export interface PlannedWrite {
  /** From 1 on, in the order they were planned. */
  readonly number: number
  readonly image: BeforeImage
  /** `known` of an update is not kept: whoever sends it reads it anew. */
  readonly write: TargetWrite
  /** Why, in a sentence. */
  readonly reason: string
  /** Tells whether the source object has changed since; `null` where it does not matter (undo). */
  readonly sourceHash: string | null
  /** Accounts that do not exist yet and stand in this write under a made-up anchor: their source anchors by it. */
  readonly newcomers: Readonly<Record<string, string>>
  /** Attributes whose values are not shown (`Redact`). */
  readonly redacted: readonly string[]
  /** `null`: not yet. */
  readonly outcome: PlannedWriteOutcome | null
  readonly moved: PlanMoved | null
  readonly outcomeReason: string | null
}

/** What is noted on a planned write when it has had its turn. */
export interface PlannedWriteEnd {
  readonly planId: string
  readonly number: number
  readonly outcome: PlannedWriteOutcome
  readonly moved: PlanMoved | null
  readonly outcomeReason: string | null
}

/** One page of a plan's writes. */
export interface PlannedWriteQuery {
  /** Number of the last one seen. */
  readonly after: number
  readonly limit: number
  /** Part of a display name or of an id on either side, without case. */
  readonly text?: string
  readonly kind?: BeforeImage['kind']
  readonly objectType?: ObjectTypeName
  /** `open`: those that have had no turn yet, or not wholly. */
  readonly outcome?: PlannedWriteOutcome | 'open'
}
