/*
 * What every part of an expression gave for one object: for an administrator who asks why the result is what it is.
 */
import type { SourceAttributes, ValueType } from '../vocabulary/index.ts'
import { checkExpression } from './check.ts'
import { compileNode, usesRedactIn } from './compile.ts'
import { describeError } from './error.ts'
import type { Result } from './error.ts'
import { render } from './render.ts'
import type { Evaluation, EvaluationContext, Evaluate, Run } from './run.ts'
import type { Node, ParsedExpression } from './tree.ts'
import { nodesOf } from './tree.ts'
import { EvaluationFailure, isList } from './values.ts'
import type { Site, Value } from './values.ts'

export interface TraceStep {
  /** Offsets of the part in the text of the expression. */
  readonly start: number
  readonly end: number
  /** What it gave; null when it was not evaluated, because a branch was not taken or an error came before. */
  readonly evaluation: Evaluation | null
  /** What kind of value that is; null when there is none to show. */
  readonly type: ValueType | null
}

export interface ExpressionTrace {
  readonly result: Evaluation
  readonly type: ValueType | null
  /** The parts in the order of the text, the whole expression first. Constants are left out. */
  readonly steps: readonly TraceStep[]
  /** The expression uses `Redact`: no step has a value to show. */
  readonly isRedacted: boolean
}

export function traceExpression(
  expression: ParsedExpression,
  attributes: SourceAttributes,
  context: EvaluationContext,
): Result<ExpressionTrace> {
  const error = checkExpression(expression)[0]
  if (error !== undefined) return { ok: false, error }
  const { text, root } = expression
  const hidesValues = usesRedactIn(root)
  const evaluations = new Map<Node, Observed>()
  const evaluate = compileNode(root, { hidesValues, observe: observing(text, hidesValues, evaluations) })
  const run: Run = { attributes, context, isRedacted: false }
  const result = outcomeOf(text, () => render(evaluate(run), run.isRedacted, siteOf(root, hidesValues)))
  const steps = [...nodesOf(root)].filter(isTraced).map((node) => ({
    start: node.start,
    end: node.end,
    ...((hidesValues ? undefined : evaluations.get(node)) ?? { evaluation: null, type: null }),
  }))
  return { ok: true, value: { result, type: evaluations.get(root)?.type ?? null, steps, isRedacted: hidesValues } }
}

type Observed = Pick<TraceStep, 'evaluation' | 'type'>

/** A flow marker is no value. */
function typeOf(value: Value): ValueType | null {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value !== 'object') return 'integer'
  if (isList(value)) return 'list'
  switch (value.kind) {
    case 'decimal':
      return 'decimal'
    case 'instant':
      return 'date'
    case 'roles':
      return 'roles'
    case 'ignoreAttribute':
    case 'ignoreObject':
      return null
  }
}

function isTraced(node: Node): boolean {
  return node.type === 'attribute' || node.type === 'call' || node.type === 'operation'
}

function siteOf(node: Node, hidesValues: boolean): Site {
  return { position: node.start, hidesValues }
}

function observing(text: string, hidesValues: boolean, evaluations: Map<Node, Observed>) {
  return (node: Node, evaluate: Evaluate): Evaluate =>
    (run): Value => {
      const value = evaluateNoting(node, evaluate, run)
      const evaluation = outcomeOf(text, () => render(value, run.isRedacted, siteOf(node, hidesValues)))
      evaluations.set(node, { evaluation, type: typeOf(value) })
      return value
    }

  /** A failure is noted at every part it passes, and goes on. */
  function evaluateNoting(node: Node, evaluate: Evaluate, run: Run): Value {
    try {
      return evaluate(run)
    } catch (failure) {
      if (failure instanceof EvaluationFailure) evaluations.set(node, { evaluation: failed(text, failure), type: null })
      throw failure
    }
  }
}

function failed(text: string, { site, message }: EvaluationFailure): Evaluation {
  const error = describeError(text, 'evaluation', 'evaluate', site.position, message, { function: site.function })
  return { outcome: 'error', error }
}

/** An evaluation that ends in an error is one of the answers here. */
function outcomeOf(text: string, evaluate: () => Evaluation): Evaluation {
  try {
    return evaluate()
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure
    return failed(text, failure)
  }
}
