/* Reading: what is refused, where, and with which advice (expressions.md sections 2, 3, 12). */
import { describe, expect, test } from 'vitest'
import type { ExpressionError } from './error.ts'
import { nestingDepthMax, parseExpression } from './read.ts'

function refused(text: string): ExpressionError {
  const result = parseExpression(text)
  if (result.ok) throw new Error(`${text} was read.`)
  return result.error
}

describe('place of an error', () => {
  test('line and column count from 1, lines end at CR, LF or both', () => {
    expect(refused('Join(",",\r\n  [a]\n  [b])')).toMatchObject({
      kind: 'syntax',
      phase: 'parse',
      position: 19,
      line: 3,
      column: 3,
    })
    expect(refused('Join(",",\r\r]')).toMatchObject({ line: 3, column: 1 })
  })

  test('what is missing at the end is missed at the end', () => {
    expect(refused('IIF([a]="1","x","y"')).toMatchObject({ position: 19 })
    expect(refused('')).toMatchObject({ position: 0 })
  })

  test('an unterminated text or attribute is reported where it began', () => {
    expect(refused('Append([a], "x)')).toMatchObject({ position: 12 })
    expect(refused('Append([a[b], "x")')).toMatchObject({ position: 7 })
  })
})

describe('advice', () => {
  test.each([
    ['[a] && [b]', 'Nest IIF in the true branch'],
    ['[a] || [b]', 'Nest IIF in the false branch'],
    ['[a]="x" AND [b]="y"', 'nest IIF'],
    ['[a] == "x"', 'Write "="'],
    ['[a] != "x"', '"<>"'],
    ['“x”', 'typographic'],
    ["'x'", 'double quotes'],
    ['Split([a], ",")[0]', 'Item'],
    ['Append([a], %Domain%)', 'cloud sync'],
    ['With($x, [a], $x)', 'Connect sync'],
    ['IIF([a]; "1"; "2")', 'commas'],
    ['[a] + [b]', 'no arithmetic'],
    ['Append([a] "x")', 'A double quote was found'],
    ['"a""b"', 'a double quote within a text is written \\"'],
    ['Append([a], test)', 'double quotes for text, [test] for an attribute'],
  ])('%s', (text, advice) => {
    const { message, hint } = refused(text)
    expect(`${message} ${hint ?? ''}`).toContain(advice)
  })
})

describe('nesting', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}[a]${')'.repeat(depth)}`

  test(`${nestingDepthMax} parentheses are read, one more is an error at the one too many`, () => {
    expect(parseExpression(nested(nestingDepthMax)).ok).toBe(true)
    expect(refused(nested(nestingDepthMax + 1))).toMatchObject({
      kind: 'argument',
      phase: 'validate',
      position: nestingDepthMax,
    })
  })

  test('ten thousand open parentheses are an error, not a crash', () => {
    expect(refused('('.repeat(10_000))).toMatchObject({ kind: 'syntax', position: 10_000 })
    expect(refused('Not('.repeat(2_500))).toMatchObject({ kind: 'syntax', position: 10_000 })
    expect(refused(`${'('.repeat(4_998)}[a]${')'.repeat(4_998)}`)).toMatchObject({ kind: 'argument' })
    expect(refused('['.repeat(10_000))).toMatchObject({ kind: 'syntax', position: 0 })
  })

  test('a long chain of & is not deep', () => {
    expect(parseExpression(Array<string>(2_500).fill('[a]').join('&')).ok).toBe(true)
  })
})

test('a text of 10,000 characters is read, a longer one refused', () => {
  const text = (length: number): string => `"${'x'.repeat(length - 2)}"`
  expect(parseExpression(text(10_000)).ok).toBe(true)
  expect(refused(text(10_001))).toMatchObject({ kind: 'syntax', position: 10_000 })
})

test('numbers are 64 bits wide', () => {
  expect(parseExpression('9223372036854775807').ok).toBe(true)
  expect(parseExpression('-9223372036854775808').ok).toBe(true)
  expect(refused('9223372036854775808')).toMatchObject({ position: 0 })
  expect(parseExpression('&HFFFFFFFFFFFFFFFF')).toMatchObject({ value: { root: { value: -1n } } })
  expect(refused('&H10000000000000000')).toMatchObject({ position: 0 })
})
