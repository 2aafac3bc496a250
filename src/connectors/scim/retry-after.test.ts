import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1)

test.each([
  ['30', 30_000],
  [' 1 ', 1000],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])('%j', (header, expected) => {
  expect(retryAfterMs({ 'retry-after': header }, now)).toBe(expected)
})

test('without the header nothing is known', () => {
  expect(retryAfterMs({}, now)).toBeUndefined()
})

test('the first of several headers counts', () => {
  expect(retryAfterMs({ 'retry-after': ['2', '9'] }, now)).toBe(2000)
})
