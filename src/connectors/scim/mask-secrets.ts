/*
 * What of an answer may go into a log: no token, and no more text than somebody would read.
 */
import { hideSecrets } from '../../vocabulary/index.ts'
import type { TransportAnswer } from './transport.ts'

const bodyLengthMax = 2000

/** As a target may repeat it. */
const formsOf = (token: string): readonly string[] =>
  token === '' ? [] : [token, Buffer.from(token).toString('base64'), Buffer.from(token).toString('base64url')]

/** Replaces Slack tokens and bearer tokens, and the connector's own token in whatever form it is echoed. */
export function maskSecrets(text: string, token: string): string {
  return hideSecrets(text, formsOf(token), '(token)')
    .replace(/\bxox[a-z](?:\.xox[a-z])?-[\w-]+/gi, '(token)')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 (token)')
}

/** The body as the log keeps it. */
export function readableBody(body: string, token: string): string {
  const masked = maskSecrets(body, token)
  return masked.length <= bodyLengthMax ? masked : `${masked.slice(0, bodyLengthMax)}... (${masked.length} characters)`
}

/** A shorter one stands in many a value by chance. */
const echoLengthMin = 12

/** What an answer repeats of the token ends here: its values go into reports, logs and the directory of accounts. */
export function withoutEcho(answer: TransportAnswer, token: string): TransportAnswer {
  if (token.length < echoLengthMin) return answer
  const body = hideSecrets(answer.body, formsOf(token), '(token)')
  return body === answer.body ? answer : { ...answer, body }
}
