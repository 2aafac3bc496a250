/* Plans that are kept: a part of `store.ts`, with the same promises. */
import type {
  Cycle,
  ObjectTypeName,
  PlanMoved,
  PlannedWrite,
  PlannedWriteEnd,
  PlannedWriteOutcome,
  PlannedWriteQuery,
  SealedPlan,
  SealedPlanKind,
  SealedPlanState,
} from '../vocabulary/index.ts'
import type { Lease } from './job-store.ts'
import type { OutgoingNotification } from './notification-store.ts'

/** Plans and their writes. A draft is seen by its id alone. */
export interface PlanStore {
  /** Stores or replaces the plan, by its id, and adds these writes to those it has; what is to be told of it begins its way. */
  put(plan: SealedPlan, writes: readonly PlannedWrite[], outgoing?: readonly OutgoingNotification[]): Promise<void>
  get(planId: string): Promise<SealedPlan | null>
  /** Newest first. A cursor that is not one of this list's throws a `RangeError`. */
  list(
    jobId: string,
    request: {
      readonly state?: SealedPlanState
      /** Part of the origin, the id or the name of whoever asked, without case. */
      readonly text?: string
      readonly limit: number
      /** Continues after the page that returned it. */
      readonly cursor?: string
    },
  ): Promise<{ readonly plans: readonly SealedPlan[]; readonly cursor: string | null }>
  /** In the order they were planned, and how many match in all. */
  writes(
    planId: string,
    query: PlannedWriteQuery,
  ): Promise<{ readonly writes: readonly PlannedWrite[]; readonly total: number }>
  /** All of one object's, in the order they were planned. */
  writesOf(planId: string, objectType: ObjectTypeName, sourceAnchor: string): Promise<readonly PlannedWrite[]>
  countOutcomes(planId: string): Promise<
    readonly {
      readonly outcome: PlannedWriteOutcome | null
      readonly moved: PlanMoved | null
      readonly count: number
    }[]
  >
  /** Rejects or supersedes an open plan; answers whether it was this call that did it. */
  decide(
    planId: string,
    decision: { readonly state: 'rejected' | 'superseded'; readonly at: number; readonly by: string },
  ): Promise<boolean>
  /** Supersedes the open plans of these kinds; answers which. */
  supersede(
    jobId: string,
    request: {
      readonly kinds: readonly SealedPlanKind[]
      /** Only those a review made wait. */
      readonly onlyReviews: boolean
      readonly except: string | null
      readonly at: number
    },
  ): Promise<readonly string[]>
  /** Uses an open plan up: it is applied, and this cycle carries it out. `false`: it was not open any more, and nothing happened. */
  apply(
    lease: Lease,
    planId: string,
    application: { readonly cycle: Cycle; readonly at: number; readonly by: string },
  ): Promise<boolean>
  noteEnds(lease: Lease, ends: readonly PlannedWriteEnd[]): Promise<void>
  /** Forgets a draft with its writes; anything else stays. */
  removeDraft(planId: string): Promise<void>
  /** Removes plans made before that instant that are not open, so many at most; answers how many. */
  purge(olderThan: number, limit: number): Promise<number>
}
