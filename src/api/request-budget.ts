/* So many requests in so long a time, counted while the process lives: more are refused with when to come again. */
import type { Clock } from '../vocabulary/index.ts'
import { ApiProblem } from './problems.ts'

/** Throws 429 when the budget is used up. */
export type RequestBudget = () => void

export function createRequestBudget(
  clock: Pick<Clock, 'now'>,
  { requests, windowMs, what }: { readonly requests: number; readonly windowMs: number; readonly what: string },
): RequestBudget {
  let taken: readonly number[] = []
  return () => {
    const now = clock.now()
    taken = taken.filter((at) => now - at < windowMs)
    const [oldest] = taken
    if (oldest !== undefined && taken.length >= requests) {
      const retryAfterSeconds = Math.ceil((oldest + windowMs - now) / 1000)
      throw new ApiProblem(
        429,
        'tooManyRequests',
        `${what}: ${String(requests)} requests in ${String(windowMs / 1000)} seconds are taken, and these were. Nothing was done; repeat it in ${String(retryAfterSeconds)} s.`,
        { retryAfterSeconds },
      )
    }
    taken = [...taken, now]
  }
}
