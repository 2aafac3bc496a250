/*
 * Reads an attribute mapping's source in either of Graph's forms, the text of an expression or its tree, and adds the form
 * that is missing (expressions.md section 10, graph-api.md 3.9).
 */
import {
  childrenOf,
  fromGraphSource,
  parseExpression,
  printExpression,
  toGraphSource,
  type GraphSource,
  type Node,
  type ParsedExpression,
  type Result,
} from '../expressions/index.ts'
import type { AttributeMappingSource } from '../vocabulary/index.ts'
import { arranged, openMembers, type Report } from './json-members.ts'

const sourceTypes = ['Attribute', 'Constant', 'Function'] as const

/** The text an expression is written as; `null` when only its tree is given. */
export function writtenExpression(source: AttributeMappingSource): string | null {
  const { expression } = source
  return expression === undefined || expression === null || expression === '' ? null : expression
}

/** The text is authoritative where there is one; otherwise it is made from the tree (expressions.md section 10). */
export function parseSource(source: AttributeMappingSource): Result<ParsedExpression> {
  const text = writtenExpression(source)
  return text === null ? fromGraphSource(source) : parseExpression(text)
}

/**
 * The tree repeats the text of every part, so that one for a long chain of `&` would be a hundred times as long as the
 * chain: expressions nested deeper than this stay as they are.
 */
const completedDepthMax = 60

/** `null`: mapping type None. The expression stays as it was written; what is beside it follows from it. */
export function readMappingSource(json: unknown, report: Report): AttributeMappingSource | null {
  if (json === null || json === undefined) return null
  const given = readSource(json, report)
  if (given === null) return null
  const read = fromGraphSource(given)
  // What is wrong with it is said by the check, with its place in the expression.
  if (!read.ok || !isShallow(read.value.root)) return given
  const made = completed(given, toGraphSource(read.value))
  const expression = writtenExpression(given)
  return expression === null ? made : { ...made, expression }
}

function readSource(json: unknown, report: Report): AttributeMappingSource | null {
  const members = openMembers(json, report)
  if (members === null) return null
  const source: { -readonly [Member in keyof AttributeMappingSource]: AttributeMappingSource[Member] } = {}
  // What is missing stays so: a name of null is a constant NULL, a missing one follows from the expression.
  if (members.value('expression') !== undefined) source.expression = members.textOrNull('expression')
  if (members.value('name') !== undefined) source.name = members.textOrNull('name')
  if (members.value('type') !== undefined) source.type = members.word('type', sourceTypes, 'Attribute')
  if (members.value('parameters') !== undefined) {
    source.parameters = members.list('parameters', (parameter) => readParameter(parameter, report))
  }
  return members.complete(source)
}

function readParameter(json: unknown, report: Report): { key: string; value: AttributeMappingSource } | null {
  const members = openMembers(json, report)
  if (members === null) return null
  const key = members.requiredText('key')
  const value = readSource(members.value('value'), report)
  return value === null ? null : members.complete({ key, value })
}

/** What the given source has beside Graph's members is kept, also in the parameters that stand at the same place. */
function completed(given: AttributeMappingSource, made: GraphSource): AttributeMappingSource {
  const parameters = made.parameters.map((parameter, index) => {
    const same = given.parameters?.[index]
    return same?.key.toLowerCase() === parameter.key.toLowerCase()
      ? { ...same, key: parameter.key, value: completed(same.value, parameter.value) }
      : parameter
  })
  const { expression, name, type } = made
  return arranged(given, { expression, name, type, parameters })
}

function isShallow(root: Node): boolean {
  let level: readonly Node[] = [root]
  for (let depth = 0; depth <= completedDepthMax; depth++) {
    if (level.length === 0) return true
    level = level.flatMap(childrenOf)
  }
  return false
}

/** Both of Graph's forms of an expression of our own, as an export has them (graph-api.md 4.6). */
export function sourceOf(expression: string): GraphSource {
  const parsed = parseExpression(expression)
  if (!parsed.ok) throw new Error(`The template's ${expression}: ${parsed.error.message}`)
  return { ...toGraphSource(parsed.value), expression }
}

/** Whether a source is this expression, in whatever form and spelling. */
export function isExpression(source: AttributeMappingSource | null, expression: string): boolean {
  const given = source === null ? null : parseSource(source)
  const wanted = parseExpression(expression)
  return given?.ok === true && wanted.ok && printExpression(given.value) === printExpression(wanted.value)
}
