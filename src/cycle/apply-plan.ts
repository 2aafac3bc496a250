/*
 * A plan is applied: it is used up, and a cycle of its own begins that carries it out, now or after a restart. What such a
 * cycle writes is decided by the plan alone.
 */
import type { Lease, Store } from '../store/store.ts'
import type { Cycle, SealedPlan, SynchronizationJob } from '../vocabulary/index.ts'
import { beginCycle } from './begin-cycle.ts'

export interface ApplyRequest {
  readonly plan: SealedPlan
  readonly by: string
  readonly cycleId: string
  readonly now: number
  /** After an undo the next cycle might do again what was taken back: the job is paused, unless somebody says otherwise. */
  readonly keepRunning?: boolean
}

/** A cycle that was begun and has not ended stands in the way, unless the plan was made of the rest of it. */
export class CycleInTheWayError extends Error {
  override readonly name = 'CycleInTheWayError'
}

function cycleOf(job: SynchronizationJob, running: Cycle | null, { plan, cycleId, now }: ApplyRequest): Cycle {
  if (running === null) {
    const from = plan.kind === 'undo' ? job : { ...job, watermark: plan.watermark }
    return { ...beginCycle(from, cycleId, now), planId: plan.planId }
  }
  if (plan.kind === 'cycle' && running.planId === null) return { ...running, planId: plan.planId }
  throw new CycleInTheWayError(
    running.planId === null
      ? 'A cycle has begun and not ended yet: let it end (muster run), then apply the plan.'
      : `The plan ${running.planId} is being carried out: wait until it has ended (muster status), then apply this one.`,
  )
}

/** Answers the cycle that carries it out, or `null` when the plan is not open any more. */
export async function applyPlan(
  store: Store,
  lease: Lease,
  job: SynchronizationJob,
  request: ApplyRequest,
): Promise<Cycle | null> {
  const { plan, by, now, keepRunning = false } = request
  const cycle = cycleOf(job, await store.jobs.runningCycle(job.jobId), request)
  if (!(await store.plans.apply(lease, plan.planId, { cycle, at: now, by }))) return null
  if (plan.kind === 'undo' && !keepRunning) await store.jobs.setStatus(job.jobId, 'Paused', 'Paused')
  // Plans describe one moment: what was planned beside this one has to be planned anew.
  await store.plans.supersede(job.jobId, {
    kinds: ['cycle', 'everything', 'undo'],
    onlyReviews: false,
    except: plan.planId,
    at: now,
  })
  return cycle
}
