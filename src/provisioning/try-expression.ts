/*
 * Tries an expression on a few objects: its errors, its warnings, what each part of it gives, and whether the target takes
 * the result. Nothing is stored, and the target is not asked.
 */
import {
  checkExpression,
  lintExpression,
  parseExpression,
  sourceSchemaOf,
  traceExpression,
  type EvaluationContext,
  type ExpressionError,
  type ExpressionTrace,
  type ParsedExpression,
  type SourceSchema,
  type TraceStep,
} from '../expressions/index.ts'
import type {
  AttributeDefinition,
  ExpressionProblem,
  ExpressionTry,
  PartOutcome,
  PersonTry,
  PopulationFacts,
  SourceAttributes,
  TargetTry,
  TriedPart,
} from '../vocabulary/index.ts'
import { anchorsOf, asTexts } from './mapping.ts'
import type { SchemaSides } from './schema-sides.ts'
import { findSlackProblems } from './slack-values.ts'
import { toTargetValue } from './target-values.ts'

/** An object to try it on. */
export interface TrySubject extends Pick<PersonTry, 'person' | 'chosenBecause'> {
  readonly attributes: SourceAttributes
  readonly context: EvaluationContext
}

export interface TryRequest {
  readonly expression: string
  readonly sides: SchemaSides
  readonly target: AttributeDefinition | null
  readonly subjects: readonly TrySubject[]
  readonly syncAll: boolean
  readonly facts?: PopulationFacts
}

function problemOf({ kind, position, line, column, message, hint }: ExpressionError): ExpressionProblem {
  return { kind, position, line, column, message, hint: hint ?? null }
}

/** Attributes given by hand need not be in the schema. */
function schemaFor({ sides, subjects }: TryRequest): SourceSchema | undefined {
  if (sides.source === null) return undefined
  const attributes = new Map(sourceSchemaOf(sides.source).attributes)
  for (const { person, attributes: given } of subjects) {
    if (person !== null) continue
    for (const [name, value] of Object.entries(given))
      if (!attributes.has(name)) attributes.set(name, { type: 'String', multivalued: typeof value === 'object' })
  }
  return { attributes }
}

/** Errors of the text, which is not evaluated then. */
export function checkTried(request: TryRequest): readonly ExpressionProblem[] {
  const parsed = parseExpression(request.expression)
  if (!parsed.ok) return [problemOf(parsed.error)]
  const mapped = request.sides.mapping?.attributeMappings.find(
    (each) => each.targetAttributeName === request.target?.name,
  )
  const schema = schemaFor(request)
  return checkExpression(parsed.value, {
    ...(schema === undefined ? {} : { schema }),
    ...(mapped === undefined ? {} : { mapping: { matchingPriority: 0, flowType: mapped.flowType } }),
  }).map(problemOf)
}

export function tryExpression(request: TryRequest): ExpressionTry {
  const { expression, sides, target, subjects, syncAll, facts } = request
  const told = {
    objectType: sides.objectType,
    expression,
    target:
      target === null
        ? null
        : {
            name: target.name,
            type: target.type,
            isRequired: target.required,
            isMultivalued: target.multivalued,
          },
  }
  const problems = checkTried(request)
  const parsed = parseExpression(expression)
  if (problems.length > 0 || !parsed.ok) return { ...told, problems, warnings: [], tries: [] }
  return {
    ...told,
    problems: [],
    warnings: lintExpression(parsed.value, { syncAll, ...(facts === undefined ? {} : { facts }) }),
    tries: subjects.map((subject) => tryOn(parsed.value, subject, request)),
  }
}

function tryOn(expression: ParsedExpression, subject: TrySubject, { sides, target }: TryRequest): PersonTry {
  // Whether a value is free in the target is not asked here: the first rule that gives a value stands.
  const context: EvaluationContext = { isTaken: () => false, ...subject.context }
  const traced = traceExpression(expression, subject.attributes, context)
  if (!traced.ok) throw new Error(`The expression was tried without a check: ${traced.error.message}`)
  return {
    person: subject.person,
    chosenBecause: subject.chosenBecause,
    result: outcomeOf(traced.value.result, traced.value.type, traced.value.isRedacted),
    parts: partsOf(expression.text, traced.value),
    target: target === null ? null : targetTry(sides, target, traced.value),
  }
}

function outcomeOf(evaluation: TraceStep['evaluation'], type: TraceStep['type'], isRedacted: boolean): PartOutcome {
  switch (evaluation?.outcome) {
    case undefined:
      return isRedacted ? { outcome: 'redacted' } : { outcome: 'notEvaluated' }
    case 'error':
      return { outcome: 'error', problem: problemOf(evaluation.error) }
    case 'ignoreAttribute':
    case 'ignoreObject':
      return { outcome: evaluation.outcome }
    case 'value':
      return isRedacted ? { outcome: 'redacted' } : { outcome: 'value', type: type ?? 'text', value: evaluation.value }
  }
}

/** Steps come in the order of the text, so those that enclose a part stand before it. */
function partsOf(text: string, { steps, isRedacted }: ExpressionTrace): readonly TriedPart[] {
  const enclosing: number[] = []
  return steps.map(({ start, end, evaluation, type }) => {
    while (enclosing.length > 0 && (enclosing.at(-1) ?? 0) < end) enclosing.pop()
    const depth = enclosing.length
    enclosing.push(end)
    return { text: text.slice(start, end), depth, result: outcomeOf(evaluation, type, isRedacted) }
  })
}

function targetTry(sides: SchemaSides, target: AttributeDefinition, trace: ExpressionTrace): TargetTry {
  const { result, isRedacted } = trace
  const absent: TargetTry = { kind: 'absent', isRequired: target.required }
  if (result.outcome === 'error') return { kind: 'failed', code: 'UnprocessableEntity', message: result.error.message }
  if (result.outcome !== 'value') return absent
  const value = result.value === null ? null : asTexts(result.value)
  if (target.type === 'Reference')
    return isRedacted ? { kind: 'redacted', findings: [] } : { kind: 'reference', anchors: anchorsOf(value) }
  // A list without values is no value either.
  if (value === null || (typeof value === 'object' && value.length === 0)) return absent
  const mapped = toTargetValue({ target: target.name, definition: target }, value)
  switch (mapped.kind) {
    case 'failed':
      return isRedacted
        ? { kind: 'failed', code: mapped.code, message: `${target.name} does not take the value, which is redacted.` }
        : { kind: 'failed', code: mapped.code, message: mapped.message }
    case 'value': {
      const findings = findSlackProblems(sides.objectType, target.name, mapped.value)
      return isRedacted ? { kind: 'redacted', findings } : { kind: 'value', value: mapped.value, findings }
    }
  }
}
