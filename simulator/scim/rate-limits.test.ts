/* Token buckets on two levels (slack.md 6.1, 6.2) and the times that follow from them (6.3). */
import { expect, test } from 'vitest'
import { createRateLimits } from './rate-limits.ts'
import type { Endpoint, RateLimits } from './rate-limits.ts'

const knobs = { rateScale: 1, rejectedCostsToken: false }

function takeUntilRefused(limits: RateLimits, endpoint: Endpoint, now = 0): { count: number; retryAfter: number } {
  for (let count = 0; ; count++) {
    const retryAfter = limits.take(endpoint, now, knobs)
    if (retryAfter !== null) return { count, retryAfter }
  }
}

test('each endpoint has its burst', () => {
  const bursts: readonly (readonly [Endpoint, number])[] = [
    ['POST /Users', 20],
    ['PATCH /Users/{id}', 20],
    ['DELETE /Users/{id}', 20],
    ['GET /Users/{id}', 300],
    ['POST /Groups', 20],
    ['PATCH /Groups/{id}', 80],
    ['DELETE /Groups/{id}', 20],
    ['GET /Groups/{id}', 300],
    ['GET /Users', 1000],
    ['GET configuration', 1000],
  ]
  for (const [endpoint, burst] of bursts) {
    expect(takeUntilRefused(createRateLimits(), endpoint).count, endpoint).toBe(burst)
  }
})

test('all writes together have a burst of 180, and what is refused takes nothing', () => {
  const limits = createRateLimits()
  const writes: readonly Endpoint[] = ['POST /Users', 'PATCH /Users/{id}', 'DELETE /Users/{id}', 'POST /Groups']
  let count = 0
  for (const endpoint of [...writes, 'PATCH /Groups/{id}', 'DELETE /Groups/{id}'] as const) {
    count += takeUntilRefused(limits, endpoint).count
  }
  expect(count).toBe(180)
  const own = createRateLimits()
  takeUntilRefused(own, 'POST /Users')
  expect(own.levels(0, knobs).find(({ name }) => name === 'writes')?.tokens).toBe(160)
})

test('N creates take (N - 20) / 3 seconds', () => {
  const limits = createRateLimits()
  let now = 0
  for (let created = 0; created < 1000;) {
    if (limits.take('POST /Users', now, knobs) === null) created++
    else now += 100
  }
  expect(now / 1000).toBeCloseTo((1000 - 20) / 3, 0)
})

test('Retry-After is whole seconds, at least one, until both levels have a token', () => {
  expect(takeUntilRefused(createRateLimits(), 'POST /Users').retryAfter).toBe(1)
  const limits = createRateLimits()
  takeUntilRefused(limits, 'POST /Users')
  const slow = { ...knobs, rateScale: 0.01 }
  const slowed = createRateLimits()
  while (slowed.take('POST /Users', 0, slow) === null) continue
  expect(slowed.take('POST /Users', 0, slow)).toBe(27)
})

test('a scale of ten is ten times faster, zero is without limits', () => {
  const limits = createRateLimits()
  let count = 0
  while (limits.take('POST /Users', 0, { ...knobs, rateScale: 10 }) === null) count++
  expect(count).toBe(200)
  for (let more = 0; more < 10_000; more++) expect(limits.take('POST /Users', 0, { ...knobs, rateScale: 0 })).toBeNull()
})

test('when refusals cost a token, asking again and again starves', () => {
  const limits = createRateLimits()
  const strict = { ...knobs, rejectedCostsToken: true }
  while (limits.take('POST /Users', 0, strict) === null) continue
  for (let now = 0; now < 10_000; now += 100) limits.take('POST /Users', now, strict)
  expect(limits.take('POST /Users', 10_000, strict)).not.toBeNull()
  expect(limits.take('POST /Users', 11_000, strict)).toBeNull()
})

test('a clock that goes back takes no tokens away', () => {
  const limits = createRateLimits()
  expect(limits.take('POST /Users', 10_000, knobs)).toBeNull()
  expect(limits.take('POST /Users', 0, knobs)).toBeNull()
  expect(limits.levels(0, knobs).find(({ name }) => name === 'POST /Users')?.tokens).toBe(18)
})
