/* Rows of jobs and cycles become objects and back. */
import {
  usualJobSettings,
  type Cycle,
  type CycleCounters,
  type JobSettings,
  type JobStatusCode,
  type Quarantine,
  type ScheduleState,
  type SynchronizationJob,
  type SynchronizationSchema,
} from '../../vocabulary/index.ts'
import { fromJson } from './json-columns.ts'
import type { Row } from './tables.ts'

export function toJob(row: Row<'job'>): SynchronizationJob {
  return {
    jobId: row.job_id,
    servicePrincipalId: row.service_principal_id,
    servicePrincipalDisplayName: row.service_principal_display_name,
    templateId: row.template_id,
    status: row.status as JobStatusCode,
    // A job stored before a setting existed has its usual value.
    settings: { ...usualJobSettings, ...fromJson<Partial<JobSettings>>(row.settings) },
    schema: fromJson<SynchronizationSchema>(row.schema_text),
    watermark: row.watermark,
    nextRunAt: row.next_run_at,
    steadyStateFirstAchievedAt: row.steady_state_first_at,
    steadyStateLastAchievedAt: row.steady_state_last_at,
    quarantine: row.quarantine === null ? null : fromJson<Quarantine>(row.quarantine),
    scheduleState: row.schedule_state as ScheduleState,
    escrowsPruned: row.escrows_pruned !== 0,
  }
}

/** A new job: nobody holds it yet. */
export function fromJob(job: SynchronizationJob): Row<'job'> {
  return {
    job_id: job.jobId,
    service_principal_id: job.servicePrincipalId,
    service_principal_display_name: job.servicePrincipalDisplayName,
    template_id: job.templateId,
    status: job.status,
    settings: JSON.stringify(job.settings),
    schema_text: JSON.stringify(job.schema),
    watermark: job.watermark,
    watermark_epoch: 0,
    next_run_at: job.nextRunAt,
    steady_state_first_at: job.steadyStateFirstAchievedAt,
    steady_state_last_at: job.steadyStateLastAchievedAt,
    fence: 0,
    lease_owner: null,
    lease_until: null,
    lease_epoch: 0,
    quarantine: job.quarantine === null ? null : JSON.stringify(job.quarantine),
    schedule_state: job.scheduleState,
    escrows_pruned: job.escrowsPruned ? 1 : 0,
  }
}

const countedLater = { countExports: 0, countImportedReferenceDeltas: 0 } satisfies Partial<CycleCounters>

export function toCycle(row: Row<'cycle'>): Cycle {
  return {
    cycleId: row.cycle_id,
    jobId: row.job_id,
    kind: row.kind as Cycle['kind'],
    beganAt: row.began_at,
    endedAt: row.ended_at,
    state: row.state as Cycle['state'],
    error: row.error,
    brokenSince: row.broken_since,
    position: row.position,
    objectsDone: row.objects_done,
    objectsKnown: row.objects_known,
    pagesDone: row.pages_done,
    pagesKnown: row.pages_known,
    // A cycle stored before something was counted has none of it.
    counters: { ...countedLater, ...fromJson<Partial<CycleCounters>>(row.counters) } as CycleCounters,
    planId: row.plan_id,
  }
}

export function fromCycle(cycle: Cycle, watermarkEpoch: number): Row<'cycle'> {
  return {
    cycle_id: cycle.cycleId,
    job_id: cycle.jobId,
    kind: cycle.kind,
    began_at: cycle.beganAt,
    ended_at: cycle.endedAt,
    state: cycle.state,
    error: cycle.error,
    broken_since: cycle.brokenSince,
    position: cycle.position,
    objects_done: cycle.objectsDone,
    objects_known: cycle.objectsKnown,
    pages_done: cycle.pagesDone,
    pages_known: cycle.pagesKnown,
    exported: cycle.counters.countExported,
    counters: JSON.stringify(cycle.counters),
    watermark_epoch: watermarkEpoch,
    plan_id: cycle.planId,
  }
}
