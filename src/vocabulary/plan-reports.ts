/* What the management API answers about plans that are kept. */
import type { DiffCluster } from './mapping-reports.ts'
import type { PlanMoved, PlannedWrite, PlannedWriteOutcome, SealedPlan } from './sealed-plan.ts'
import type { Cycle } from './synchronization-job.ts'

/** Newest first. */
export interface PlansReport {
  readonly plans: readonly SealedPlan[]
  readonly cursor: string | null
  /** The one that a review made wait, if it is not answered yet. */
  readonly waiting: SealedPlan | null
}

export interface PlanReport {
  readonly plan: SealedPlan
  /** What became of its writes; `null`: no turn yet. */
  readonly outcomes: readonly {
    readonly outcome: PlannedWriteOutcome | null
    readonly moved: PlanMoved | null
    readonly count: number
  }[]
  /** Mappings, filters or scope settings are others by now. */
  readonly isConfigurationMoved: boolean
  /** A cycle has ended since it was made. */
  readonly isWatermarkMoved: boolean
  /** The cycle that carries it out. */
  readonly cycle: Cycle | null
}

/** A plan that takes writes back; `null`: nothing is left to be done. */
export interface UndoReport {
  readonly plan: SealedPlan | null
  /** Writes that were looked at. */
  readonly writesUndone: number
  /** Parts of the plan that cannot be done, and stand in it as void. */
  readonly conflicts: number
}

/** Without the write itself; redacted values are not shown. */
export type PlannedWriteShown = Omit<PlannedWrite, 'write' | 'sourceHash'>

export interface PlannedWritesReport {
  /** How many match what was asked for. */
  readonly total: number
  readonly writes: readonly PlannedWriteShown[]
  /** Who the target anchors of members and managers belong to, as far as it is known. */
  readonly names: Readonly<Record<string, string>>
}

export interface PlanClustersReport {
  /** Those who lose something first. */
  readonly clusters: readonly DiffCluster[]
}

export interface PlanAppliedReport {
  readonly plan: SealedPlan
  /** `null` when it was only asked about. */
  readonly cycleId: string | null
  /** What has moved since the plan was made, in words. */
  readonly warnings: readonly string[]
}
