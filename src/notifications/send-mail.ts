/* Sends one mail over SMTP, with TLS and login as the address says. */
import { createTransport } from 'nodemailer'
import { hideSecrets } from '../vocabulary/index.ts'
import type { MailText } from './texts.ts'

export interface MailSettings {
  /** `smtps://user:password@host:465`, or `smtp://host:587`, which is raised to TLS when the server offers it. */
  readonly smtpUrl: string
  readonly from: string
}

/** A mail server that does not answer must not hold the others up. */
const answerWithinMs = 20_000

/** Resolves when the server has taken the mail. Rejects with the server's own words, without the login it may repeat. */
export async function sendMail(settings: MailSettings, to: string, mail: MailText): Promise<void> {
  const transport = createTransport({
    url: settings.smtpUrl,
    connectionTimeout: answerWithinMs,
    greetingTimeout: answerWithinMs,
    socketTimeout: answerWithinMs,
  })
  try {
    await transport.sendMail({
      from: settings.from,
      to,
      subject: mail.subject,
      text: mail.text,
      // No robot answers a robot (RFC 3834 section 5).
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Error(hideSecrets(error.message, loginForms(settings.smtpUrl)))
  } finally {
    transport.close()
  }
}

/** The password, and what goes over the wire of it (RFC 4616, AUTH LOGIN). */
function loginForms(smtpUrl: string): readonly string[] {
  const url = new URL(smtpUrl)
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  if (password === '') return []
  const sent = [password, `\0${user}\0${password}`].map((text) => Buffer.from(text).toString('base64'))
  return [password, url.password, ...sent]
}
