/*
 * A plan: the cycle itself, with a memory that forgets and a target that is only read (style.md section 4). What the log
 * would say is what the plan says.
 */
import type {
  Cycle,
  Plan,
  PlannedChange,
  ProvisioningObjectSummary,
  StopSignal,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import { planLedger } from './plan-ledger.ts'
import { plannedTarget } from './planned-target.ts'
import { runCycle } from './run-cycle.ts'
import { beginCycle } from './begin-cycle.ts'
import type { CyclePorts } from './cycle-ports.ts'
import type { WriteGate } from './write-gate.ts'

function plannedChange(entry: ProvisioningObjectSummary): PlannedChange {
  const { errorInformation, status } = entry.provisioningStatusInfo
  const scoping = entry.provisioningSteps.find((step) => step.provisioningStepType === 'scoping')
  const isRemoval = entry.provisioningAction === 'disable' || entry.provisioningAction === 'delete'
  return {
    objectType: entry.sourceIdentity.identityType,
    sourceId: entry.sourceIdentity.id,
    displayName: entry.sourceIdentity.displayName,
    targetId: entry.targetIdentity.id,
    action: entry.provisioningAction,
    status,
    code: errorInformation?.errorCode ?? null,
    reason: errorInformation?.reason ?? (isRemoval ? (scoping?.description ?? null) : null),
    modifiedProperties: entry.modifiedProperties,
  }
}

export interface PlanRequest {
  /** Evaluates everybody, as an initial cycle does. */
  readonly everything: boolean
  /** Writes the plan down while it is made. */
  readonly gate: WriteGate | null
}

export const nextCycle: PlanRequest = { everything: false, gate: null }

/** The cycle that goes on, or the next one; another one that evaluates everybody. */
async function cycleToPlan(
  ports: CyclePorts,
  job: SynchronizationJob,
  everything: boolean,
): Promise<{ readonly cycle: Cycle; readonly isResumed: boolean }> {
  const running = everything ? null : await ports.store.jobs.runningCycle(job.jobId)
  if (running !== null) return { cycle: running, isResumed: true }
  const from = everything ? { ...job, watermark: null } : job
  return { cycle: beginCycle(from, ports.newId(), ports.clock.now()), isResumed: false }
}

/** Works out what the next cycle would do; each planned change is handed over as it is found. Writes nothing anywhere. */
export async function planCycle(
  ports: CyclePorts,
  job: SynchronizationJob,
  stop: StopSignal,
  onChange: (change: PlannedChange) => void,
  { everything, gate }: PlanRequest = nextCycle,
): Promise<Plan> {
  const { source, target } = ports.connect(job)
  const { cycle, isResumed } = await cycleToPlan(ports, job, everything)
  try {
    const end = await runCycle({
      job,
      cycle,
      isResumed,
      source,
      target: plannedTarget(target),
      ledger: planLedger(ports.store, job.jobId, (outcome) => {
        if (outcome.logEntry !== null) onChange(plannedChange(outcome.logEntry))
      }),
      clock: ports.clock,
      newId: ports.newId,
      tenantId: ports.tenantId,
      progress: ports.progress,
      stop,
      gate,
      ...(ports.stopwatch === undefined ? {} : { stopwatch: ports.stopwatch }),
    })
    return { jobId: job.jobId, kind: cycle.kind, watermark: cycle.position, counters: end.cycle.counters }
  } finally {
    await target.close()
  }
}
