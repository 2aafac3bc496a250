/*
 * Decides whether a write that failed may have taken effect all the same: the target's own trouble (a time-out, a broken
 * connection, an error of the server) leaves it open; a refusal of the data or a throttled request does not.
 */
import type { RetryAdvice } from '../vocabulary/index.ts'

export function mayHaveTakenEffect(failure: { readonly code: string; readonly retry: RetryAdvice }): boolean {
  if (failure.code === 'TooManyRequests') return false
  return failure.retry === 'now' || failure.retry === 'nextCycle'
}
