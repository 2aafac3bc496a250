/*
 * Reads an expression from Graph's `attributeMappingSource` (expressions.md section 10). The text is authoritative where
 * there is one, and the tree beside it must agree; otherwise the text is made from the tree, then read and checked.
 */
import type { AttributeMappingSource } from '../vocabulary/index.ts'
import { checkExpression } from './check.ts'
import { describeError } from './error.ts'
import type { ExpressionErrorKind, Result } from './error.ts'
import type { FunctionDefinition, Parameter } from './functions/definition.ts'
import { graphKeyOf } from './functions/definition.ts'
import { substituteFor } from './functions/refused-names.ts'
import { findFunction } from './functions/table.ts'
import { toGraphSource } from './graph-source.ts'
import { isPlainInteger, printNode } from './print.ts'
import { parseExpression } from './read.ts'
import type { Keyword, Node, Operator, ParsedExpression } from './tree.ts'
import { operators } from './tree.ts'

/** The tree cannot become an expression. Caught by the import and nowhere else. */
class ImportFailure extends Error {
  override readonly name = 'ImportFailure'
  readonly kind: ExpressionErrorKind
  readonly hint: string | undefined

  constructor(kind: ExpressionErrorKind, message: string, hint?: string) {
    super(message)
    this.kind = kind
    this.hint = hint
  }
}

/** Deeper trees than this are not made by anybody; a chain of `&` may be longer. */
const treeDepthMax = 500

/** The expression of a mapping source, checked without a schema. */
export function fromGraphSource(source: AttributeMappingSource): Result<ParsedExpression> {
  try {
    const written = textOf(source)
    return written === null ? fromTree(source) : fromText(written, source)
  } catch (failure) {
    if (!(failure instanceof ImportFailure)) throw failure
    const { kind, message, hint } = failure
    return { ok: false, error: describeError('', kind, 'validate', 0, message, { hint }) }
  }
}

function textOf({ expression }: AttributeMappingSource): string | null {
  return expression === undefined || expression === null || expression === '' ? null : expression
}

function fromText(text: string, source: AttributeMappingSource): Result<ParsedExpression> {
  const parsed = parseAndCheck(text)
  if (!parsed.ok) return parsed
  if (agrees(source, toGraphSource(parsed.value))) return parsed
  const message =
    'The expression and the tree of name and parameters beside it say different things; send one of them, or make them agree.'
  return { ok: false, error: describeError(text, 'argument', 'validate', 0, message) }
}

function fromTree(source: AttributeMappingSource): Result<ParsedExpression> {
  return parseAndCheck(printNode(nodeOf(source, false, 0), 'alone'))
}

function parseAndCheck(text: string): Result<ParsedExpression> {
  const parsed = parseExpression(text)
  if (!parsed.ok) return parsed
  const error = checkExpression(parsed.value)[0]
  return error === undefined ? parsed : { ok: false, error }
}

/** What a client leaves out cannot contradict. */
function agrees(given: AttributeMappingSource, made: AttributeMappingSource): boolean {
  let [left, right] = [given, made]
  // The left side of an operator is followed by a loop, because a chain of `&` may be long.
  for (;;) {
    if (left.name === undefined && left.type === undefined && !hasParameters(left)) return true
    if ((left.type ?? 'Attribute') !== right.type) return false
    if (left.name !== undefined && !sameName(left, right)) return false
    if (left.parameters === undefined || left.parameters === null) return true
    if (right.type !== 'Function' || !isOperator(right.name ?? null)) return sameParameters(left, right)
    if (!sameKeys(left, right)) return false
    const [leftOfGiven, rightOfGiven] = sidesOf(left)
    const [leftOfMade, rightOfMade] = sidesOf(right)
    if (leftOfGiven === null || rightOfGiven === null || leftOfMade === null || rightOfMade === null) return false
    if (!agrees(rightOfGiven, rightOfMade)) return false
    left = leftOfGiven
    right = leftOfMade
  }
}

function hasParameters({ parameters }: AttributeMappingSource): boolean {
  return parameters !== undefined && parameters !== null && parameters.length > 0
}

function sameName(given: AttributeMappingSource, made: AttributeMappingSource): boolean {
  if (given.name === made.name) return true
  return made.type === 'Function' && given.name?.toLowerCase() === made.name?.toLowerCase()
}

function sameKeys(given: AttributeMappingSource, made: AttributeMappingSource): boolean {
  return (given.parameters?.length ?? 0) === (made.parameters?.length ?? 0)
}

function sidesOf(source: AttributeMappingSource): [AttributeMappingSource | null, AttributeMappingSource | null] {
  const side = (key: string): AttributeMappingSource | null =>
    source.parameters?.find((parameter) => parameter.key.toLowerCase() === key)?.value ?? null
  return [side('left'), side('right')]
}

/** Keys stand in any order; equal keys keep theirs. */
function sameParameters(given: AttributeMappingSource, made: AttributeMappingSource): boolean {
  const definition = findFunction(made.name ?? '')
  const byKey = (source: AttributeMappingSource): Map<string, AttributeMappingSource[]> => {
    const values = new Map<string, AttributeMappingSource[]>()
    for (const { key, value } of source.parameters ?? []) {
      const parameter = definition?.parameters.find((candidate) => isKeyOf(key, candidate))
      const known = parameter === undefined ? key : graphKeyOf(parameter)
      values.set(known, [...(values.get(known) ?? []), value])
    }
    return values
  }
  const left = byKey(given)
  const right = byKey(made)
  if (left.size !== right.size) return false
  return [...right].every(([key, values]) => {
    const others = left.get(key) ?? []
    return others.length === values.length && values.every((value, index) => agrees(others[index] ?? {}, value))
  })
}

