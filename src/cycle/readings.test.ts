import { expect, test } from 'vitest'
import { createReadings } from './readings.ts'

const done = { hasFailed: false, isToldOf: false }
const failed = { hasFailed: true, isToldOf: true }

test('what was read of an object is old when somebody worked on it since, or was still at it', () => {
  const readings = createReadings()
  const first = readings.open()
  readings.note('User a', done)
  const second = readings.open()
  readings.note('User b', done)
  expect([first.isStale('User a'), first.isStale('User b'), first.isStale('User c')]).toEqual([true, true, false])
  expect([second.isStale('User a'), second.isStale('User b')]).toEqual([false, true])
})

test('what failed, or was never worked on, is not well', () => {
  const readings = createReadings()
  expect(readings.isWell('Group g')).toBe(false)
  readings.note('Group g', failed)
  expect(readings.isWell('Group g')).toBe(false)
  readings.note('Group g', done)
  expect(readings.isWell('Group g')).toBe(true)
})

test('what has an entry is told of, however it went on', () => {
  const readings = createReadings()
  readings.note('User a', done)
  expect(readings.isToldOf('User a')).toBe(false)
  readings.note('User a', failed)
  readings.note('User a', done)
  expect(readings.isToldOf('User a')).toBe(true)
})
