/*
 * What of an answer may go into a log: no token, and no more text than somebody would read.
 */

const bodyLengthMax = 2000

/** Replaces Slack tokens and bearer tokens, and the connector's own token in whatever form it is echoed. */
export function maskSecrets(text: string, token: string): string {
  const withoutOwn = token.length < 8 ? text : text.replaceAll(token, '(token)')
  return withoutOwn
    .replace(/\bxox[a-z](?:\.xox[a-z])?-[\w-]+/gi, '(token)')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 (token)')
}

/** The body as the log keeps it. */
export function readableBody(body: string, token: string): string {
  const masked = maskSecrets(body, token)
  return masked.length <= bodyLengthMax ? masked : `${masked.slice(0, bodyLengthMax)}... (${masked.length} characters)`
}
