/*
 * Brings what is to be told to those who are to be told: each notification once through each channel, tried again when a
 * server does not take it. What waits lies in the store, so that a stop in between loses nothing.
 */
import type { OutgoingNotification, Store } from '../store/store.ts'
import {
  channelsOf,
  type Clock,
  type Delivery,
  type Notification,
  type NotificationSettings,
  type NotificationTestReport,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { sendMail, type MailSettings } from './send-mail.ts'
import { sendWebhook } from './send-webhook.ts'
import { mailText } from './texts.ts'

const tickMs = 5_000
/** After each failed attempt; what is still not taken after the last one is given up. */
const tryAgainAfterMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000, 24 * 3_600_000]

export interface DeliverPorts {
  readonly store: Store
  readonly clock: Clock
  /** As they are now; `null`: none is known. */
  readonly mail: () => MailSettings | null
  readonly webhookSecret: () => string | null
  readonly onFailure: (delivery: Delivery, error: string) => void
}

interface Postman {
  /** Looks for what waits now. */
  wake(): void
  stop(): Promise<void>
}

/** Sends one delivery now; throws what the other side said, or what is missing in the settings. */
async function deliver(ports: DeliverPorts, delivery: OutgoingNotification, to: NotificationSettings): Promise<void> {
  switch (delivery.channel) {
    case 'mail': {
      const mail = ports.mail()
      if (mail === null)
        throw new Error(
          'No mail server is known: set MUSTER_MAIL_FROM, and MUSTER_SMTP_URL (or muster secrets set smtpUrl), then start the service again.',
        )
      if (to.recipients === null)
        throw new Error('Nobody is named to be told: muster notifications set --recipients ADDRESS.')
      await sendMail(mail, to.recipients, mailText(delivery.notification))
      return
    }
    case 'webhook': {
      if (to.webhookUrl === null)
        throw new Error('No webhook address is known: muster notifications set --webhook URL.')
      const secret = ports.webhookSecret()
      if (secret === null)
        throw new Error('No secret signs the webhook: muster secrets set webhookSecret (or set MUSTER_WEBHOOK_SECRET).')
      await sendWebhook({ url: to.webhookUrl, secret }, delivery.notification, ports.clock.now())
      return
    }
  }
}

async function deliverDue(ports: DeliverPorts): Promise<void> {
  const { store, clock } = ports
  for (const delivery of await store.notifications.due(clock.now(), 100)) {
    const job = await store.jobs.get(delivery.notification.jobId)
    const { id } = delivery.notification
    try {
      if (job !== null && job.settings.notifications.isOn) await deliver(ports, delivery, job.settings.notifications)
      await store.notifications.noteDelivered(id, delivery.channel, clock.now())
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const after = tryAgainAfterMs[delivery.attempts]
      ports.onFailure(delivery, message)
      await store.notifications.noteFailed(id, delivery.channel, {
        error: message,
        nextAttemptAt: after === undefined ? null : clock.now() + after,
      })
    }
  }
}

/** A message through every channel the job has, whether notifications are on or not; what each server said. */
export async function testNotifications(
  ports: DeliverPorts,
  job: SynchronizationJob,
  id: string,
): Promise<NotificationTestReport['sent']> {
  const { notifications } = job.settings
  const notification: Notification = {
    id,
    jobId: job.jobId,
    jobName: job.servicePrincipalDisplayName,
    at: ports.clock.now(),
    kind: 'test',
    reason: null,
    found: null,
    concerned: null,
  }
  return await Promise.all(
    channelsOf(notifications).map(async (channel) => {
      try {
        await deliver(ports, { notification, channel }, notifications)
        return { channel, error: null }
      } catch (error) {
        return { channel, error: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}

export function startPostman(ports: DeliverPorts): Postman {
  const stopped = new AbortController()
  let waking = new AbortController()
  const running = (async () => {
    while (!stopped.signal.aborted) {
      await deliverDue(ports)
      waking = new AbortController()
      await pause(AbortSignal.any([waking.signal, stopped.signal]))
    }
  })()

  async function pause(until: StopSignal): Promise<void> {
    await ports.clock.sleep(tickMs, until).catch((error: unknown) => {
      if (!until.aborted) throw error
    })
  }

  return {
    wake: () => waking.abort(new Error('woken')),
    async stop() {
      stopped.abort(new Error('The service is stopping.'))
      await running
    },
  }
}
