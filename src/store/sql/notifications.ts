/* Notifications on their way, one row a channel; what has arrived stays as a record of what was told. */
import type { Delivery, Notification, NotificationChannel } from '../../vocabulary/index.ts'
import type { NotificationStore, OutgoingNotification } from '../store.ts'
import { fromJson } from './json-columns.ts'
import type { Database, Session } from './session.ts'
import type { Row } from './tables.ts'

function toDelivery(row: Row<'notification_delivery'>): Delivery {
  return {
    notification: fromJson<Notification>(row.notification),
    channel: row.channel as NotificationChannel,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    deliveredAt: row.delivered_at,
    error: row.error,
  }
}

/** Puts them on their way, due at once. */
export async function putNotifications(session: Session, outgoing: readonly OutgoingNotification[]): Promise<void> {
  await session.put(
    'notification_delivery',
    outgoing.map(({ notification, channel }) => ({
      id: notification.id,
      channel,
      job_id: notification.jobId,
      at: notification.at,
      notification: JSON.stringify(notification),
      attempts: 0,
      next_attempt_at: notification.at,
      delivered_at: null,
      error: null,
    })),
  )
}

export function createNotifications(database: Database): NotificationStore {
  const { committed } = database
  const { queries } = database.dialect

  async function note(
    id: string,
    channel: NotificationChannel,
    what: Pick<Row<'notification_delivery'>, 'next_attempt_at' | 'delivered_at' | 'error'>,
  ): Promise<void> {
    await database.transaction((session) =>
      session.run(
        queries
          .updateTable('notification_delivery')
          .set((eb) => ({ ...what, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .where('channel', '=', channel),
      ),
    )
  }

  return {
    put: (outgoing) => database.transaction((session) => putNotifications(session, outgoing)),

    async due(now, limit) {
      const rows = await committed.all(
        queries
          .selectFrom('notification_delivery')
          .selectAll()
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .orderBy('id')
          .orderBy('channel')
          .limit(limit),
      )
      return rows.map(toDelivery)
    },

    async list(jobId, limit) {
      const rows = await committed.all(
        queries
          .selectFrom('notification_delivery')
          .selectAll()
          .where('job_id', '=', jobId)
          .orderBy('at', 'desc')
          .orderBy('id', 'desc')
          .orderBy('channel')
          .limit(limit),
      )
      return rows.map(toDelivery)
    },

    noteDelivered: (id, channel, at) => note(id, channel, { next_attempt_at: null, delivered_at: at, error: null }),
    noteFailed: (id, channel, { error, nextAttemptAt }) =>
      note(id, channel, { next_attempt_at: nextAttemptAt, delivered_at: null, error }),
  }
}
