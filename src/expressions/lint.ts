/*
 * Warns of expressions that are valid but seldom meant. Nothing here keeps a mapping from being saved.
 */
import { describeError } from './error.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { findFunction } from './functions/table.ts'
import type { CallNode, ParsedExpression } from './tree.ts'
import { nodesOf } from './tree.ts'

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
}

/** In the order of the text. */
export function lintExpression(expression: ParsedExpression, options: LintOptions = {}): readonly ExpressionWarning[] {
  const { text, root } = expression
  const warnings: ExpressionWarning[] = []
  for (const node of nodesOf(root)) {
    if (node.type !== 'call') continue
    for (const { rule, position, message } of lintCall(node, options)) {
      const { line, column } = describeError(text, 'argument', 'validate', position, message)
      warnings.push({ rule, position, line, column, message })
    }
  }
  return warnings
}

type Found = Pick<ExpressionWarning, 'rule' | 'position' | 'message'>

function lintCall(node: CallNode, { syncAll }: LintOptions): readonly Found[] {
  const definition = findFunction(node.name)
  const places = definition === null ? null : placesOf(node, definition)
  if (definition === null || places === null || isFinding(places)) return []
  const found: Found[] = []
  if (definition.name === 'Switch' && places.fixed[1] === null) {
    const message =
      'This Switch has no default value, so it gives null when no key matches; the attribute then keeps what it had.'
    found.push({ rule: 'switchWithoutDefault', position: node.start, message })
  }
  for (const index of definition.failsOnNull ?? []) {
    const argument = places.fixed[index]
    if (argument?.type !== 'attribute') continue
    const message = `${definition.name} fails for every object without [${argument.name}]; guard it with IIF(IsPresent([${argument.name}]), ..., ...).`
    found.push({ rule: 'failsOnNull', position: argument.start, message })
  }
  if (definition.needsAssignments === true && syncAll === true) {
    const message = `${definition.name} reads assignments, which objects need not have while all users and groups are provisioned.`
    found.push({ rule: 'rolesWithoutAssignments', position: node.start, message })
  }
  return found
}
