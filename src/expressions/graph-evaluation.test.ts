/* Results in Graph's form (expressions.md section 10). */
import { expect, test } from 'vitest'
import type { SourceAttributes } from '../vocabulary/index.ts'
import { compileExpression } from './compile.ts'
import { toGraphEvaluationResult } from './graph-evaluation.ts'
import type { EvaluationContext } from './run.ts'

function resultOf(text: string, attributes: SourceAttributes, context: EvaluationContext = {}): readonly string[] {
  const compiled = compileExpression(text)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return toGraphEvaluationResult(compiled.value.evaluate(attributes, context))
}

test('null and markers are empty, lists are spread, roles are JSON, secrets are hidden', () => {
  expect(resultOf('[a]', {})).toEqual([])
  expect(resultOf('IgnoreFlowIfNullOrEmpty([a])', {})).toEqual([])
  expect(resultOf('CDate([a])', { a: 'x' })).toEqual([])
  expect(resultOf('[a]', { a: '' })).toEqual([''])
  expect(resultOf('Split([a], ",")', { a: 'x,y' })).toEqual(['x', 'y'])
  expect(resultOf('Redact([a])', { a: 'secret' })).toEqual(['[Redact]'])
  const appRoles = [{ id: '1', value: 'admin', displayName: 'Admin' }]
  expect(resultOf('AppRoleAssignmentsComplex([appRoleAssignments])', {}, { appRoles })).toEqual([
    '{"id":"1","value":"admin","displayName":"Admin"}',
  ])
  expect(
    resultOf('SingleAppRoleAssignment([appRoleAssignments])', { appRoleAssignments: ['Default Assignment'] }),
  ).toEqual(['Default Assignment'])
})
