/*
 * A plan: the cycle itself, with a memory that forgets and a target that is only read (style.md section 4). What the log
 * would say is what the plan says.
 */
import type {
  Plan,
  PlannedChange,
  ProvisioningObjectSummary,
  StopSignal,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import { planLedger } from './plan-ledger.ts'
import { plannedTarget } from './planned-target.ts'
import { runCycle } from './run-cycle.ts'
import { beginCycle, type CyclePorts } from './run-job.ts'

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

/** Works out what the next cycle would do; each planned change is handed over as it is found. Writes nothing anywhere. */
export async function planCycle(
  ports: CyclePorts,
  job: SynchronizationJob,
  stop: StopSignal,
  onChange: (change: PlannedChange) => void,
): Promise<Plan> {
  const { source, target } = ports.connect(job)
  const running = await ports.store.jobs.runningCycle(job.jobId)
  const cycle = running ?? beginCycle(job, ports.newId(), ports.clock.now())
  try {
    const end = await runCycle({
      job,
      cycle,
      isResumed: running !== null,
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
    })
    return { jobId: job.jobId, kind: cycle.kind, watermark: job.watermark, counters: end.cycle.counters }
  } finally {
    await target.close()
  }
}
