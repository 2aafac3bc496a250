/* What saving a mapping refuses, and what it warns of (expressions.md sections 1, 7, 8, 10). */
import { describe, expect, test } from 'vitest'
import type { AttributeDefinition, AttributeType } from '../vocabulary/index.ts'
import { checkExpression, sourceSchemaOf } from './check.ts'
import type { CheckOptions, SourceSchema } from './check.ts'
import { compileExpression } from './compile.ts'
import type { ExpressionError } from './error.ts'
import { lintExpression } from './lint.ts'
import { parseExpression } from './read.ts'
import type { ParsedExpression } from './tree.ts'

function parsed(text: string): ParsedExpression {
  const result = parseExpression(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const schema: SourceSchema = sourceSchemaOf({
  name: 'User',
  supportedApis: [],
  metadata: [],
  attributes: [
    anAttribute('description', 'String'),
    anAttribute('mail', 'String'),
    anAttribute('manager', 'Reference'),
  ],
})

function anAttribute(name: string, type: AttributeType): AttributeDefinition {
  return {
    name,
    type,
    anchor: false,
    caseExact: false,
    defaultValue: null,
    flowNullValues: false,
    multivalued: false,
    mutability: 'ReadWrite',
    required: false,
    apiExpressions: [],
    metadata: [],
    referencedObjects: [],
  }
}

function errorsOf(text: string, options: CheckOptions = {}): readonly ExpressionError[] {
  return checkExpression(parsed(text), options)
}

describe('against the schema', () => {
  test('an unknown attribute is reported at its bracket, with the name meant', () => {
    expect(errorsOf('Append([mail], [Description])', { schema })).toMatchObject([
      { kind: 'attribute', phase: 'validate', position: 15, hint: expect.stringContaining('[description]') as string },
    ])
    expect(errorsOf('SingleAppRoleAssignment([appRoleAssignments])', { schema })).toEqual([])
  })

  test('Switch does not work on references', () => {
    expect(errorsOf('Switch([manager], , "a", "b")', { schema })).toMatchObject([{ kind: 'argument', position: 7 }])
  })
})

describe('for the mapping that owns it', () => {
  const matching = { matchingPriority: 1, flowType: 'Always' } as const

  test('a matching attribute reads one source attribute', () => {
    expect(errorsOf('Join("", [a], [b])', { mapping: matching })).toMatchObject([{ kind: 'argument', position: 14 }])
    expect(errorsOf('Coalesce([a], ToLower([a]))', { mapping: matching })).toEqual([])
  })

  test('SelectUniqueValue applies only while an object is created, and not to matching', () => {
    const text = 'SelectUniqueValue([a], [a])'
    expect(errorsOf(text, { mapping: matching })).toMatchObject([{ kind: 'argument' }])
    expect(errorsOf(text, { mapping: { matchingPriority: 0, flowType: 'Always' } })).toMatchObject([
      { hint: expect.stringContaining('ObjectAddOnly') as string },
    ])
    expect(errorsOf(text, { mapping: { matchingPriority: 0, flowType: 'ObjectAddOnly' } })).toEqual([])
  })
})

describe('names of relatives', () => {
  test.each([
    ['LCase([a])', 'ToLower'],
    ['Len([a])', 'regexPattern'],
    ['Contains([a], "x")', 'InStr'],
    ['IsEmpty([a])', 'IsNullOrEmpty'],
    ['Substring([a], 1, 2)', 'Mid'],
    ['Concat([a], "x")', 'Join'],
  ])('%s: use %s', (text, substitute) => {
    expect(errorsOf(text)).toMatchObject([
      { kind: 'unknownFunction', position: 0, hint: expect.stringContaining(substitute) as string },
    ])
  })
})

test('all errors are found, in the order of the text', () => {
  expect(errorsOf('Foo(Bar([a]), Left([b]), Mid([c], 0, 1))').map(({ kind, position }) => [kind, position])).toEqual([
    ['unknownFunction', 0],
    ['unknownFunction', 4],
    ['arity', 14],
    ['argument', 25],
  ])
})

test('the rules of SelectUniqueValue can be evaluated one by one', () => {
  const compiled = compileExpression('SelectUniqueValue([a], Append([b], "2"))')
  if (!compiled.ok) throw new Error(compiled.error.message)
  const values = compiled.value.uniqueValueRules?.map((rule) => rule.evaluate({ a: 'x', b: 'y' }, {}))
  expect(values).toMatchObject([{ value: 'x' }, { value: 'y2' }])
})

describe('warnings', () => {
  test.each([
    ['Switch([a], , "x", "y")', 'switchWithoutDefault', 0],
    ['Append("x", BitAnd([a], 2))', 'failsOnNull', 19],
    ['Split([a], [separator])', 'failsOnNull', 11],
    ['SingleAppRoleAssignment([appRoleAssignments])', 'rolesWithoutAssignments', 0],
  ])('%s', (text, rule, position) => {
    expect(lintExpression(parsed(text), { syncAll: true })).toMatchObject([
      { rule, position, line: 1, column: position + 1 },
    ])
  })

  test('there is none where none is due', () => {
    expect(lintExpression(parsed('Switch([a], "", "x", SingleAppRoleAssignment([appRoleAssignments]))'))).toEqual([])
  })
})
