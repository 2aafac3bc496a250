/* Scoping filters: the reasons, what is refused, and agreement with a naive reading (expressions.md section 11). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { someAttributes } from '../../test/builders/expressions.ts'
import { aFilterAsJson } from '../../test/builders/scoping-filters.ts'
import type { SourceSchema } from '../expressions/index.ts'
import type { FilterClause, ScopingFilter, SourceAttributes } from '../vocabulary/index.ts'
import { checkFilter } from './filter-check.ts'
import { filterOperatorSchemas } from './filter-operators.ts'
import { lintFilter } from './filter-lint.ts'
import { readFilter } from './read-filter.ts'
import { compileFilter, evaluateScope } from './scoping-filter.ts'
import type { ScopeEvaluationResult } from './scoping-filter.ts'

function clause(sourceOperandName: string, operatorName: string, ...values: readonly string[]): FilterClause {
  return { sourceOperandName, operatorName, targetOperand: { values } }
}

/** Groups of clauses, named A, B and so on. */
function aFilter(...groups: readonly (readonly FilterClause[])[]): ScopingFilter {
  return { groups: groups.map((clauses, index) => ({ name: String.fromCharCode(65 + index), clauses })) }
}

function evaluate(filter: ScopingFilter | null, attributes: SourceAttributes): ScopeEvaluationResult {
  const compiled = compileFilter(filter)
  if (compiled.kind === 'failed') throw new Error(compiled.problems.map(({ message }) => message).join(' '))
  return evaluateScope(compiled.filter, attributes)
}

function isInScope(filter: ScopingFilter | null, attributes: SourceAttributes): boolean {
  const result = evaluate(filter, attributes)
  if (result.kind === 'failed') throw new Error(result.message)
  return result.evaluation.inScope
}

test('every clause gives its answer with what was seen', () => {
  const filter = aFilter(
    [clause('department', 'equals', 'Sales'), clause('level', 'Greater_Than', '5')],
    [clause('mail', 'IS NULL', 'x')],
  )
  expect(evaluate(filter, { department: 'HR', level: 7, mail: null })).toEqual({
    kind: 'decided',
    evaluation: {
      inScope: true,
      groups: [
        {
          name: 'A',
          held: false,
          clauses: [
            { attribute: 'department', operator: 'EQUALS', operand: ['Sales'], seen: 'HR', held: false },
            { attribute: 'level', operator: 'GREATER_THAN', operand: ['5'], seen: '7', held: true },
          ],
        },
        {
          name: 'B',
          held: true,
          clauses: [{ attribute: 'mail', operator: 'IS NULL', operand: [], seen: null, held: true }],
        },
      ],
    },
  })
})

test('no filter and no groups let everything pass', () => {
  expect(isInScope(null, {})).toBe(true)
  expect(isInScope({ groups: [] }, {})).toBe(true)
})

test('the other lists are evaluated by the same rules, and do not decide the scope', () => {
  const compiled = compileFilter({ groups: [], inputFilterGroups: aFilter([clause('a', 'EQUALS', 'x')]).groups })
  if (compiled.kind === 'failed') throw new Error('refused')
  expect(evaluateScope(compiled.filter, { a: 'y' })).toMatchObject({ evaluation: { inScope: true } })
  expect(evaluateScope(compiled.filter, { a: 'y' }, 'inputFilterGroups')).toMatchObject({
    evaluation: { inScope: false },
  })
})

test('a pattern that takes too long fails the object instead of leaving it out of scope', () => {
  const filter = aFilter([clause('a', 'REGEX MATCH', '(a*)*\\1b')])
  expect(evaluate(filter, { a: 'a'.repeat(40) })).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('takes too long') as string,
  })
})

test('a refused filter fails every object', () => {
  const compiled = compileFilter(aFilter([]))
  expect(compiled.kind === 'failed' && evaluateScope(compiled.nothing, {})).toMatchObject({ kind: 'failed' })
})

test('names of the prototype are no attributes', () => {
  expect(isInScope(aFilter([clause('constructor', 'IS NULL')]), {})).toBe(true)
  expect(isInScope(aFilter([clause('__proto__', 'IS NOT NULL')]), {})).toBe(false)
})

