/*
 * The values a new object may have where only one object can have each: the rules of `SelectUniqueValue` in order
 * (expressions.md 8.6), and for allotted user names one after the other without end (`user-names.ts`).
 */
import type { CompiledExpression, EvaluationContext } from '../expressions/index.ts'
import type { SourceAttributes } from '../vocabulary/index.ts'
import type { CompiledAttributeMapping } from './compiled-schema.ts'
import { nameFamily, spellUserName, userNames } from './user-names.ts'

export type UniqueCandidate =
  { readonly kind: 'value'; readonly value: string } | { readonly kind: 'failed'; readonly message: string }

export interface UniqueValues {
  /** In order of preference; a failed rule is the last. */
  candidates(): Iterable<UniqueCandidate>
  /** Objects that share one of these may want the same value, and choose in order of arrival. */
  readonly families: readonly string[]
}

interface Request {
  readonly mapping: CompiledAttributeMapping
  readonly expression: CompiledExpression
  readonly attributes: SourceAttributes
  readonly context: EvaluationContext
}

/** Of a mapping that `isUnique`. */
export function uniqueValues(request: Request): UniqueValues {
  const { attributes, expression } = request
  const { allotment } = request.mapping
  const offers = [...offered(request, expression.uniqueValueRules ?? [expression])]
  if (allotment === null) {
    const values = offers.flatMap((each) => (each.kind === 'value' ? [each.value] : []))
    return { candidates: () => offers, families: values.map((value) => value.toLowerCase()) }
  }
  const language = languageOf(attributes)
  const spelt = offers.map((each) =>
    each.kind === 'value' ? { ...each, value: spellUserName(each.value, language) } : each,
  )
  return {
    candidates: () => allotted(attributes, spelt, allotment),
    families: spelt.flatMap((each) => (each.kind === 'value' ? [nameFamily(each.value)] : [])),
  }
}

function* offered(
  { mapping, attributes, context }: Request,
  rules: readonly CompiledExpression[],
): Generator<UniqueCandidate, void> {
  for (const rule of rules) {
    const result = rule.evaluate(attributes, context)
    if (result.outcome === 'error') {
      yield { kind: 'failed', message: `The mapping of ${mapping.target} failed: ${result.error.message}` }
      return
    }
    if (result.outcome === 'value' && typeof result.value === 'string' && result.value !== '')
      yield { kind: 'value', value: result.value }
  }
}

function* allotted(
  attributes: SourceAttributes,
  spelt: readonly UniqueCandidate[],
  avoided: ReadonlySet<string>,
): Generator<UniqueCandidate, void> {
  let failure: UniqueCandidate | null = null
  function* values(): Generator<string, void> {
    for (const each of spelt) {
      if (each.kind === 'value') yield each.value
      else failure = each
    }
  }
  const anchor = String(attributes['objectId'] ?? '')
  for (const value of userNames({ spelt: values(), anchor, avoided })) {
    if (failure !== null) {
      yield failure
      return
    }
    yield { kind: 'value', value }
  }
}

function languageOf(attributes: SourceAttributes): string | null {
  const language = attributes['preferredLanguage']
  return typeof language === 'string' && language !== '' ? language : null
}
