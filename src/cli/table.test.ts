/* Tables fit the terminal, whatever is in them, and lose nothing of it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hangingText, tableText } from './table.ts'

const lettersOf = (text: string): string => text.replace(/[^a-z]/g, '')

test('a table is never wider than the terminal, and no letter of it is lost', () => {
  const cell = fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { maxLength: 30 }).map((words) => words.join(' '))
  const shape = fc
    .integer({ min: 1, max: 6 })
    .chain((columns) => fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 5 }))
  fc.assert(
    fc.property(shape, fc.integer({ min: 40, max: 200 }), (rows, terminal) => {
      const text = tableText(rows[0]?.map(() => 'head') ?? [], rows, terminal)
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(terminal)
      const sorted = (letters: string): string => [...letters].sort().join('')
      const heads = 'head'.repeat(rows[0]?.length ?? 0)
      expect(sorted(lettersOf(text))).toBe(sorted(lettersOf(heads + rows.flat().join(''))))
    }),
  )
})

test('an id stays whole at 80 columns while there are words that can be wrapped', () => {
  const id = '0199f2c8-0000-7000-8000-0123456789ab'
  const text = tableText(['plan', 'what'], [[id, 'many words '.repeat(20).trim()]], 80)
  expect(text).toContain(id)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(80)
})

test('without a terminal a row is one line, however long', () => {
  const long = 'many words '.repeat(40).trim()
  expect(tableText(['what'], [[long]], undefined)).toContain(long)
})

test('a wide sign takes two cells', () => {
  const lines = tableText([], [['田中'.repeat(30)]], 40).split('\n')
  expect(lines[1]).toBe(`│ ${'田中'.repeat(9)} │`)
})

test('what does not fit a line goes on below it, as far in', () => {
  expect(hangingText('  last cycle    one two three four five six', 16, 36)).toBe(
    '  last cycle    one two three four\n                five six',
  )
  expect(hangingText('  last cycle    one two', 16, undefined)).toBe('  last cycle    one two')
})
