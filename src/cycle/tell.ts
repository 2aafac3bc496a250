/* Decides what a change of a job's health is worth telling, and through which channels (spec section 14). */
import { isNewsOfQuarantine } from '../provisioning/index.ts'
import type { OutgoingNotification, Store } from '../store/store.ts'
import { channelsOf, type Notification, type NotificationKind, type SynchronizationJob } from '../vocabulary/index.ts'
import type { JobHealth } from './job-health.ts'

/** Notifications looked through for the last one about the job's health. */
const toldLately = 100
const ofHealth: ReadonlySet<NotificationKind> = new Set<NotificationKind>([
  'quarantineImposed',
  'quarantineReasonChanged',
  'quarantineLifted',
  'jobDisabled',
  'escrowsPruned',
])

/** The quarantine was lifted by hand, and these people wait for an answer as before: that is told already. */
export async function isTooManyDeletesTold(store: Store, jobId: string): Promise<boolean> {
  const told = (await store.notifications.list(jobId, toldLately)).map((each) => each.notification)
  const last = told.find(({ kind }) => ofHealth.has(kind))
  return (
    last?.reason === 'TooManyDeletes' && (last.kind === 'quarantineImposed' || last.kind === 'quarantineReasonChanged')
  )
}

function newsOf(job: SynchronizationJob, health: JobHealth): NotificationKind | null {
  if (health.prunesEscrows) return 'escrowsPruned'
  if (health.quarantine === null) return job.quarantine === null ? null : 'quarantineLifted'
  if (health.scheduleState === 'Disabled') return 'jobDisabled'
  if (!isNewsOfQuarantine(job.quarantine, health.quarantine)) return null
  return job.quarantine === null ? 'quarantineImposed' : 'quarantineReasonChanged'
}

/** Told once: when the quarantine begins, when its reason changes, when it ends, when the job is given up or paused by itself. */
export function tellHealth(
  job: SynchronizationJob,
  health: JobHealth,
  about: { readonly id: string; readonly at: number },
): readonly OutgoingNotification[] {
  const kind = newsOf(job, health)
  if (kind === null || !job.settings.notifications.isOn) return []
  const notification: Notification = {
    ...about,
    jobId: job.jobId,
    jobName: job.servicePrincipalDisplayName,
    kind,
    reason: health.quarantine?.reason ?? job.quarantine?.reason ?? null,
    found: health.found,
    concerned: health.concerned,
  }
  return channelsOf(job.settings.notifications).map((channel) => ({ notification, channel }))
}
