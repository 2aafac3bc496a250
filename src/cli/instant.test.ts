/* Times on the command line. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { givenOf, instantOf } from './instant.ts'

const now = Date.parse('2026-11-25T12:00:00Z')

test('a time is an instant, or how long ago', () => {
  expect(instantOf('--since', '2h', now)).toBe('2026-11-25T10:00:00.000Z')
  expect(instantOf('--since', '3d', now)).toBe('2026-11-22T12:00:00.000Z')
  expect(instantOf('--since', '2026-11-25', now)).toBe('2026-11-25T00:00:00.000Z')
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(1e12), max: new Date(4e12) }), (date) => {
      expect(instantOf('--at', date.toISOString(), now)).toBe(date.toISOString())
      expect(instantOf('--at', String(date.getTime()), now)).toBe(date.toISOString())
    }),
  )
})

test('what is neither is refused with the name of its option', () => {
  for (const text of ['yesterday', '2w', '-2h', ''])
    expect(() => instantOf('--until', text, now)).toThrow(/^--until takes an instant .* is neither\.$/)
})

test('of the options given, only times are read as times', () => {
  expect(givenOf({ since: '2026-11-25', text: '2h', until: undefined }, ['since', 'until', 'text'])).toEqual([
    ['since', '2026-11-25T00:00:00.000Z'],
    ['text', '2h'],
  ])
})
