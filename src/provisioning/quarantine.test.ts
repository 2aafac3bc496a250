import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  imposeQuarantine,
  isNewsOfQuarantine,
  judgeFailures,
  nextQuarantineAttempt,
  quarantineIsOver,
} from './quarantine.ts'
import { usualQuarantineThresholds } from '../vocabulary/index.ts'

const hour = 3_600_000
const day = 24 * hour
const began = Date.UTC(2026, 0, 5, 8)

describe('how many failures put a job into quarantine (spec 9.2)', () => {
  test.each([
    ['4,000 failures and no success: none', 4000, 0, 4000, null],
    ['4,999 of 4,999: still none', 4999, 0, 4999, null],
    ['5,000 of 10,000', 5000, 0, 10_000, 'EncounteredEscrowProportionThreshold'],
    ['20,000 of 120,000: none', 20_000, 0, 120_000, null],
    ['exactly 40 %: none', 8000, 0, 20_000, null],
    ['40,001 of 1,000,000', 40_001, 0, 1_000_000, 'EncounteredBaseEscrowThreshold'],
    ['45,000 failures', 45_000, 0, 45_000, 'EncounteredBaseEscrowThreshold'],
    ['30,000 failures and 5,000 successes', 30_000, 0, 35_000, 'EncounteredEscrowProportionThreshold'],
    ['40,000 failures and 21,000 reference failures', 40_000, 21_000, 1_000_000, 'EncounteredTotalEscrowThreshold'],
    ['50,000 reference failures alone: none', 0, 50_000, 50_000, null],
  ] as const)('%s', (_what, failures, referenceFailures, events, reason) => {
    expect(judgeFailures({ failures, referenceFailures, events }, usualQuarantineThresholds)).toBe(reason)
  })

  test('a small company lowers the minimum', () => {
    const thresholds = { ...usualQuarantineThresholds, failuresMin: 50 }
    expect(judgeFailures({ failures: 60, referenceFailures: 0, events: 100 }, thresholds)).toBe(
      'EncounteredEscrowProportionThreshold',
    )
  })
})

describe('how seldom a job in quarantine tries (spec 9.3)', () => {
  test.each([
    ['6 h after the first failure', 0, 6],
    ['12 h', 6, 12],
    ['24 h', 12, 24],
    ['then daily', 24, 48],
    ['also when an attempt came late', 75, 96],
  ])('%s', (_when, failedAfter, dueAfter) => {
    expect(nextQuarantineAttempt(began, began + failedAfter * hour)).toBe(began + dueAfter * hour)
  })

  test('never in the past, never more than a day ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * day }), (age) => {
        const next = nextQuarantineAttempt(began, began + age)
        expect(next).toBeGreaterThan(began + age)
        expect(next).toBeLessThanOrEqual(began + age + day)
      }),
    )
  })
})

describe('the series', () => {
  const revoked = {
    reason: 'EncounteredQuarantineException',
    error: { code: 'invalid_auth', message: 'Revoked.' },
  } as const
  const first = imposeQuarantine({ earlier: null, ...revoked, now: began })

  test('it begins with the first failure and goes on whatever the reason', () => {
    const second = imposeQuarantine({ earlier: first, ...revoked, now: began + 6 * hour })
    expect(second).toMatchObject({ seriesBegan: began, currentBegan: began, seriesCount: 2 })
    const third = imposeQuarantine({ earlier: second, reason: 'TooManyDeletes', error: null, now: began + 12 * hour })
    expect(third).toMatchObject({ seriesBegan: began, currentBegan: began + 12 * hour, seriesCount: 3 })
    expect(third.nextAttempt).toBe(began + 24 * hour)
  })

  test('it is news once, and once more when the reason changes', () => {
    const same = imposeQuarantine({ earlier: first, ...revoked, now: began + 6 * hour })
    const other = imposeQuarantine({ earlier: same, reason: 'TooManyDeletes', error: null, now: began + 7 * hour })
    expect([isNewsOfQuarantine(null, first), isNewsOfQuarantine(first, same), isNewsOfQuarantine(same, other)]).toEqual(
      [true, false, true],
    )
  })

  test('after 28 days it is over', () => {
    expect(quarantineIsOver(first, began + 28 * day - 1)).toBe(false)
    expect(quarantineIsOver(first, began + 28 * day)).toBe(true)
  })
})
