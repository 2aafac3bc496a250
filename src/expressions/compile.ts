/*
 * Turns a tree into functions once, so that tens of thousands of objects can be evaluated without looking at the tree
 * again (expressions.md sections 6 and 7).
 */
import type { SourceAttributes, SourceValue } from '../vocabulary/index.ts'
import { checkExpression } from './check.ts'
import { compare } from './compare.ts'
import { decimalFromText, settleInteger } from './decimals.ts'
import { describeError } from './error.ts'
import type { Result } from './error.ts'
import type { Argument, Call } from './functions/definition.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { assignedRoles, roleAttribute } from './functions/roles.ts'
import { findFunction } from './functions/table.ts'
import { parseExpression } from './read.ts'
import { render } from './render.ts'
import type { BriefEvaluation, Evaluate, Evaluation, EvaluationContext, Run } from './run.ts'
import type { CallNode, ComparisonOperator, KeywordNode, Node, OperationNode, ParsedExpression } from './tree.ts'
import { childrenOf, concatenated, nodesOf } from './tree.ts'
import {
  EvaluationFailure,
  fromSource,
  ignoreAttribute,
  ignoreObject,
  isMarker,
  refuseLongText,
  resultLengthMax,
  roleName,
  toText,
} from './values.ts'
import type { Site, Value } from './values.ts'

export interface CompiledExpression {
  readonly text: string
  /** Names of the source attributes it reads, each once. */
  readonly attributes: readonly string[]
  readonly usesRedact: boolean
  /**
   * The rules of `SelectUniqueValue`, in order, for a caller that cannot answer `isTaken` at once: evaluate one after the
   * other, skip null and `''`, ask the target, take the first that is free. Null for every other expression.
   */
  readonly uniqueValueRules: readonly CompiledExpression[] | null
  evaluate(attributes: SourceAttributes, context: EvaluationContext): Evaluation
  /** The same answer for whoever evaluates tens of thousands of objects. */
  evaluateBriefly(attributes: SourceAttributes, context: EvaluationContext): BriefEvaluation
}

/** What compiling a node needs to know beyond the node. */
export interface Compilation {
  /** The expression uses `Redact`, so no error may show a value. */
  readonly hidesValues: boolean
  /** Sees every node's evaluation, for a trace; null when nobody looks. */
  readonly observe: ((node: Node, evaluate: Evaluate) => Evaluate) | null
}

export function compileExpression(expression: string | ParsedExpression): Result<CompiledExpression> {
  const parsed: Result<ParsedExpression> =
    typeof expression === 'string' ? parseExpression(expression) : { ok: true, value: expression }
  if (!parsed.ok) return parsed
  const error = checkExpression(parsed.value)[0]
  return error === undefined ? { ok: true, value: compileChecked(parsed.value) } : { ok: false, error }
}

function compileChecked(expression: ParsedExpression): CompiledExpression {
  const { text, root } = expression
  return compiledFrom(text, root, usesRedactIn(root))
}

/** Then its values are hidden, wherever they would be shown. */
export function usesRedactIn(root: Node): boolean {
  return [...nodesOf(root)].some((node) => node.type === 'call' && findFunction(node.name)?.redacts === true)
}

function compiledFrom(text: string, root: Node, usesRedact: boolean): CompiledExpression {
  const evaluate = compileNode(root, { hidesValues: usesRedact, observe: null })
  const top: Site = { position: root.start, hidesValues: usesRedact }
  const evaluateFully = (attributes: SourceAttributes, context: EvaluationContext): BriefEvaluation => {
    const run: Run = { attributes, context, isRedacted: false }
    try {
      const value = evaluate(run)
      if (run.isRedacted) return render(value, true, top)
      if (typeof value === 'boolean') return toText(value, top)
      return isBrief(value) ? value : render(value, false, top)
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure)) throw failure
      const { site, message } = failure
      const error = describeError(text, 'evaluation', 'evaluate', site.position, message, { function: site.function })
      return { outcome: 'error', error }
    }
  }
  const isDirect = root.type === 'attribute' && root.name !== roleAttribute
  const evaluateBriefly = isDirect ? readDirectly(root.name, evaluateFully) : evaluateFully
  return {
    text,
    attributes: attributesOf(root),
    usesRedact,
    uniqueValueRules: uniqueValueRulesOf(text, root, usesRedact),
    evaluate: (attributes, context) => {
      const value = evaluateBriefly(attributes, context)
      return isBrief(value) ? { outcome: 'value', value, isRedacted: false, isAssertive: false } : value
    },
    evaluateBriefly,
  }
}

type EvaluateBriefly = CompiledExpression['evaluateBriefly']

function isBrief(value: Value | BriefEvaluation): value is string | null {
  return typeof value === 'string' ? value.length <= resultLengthMax : value === null
}

/** Most mappings hand one text through as it is; nothing can fail there. */
function readDirectly(name: string, otherwise: EvaluateBriefly): EvaluateBriefly {
  return (attributes, context) => {
    const value = attributes[name]
    return isOwn(value) && isBrief(value) ? value : otherwise(attributes, context)
  }
}

function attributesOf(root: Node): readonly string[] {
  const names = new Set<string>()
  for (const node of nodesOf(root)) if (node.type === 'attribute') names.add(node.name)
  return [...names]
}

