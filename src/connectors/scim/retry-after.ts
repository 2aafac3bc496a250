/* How long a target asks to wait: `Retry-After` in seconds (slack.md 6.1) or as a date (RFC 9110 10.2.3). */
import type { TransportAnswer } from './transport.ts'

/** Milliseconds from `now`; `undefined` when the header is missing or says nothing that could be read. */
export function retryAfterMs(headers: TransportAnswer['headers'], now: number): number | undefined {
  const header = headers['retry-after']
  const text = (typeof header === 'string' ? header : header?.[0])?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
