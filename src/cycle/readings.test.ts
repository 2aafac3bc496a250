import { expect, test } from 'vitest'
import { createReadings } from './readings.ts'

test('what was read of an object is old when somebody worked on it since, or was still at it', () => {
  const readings = createReadings()
  const first = readings.open()
  readings.note('User a', false)
  const second = readings.open()
  readings.note('User b', false)
  expect([first.isStale('User a'), first.isStale('User b'), first.isStale('User c')]).toEqual([true, true, false])
  expect([second.isStale('User a'), second.isStale('User b')]).toEqual([false, true])
})

test('what failed has failed until it succeeds', () => {
  const readings = createReadings()
  readings.note('Group g', true)
  expect(readings.hasFailed('Group g')).toBe(true)
  readings.note('Group g', false)
  expect(readings.hasFailed('Group g')).toBe(false)
})
