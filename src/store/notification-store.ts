/* What administrators are told: a part of `store.ts`, with the same promises. */
import type { Delivery, NotificationChannel } from '../vocabulary/index.ts'

export type OutgoingNotification = Pick<Delivery, 'notification' | 'channel'>

/** Notifications of a job's health begin their way together with what they tell of (`endCycle`, `setQuarantine`). */
export interface NotificationStore {
  /** Puts others on their way, due at once. */
  put(outgoing: readonly OutgoingNotification[]): Promise<void>
  /** Those that are to be sent by then, the longest due first. */
  due(now: number, limit: number): Promise<readonly Delivery[]>
  /** Newest first. */
  list(jobId: string, limit: number): Promise<readonly Delivery[]>
  noteDelivered(id: string, channel: NotificationChannel, at: number): Promise<void>
  /** `nextAttemptAt: null`: it is given up. */
  noteFailed(
    id: string,
    channel: NotificationChannel,
    failure: { readonly error: string; readonly nextAttemptAt: number | null },
  ): Promise<void>
}
