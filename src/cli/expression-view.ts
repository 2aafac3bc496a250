/* How expressions, their errors and the values of their parts are shown to a person. */
import type {
  ExpressionPlace,
  ExpressionProblem,
  ExpressionValue,
  PartOutcome,
  TriedPart,
} from '../vocabulary/index.ts'
import { shortened } from './words.ts'

/** Parts longer than this are cut, so that the values stand in one column. */
const partWidthMax = 72

const typeNames: Record<string, string> = { text: 'text', list: 'list', roles: 'roles', null: '' }

function valueText(value: ExpressionValue, type: string): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return type === 'text' ? JSON.stringify(value) : value
  return `[${value.map((each) => JSON.stringify(typeof each === 'string' ? each : (each.displayName ?? each.value ?? each.id))).join(', ')}]`
}

/** The value and its type, or why there is none. */
export function outcomeText(result: PartOutcome): string {
  switch (result.outcome) {
    case 'value': {
      const type = typeNames[result.type] ?? result.type
      const count = Array.isArray(result.value) ? ` of ${String(result.value.length)}` : ''
      return `${valueText(result.value, result.type)}${type === '' ? '' : `  ${type}${count}`}`
    }
    case 'redacted':
      return '[Redact]'
    case 'ignoreAttribute':
      return 'leaves the attribute as it is in the target'
    case 'ignoreObject':
      return 'leaves the object out of this run'
    case 'error':
      return `error: ${result.problem.message}`
    case 'notEvaluated':
      return '(not evaluated)'
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** The parts as a tree, each with what it gave. */
export function partLines(parts: readonly TriedPart[]): readonly string[] {
  const texts = parts.map(({ text, depth }) => shortened(`${'  '.repeat(depth)}${oneLine(text)}`, partWidthMax))
  const width = Math.max(...texts.map((text) => [...text].length))
  return parts.map(({ result }, index) => {
    const text = texts[index] ?? ''
    // An error passes every part around it; it is told where it arose.
    const isPassed = result.outcome === 'error' && failsBelow(parts, index)
    return `  ${text}${' '.repeat(width - [...text].length)}  ${isPassed ? 'error, see below' : outcomeText(result)}`
  })
}

function failsBelow(parts: readonly TriedPart[], index: number): boolean {
  const depth = parts[index]?.depth ?? 0
  const rest = parts.slice(index + 1)
  const end = rest.findIndex((each) => each.depth <= depth)
  return rest.slice(0, end < 0 ? undefined : end).some(({ result }) => result.outcome === 'error')
}

/** Characters of a line shown before and behind a place. */
const shownAround = 60

/** A line cut to a width a terminal bears, and a caret below the place; `at` counts from 0. */
export function caretLines(line: string, at: number): readonly string[] {
  const from = Math.max(0, at - shownAround)
  const before = `${from > 0 ? '…' : ''}${visible(line.slice(from, at))}`
  const behind = visible(line.slice(at, at + shownAround))
  const more = line.length > at + shownAround ? '…' : ''
  // A tab before the place stays one, so that the caret stands below it whatever the terminal makes of tabs.
  const blanks = [...before].map((character) => (character === '\t' ? '\t' : ' ')).join('')
  return [`${before}${behind}${more}`, `${blanks}^`]
}

/** An escape sequence in an expression is shown, not obeyed by the terminal. */
const visible = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => (character === '\t' ? character : '\uFFFD'))

/** The line of the text a place is in, and a caret below the place. */
export function placeLines(text: string, { line, column }: ExpressionPlace): readonly string[] {
  const found = text.split(/\r\n|\r|\n/)[line - 1] ?? ''
  return caretLines(found, column - 1).map((shown) => `  ${shown}`)
}

export function problemLines(text: string, problem: ExpressionProblem): readonly string[] {
  return [...placeLines(text, problem), problem.message, ...(problem.hint === null ? [] : [problem.hint])]
}