/** Graph's key, or the parameter's own name; nobody means two things by two cases. */
function isKeyOf(key: string, parameter: Parameter): boolean {
  const lower = key.toLowerCase()
  return lower === graphKeyOf(parameter).toLowerCase() || lower === parameter.name.toLowerCase()
}

function isOperator(name: string | null): name is Operator {
  return operators.some((operator) => operator === name)
}

const nowhere = { start: 0, end: 0 }

function nodeOf(source: AttributeMappingSource, isBesideOperator: boolean, depth: number): Node {
  if (depth > treeDepthMax) throw new ImportFailure('argument', `The tree is nested more than ${treeDepthMax} deep.`)
  switch (source.type ?? 'Attribute') {
    case 'Attribute':
      return attributeOf(source)
    case 'Constant':
      return constantOf(source, isBesideOperator)
    case 'Function':
      return functionOf(source, depth)
  }
}

/** The name must survive being put into brackets. */
function attributeOf({ name }: AttributeMappingSource): Node {
  if (name === undefined || name === null || name === '') {
    throw new ImportFailure('argument', 'A mapping source of type Attribute needs the name of the attribute.')
  }
  const parsed = parseExpression(`[${name}]`)
  if (!parsed.ok || parsed.value.root.type !== 'attribute') {
    throw new ImportFailure('attribute', `"${name}" cannot be the name of an attribute: its brackets do not pair up.`)
  }
  return parsed.value.root
}

function constantOf({ name }: AttributeMappingSource, isBesideOperator: boolean): Node {
  if (name === undefined)
    throw new ImportFailure('argument', 'A mapping source of type Constant needs its text as name.')
  if (name === null) return { type: 'keyword', keyword: 'NULL', ...nowhere }
  if (isBesideOperator && isPlainInteger(name)) return { type: 'integer', value: BigInt(name), ...nowhere }
  return { type: 'text', value: name, ...nowhere }
}

const flowKeywords: readonly Keyword[] = ['IgnoreAttributeFlow', 'IgnoreObjectFlow']

function functionOf(source: AttributeMappingSource, depth: number): Node {
  const name = source.name ?? ''
  if (isOperator(name)) return operationOf(source, name, depth)
  const keyword = flowKeywords.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  if (keyword !== undefined && !hasParameters(source)) return { type: 'keyword', keyword, ...nowhere }
  const definition = findFunction(name)
  if (definition === null) {
    throw new ImportFailure(
      'unknownFunction',
      `There is no function "${name}" in this language.`,
      substituteFor(name) ?? undefined,
    )
  }
  return { type: 'call', name: definition.name, arguments: argumentsOf(source, definition, depth), ...nowhere }
}

function argumentsOf(
  source: AttributeMappingSource,
  definition: FunctionDefinition,
  depth: number,
): readonly (Node | null)[] {
  const fixed: (Node | null)[] = definition.parameters.filter((parameter) => !parameter.repeats).map(() => null)
  const repeated: Node[] = []
  for (const { key, value } of source.parameters ?? []) {
    const index = definition.parameters.findIndex((parameter) => isKeyOf(key, parameter))
    const parameter = definition.parameters[index]
    if (parameter === undefined) {
      const keys = definition.parameters.map(graphKeyOf).join(', ')
      throw new ImportFailure(
        'argument',
        `${definition.name} has no parameter "${key}"; it has ${keys === '' ? 'none' : keys}.`,
      )
    }
    const node = nodeOf(value, false, depth + 1)
    if (parameter.repeats) repeated.push(node)
    else if (fixed[index] === null) fixed[index] = node
    else throw new ImportFailure('argument', `${definition.name} has its parameter "${key}" twice.`)
  }
  return [...fixed, ...repeated]
}

/**
 * Whether `1` beside an operator is a number or text only the text says: an operation that has one is read from it.
 */
function operationOf(source: AttributeMappingSource, operator: Operator, depth: number): Node {
  const written = textOf(source)
  const parsed = written === null ? null : parseAndCheck(written)
  if (parsed?.ok === true && agrees(source, toGraphSource(parsed.value))) return parsed.value.root
  const chain: { operator: Operator; right: AttributeMappingSource }[] = []
  let at: AttributeMappingSource = source
  let innermost: AttributeMappingSource | null = null
  for (let name: string = operator; innermost === null;) {
    const [left, right] = sidesOf(at)
    if (left === null || right === null || !isOperator(name)) {
      throw new ImportFailure('argument', `The operator "${name}" needs the parameters left and right.`)
    }
    chain.push({ operator: name, right })
    const isChain = left.type === 'Function' && isOperator(left.name ?? null)
    if (!isChain) innermost = left
    at = left
    name = left.name ?? ''
  }
  let node = nodeOf(innermost, true, depth + 1)
  for (const link of chain.reverse()) {
    node = {
      type: 'operation',
      operator: link.operator,
      left: node,
      right: nodeOf(link.right, true, depth + 1),
      ...nowhere,
    }
  }
  return node
}
