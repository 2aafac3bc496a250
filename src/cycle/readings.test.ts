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

test('what failed, or was never worked on, is not well', () => {
  const readings = createReadings()
  expect(readings.isWell('Group g')).toBe(false)
  readings.note('Group g', true)
  expect(readings.isWell('Group g')).toBe(false)
  readings.note('Group g', false)
  expect(readings.isWell('Group g')).toBe(true)
})
