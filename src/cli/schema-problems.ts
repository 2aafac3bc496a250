/* How what is wrong with a schema is shown: object mapping, attribute, the expression with a caret, message, hint. */
import type { SchemaProblem } from '../vocabulary/index.ts'
import { caretLines } from './expression-view.ts'
import { count } from './words.ts'

export function isSchemaProblem(problem: object): problem is SchemaProblem {
  return 'severity' in problem && 'place' in problem && 'code' in problem
}

/** The line of the expression a position is in, and a caret below the place. */
function placeLines(expression: string, position: number): readonly string[] {
  const lineStart = Math.max(expression.lastIndexOf('\n', position - 1), expression.lastIndexOf('\r', position - 1)) + 1
  const line = /^[^\r\n]*/.exec(expression.slice(lineStart))?.[0] ?? ''
  return caretLines(line, position - lineStart)
}

function problemLines(problem: SchemaProblem): readonly string[] {
  const { severity, code, place, objectMapping, attribute, expression, position, message, hint } = problem
  const where = [objectMapping, attribute].filter((name) => name !== null).join(', ')
  return [
    `${severity} ${code}: ${where === '' ? place || 'the document' : where}`,
    ...(expression === null || position === null ? [] : placeLines(expression, position).map((line) => `    ${line}`)),
    `  ${message}`,
    ...(hint === null ? [] : [`  ${hint}`]),
    ...(where === '' || place === '' ? [] : [`  at ${place}`]),
  ]
}

export function schemaProblemsText(problems: readonly SchemaProblem[]): string {
  return problems.map((problem) => problemLines(problem).join('\n')).join('\n\n')
}

export function schemaProblemCounts(problems: readonly SchemaProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const warnings = problems.length - errors
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}`
}