describe('64-bit integers', () => {
  test.each<[string, string | number | bigint | boolean, boolean]>([
    ['9223372036854775806', '9223372036854775807', true],
    ['9223372036854775806', 9223372036854775807n, true],
    ['5', '9223372036854775808', false],
    ['-3', -2, true],
    ['5', 5.5, false],
    ['5', true, false],
    ['5', ' 6', false],
  ])('more than %s: %s', (bound, value, held) => {
    expect(isInScope(aFilter([clause('level', 'GREATER_THAN', bound)]), { level: value })).toBe(held)
  })

  test('a bound beyond them is refused', () => {
    expect(checkFilter(aFilter([clause('level', 'GREATER_THAN', '9223372036854775808')]))).toMatchObject([
      { kind: 'operand' },
    ])
  })
})

describe('against the schema', () => {
  const schema: SourceSchema = {
    attributes: new Map([
      ['department', { type: 'String', multivalued: false }],
      ['hired', { type: 'DateTime', multivalued: false }],
      ['owner', { type: 'Reference', multivalued: false }],
      ['proxyAddresses', { type: 'String', multivalued: true }],
    ]),
  }

  test.each(['hired', 'owner', 'proxyAddresses', 'Department', 'manager', 'members'])('%s is refused', (name) => {
    expect(
      checkFilter(aFilter([clause('department', 'EQUALS', 'x'), clause(name, 'IS NOT NULL')]), schema),
    ).toMatchObject([{ kind: 'attribute', collection: 'groups', group: 0, clause: 1 }])
  })

  test('an ordinary attribute is not', () => {
    expect(checkFilter(aFilter([clause('department', 'EQUALS', 'x')]), schema)).toEqual([])
  })
})

test.each([
  ['departmnt', 'EQUALS', 'The source has no attribute "departmnt"; upper', 'Did you mean department?'],
  [
    'Department',
    'EQUALS',
    'The source has no attribute "Department"; upper and lower case count.',
    'Did you mean department?',
  ],
  ['userType', 'EQUALS', '"userType" is documented as unsupported', 'userPrincipalName NOT REGEX MATCH "#EXT#@"'],
  ['department', 'PRESENT', 'The operator "PRESENT" is not known.', 'Use IS NOT NULL.'],
  ['department', 'not_equal', 'The operator "not_equal" is not known.', 'Use NOT EQUALS.'],
  ['department', 'bitwise', 'The operator "bitwise" is not known.', 'The operators are EQUALS, NOT EQUALS, '],
  ['department', 'IsMemberOf', 'The operator "IsMemberOf" is documented as unsupported.', 'Assign the group instead'],
])('%s %s is refused with what to do', (attribute, operator, message, hint) => {
  const schema: SourceSchema = { attributes: new Map([['department', { type: 'String', multivalued: false }]]) }
  const [problem] = checkFilter(aFilter([clause(attribute, operator, 'x')]), schema)
  expect(problem?.message).toContain(message)
  expect(problem?.hint).toContain(hint)
})

test('a broken pattern is refused in one sentence, and not said to be unanchored', () => {
  const filter = aFilter([clause('department', 'REGEX MATCH', '(')])
  expect(checkFilter(filter).map(({ message }) => message)).toEqual([
    'The value of "department REGEX MATCH" is refused: the pattern is not valid at its character 1: This group is never closed by ")".',
  ])
  expect(lintFilter(filter)).toEqual([])
})

describe('JSON nobody has looked at', () => {
  test.each([
    [5],
    [[]],
    [{ groups: 'all' }],
    [{ groups: [null] }],
    [{ groups: [{ clauses: [{}] }] }],
    [{ groups: [{ clauses: [{ sourceOperandName: 'a', operatorName: 'EQUALS', targetOperand: { values: [1] } }] }] }],
    [{ groups: [], inputFilterGroups: {} }],
  ])('%j is no filter', (json) => {
    expect(readFilter(json)).toMatchObject({
      kind: 'failed',
      problems: expect.arrayContaining([expect.objectContaining({ kind: 'structure' })]) as unknown,
    })
  })

  test('null lists are empty, a group without clauses is refused later', () => {
    expect(readFilter({ groups: null, inputFilterGroups: null })).toEqual({
      kind: 'ok',
      filter: { groups: [], inputFilterGroups: [], categoryFilterGroups: [] },
    })
    expect(readFilter(null)).toEqual({ kind: 'ok', filter: null })
    const read = readFilter({ groups: [{ name: 'x' }] })
    expect(read.kind === 'ok' && checkFilter(read.filter)).toMatchObject([{ kind: 'structure' }])
  })
})

