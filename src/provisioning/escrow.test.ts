import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escrowExpiresAfterMs, nextAttempt, recordFailure } from './escrow.ts'

const hour = 3_600_000
const day = 24 * hour
const began = Date.UTC(2026, 0, 5, 8)

describe('when a failed object is tried again (spec 6.5)', () => {
  test.each([
    ['at once, with the next cycle, in the first six hours', 0, 0],
    ['still with the next cycle just before six hours', 6 * hour - 1, 6 * hour - 1],
    ['at 12 h from six hours on', 6 * hour, 12 * hour],
    ['at 12 h when a slow cycle fails at nine hours', 9 * hour, 12 * hour],
    ['at 24 h after the attempt at 12 h', 12 * hour, day],
    ['at the second day after the attempt at 24 h', day, 2 * day],
    ['at the next full day when an attempt came late', 3 * day + 5 * hour, 4 * day],
    ['at day 28 for the last time', 27 * day, 28 * day],
  ])('%s', (_when, failedAfter, dueAfter) => {
    expect(nextAttempt(began, began + failedAfter)).toBe(began + dueAfter)
  })

  test('after 28 days it is given up', () => {
    expect(nextAttempt(began, began + 28 * day)).toBeNull()
    expect(nextAttempt(began, began + 400 * day)).toBeNull()
  })

  test('an attempt is never due before the failure that led to it, nor after day 28', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: escrowExpiresAfterMs - 1 }), (age) => {
        const next = nextAttempt(began, began + age)
        expect(next).not.toBeNull()
        expect(next).toBeGreaterThanOrEqual(began + age)
        expect(next).toBeLessThanOrEqual(began + escrowExpiresAfterMs)
      }),
    )
  })
})

describe('what is remembered of a failure', () => {
  const failure = { objectType: 'User', sourceAnchor: 'ana', errorCode: 'Conflict', reason: 'Taken.' } as const

  test('the first one starts the clock', () => {
    expect(recordFailure({ ...failure, earlier: undefined, now: began })).toEqual({
      ...failure,
      firstFailedAt: began,
      attempts: 1,
      nextAttemptAt: began,
    })
  })

  test('a later one counts on, keeps the first moment and takes the newest reason', () => {
    const first = recordFailure({ ...failure, earlier: undefined, now: began })
    const second = recordFailure({
      ...failure,
      earlier: first ?? undefined,
      errorCode: 'Timeout',
      reason: 'Too slow.',
      now: began + 7 * hour,
    })
    expect(second).toMatchObject({
      firstFailedAt: began,
      attempts: 2,
      nextAttemptAt: began + 12 * hour,
      errorCode: 'Timeout',
      reason: 'Too slow.',
    })
  })

  test('the last one is not remembered', () => {
    const first = recordFailure({ ...failure, earlier: undefined, now: began })
    expect(recordFailure({ ...failure, earlier: first ?? undefined, now: began + 28 * day })).toBeNull()
  })
})
