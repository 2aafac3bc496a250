/* The trace: every part with its value, what was not evaluated, what is hidden. */
import { expect, test } from 'vitest'
import type { SourceAttributes } from '../vocabulary/index.ts'
import { parseExpression } from './read.ts'
import { traceExpression } from './trace.ts'
import type { ExpressionTrace } from './trace.ts'

function trace(text: string, attributes: SourceAttributes): ExpressionTrace {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const traced = traceExpression(parsed.value, attributes, {})
  if (!traced.ok) throw new Error(traced.error.message)
  return traced.value
}

function told(text: string, attributes: SourceAttributes): readonly string[] {
  return trace(text, attributes).steps.map(({ start, end, evaluation }) => {
    const gave =
      evaluation === null
        ? 'nothing'
        : evaluation.outcome === 'value'
          ? JSON.stringify(evaluation.value)
          : evaluation.outcome
    return `${text.slice(start, end)}: ${gave}`
  })
}

test('every part tells what it gave; a branch not taken gave nothing', () => {
  expect(told('IIF([country] = "DE", ToUpper([city]), [state])', { country: 'DE', city: 'Berlin' })).toEqual([
    'IIF([country] = "DE", ToUpper([city]), [state]): "BERLIN"',
    '[country] = "DE": "True"',
    '[country]: "DE"',
    'ToUpper([city]): "BERLIN"',
    '[city]: "Berlin"',
    '[state]: nothing',
  ])
})

test('a failure shows at every part it passed', () => {
  expect(told('Join("-", [a], CDate([b]))', { a: 'x', b: 'y' })).toEqual([
    'Join("-", [a], CDate([b])): error',
    '[a]: "x"',
    'CDate([b]): error',
    '[b]: "y"',
  ])
})

test('with Redact nothing is shown but the result, flagged', () => {
  const { result, steps, isRedacted } = trace('Redact(Append([a], "x"))', { a: 'secret' })
  expect(result).toMatchObject({ outcome: 'value', isRedacted: true })
  expect(isRedacted).toBe(true)
  expect(JSON.stringify(steps)).not.toContain('secret')
})
