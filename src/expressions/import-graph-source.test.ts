/* Graph's JSON form where it is incomplete, contradicts itself or is no expression (expressions.md section 10). */
import { describe, expect, test } from 'vitest'
import type { AttributeMappingSource } from '../vocabulary/index.ts'
import { toGraphSource } from './graph-source.ts'
import { fromGraphSource } from './import-graph-source.ts'
import { printExpression } from './print.ts'
import { parseExpression } from './read.ts'

function imported(source: AttributeMappingSource): string {
  const result = fromGraphSource(source)
  return result.ok ? printExpression(result.value) : `${result.error.kind}: ${result.error.message}`
}

const mail = { type: 'Attribute', name: 'mail' } as const
const constant = (name: string | null): AttributeMappingSource => ({ type: 'Constant', name })

describe('what a client may leave out', () => {
  test.each<[string, AttributeMappingSource]>([
    ['[mail]', { name: 'mail' }],
    ['[mail]', { name: 'mail', type: 'Attribute', parameters: null, expression: null }],
    ['[mail]', { expression: '[mail]' }],
    ['"x"', { name: 'x', type: 'Constant' }],
    ['NULL', { name: null, type: 'Constant' }],
    ['Now()', { name: 'now', type: 'Function' }],
    ['ToLower([mail], )', { expression: 'tolower([mail])', name: 'ToLower', type: 'Function' }],
    ['IgnoreObjectFlow', { name: 'IgnoreObjectFlow', type: 'Function', parameters: [] }],
    ['[emails[type eq "work"].value]', { name: 'emails[type eq "work"].value', type: 'Attribute' }],
  ])('%s', (text, source) => {
    expect(imported(source)).toBe(text)
  })

  test('keys stand in any order, repeating ones keep theirs', () => {
    const parameters = [
      { key: 'switchValue', value: constant('a') },
      { key: 'defaultValue', value: constant('') },
      { key: 'switchValue', value: constant('1') },
      { key: 'source', value: mail },
    ]
    expect(imported({ name: 'Switch', type: 'Function', parameters })).toBe('Switch([mail], "", "a", "1")')
  })

  test('a parameter may go by its own name', () => {
    const parameters = [
      { key: 'source', value: mail },
      { key: 'oldValue', value: constant('-') },
      { key: 'replacementValue', value: constant('_') },
    ]
    expect(imported({ name: 'Replace', type: 'Function', parameters })).toBe('Replace([mail], "-", , , "_", , )')
  })
})

describe('what is refused', () => {
  test.each<[string, AttributeMappingSource]>([
    ['argument: The expression and the tree', { expression: '[mail]', name: 'userPrincipalName', type: 'Attribute' }],
    ['argument: The expression and the tree', { expression: 'ToLower([mail])', name: 'ToUpper', type: 'Function' }],
    ['argument: The expression and the tree', { expression: '"x"', name: 'y', type: 'Constant' }],
    [
      'argument: The expression and the tree',
      { expression: 'Not([a])', name: 'Not', type: 'Function', parameters: [{ key: 'source', value: mail }] },
    ],
    ['syntax: ', { expression: 'Append([mail' }],
    ['unknownFunction: ', { name: 'LCase', type: 'Function', parameters: [{ key: 'source', value: mail }] }],
    [
      'argument: Not has no parameter "value"',
      { name: 'Not', type: 'Function', parameters: [{ key: 'value', value: mail }] },
    ],
    [
      'argument: Not has its parameter "Source" twice',
      {
        name: 'Not',
        type: 'Function',
        parameters: [
          { key: 'source', value: mail },
          { key: 'Source', value: mail },
        ],
      },
    ],
    ['arity: ', { name: 'Append', type: 'Function', parameters: [{ key: 'source', value: mail }] }],
    ['attribute: ', { name: 'a]b', type: 'Attribute' }],
    ['argument: A mapping source of type Attribute needs', { type: 'Attribute' }],
    ['argument: A mapping source of type Constant needs', { type: 'Constant' }],
    ['argument: The operator "="', { name: '=', type: 'Function', parameters: [{ key: 'left', value: mail }] }],
  ])('%s', (refusal, source) => {
    expect(imported(source)).toContain(refusal)
  })

  test('a tree nested without end', () => {
    let source: AttributeMappingSource = mail
    for (let depth = 0; depth < 5_000; depth++)
      source = { name: 'Not', type: 'Function', parameters: [{ key: 'source', value: source }] }
    expect(imported(source)).toContain('nested')
  })
})

test('a long chain of & goes both ways', () => {
  const parsed = parseExpression(Array<string>(1_500).fill('[a]').join(' & '))
  if (!parsed.ok) throw new Error(parsed.error.message)
  const source = toGraphSource(parsed.value)
  expect(imported(source)).toBe(parsed.value.text)
})

test('beside an operator, the text of the operation tells a number from text', () => {
  const operation = (expression?: string): AttributeMappingSource => ({
    ...(expression === undefined ? {} : { expression }),
    name: '=',
    type: 'Function',
    parameters: [
      { key: 'left', value: mail },
      { key: 'right', value: constant('1') },
    ],
  })
  const within = (condition: AttributeMappingSource): AttributeMappingSource => ({
    name: 'CBool',
    type: 'Function',
    parameters: [{ key: 'Expression', value: condition }],
  })
  expect(imported(within(operation('[mail] = "1"')))).toBe('CBool([mail] = "1")')
  expect(imported(within(operation('[mail] = 1')))).toBe('CBool([mail] = 1)')
  expect(imported(within(operation()))).toBe('CBool([mail] = 1)')
})
