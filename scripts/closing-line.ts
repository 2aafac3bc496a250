/*
 * The last line of `npm test`: what really happened, in numbers a script can read.
 */
import type { CheckResult } from './run-checks.ts'
import type { TestRun } from './run-vitest.ts'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A check that is no test counts as one more; so does what failed outside a test. Nothing failed: the exit code is 0. */
export function countAll({ tests, otherFailures }: TestRun, checks: readonly CheckResult[]): Counts {
  const count = (outcome: string) => tests.filter((test) => test.outcome === outcome).length
  const passedChecks = checks.filter((check) => check.hasPassed).length
  return {
    passed: count('passed') + passedChecks,
    failed: count('failed') + otherFailures.length + checks.length - passedChecks,
    skipped: count('skipped'),
  }
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
