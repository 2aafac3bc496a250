/*
 * Gives every attribute mapping's value for one object: a value, a reference, absent or a failure (spec section 5). One
 * failure fails the object, so that nobody is provisioned half mapped (expressions.md section 12).
 */
import type { EvaluationContext, RenderedValue } from '../expressions/index.ts'
import type { SourceAttributes, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import type { CompiledAttributeMapping, CompiledObjectMapping } from './compiled-schema.ts'
import type { WantedReference } from './references.ts'

export type MappedAttribute =
  | { readonly name: string; readonly kind: 'value'; readonly value: TargetValue }
  | { readonly name: string; readonly kind: 'reference'; readonly reference: WantedReference }
  | { readonly name: string; readonly kind: 'absent' }
  | { readonly name: string; readonly kind: 'failed'; readonly code: string; readonly message: string }

export interface MappingResult {
  readonly attributes: readonly MappedAttribute[]
  /** An expression answered IgnoreObjectFlow: the object is skipped in this run (expressions.md 5.6). */
  readonly ignoreObject: boolean
  readonly failures: readonly { readonly name: string; readonly code: string; readonly message: string }[]
}

/** `create` maps everything; `update` leaves out what flows only at creation (spec 5.2). */
export type MappingPhase = 'create' | 'update'

/** As the type of the target attribute wants it. */
export function toTargetValue(
  mapping: Pick<CompiledAttributeMapping, 'target' | 'definition'>,
  value: string | readonly string[],
): MappedAttribute {
  const name = mapping.target
  const type = mapping.definition?.type ?? 'String'
  if (typeof value === 'object') {
    if (mapping.definition?.multivalued === true) return { name, kind: 'value', value }
    const [only, ...others] = value
    if (only === undefined) return { name, kind: 'absent' }
    if (others.length > 0) {
      const message = `${name} takes one value, the mapping gives ${String(value.length)}.`
      return { name, kind: 'failed', code: 'SchemaPropertyCanOnlyAcceptValue', message }
    }
    return toTargetValue(mapping, only)
  }
  if (mapping.definition?.multivalued === true) return { name, kind: 'value', value: [value] }
  if (type === 'Boolean') {
    const word = value.trim().toLowerCase()
    if (word === 'true' || word === 'false') return { name, kind: 'value', value: word === 'true' }
    return {
      name,
      kind: 'failed',
      code: 'UnprocessableEntity',
      message: `${name} is a Boolean; the mapping gives "${value}".`,
    }
  }
  if (type === 'Integer') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return { name, kind: 'value', value: Number(value) }
    return {
      name,
      kind: 'failed',
      code: 'UnprocessableEntity',
      message: `${name} is an Integer; the mapping gives "${value}".`,
    }
  }
  return { name, kind: 'value', value }
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
  if (mapping.mapping.flowType === 'ObjectAddOnly') return false
  if (mapping.mapping.flowType === 'AttributeAddOnly' || mapping.expression === null) {
    const before = known[mapping.target]
    return before === undefined || before === ''
  }
  return true
}

export function mapAttribute(
  mapping: CompiledAttributeMapping,
  attributes: SourceAttributes,
  context: EvaluationContext,
  phase: MappingPhase,
): MappedAttribute | 'ignoreObject' {
  const name = mapping.target
  const fallback = mapping.mapping.defaultValue
  // Spec 5.1: mapping type None gives an empty target attribute the default value; 5.2: others take it at creation only.
  const whenNull = (): MappedAttribute =>
    fallback !== null && (phase === 'create' || mapping.expression === null)
      ? toTargetValue(mapping, fallback)
      : { name, kind: 'absent' }
  if (mapping.expression === null) return whenNull()
  const result = mapping.expression.evaluate(attributes, context)
  if (result.outcome === 'error') {
    const message = `The mapping of ${name} failed: ${result.error.message}`
    return { name, kind: 'failed', code: 'UnprocessableEntity', message }
  }
  if (result.outcome !== 'value') return result.outcome === 'ignoreObject' ? 'ignoreObject' : { name, kind: 'absent' }
  const value = result.value === null ? null : asTexts(result.value)
  if (mapping.isReference) {
    const multivalued = mapping.definition?.multivalued === true
    return { name, kind: 'reference', reference: { attribute: name, multivalued, anchors: anchorsOf(value) } }
  }
  if (value === null) return whenNull()
  return toTargetValue(mapping, value)
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
  let ignoreObject = false
  for (const mapping of request.mapping.attributes) {
    if (!flowsIn(mapping, request.phase, request.known)) continue
    const result = mapAttribute(mapping, request.attributes, request.context, request.phase)
    if (result === 'ignoreObject') ignoreObject = true
    else mapped.push(result)
  }
  const failures = mapped.flatMap((each) => (each.kind === 'failed' ? [each] : []))
  return { attributes: mapped, ignoreObject, failures }
}

/** The plain values, without references, as the target takes them. */
export function desiredValues(mapped: readonly MappedAttribute[]): TargetAttributes {
  const values: Record<string, TargetValue> = {}
  for (const each of mapped) if (each.kind === 'value') values[each.name] = each.value
  return values
}

export function wantedReferences(mapped: readonly MappedAttribute[]): readonly WantedReference[] {
  return mapped.flatMap((each) => (each.kind === 'reference' ? [each.reference] : []))
}

/** Required target attributes that would be missing from a create (spec 5.4). */
export function missingRequired(mapping: CompiledObjectMapping, desired: TargetAttributes): readonly string[] {
  return [...mapping.definitions.values()]
    .filter((definition) => definition.required && !definition.anchor)
    .map((definition) => definition.name)
    .filter((name) => desired[name] === undefined || desired[name] === '')
}
