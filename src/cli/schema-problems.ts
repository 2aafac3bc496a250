/* How what is wrong with a schema is shown: object mapping, attribute, the expression with a caret, message, hint. */
import type { SchemaProblem } from '../vocabulary/index.ts'
import { count } from './words.ts'

/** Characters of an expression shown before and behind the place. */
const shownAround = 60

export function isSchemaProblem(problem: object): problem is SchemaProblem {
  return 'severity' in problem && 'place' in problem && 'code' in problem
}

/** The line of the expression a position is in, cut to a width a terminal bears, and a caret below the place. */
function caretLines(expression: string, position: number): readonly string[] {
  const lineStart = Math.max(expression.lastIndexOf('\n', position - 1), expression.lastIndexOf('\r', position - 1)) + 1
  const rest = expression.slice(lineStart)
  const line = /^[^\r\n]*/.exec(rest)?.[0] ?? ''
  const column = position - lineStart
  const from = Math.max(0, column - shownAround)
  const before = `${from > 0 ? '…' : ''}${line.slice(from, column)}`
  const behind = line.slice(column, column + shownAround)
  const more = line.length > column + shownAround ? '…' : ''
  // A tab stays one, so that the caret stands below the place whatever a terminal makes of tabs.
  const blanks = [...before].map((character) => (character === '\t' ? '\t' : ' ')).join('')
  return [`${before}${behind}${more}`, `${blanks}^`]
}

function problemLines(problem: SchemaProblem): readonly string[] {
  const { severity, code, place, objectMapping, attribute, expression, position, message, hint } = problem
  const where = [objectMapping, attribute].filter((name) => name !== null).join(', ')
  return [
    `${severity} ${code}: ${where === '' ? place || 'the document' : where}`,
    ...(expression === null || position === null ? [] : caretLines(expression, position).map((line) => `    ${line}`)),
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
