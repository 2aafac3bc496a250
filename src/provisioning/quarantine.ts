/*
 * Decides when a job that fails is put into quarantine, how seldom it then tries, and when it is given up (spec section 9).
 */
import type { Quarantine, QuarantineError, QuarantineReason, QuarantineThresholds } from '../vocabulary/index.ts'

const hourMs = 3_600_000
/** Attempts after the first failure (spec 9.3); from the last one on they come daily. */
const attemptsAfterMs = [6 * hourMs, 12 * hourMs, 24 * hourMs]
/** "More than four weeks": the job is disabled and needs an administrator. */
export const quarantineExpiresAfterMs = 28 * 24 * hourMs

export interface CycleFailures {
  /** Without reference failures. */
  readonly failures: number
  readonly referenceFailures: number
  /** All provisioning events of the cycle, failed or not. */
  readonly events: number
}

/** Whether so many objects failed that the job itself must be wrong; `null`: go on as usual. */
export function judgeFailures(counts: CycleFailures, thresholds: QuarantineThresholds): QuarantineReason | null {
  const { failures, referenceFailures, events } = counts
  if (failures >= thresholds.failuresMin) {
    if (failures > thresholds.failuresMax) return 'EncounteredBaseEscrowThreshold'
    if (failures > thresholds.failedShareMax * events) return 'EncounteredEscrowProportionThreshold'
  }
  return failures + referenceFailures > thresholds.totalMax ? 'EncounteredTotalEscrowThreshold' : null
}

/** 6 h, 12 h and 24 h after the series began, then daily. */
export function nextQuarantineAttempt(seriesBegan: number, now: number): number {
  const age = now - seriesBegan
  const early = attemptsAfterMs.find((after) => after > age)
  if (early !== undefined) return seriesBegan + early
  const day = 24 * hourMs
  return seriesBegan + (Math.floor(age / day) + 1) * day
}

/** Imposes a quarantine, or leaves one in force that is there already: its series goes on, whatever the reason is by now. */
export function imposeQuarantine(request: {
  readonly earlier: Quarantine | null
  readonly reason: QuarantineReason
  readonly error: QuarantineError | null
  readonly now: number
}): Quarantine {
  const { earlier, reason, error, now } = request
  const seriesBegan = earlier?.seriesBegan ?? now
  return {
    reason,
    currentBegan: earlier?.reason === reason ? earlier.currentBegan : now,
    seriesBegan,
    seriesCount: (earlier?.seriesCount ?? 0) + 1,
    nextAttempt: nextQuarantineAttempt(seriesBegan, now),
    error,
  }
}

export const quarantineIsOver = (quarantine: Quarantine, now: number): boolean =>
  now - quarantine.seriesBegan >= quarantineExpiresAfterMs

/** One mail when it begins, and one more when its reason changes (spec section 14). */
export const isNewsOfQuarantine = (earlier: Quarantine | null, now: Quarantine): boolean =>
  earlier?.reason !== now.reason
