/*
 * Makes a plan that is kept: the cycle is planned as ever, and every write it would send is written down. It stays a draft,
 * which nobody sees, until it is opened.
 */
import { settingsHash } from '../provisioning/index.ts'
import {
  noPlanCounts,
  type Plan,
  type PlannedChange,
  type SealedPlan,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { planCycle } from './plan-cycle.ts'
import { createPlanRecorder } from './plan-recorder.ts'
import type { CyclePorts } from './cycle-ports.ts'

export interface SealRequest {
  readonly kind: 'cycle' | 'everything'
  readonly createdBy: string
  readonly origin: string
}

export interface DraftedPlan {
  readonly plan: Plan
  readonly draft: SealedPlan
}

/** The draft is in the store with all its writes; an error leaves nothing behind. */
export async function draftPlan(
  ports: CyclePorts,
  job: SynchronizationJob,
  request: SealRequest,
  stop: StopSignal,
  onChange: (change: PlannedChange) => void,
): Promise<DraftedPlan> {
  const { plans } = ports.store
  const now = ports.clock.now()
  const empty: SealedPlan = {
    ...request,
    planId: ports.newId(),
    jobId: job.jobId,
    state: 'draft',
    createdAt: now,
    waitsFor: [],
    watermark: null,
    schemaVersion: job.schema.version,
    settingsHash: settingsHash(job.settings),
    contentHash: '',
    counts: noPlanCounts,
    cycleId: null,
    decidedAt: null,
    decidedBy: null,
  }
  const recorder = createPlanRecorder({ now, store: (writes) => plans.put(empty, writes) })
  try {
    const everything = request.kind === 'everything'
    const plan = await planCycle(ports, job, stop, onChange, { everything, gate: recorder.gate })
    const draft: SealedPlan = {
      ...empty,
      watermark: plan.watermark,
      counts: recorder.counts(),
      contentHash: recorder.contentHash(),
    }
    await plans.put(draft, recorder.rest())
    return { plan, draft }
  } catch (error) {
    await plans.removeDraft(empty.planId)
    throw error
  }
}
