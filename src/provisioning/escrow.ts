/*
 * Decides when a failed object is tried again (spec 6.5): with every cycle for the first six hours, then 12 h and 24 h
 * after the first failure and daily, until day 28 has passed.
 */
import { dueCodes, type DueCode, type EscrowEntry, type ObjectTypeName } from '../vocabulary/index.ts'

const hourMs = 3_600_000
/** Retries ride on every cycle for this long after the first failure. */
export const everyCycleForMs = 6 * hourMs
export const escrowExpiresAfterMs = 28 * 24 * hourMs

/** When the next attempt is due; `null` when the entry is given up (after 28 days). */
export function nextAttempt(firstFailedAt: number, now: number): number | null {
  const age = now - firstFailedAt
  if (age < everyCycleForMs) return now
  if (age >= escrowExpiresAfterMs) return null
  if (age < 12 * hourMs) return firstFailedAt + 12 * hourMs
  const day = Math.floor(age / (24 * hourMs)) + 1
  return firstFailedAt + day * 24 * hourMs
}

export const isDueCode = (code: string | null | undefined): code is DueCode => dueCodes.some((each) => each === code)

/** Nothing has failed: the object is due in the next cycle because of what was withheld or taken back. */
export function dueNext(request: {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly earlier: EscrowEntry | undefined
  readonly errorCode: string
  readonly reason: string
  readonly now: number
}): EscrowEntry {
  const { objectType, sourceAnchor, earlier, errorCode, reason, now } = request
  const counted = earlier ?? { objectType, sourceAnchor, firstFailedAt: now, attempts: 0 }
  return { ...counted, nextAttemptAt: now, errorCode, reason }
}

export function recordFailure(request: {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly earlier: EscrowEntry | undefined
  readonly errorCode: string
  readonly reason: string
  readonly now: number
}): EscrowEntry | null {
  // What was only due has not failed before.
  const earlier = request.earlier?.attempts === 0 ? undefined : request.earlier
  const firstFailedAt = earlier?.firstFailedAt ?? request.now
  const nextAttemptAt = nextAttempt(firstFailedAt, request.now)
  if (nextAttemptAt === null) return null
  return {
    objectType: request.objectType,
    sourceAnchor: request.sourceAnchor,
    firstFailedAt,
    attempts: (earlier?.attempts ?? 0) + 1,
    nextAttemptAt,
    errorCode: request.errorCode,
    reason: request.reason,
  }
}
