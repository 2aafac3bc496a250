/* The function table: complete, and true to its own examples (expressions.md section 8). */
import { describe, expect, test } from 'vitest'
import { compileExpression } from '../compile.ts'
import { describeFunctions, graphFunctionSchemas } from '../describe-functions.ts'
import { functionTable } from './table.ts'

const documented = [
  'Append',
  'AppRoleAssignments',
  'AppRoleAssignmentsComplex',
  'AssertiveAppRoleAssignmentsComplex',
  'BitAnd',
  'CBool',
  'CDate',
  'Coalesce',
  'ConvertFromBase64',
  'ConvertToBase64',
  'ConvertToUTF8Hex',
  'Count',
  'CStr',
  'DateAdd',
  'DateDiff',
  'DateFromNum',
  'DefaultDomain',
  'Error',
  'FormatDateTime',
  'Guid',
  'IgnoreFlowIfNullOrEmpty',
  'IIF',
  'InStr',
  'IsNothing',
  'IsNull',
  'IsNullOrEmpty',
  'IsPresent',
  'IsString',
  'Item',
  'Join',
  'Left',
  'Mid',
  'NormalizeDiacritics',
  'Not',
  'Now',
  'NumFromDate',
  'PCase',
  'Prepend',
  'RandomString',
  'Redact',
  'RemoveDuplicates',
  'Replace',
  'SelectUniqueValue',
  'SingleAppRoleAssignment',
  'Split',
  'StripSpaces',
  'Switch',
  'ToLower',
  'ToUpper',
  'Trim',
  'Word',
]

test('every function of the specification is there, and no other', () => {
  expect(functionTable.map(({ name }) => name).toSorted()).toEqual(documented.toSorted())
})

test('Graph names parameters by their keys', () => {
  const replace = graphFunctionSchemas().find(({ name }) => name === 'Replace')
  expect(replace?.parameters.map(({ name }) => name)).toEqual([
    'source',
    'Find',
    'RegularExpression',
    'RegularExpressionGroupName',
    'Replacement',
    'ReplacementPropertyName',
    'Template',
  ])
  const switchSchema = graphFunctionSchemas().find(({ name }) => name === 'Switch')
  expect(switchSchema?.parameters[2]).toEqual({
    name: 'switchValue',
    type: 'String',
    required: true,
    allowMultipleOccurrences: true,
  })
})

describe.each(describeFunctions())('$name', ({ documentation, examples, signature, name }) => {
  test('is documented', () => {
    expect(documentation).toMatch(/^[A-Z].*\.$/s)
    expect(signature.startsWith(`${name}(`)).toBe(true)
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(examples)('$expression', ({ expression, attributes, context, result }) => {
    const compiled = compileExpression(expression)
    if (!compiled.ok) throw new Error(compiled.error.message)
    const evaluation = compiled.value.evaluate(attributes, context ?? {})
    if (evaluation.outcome !== 'value') throw new Error(`ended with ${evaluation.outcome}`)
    if (result instanceof RegExp) expect(evaluation.value).toMatch(result)
    else expect(evaluation.value).toEqual(result)
  })
})
