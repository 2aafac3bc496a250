/*
 * Warns of expressions that are valid but seldom meant. Nothing here keeps a mapping from being saved.
 */
import type { PopulationFacts } from '../vocabulary/index.ts'
import { checkExpression } from './check.ts'
import { compileNode } from './compile.ts'
import { describeError } from './error.ts'
import { literalText, type FunctionDefinition, type Places } from './functions/definition.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { findFunction } from './functions/table.ts'
import type { Node, ParsedExpression } from './tree.ts'
import { childrenOf, nodesOf } from './tree.ts'
import { EvaluationFailure } from './values.ts'

export type LintRule = 'switchWithoutDefault' | 'failsOnNull' | 'rolesWithoutAssignments'

export interface ExpressionWarning {
  readonly rule: LintRule
  readonly position: number
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface LintOptions {
  /** The job provisions all users and groups, whether assigned or not. */
  readonly syncAll?: boolean
  /** Who has what: with it a warning says how many people it concerns, and is left out where it concerns nobody. */
  readonly facts?: PopulationFacts
}

/** In the order of the text; none for an expression that has errors. */
export function lintExpression(expression: ParsedExpression, options: LintOptions = {}): readonly ExpressionWarning[] {
  const { text, root } = expression
  if (checkExpression(expression).length > 0) return []
  const warnings: ExpressionWarning[] = []
  for (const place of placesIn(root)) {
    for (const { rule, position, message } of lintPlace(place, options)) {
      const { line, column } = describeError(text, 'argument', 'validate', position, message)
      warnings.push({ rule, position, line, column, message })
    }
  }
  return warnings
}

type Found = Pick<ExpressionWarning, 'rule' | 'position' | 'message'>

/** A part of the expression, and what the parts around it see to. */
interface Place {
  readonly node: Node
  /** Attributes a condition around it has looked at: whether it is reached may depend on them. */
  readonly asked: ReadonlySet<string>
  /** Something around it answers null with a value. */
  readonly isNullAnswered: boolean
}

/** With its own stack, as a chain of `&` may be thousands of operands long. */
function* placesIn(root: Node): Generator<Place> {
  const waiting: Place[] = [{ node: root, asked: new Set(), isNullAnswered: false }]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    yield place
    waiting.push(...placesBelow(place).toReversed())
  }
}

/** They give a value, or a question's answer, when an argument is null (expressions.md 5.2). */
const nullAnswering: ReadonlySet<string> = new Set([
  'CBool',
  'Coalesce',
  'Count',
  'IgnoreFlowIfNullOrEmpty',
  'IsNothing',
  'IsNull',
  'IsNullOrEmpty',
  'IsPresent',
  'IsString',
  'Join',
  'Not',
])

function placesBelow({ node, asked, isNullAnswered }: Place): readonly Place[] {
  const children = childrenOf(node)
  if (node.type !== 'call') return children.map((child) => ({ node: child, asked, isNullAnswered: true }))
  const name = findFunction(node.name)?.name ?? ''
  const [first, ...others] = children
  if (first !== undefined && (name === 'IIF' || name === 'Switch')) {
    const askedHere = new Set([...asked, ...attributesIn(first)])
    return [
      { node: first, asked, isNullAnswered: true },
      ...others.map((child) => ({ node: child, asked: askedHere, isNullAnswered })),
    ]
  }
  const last = children.at(-1)
  return children.map((child) => ({
    node: child,
    asked,
    isNullAnswered: isNullAnswered || (nullAnswering.has(name) && !(name === 'Coalesce' && child === last)),
  }))
}

function attributesIn(node: Node): readonly string[] {
  return [...nodesOf(node)].flatMap((each) => (each.type === 'attribute' ? [each.name] : []))
}

function lintPlace(place: Place, options: LintOptions): readonly Found[] {
  const { node } = place
  if (node.type !== 'call') return []
  const definition = findFunction(node.name)
  const places = definition === null ? null : placesOf(node, definition)
  if (definition === null || places === null || isFinding(places)) return []
  const found: Found[] = []
  if (definition.name === 'Switch' && !place.isNullAnswered && mayGiveNull(places)) {
    const message =
      'This Switch has no default value, so it gives null when no key matches: an account then keeps what it had, and a new one gets nothing. Give it a default in the second place, e.g. "".'
    found.push({ rule: 'switchWithoutDefault', position: node.start, message })
  }
  found.push(...lintNulls(definition, places, place.asked, options.facts))
  if (definition.needsAssignments === true && options.syncAll === true) {
    const message = `${definition.name} reads assignments, which objects need not have while all users and groups are provisioned.`
    found.push({ rule: 'rolesWithoutAssignments', position: node.start, message })
  }
  return found
}

/** With both keys of a boolean there is nothing left that would match no key. */
function mayGiveNull({ fixed, repeated }: Places): boolean {
  if (fixed[1] !== null) return false
  const keys = new Set(repeated.filter((_, index) => index % 2 === 0).map(literalText))
  return !(keys.has('True') && keys.has('False'))
}

function lintNulls(
  definition: FunctionDefinition,
  { fixed }: Places,
  asked: ReadonlySet<string>,
  facts: PopulationFacts | undefined,
): readonly Found[] {
  return (definition.failsOnNull ?? []).flatMap((index): readonly Found[] => {
    const argument = fixed[index] ?? null
    const attribute = argument === null ? null : nullWithout(argument)
    if (argument === null || attribute === null || asked.has(attribute)) return []
    const who = whoLacks(attribute, facts)
    if (who === null) return []
    const remedy =
      argument.type === 'attribute'
        ? `write Coalesce([${attribute}], ...) with what is to stand in for it, or guard it with IIF(IsPresent([${attribute}]), ..., ...)`
        : `guard it with IIF(IsPresent([${attribute}]), ..., ...)`
    const message = `${who}; ${definition.name} fails for them, and nothing is written of somebody whose mapping fails: ${remedy}.`
    return [{ rule: 'failsOnNull', position: argument.start, message }]
  })
}

/** The one attribute the argument reads, when the argument is null for whoever does not have it. */
function nullWithout(argument: Node): string | null {
  const [attribute, ...others] = new Set(attributesIn(argument))
  if (attribute === undefined || others.length > 0) return null
  if (argument.type === 'attribute') return attribute
  try {
    const evaluate = compileNode(argument, { hidesValues: true, observe: null })
    return evaluate({ attributes: {}, context: {}, isRedacted: false }) === null ? attribute : null
  } catch (failure) {
    // What fails inside the argument is found there.
    if (failure instanceof EvaluationFailure) return null
    throw failure
  }
}

function whoLacks(attribute: string, facts: PopulationFacts | undefined): string | null {
  if (facts === undefined) return `Some objects may have no ${attribute}`
  const lacking = facts.people - (facts.attributes.get(attribute)?.people ?? 0)
  if (lacking <= 0) return null
  return `${lacking.toLocaleString('en-US')} of ${facts.people.toLocaleString('en-US')} people have no ${attribute}`
}