function uniqueValueRulesOf(text: string, root: Node, usesRedact: boolean): readonly CompiledExpression[] | null {
  if (root.type !== 'call' || findFunction(root.name)?.isTopLevelOnly !== true) return null
  return childrenOf(root).map((rule) => compiledFrom(text, rule, usesRedact))
}

export function compileNode(node: Node, compilation: Compilation): Evaluate {
  const evaluate = compileUnobserved(node, compilation)
  return compilation.observe === null ? evaluate : compilation.observe(node, evaluate)
}

function compileUnobserved(node: Node, compilation: Compilation): Evaluate {
  switch (node.type) {
    case 'attribute':
      return compileAttribute(node.name)
    case 'text':
    case 'integer':
    case 'decimal':
    case 'keyword': {
      const value = constantValue(node)
      return () => value
    }
    case 'call':
      return compileCall(node, compilation)
    case 'operation':
      return compileOperation(node, compilation)
  }
}

/** Only the object's own properties are attributes, so `[constructor]` is null (section 7, isolation). */
function compileAttribute(name: string): Evaluate {
  if (name === roleAttribute) {
    return (run) => {
      const roles = assignedRoles(run)
      return roles.length === 0 ? null : roles.map(roleName)
    }
  }
  return ({ attributes }) => {
    const value = attributes[name]
    if (isOwn(value)) return value
    return Object.hasOwn(attributes, name) ? fromSource(value) : null
  }
}

/** A prototype has functions and objects, never a text or null: what is one of these need not be looked up twice. */
function isOwn(value: SourceValue | undefined): value is string | null {
  return typeof value === 'string' || value === null
}

function constantValue(node: Exclude<Node, CallNode | OperationNode | { readonly type: 'attribute' }>): Value {
  switch (node.type) {
    case 'text':
      return node.value
    case 'integer':
      return settleInteger(node.value)
    case 'decimal':
      return decimalFromText(node.text)
    case 'keyword':
      return keywordValue(node)
  }
}

/** The keywords that only name an option are their own text. */
function keywordValue({ keyword }: KeywordNode): Value {
  switch (keyword) {
    case 'True':
      return true
    case 'False':
      return false
    case 'NULL':
      return null
    case 'IgnoreAttributeFlow':
      return ignoreAttribute
    case 'IgnoreObjectFlow':
      return ignoreObject
    case 'vbTextCompare':
    case 'vbBinaryCompare':
    case 'Unicode':
    case 'UTF8':
    case 'ASCII':
      return keyword
  }
}

function compileCall(node: CallNode, compilation: Compilation): Evaluate {
  const definition = findFunction(node.name)
  if (definition === null) throw new Error(`${node.name} was compiled without a check.`)
  const places = placesOf(node, definition)
  if (isFinding(places)) throw new Error(`${node.name} was compiled without a check: ${places.message}`)
  const call: Call = {
    site: { position: node.start, function: definition.name, hidesValues: compilation.hidesValues },
    fixed: places.fixed.map((argument) => (argument === null ? null : compileArgument(argument, compilation))),
    repeated: places.repeated.flatMap((argument) =>
      argument === null ? [] : [compileArgument(argument, compilation)],
    ),
  }
  return definition.build(call)
}

function compileArgument(node: Node, compilation: Compilation): Argument {
  const withMarker = compileNode(node, compilation)
  const isConstant = node.type !== 'call' && node.type !== 'operation' && node.type !== 'attribute'
  return {
    node,
    withMarker,
    evaluate: canMark(node) ? withoutMarker(withMarker) : withMarker,
    constant: isConstant ? constantValue(node) : undefined,
  }
}

function withoutMarker(evaluate: Evaluate): Evaluate {
  return (run) => {
    const value = evaluate(run)
    return isMarker(value) ? null : value
  }
}

/** Whether a flow marker can come out of the node at all; nearly always it cannot. */
function canMark(node: Node): boolean {
  if (node.type === 'keyword') return node.keyword === 'IgnoreAttributeFlow' || node.keyword === 'IgnoreObjectFlow'
  if (node.type !== 'call') return false
  const definition = findFunction(node.name)
  if (definition?.makesMarkers === true) return true
  return definition?.passesMarkers === true && childrenOf(node).some(canMark)
}

/** A failing operator is reported at its left side (section 12). */
function compileOperation(node: OperationNode, compilation: Compilation): Evaluate {
  const site: Site = { position: node.left.start, hidesValues: compilation.hidesValues }
  if (node.operator === '&') return compileConcatenation(concatenated(node), site, compilation)
  return compileComparison(
    node.operator,
    compileArgument(node.left, compilation).evaluate,
    compileArgument(node.right, compilation).evaluate,
    site,
  )
}

function compileConcatenation(operands: readonly Node[], site: Site, compilation: Compilation): Evaluate {
  const parts = operands.map((operand) => compileArgument(operand, compilation).evaluate)
  return (run) => {
    let text = ''
    for (const part of parts) {
      text += toText(part(run), site) ?? ''
      refuseLongText(text.length, site)
    }
    return text
  }
}

/** Two texts are by far the usual case of equality, and null counts as `""` there. */
function compileComparison(operator: ComparisonOperator, left: Evaluate, right: Evaluate, site: Site): Evaluate {
  return (run) => {
    const from = left(run)
    const to = right(run)
    if (typeof from === 'string' && typeof to === 'string') {
      if (operator === '=') return from === to
      if (operator === '<>') return from !== to
    }
    return compare(operator, from, to, site)
  }
}
