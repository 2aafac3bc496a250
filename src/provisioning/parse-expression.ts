/*
 * Graph's parseExpression: what an expression says, and what it gives for one object (graph-api.md 3.10). A bad expression
 * is an answer, no fault.
 */
import {
  checkExpression,
  compileExpression,
  parseExpression,
  toGraphEvaluationResult,
  toGraphSource,
  type EvaluationContext,
  type ExpressionError,
  type GraphSource,
  type SourceSchema,
} from '../expressions/index.ts'
import type { AttributeDefinition, SourceAttributes } from '../vocabulary/index.ts'
import { expressionErrorCodes } from './check-mapping-source.ts'
import { asTexts } from './mapping.ts'
import { toTargetValue } from './target-values.ts'

export interface ParseRequest {
  readonly expression: string
  /** The attributes there are. */
  readonly source: SourceSchema
  /** `null`: nothing to evaluate it for. */
  readonly attributes: SourceAttributes | null
  readonly context: EvaluationContext
  /** The target attribute that is to take the result. */
  readonly target: AttributeDefinition | null
}

/** Graph's publicError. */
export interface ParseProblem {
  readonly code: string
  readonly message: string
  readonly target: string | null
  readonly details: readonly { readonly code: string; readonly message: string; readonly target: string | null }[]
  readonly innerError: null
}

export interface ParseResponse {
  readonly parsingSucceeded: boolean
  readonly evaluationSucceeded: boolean
  readonly evaluationResult: readonly string[]
  readonly parsedExpression: GraphSource | null
  readonly error: ParseProblem | null
}

export function answerParse({ expression, source, attributes, context, target }: ParseRequest): ParseResponse {
  const parsed = parseExpression(expression)
  const errors = parsed.ok ? checkExpression(parsed.value, { schema: source }) : [parsed.error]
  if (!parsed.ok || errors.length > 0)
    return {
      parsingSucceeded: false,
      evaluationSucceeded: false,
      evaluationResult: [],
      parsedExpression: null,
      error: problemOf(errors),
    }
  const compiled = compileExpression(parsed.value)
  if (!compiled.ok) throw new Error(`A checked expression does not compile: ${compiled.error.message}`)
  const answer = {
    parsingSucceeded: true,
    parsedExpression: toGraphSource(parsed.value),
    evaluationResult: [],
    evaluationSucceeded: false,
    error: null,
  }
  // Without an object, only what reads none can be told.
  if (attributes === null && compiled.value.attributes.length > 0) return answer
  const evaluation = compiled.value.evaluate(attributes ?? {}, context)
  if (evaluation.outcome === 'error') return { ...answer, error: problemOf([evaluation.error]) }
  if (target !== null && evaluation.outcome === 'value' && evaluation.value !== null && !evaluation.isRedacted) {
    const mapped = toTargetValue({ target: target.name, definition: target }, asTexts(evaluation.value))
    if (mapped.kind === 'failed')
      return {
        ...answer,
        error: { code: mapped.code, message: mapped.message, target: target.name, details: [], innerError: null },
      }
  }
  return { ...answer, evaluationSucceeded: true, evaluationResult: toGraphEvaluationResult(evaluation) }
}

function problemOf(errors: readonly ExpressionError[]): ParseProblem | null {
  const [first] = errors
  if (first === undefined) return null
  return {
    code: expressionErrorCodes[first.kind],
    message: sentenceOf(first),
    target: 'expression',
    details: errors.slice(1).map((error) => ({
      code: expressionErrorCodes[error.kind],
      message: sentenceOf(error),
      target: 'expression',
    })),
    innerError: null,
  }
}

/** Columns are counted from 1, as an editor shows them. */
const sentenceOf = ({ line, column, message, hint, phase }: ExpressionError): string =>
  [phase === 'evaluate' ? '' : `Line ${String(line)}, column ${String(column)}:`, message, hint ?? '']
    .filter((part) => part !== '')
    .join(' ')
