/* Filters (slack.md 2.3): precedence, Slack's error names, and input that means harm. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesFilter, parseFilter } from './filter.ts'
import type { Filter } from './filter.ts'
import { Refusal } from './refusal.ts'

const dialect = { attributes: new Set(['username', 'email']), allowsBareWords: false }

function refusal(text: string): string {
  try {
    parseFilter(text, dialect)
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'none'
}

function holds(text: string, userName: string, email = ''): boolean {
  return matchesFilter(parseFilter(text, dialect), (name) => [name === 'username' ? userName : email])
}

test('and binds closer than or; brackets change it', () => {
  expect(holds('userName eq "a" or userName eq "b" and email pr', 'a')).toBe(true)
  expect(holds('(userName eq "a" or userName eq "b") and email pr', 'a')).toBe(false)
})

test('every operator compares without case', () => {
  const operators: readonly (readonly [string, boolean])[] = [
    ['eq "NINA"', true],
    ['co "IN"', true],
    ['sw "NI"', true],
    ['pr', true],
    ['gt "nin"', true],
    ['ge "nina"', true],
    ['lt "ninb"', true],
    ['le "nim"', false],
  ]
  for (const [rest, expected] of operators) expect(holds(`userName ${rest}`, 'nina'), rest).toBe(expected)
})

test('literals are JSON strings, single-quoted texts and bare digits', () => {
  expect(holds('userName eq "a\\"b"', 'a"b')).toBe(true)
  expect(holds("userName eq 'a b'", 'a b')).toBe(true)
  expect(holds('userName eq 12', '12')).toBe(true)
  expect(refusal('userName eq nina')).toBe('invalid_query')
  expect(refusal('userName eq "a\\q"')).toBe('invalid_query')
})

test('each mistake has its name', () => {
  expect(refusal('foo')).toBe('no_filters (is_aggregate_call=1)')
  expect(refusal('userName')).toBe('no_filters (is_aggregate_call=1)')
  expect(refusal('userName ne "a"')).toBe('invalid_query')
  expect(refusal('userName ew "a"')).toBe('invalid_query')
  expect(refusal('not (userName eq "a")')).toBe('invalid_query')
  expect(refusal('userName eq "a" and')).toBe('incomplete_filter')
  expect(refusal('userName eq "a" userName eq "b"')).toBe('invalid_query')
  expect(refusal('userName eq "a")')).toBe('invalid_filter_group')
  expect(refusal('() and userName eq "a"')).toBe('invalid_filter_group')
  for (const cut of ['userName eq "a', "userName eq 'a", 'userName eq "a\\"', 'userName eq "a" or email eq "']) {
    expect(refusal(cut), cut).toBe('incomplete_filter')
  }
})

test('depth is limited', () => {
  expect(refusal(`${'('.repeat(10_000)}userName eq "a"`)).toBe('query_building_failed')
})

test('names of object properties are no attributes', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(refusal(`${name} eq "a"`)).toBe('invalid_query')
  }
})

test('no text does anything but give a filter or a refusal', () => {
  const words = fc.constantFrom(
    'userName',
    'email',
    'eq',
    'pr',
    'and',
    'or',
    'not',
    '(',
    ')',
    '"a"',
    "'",
    '"',
    '\\',
    ' ',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(words).map((list) => list.join(' ')),
  )
  fc.assert(fc.property(texts, (text) => refusal(text) !== ''))
})

test('a printed filter means what it was', () => {
  const comparison: fc.Arbitrary<Filter> = fc.record({
    kind: fc.constant('comparison' as const),
    attribute: fc.constantFrom('username', 'email'),
    operator: fc.constantFrom('eq' as const, 'co' as const, 'sw' as const),
    literal: fc.string({ unit: fc.constantFrom('a', 'b', '"', "'", '(', ' ', '\\') }),
  })
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      comparison,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }))
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '"', '(') })
  fc.assert(
    fc.property(filter, text, text, (wanted, userName, email) => {
      const values = (name: string): readonly string[] => [name === 'username' ? userName : email]
      expect(matchesFilter(parseFilter(print(wanted), dialect), values)).toBe(matchesFilter(wanted, values))
    }),
  )
})

function print(filter: Filter): string {
  if (filter.kind === 'comparison') return `${filter.attribute} ${filter.operator} ${JSON.stringify(filter.literal)}`
  return `(${filter.operands.map(print).join(` ${filter.kind} `)})`
}
