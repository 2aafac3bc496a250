import { expect, test } from 'vitest'
import { timeOrderedId } from './time-ordered-id.ts'

test('a later id sorts behind an earlier one, and has the form of a version 7 UUID', () => {
  const ids = [1, 2, 1_000, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1].map((now) => timeOrderedId(now))
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})

test('ids of one instant differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => timeOrderedId(5))).size).toBe(1000)
})
