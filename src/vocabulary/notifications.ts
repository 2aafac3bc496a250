/* What an administrator is told without asking (spec section 14): by mail and by webhook, once a cause. */
import type { QuarantineReason } from './quarantine.ts'

export type NotificationKind =
  | 'quarantineImposed'
  | 'quarantineReasonChanged'
  | 'quarantineLifted'
  /** After four weeks in quarantine. */
  | 'jobDisabled'
  /** So many failed in an initial cycle that the job has paused itself (spec 6.1). */
  | 'escrowsPruned'
  /** A cycle under review waits for an answer. */
  | 'planWaits'
  /** The nightly probe found that the target has begun to answer otherwise. */
  | 'targetChanged'
  /** Asked for by an administrator, to see whether it arrives. */
  | 'test'

export interface Notification {
  readonly id: string
  readonly jobId: string
  readonly jobName: string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number
  readonly kind: NotificationKind
  readonly reason: QuarantineReason | null
  /** What was found, in the words of `muster status`. */
  readonly found: string | null
  /** People and groups it concerns, where that can be said. */
  readonly concerned: number | null
}

export type NotificationChannel = 'mail' | 'webhook'

/** A notification on its way through one channel. */
export interface Delivery {
  readonly notification: Notification
  readonly channel: NotificationChannel
  readonly attempts: number
  /** `null`: it has arrived, or was given up. */
  readonly nextAttemptAt: number | null
  readonly deliveredAt: number | null
  readonly error: string | null
}

/** Who is told (Graph's `SyncNotificationSettings`, and a webhook beside it). */
export interface NotificationSettings {
  readonly isOn: boolean
  /** Addresses, separated by commas. */
  readonly recipients: string | null
  readonly webhookUrl: string | null
}

/** The channels an address is named for. */
export function channelsOf({ recipients, webhookUrl }: NotificationSettings): readonly NotificationChannel[] {
  return [...(recipients === null ? [] : (['mail'] as const)), ...(webhookUrl === null ? [] : (['webhook'] as const))]
}
