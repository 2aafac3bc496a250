/*
 * Values that satisfy clauses of a scoping filter, named after what the clauses say: for whoever asks what would have to be
 * different. Each is proved by the clauses themselves; where none is found, none is named.
 */
import { textsFoundBy } from '../expressions/index.ts'
import type { AttributeType, SourceValue } from '../vocabulary/index.ts'
import { askClause, type CompiledClause } from './scoping-filter.ts'

/** Tried when what the clauses name does not do: any of them differs from most. */
const plainTexts = ['other', 'a', 'B', '0', '1', '-1', 'a1', 'Z z', '#', 'é']

/** Pieces put together, so that a value may end with one text and contain another. */
const piecesMax = 14

const costlyMax = 3

const isInteger = (text: string): boolean => /^[+-]?\d{1,19}$/.test(text)

/** What one clause would take, as text. */
function textsFor({ operator, operand }: CompiledClause, room: number): readonly string[] {
  switch (operator.name) {
    case 'REGEX MATCH':
      return operand.flatMap(textsFoundBy)
    case 'GREATER_THAN':
    case 'GREATER_THAN_OR_EQUALS':
      return operand.filter(isInteger).flatMap((text) => {
        const bound = BigInt(text)
        return Array.from({ length: room + 2 }, (_, step) => String(bound + BigInt(step)))
      })
    case '&':
      return operand.flatMap((text) => [...text.split(/[\s,;|]+/).filter((part) => part !== ''), text])
    case 'IS TRUE':
      return ['true']
    case 'IS FALSE':
      return ['false']
    // A number beside the forbidden one, and the forbidden text with something more.
    case 'NOT EQUALS':
      return operand.flatMap((text) => (isInteger(text) ? [String(BigInt(text) + 1n)] : []))
    case '!&':
      return operand.map((text) => `${text}x`)
    default:
      return operand
  }
}

function typed(text: string, type: AttributeType): SourceValue {
  if (type === 'Boolean') return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text
  if (type !== 'Integer' || !isInteger(text)) return text
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** What an attribute of this type can hold. */
function canHold(value: SourceValue, type: AttributeType): boolean {
  if (value === null) return true
  if (type === 'Boolean') return typeof value === 'boolean'
  if (type === 'Integer') return typeof value === 'number' || typeof value === 'bigint'
  return true
}

/** Values to try for the attribute of these clauses, the plainest first. `null` empties it. */
export function valuesToTry(clauses: readonly CompiledClause[], type: AttributeType): readonly SourceValue[] {
  const named = [...new Set(clauses.flatMap((clause) => textsFor(clause, clauses.length)))].filter(
    (text) => text !== '',
  )
  const pieces = named.slice(0, piecesMax)
  const pairs = pieces.flatMap((head) => pieces.flatMap((tail) => (head === tail ? [] : [head + tail])))
  const booleans = type === 'Boolean' ? ['true', 'false'] : []
  const affixed = pieces.flatMap((piece) => [`${piece}x`, `x${piece}`])
  const texts = [...new Set([...named, ...booleans, ...plainTexts, ...pairs, ...affixed])]
  return [...texts.map((text) => typed(text, type)), null].filter((value) => canHold(value, type))
}

/** The first value that satisfies all of these clauses on one attribute; `undefined` where none was found. */
export function valueFor(
  clauses: readonly CompiledClause[],
  type: AttributeType,
  tried: readonly SourceValue[] = valuesToTry(clauses, type),
): SourceValue | undefined {
  let costly = 0
  for (const value of tried) {
    const answers = clauses.map((clause) => askClause(clause, { [clause.attribute]: value }))
    if (answers.every((answer) => answer !== 'tooCostly' && answer.held)) return value
    costly += answers.filter((answer) => answer === 'tooCostly').length
    // Each of these takes as long as a person notices.
    if (costly > costlyMax) return undefined
  }
  return undefined
}

const quoted = (operand: readonly string[]): string => operand.map((text) => JSON.stringify(text)).join(' or ')

/** The clause as the end of "in scope if department ...". */
export function clauseWords({ operator, operand }: Pick<CompiledClause, 'operator' | 'operand'>): string {
  switch (operator.name) {
    case 'EQUALS':
      return `were ${quoted(operand)}`
    case 'NOT EQUALS':
      return `were anything but ${quoted(operand)}`
    case 'IS TRUE':
      return 'were true'
    case 'IS FALSE':
      return 'were false'
    case 'IS NULL':
      return 'were empty'
    case 'IS NOT NULL':
      return 'were not empty'
    case 'REGEX MATCH':
      return `matched ${quoted(operand)}`
    case 'NOT REGEX MATCH':
      return `did not match ${quoted(operand)}`
    case 'GREATER_THAN':
      return `were above ${operand.join(' or ')}`
    case 'GREATER_THAN_OR_EQUALS':
      return `were ${operand.join(' or ')} or more`
    case 'ENDS_WITH':
      return `ended with ${quoted(operand)}`
    case 'INCLUDES':
      return `contained ${quoted(operand)}`
    case '&':
      return `were part of ${quoted(operand)}`
    case '!&':
      return `were no part of ${quoted(operand)}`
    default:
      return `were such that "${operator.name} ${operand.join(', ')}" holds`
  }
}

/** Whether the words name the value, so that no example is needed. */
export const namesItsValue = ({ operator }: Pick<CompiledClause, 'operator'>): boolean =>
  ['EQUALS', 'IS TRUE', 'IS FALSE', 'IS NULL'].includes(operator.name)
