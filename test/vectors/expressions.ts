/*
 * Runs any file of expression vectors (expressions.md section 15) against the mapping language.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { compileExpression } from '../../src/expressions/index.ts'
import type { Evaluation, EvaluationContext, ExpressionError } from '../../src/expressions/index.ts'
import { canonicalJson, outcomeOf, readVectors } from './results.ts'
import type { VectorResult } from './results.ts'

const role = z.object({ id: z.string(), value: z.string().nullable(), displayName: z.string().nullable() })
const phases = ['parse', 'validate', 'evaluate'] as const

const vector = z.object({
  id: z.string(),
  expression: z.string(),
  source: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
  context: z
    .object({
      now: z.string().exactOptional(),
      appRoles: z.array(role).exactOptional(),
      taken: z.array(z.string()).exactOptional(),
      defaultDomain: z.string().exactOptional(),
    })
    .exactOptional(),
  expected: z.unknown().optional(),
  expectedPattern: z.string().exactOptional(),
  error: z.literal(true).exactOptional(),
  errorKind: z.union([z.string(), z.array(z.string())]).exactOptional(),
  phase: z.enum(phases).exactOptional(),
  positionRange: z.tuple([z.number(), z.number()]).exactOptional(),
  flags: z.array(z.string()).exactOptional(),
})
type Vector = z.infer<typeof vector>

/** Random results are drawn so often that a wrong one shows. */
const drawsOfRandomResult = 50

export function runExpressionsVectors(file: string): readonly VectorResult[] {
  return readVectors(file).map((entry) => ({ id: entry.id, ...outcomeOf(() => runVector(vector.parse(entry))) }))
}

/** What is wrong, or null. */
function runVector(entry: Vector): string | null {
  if (entry.expectedPattern === undefined) return judge(entry, evaluateVector(entry))
  for (let draw = 0; draw < drawsOfRandomResult; draw++) {
    const wrong = judge(entry, evaluateVector(entry))
    if (wrong !== null) return wrong
  }
  return null
}

function evaluateVector({ expression, source, context = {} }: Vector): Evaluation {
  const compiled = compileExpression(expression)
  if (!compiled.ok) return { outcome: 'error', error: compiled.error }
  return compiled.value.evaluate(source, contextOf(context))
}

function contextOf({ now, appRoles, taken, defaultDomain }: NonNullable<Vector['context']>): EvaluationContext {
  const takenInLowerCase = new Set(taken?.map((value) => value.toLowerCase()))
  return {
    ...(now === undefined ? {} : { now: Date.parse(now) }),
    ...(appRoles === undefined ? {} : { appRoles }),
    ...(defaultDomain === undefined ? {} : { defaultDomain }),
    isTaken: (value) => takenInLowerCase.has(value.toLowerCase()),
    randomBytes: (count) => randomBytes(count),
  }
}

function judge(entry: Vector, evaluation: Evaluation): string | null {
  if (entry.error === true) return judgeError(entry, evaluation)
  if (evaluation.outcome === 'error') return `error instead of a result: ${evaluation.error.message}`
  const found = renderedOf(evaluation)
  const flags = flagsOf(evaluation)
  const expectedFlags = (entry.flags ?? []).toSorted()
  if (canonicalJson(flags) !== canonicalJson(expectedFlags)) {
    return `flags ${canonicalJson(flags)} instead of ${canonicalJson(expectedFlags)}`
  }
  if (entry.expectedPattern !== undefined) {
    const matches = typeof found === 'string' && new RegExp(entry.expectedPattern).test(found)
    return matches ? null : `${canonicalJson(found)} does not match ${entry.expectedPattern}`
  }
  if (canonicalJson(found) === canonicalJson(entry.expected)) return null
  return `${canonicalJson(found)} instead of ${canonicalJson(entry.expected)}`
}

function renderedOf(evaluation: Exclude<Evaluation, { outcome: 'error' }>): unknown {
  return evaluation.outcome === 'value' ? evaluation.value : { $flow: evaluation.outcome }
}

function flagsOf(evaluation: Exclude<Evaluation, { outcome: 'error' }>): readonly string[] {
  const isAssertive = evaluation.outcome === 'value' && evaluation.isAssertive
  return [...(isAssertive ? ['assertive'] : []), ...(evaluation.isRedacted ? ['redacted'] : [])]
}

function judgeError(entry: Vector, evaluation: Evaluation): string | null {
  if (evaluation.outcome !== 'error') return `${canonicalJson(renderedOf(evaluation))} instead of an error`
  const { error } = evaluation
  const described = `${error.kind} in ${error.phase} at ${error.position}: ${error.message}`
  if (!kindsOf(entry).includes(error.kind)) return `wrong kind: ${described}`
  if (entry.phase !== undefined && isLater(error, entry.phase)) return `too late: ${described}`
  const range = entry.positionRange
  if (range !== undefined && (error.position < range[0] || error.position > range[1]))
    return `wrong place: ${described}`
  return error.line >= 1 && error.column >= 1 && error.message !== '' ? null : `incomplete: ${described}`
}

function kindsOf({ errorKind }: Vector): readonly string[] {
  return errorKind === undefined ? [] : typeof errorKind === 'string' ? [errorKind] : errorKind
}

function isLater(error: ExpressionError, latest: (typeof phases)[number]): boolean {
  return phases.indexOf(error.phase) > phases.indexOf(latest)
}
