/*
 * The result of an evaluation as Graph's parseExpression answers it: a collection of texts (expressions.md section 10).
 */
import type { Evaluation } from './run.ts'

/** Empty for null, for flow markers and for an error; a role is the text of its JSON. A redacted value is not shown. */
export function toGraphEvaluationResult(evaluation: Evaluation): readonly string[] {
  if (evaluation.outcome !== 'value' || evaluation.value === null) return []
  if (evaluation.isRedacted) return ['[Redact]']
  if (typeof evaluation.value === 'string') return [evaluation.value]
  return evaluation.value.map((each) =>
    typeof each === 'string' ? each : JSON.stringify({ id: each.id, value: each.value, displayName: each.displayName }),
  )
}
