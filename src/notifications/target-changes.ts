/* Where the target has begun to answer otherwise: kept for `muster status`, and told to whoever is told. */
import type { Store } from '../store/store.ts'
import {
  channelsOf,
  targetChangesName,
  type Clock,
  type Notification,
  type QuirkChange,
  type SynchronizationJob,
  type TargetChanges,
} from '../vocabulary/index.ts'

export interface TargetChangesPorts {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
}

export async function noteTargetChanges(
  { store, clock, newId }: TargetChangesPorts,
  job: SynchronizationJob,
  changes: readonly QuirkChange[],
): Promise<void> {
  const noted: TargetChanges = { at: clock.now(), changes }
  await store.setValue(targetChangesName, JSON.stringify(noted))
  const { notifications } = job.settings
  if (!notifications.isOn) return
  const notification: Notification = {
    id: newId(),
    jobId: job.jobId,
    jobName: job.servicePrincipalDisplayName,
    at: noted.at,
    kind: 'targetChanged',
    reason: null,
    found: changes.map(({ id, before, after }) => `${id} was "${before}" and is "${after}".`).join(' '),
    concerned: null,
  }
  await store.notifications.put(channelsOf(notifications).map((channel) => ({ notification, channel })))
}