test('Graph lists every operator once', () => {
  const names = filterOperatorSchemas().map(({ name }) => name)
  expect(new Set(names).size).toBe(14)
  expect(filterOperatorSchemas().find(({ name }) => name === 'IS NULL')).toMatchObject({
    arity: 'Unary',
    multivaluedComparisonType: 'All',
  })
})

test('a pattern that is not anchored is warned of', () => {
  const filter = aFilter([clause('a', 'REGEX MATCH', '[1-9][0-9]', '^x$', '(?i)^y\\z'), clause('a', 'EQUALS', 'x')])
  expect(lintFilter(filter)).toMatchObject([
    { group: 0, clause: 0, message: expect.stringContaining('[1-9][0-9]') as string },
  ])
})

const values = fc.constantFrom('', 'a', 'b', 'ab', 'True', '5', '10')
const operators = fc.constantFrom(
  'EQUALS',
  'NOT EQUALS',
  'IS NULL',
  'IS NOT NULL',
  'IS TRUE',
  'IS FALSE',
  'INCLUDES',
  'ENDS_WITH',
  'GREATER_THAN',
  '&',
  '!&',
)
const randomClause = fc
  .tuple(fc.constantFrom('x', 'y', 'z'), operators, fc.constantFrom('a', 'b', '5', 'ab', 'true'))
  .filter(([, operator, operand]) => operator !== 'GREATER_THAN' || operand === '5')

/** The rules once more, in the plainest way. */
function naive(value: string | boolean | undefined, operator: string, operand: string): boolean {
  if (operator === 'IS NULL') return value === undefined || value === ''
  if (value === undefined || value === '') return false
  const text = value === true ? 'True' : value === false ? 'False' : value
  const isSame = typeof value === 'boolean' ? text.toLowerCase() === operand.toLowerCase() : text === operand
  const answers: Readonly<Record<string, boolean>> = {
    EQUALS: isSame,
    'NOT EQUALS': !isSame,
    'IS NOT NULL': true,
    'IS TRUE': text.toLowerCase() === 'true',
    'IS FALSE': text.toLowerCase() === 'false',
    INCLUDES: text.split(operand).length > 1,
    ENDS_WITH: text.slice(-operand.length) === operand,
    GREATER_THAN: Number(text) > Number(operand),
    '&': operand.split(text).length > 1,
    '!&': operand.split(text).length === 1,
  }
  return answers[operator] ?? false
}

test('a filter agrees with a naive one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(randomClause, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      fc.record({ x: values, y: fc.boolean(), z: values }, { requiredKeys: [] }),
      (groups, object) => {
        const filter = aFilter(
          ...groups.map((clauses) => clauses.map(([name, operator, operand]) => clause(name, operator, operand))),
        )
        const found: Readonly<Record<string, string | boolean>> = object
        const expected =
          groups.length === 0 ||
          groups.some((clauses) => clauses.every(([name, operator, operand]) => naive(found[name], operator, operand)))
        expect(isInScope(filter, object)).toBe(expected)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('any JSON is refused with its reasons, or becomes a filter that decides about anybody', () => {
  fc.assert(
    fc.property(aFilterAsJson, someAttributes, (json, attributes) => {
      const read = readFilter(json)
      const compiled = read.kind === 'ok' ? compileFilter(read.filter) : read
      if (compiled.kind === 'failed') {
        expect(compiled.problems.length).toBeGreaterThan(0)
        return
      }
      const result = evaluateScope(compiled.filter, attributes)
      expect(evaluateScope(compiled.filter, attributes)).toEqual(result)
      if (result.kind === 'failed') expect(result.message).toMatch(/takes too long/)
    }),
    { numRuns: 2_000 },
  )
})
