/*
 * Tells the audit log of what some work changes (spec 12.6): who did it and under which name, and of a job what became
 * different. One entry with the first change; another only when a later step of the same work changes the job once more, under
 * the name of what that step did.
 */
import { activityOfChanges, jobChanges } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import {
  systemInitiator,
  type AuditActivity,
  type AuditInitiator,
  type AuditOperation,
  type AuditTarget,
  type Clock,
  type DirectoryAudit,
  type SynchronizationJob,
} from '../vocabulary/index.ts'

export interface AuditPorts {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
}

export interface AuditedAct {
  readonly activity: AuditActivity
  readonly operation: AuditOperation
  readonly initiatedBy: AuditInitiator
  readonly correlationId: string
  /** The job it is about, as it is before. */
  readonly job: SynchronizationJob | null
  /** What else it is about. */
  readonly targets?: readonly AuditTarget[]
  readonly details?: () => DirectoryAudit['additionalDetails']
  /** Only a change of the job is worth telling: the same work is often done without one. */
  readonly onlyChanges?: boolean
}

export function auditEntry(
  { clock, newId }: Pick<AuditPorts, 'clock' | 'newId'>,
  act: AuditedAct,
  end: {
    readonly after: SynchronizationJob | null
    readonly result?: DirectoryAudit['result']
    readonly resultReason?: string
  },
): DirectoryAudit {
  const about = act.job ?? end.after
  return {
    id: newId(),
    activityDateTime: new Date(clock.now()).toISOString(),
    activityDisplayName: act.activity,
    operationType: act.operation,
    category: 'ProvisioningManagement',
    loggedByService: 'Account Provisioning',
    correlationId: act.correlationId,
    result: end.result ?? 'success',
    resultReason: end.resultReason ?? '',
    initiatedBy: act.initiatedBy,
    targetResources: [
      ...(about === null
        ? []
        : [
            {
              id: about.jobId,
              displayName: about.servicePrincipalDisplayName,
              type: 'Job',
              modifiedProperties: jobChanges(act.job, end.after),
            },
          ]),
      ...(act.targets ?? []),
    ],
    additionalDetails: act.details?.() ?? [],
  }
}

/** Does the work; what it changes in the store is told of in the same transaction. */
export async function audited<T>(ports: AuditPorts, act: AuditedAct, work: () => Promise<T>): Promise<T> {
  let known = act.job
  let hasTold = false
  return await ports.store.audit.during(async (read) => {
    // A job that is deleted takes its configuration along; that it is gone says enough.
    const after = known === null ? null : ((await read(known.jobId)) ?? known)
    const changes = jobChanges(known, after)
    if (changes.length === 0 && (hasTold || act.onlyChanges === true)) return null
    const activity = hasTold ? (activityOfChanges(changes) ?? act.activity) : act.activity
    hasTold = true
    const entry = auditEntry(ports, { ...act, activity, job: known }, { after })
    known = after
    return entry
  }, work)
}

/** What the service itself does to a job, where that may be a change of its configuration. */
export function bySystem(ports: Pick<AuditPorts, 'newId'>): Pick<AuditedAct, 'initiatedBy' | 'correlationId'> {
  return { initiatedBy: systemInitiator, correlationId: ports.newId() }
}
