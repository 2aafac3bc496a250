/* The audit log learns of a quarantine that is imposed, has another reason now or is lifted (spec 12.6). */
import type { SynchronizationJob } from '../vocabulary/index.ts'
import { audited, bySystem, type AuditPorts } from './audited.ts'
import type { JobHealth } from './job-health.ts'

export async function tellingOfQuarantine<T>(
  ports: AuditPorts,
  job: SynchronizationJob,
  health: Pick<JobHealth, 'quarantine' | 'scheduleState'>,
  work: () => Promise<T>,
): Promise<T> {
  const isSame = (health.quarantine?.reason ?? null) === (job.quarantine?.reason ?? null)
  if (isSame && health.scheduleState !== 'Disabled') return await work()
  const act = { activity: 'Quarantine', operation: 'Update', job, onlyChanges: true } as const
  return await audited(ports, { ...act, ...bySystem(ports) }, work)
}
