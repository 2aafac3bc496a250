/*
 * Posts one notification as JSON, signed so that the receiver can tell it from a stranger's: the headers and the scheme of
 * Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,...` over `id.timestamp.body`).
 */
import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { Notification } from '../vocabulary/index.ts'

const answerWithinMs = 20_000

/** `secret` as Standard Webhooks writes it: `whsec_` and base64. Any other text counts as its own bytes. */
export function signatureOf(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
  const signed = createHmac('sha256', key).update(`${id}.${String(timestampSeconds)}.${body}`)
  return `v1,${signed.digest('base64')}`
}

/** Resolves when the receiver has answered with a 2xx; rejects with its status otherwise. */
export async function sendWebhook(
  target: { readonly url: string; readonly secret: string },
  notification: Notification,
  now: number,
): Promise<void> {
  const body = JSON.stringify({
    type: `muster.${notification.kind}`,
    timestamp: new Date(notification.at).toISOString(),
    data: notification,
  })
  const timestamp = Math.floor(now / 1000)
  const answer = await request(target.url, {
    method: 'POST',
    headersTimeout: answerWithinMs,
    bodyTimeout: answerWithinMs,
    headers: {
      'content-type': 'application/json',
      'webhook-id': notification.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf(target.secret, notification.id, timestamp, body),
    },
    body,
  })
  await answer.body.dump()
  if (answer.statusCode < 200 || answer.statusCode > 299)
    throw new Error(`The receiver at ${new URL(target.url).host} answered with status ${String(answer.statusCode)}.`)
}
