/*
 * Gives every attribute mapping's value for one object: a value, a reference, absent or a failure (spec section 5). One
 * failure fails the object, so that nobody is provisioned half mapped (expressions.md section 12).
 */
import type { EvaluationContext, RenderedValue } from '../expressions/index.ts'
import type { SourceAttributes, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import { sameValue } from './changes.ts'
import type { CompiledAttributeMapping, CompiledObjectMapping } from './compiled-schema.ts'
import type { WantedReference } from './references.ts'
import { toTargetValue, type ConvertedValue } from './target-values.ts'
import { uniqueValues, type UniqueValues } from './unique-values.ts'

export type MappedAttribute =
  | ConvertedValue
  | { readonly name: string; readonly kind: 'reference'; readonly reference: WantedReference }
  /** One of these is chosen when the object is created, with an eye on who has which. */
  | ({ readonly name: string; readonly kind: 'unique' } & UniqueValues)
  | { readonly name: string; readonly kind: 'absent' }

export interface MappingResult {
  readonly attributes: readonly MappedAttribute[]
  /** An expression answered IgnoreObjectFlow: the object is skipped in this run (expressions.md 5.6). */
  readonly ignoreObject: boolean
  readonly failures: readonly { readonly name: string; readonly code: string; readonly message: string }[]
}

/** `create` maps everything; `update` leaves out what flows only at creation (spec 5.2). */
export type MappingPhase = 'create' | 'update'

/** The value as the target takes it, and nothing of what the flow type keeps back. */
function flowing(
  mapping: CompiledAttributeMapping,
  value: string | readonly string[],
  known: TargetAttributes,
): MappedAttribute {
  const converted = toTargetValue(mapping, value)
  if (converted.kind === 'failed') return converted
  if (mapping.valueRule !== null && typeof converted.value === 'string') {
    const message = mapping.valueRule.refuse(converted.value)
    if (message !== null) return { name: mapping.target, kind: 'failed', code: 'AttributeValidationFailed', message }
  }
  return mapping.addsOnly ? withoutTakingAway(mapping, converted.value, known[mapping.target]) : converted
}

/** `ValueAddOnly`, and `MultiValueAddOnly` for attributes of several values: what the target has stays. */
function withoutTakingAway(
  { target: name, definition }: CompiledAttributeMapping,
  value: TargetValue,
  known: TargetValue | undefined,
): MappedAttribute {
  if (value === '') return { name, kind: 'absent' }
  if (typeof value !== 'object' || typeof known !== 'object') return { name, kind: 'value', value }
  const caseExact = definition?.caseExact ?? true
  const added = value.filter((each) => !known.some((held) => sameValue(each, held, caseExact)))
  return { name, kind: 'value', value: [...known, ...added] }
}

/** Roles become the text a target without role objects takes: the value, else the name. */
export function asTexts(value: NonNullable<RenderedValue>): string | readonly string[] {
  if (typeof value === 'string') return value
  return value.map((each) => (typeof each === 'string' ? each : (each.value ?? each.displayName ?? each.id)))
}

export const anchorsOf = (value: string | readonly string[] | null): readonly string[] => {
  if (value === null || value === '') return []
  return typeof value === 'string' ? [value] : value
}

/** Whether the mapping has a say in this phase. */
export function flowsIn(mapping: CompiledAttributeMapping, phase: MappingPhase, known: TargetAttributes): boolean {
  if (phase === 'create') return true
  if (mapping.mapping.flowType === 'ObjectAddOnly' || mapping.definition?.mutability === 'Immutable') return false
  if (mapping.mapping.flowType === 'AttributeAddOnly' || mapping.expression === null) {
    const before = known[mapping.target]
    return before === undefined || before === '' || (typeof before === 'object' && before.length === 0)
  }
  return true
}

/**
 * A null in the source: mapping type None gives an empty target attribute the default value (spec 5.1), others take it at
 * creation only (5.2); later the attribute is left alone, or emptied where both switches say so (5.3).
 */
function whenNull(mapping: CompiledAttributeMapping, phase: MappingPhase, known: TargetAttributes): MappedAttribute {
  const name = mapping.target
  const { defaultValue } = mapping.mapping
  if (phase === 'update' && mapping.expression !== null)
    return mapping.clearsWhenNull ? { name, kind: 'value', value: '' } : { name, kind: 'absent' }
  return defaultValue === null ? { name, kind: 'absent' } : flowing(mapping, defaultValue, known)
}

export function mapAttribute(
  mapping: CompiledAttributeMapping,
  attributes: SourceAttributes,
  context: EvaluationContext,
  phase: MappingPhase,
  known: TargetAttributes,
): MappedAttribute | 'ignoreObject' {
  const { target: name, expression } = mapping
  if (expression === null) return whenNull(mapping, phase, known)
  if (mapping.isUnique && phase === 'create')
    return { name, kind: 'unique', ...uniqueValues({ mapping, expression, attributes, context }) }
  const result = expression.evaluateBriefly(attributes, context)
  if (typeof result === 'string' && mapping.takesText) return { name, kind: 'value', value: result }
  if (result === null || typeof result === 'string') return given(mapping, result, phase, known)
  switch (result.outcome) {
    case 'error': {
      const message = `The mapping of ${name} failed: ${result.error.message}`
      return { name, kind: 'failed', code: 'UnprocessableEntity', message }
    }
    case 'value':
      return given(mapping, result.value === null ? null : asTexts(result.value), phase, known)
    case 'ignoreObject':
      return 'ignoreObject'
    case 'ignoreAttribute':
      return { name, kind: 'absent' }
  }
}

/** What an expression has given, as the target attribute takes it. */
function given(
  mapping: CompiledAttributeMapping,
  value: string | readonly string[] | null,
  phase: MappingPhase,
  known: TargetAttributes,
): MappedAttribute {
  const name = mapping.target
  const isNull = value === null || (typeof value === 'object' && value.length === 0)
  if (mapping.isReference) {
    if (isNull && phase === 'update' && mapping.clearsWhenNull) return { name, kind: 'value', value: '' }
    const multivalued = mapping.definition?.multivalued === true
    return { name, kind: 'reference', reference: { attribute: name, multivalued, anchors: anchorsOf(value) } }
  }
  if (isNull && mapping.definition?.multivalued !== true) return whenNull(mapping, phase, known)
  return value === null ? whenNull(mapping, phase, known) : flowing(mapping, value, known)
}

export function mapAttributes(request: {
  readonly mapping: CompiledObjectMapping
  /** The complete source object's attributes, `IsSoftDeleted` included. */
  readonly attributes: SourceAttributes
  readonly context: EvaluationContext
  readonly phase: MappingPhase
  /** What the target holds, for flow types that look at it; empty at creation. */
  readonly known: TargetAttributes
}): MappingResult {
  const mapped: MappedAttribute[] = []
  const failures: Extract<MappedAttribute, { kind: 'failed' }>[] = []
  let ignoreObject = false
  for (const mapping of request.mapping.attributes) {
    if (!flowsIn(mapping, request.phase, request.known)) continue
    const result = mapAttribute(mapping, request.attributes, request.context, request.phase, request.known)
    if (result === 'ignoreObject') {
      ignoreObject = true
      continue
    }
    mapped.push(result)
    if (result.kind === 'failed') failures.push(result)
  }
  return { attributes: mapped, ignoreObject, failures }
}

/** The value an object would get if nobody had it: all that can be said of it without asking who has what. */
export function firstChoice(unique: Extract<MappedAttribute, { kind: 'unique' }>): MappedAttribute {
  const { name } = unique
  const [first] = unique.candidates()
  if (first === undefined) return { name, kind: 'absent' }
  if (first.kind === 'value') return { name, kind: 'value', value: first.value }
  return { name, kind: 'failed', code: 'UnprocessableEntity', message: first.message }
}

/** The plain values, without references, as the target takes them. */
export function desiredValues(mapped: readonly MappedAttribute[]): TargetAttributes {
  const values: Record<string, TargetValue> = {}
  for (const each of mapped) if (each.kind === 'value') values[each.name] = each.value
  return values
}

export function wantedReferences(mapped: readonly MappedAttribute[]): readonly WantedReference[] {
  const references: WantedReference[] = []
  for (const each of mapped) if (each.kind === 'reference') references.push(each.reference)
  return references
}

/** Required target attributes that would be missing from a create (spec 5.4). */
export function missingRequired(mapping: CompiledObjectMapping, desired: TargetAttributes): readonly string[] {
  return [...mapping.definitions.values()]
    .filter((definition) => definition.required && !definition.anchor)
    .map((definition) => definition.name)
    .filter((name) => desired[name] === undefined || desired[name] === '')
}
