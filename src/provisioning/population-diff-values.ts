/*
 * Compares what two schemas give one object, attribute by attribute: only what would be sent counts. A mapping that is the
 * same in both is evaluated once.
 */
import type { DiffEffect, Link, ObjectTypeName, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import { asLogText, sameValue } from './changes.ts'
import type { CompiledAttributeMapping, CompiledObjectMapping } from './compiled-schema.ts'
import type { MappingInput } from './mapping-input.ts'
import { firstChoice, flowsIn, mapAttribute, type MappedAttribute, type MappingPhase } from './mapping.ts'
import type { Happening } from './population-diff-clusters.ts'
import { nameChange } from './population-diff-change.ts'
import { findSlackNameProblem, findSlackProblems } from './slack-values.ts'

/** What the diff has to know of the target; none of it asks the target. */
export interface TargetRules {
  asStored(objectType: ObjectTypeName, attributes: TargetAttributes): TargetAttributes
  /** Taken at creation and never compared later. */
  readonly writeOnly: Readonly<Record<ObjectTypeName, readonly string[]>>
  readonly softDelete: Readonly<Record<ObjectTypeName, boolean>>
}

/** One target attribute in both schemas. */
export interface AttributePair {
  readonly target: string
  readonly before: CompiledAttributeMapping | null
  readonly after: CompiledAttributeMapping | null
  /** The same mapping of the same definition. */
  readonly isSame: boolean
  readonly readsScope: boolean
  readonly caseExact: boolean
  readonly isRedacted: boolean
}

function isSameMapping(one: CompiledAttributeMapping, other: CompiledAttributeMapping): boolean {
  const asText = (each: CompiledAttributeMapping): string => {
    const { expression, mapping, definition, addsOnly, clearsWhenNull, allotment } = each
    const { defaultValue, flowType } = mapping
    const facts = [definition?.type, definition?.multivalued, definition?.mutability, addsOnly, clearsWhenNull]
    const avoided = allotment === null ? null : [...allotment]
    return JSON.stringify([expression?.text ?? null, defaultValue, flowType, avoided, ...facts])
  }
  return asText(one) === asText(other)
}

export function pairAttributes(
  before: CompiledObjectMapping | undefined,
  after: CompiledObjectMapping | undefined,
): readonly AttributePair[] {
  const inBefore = new Map(before?.attributes.map((each) => [each.target, each]))
  const inAfter = new Map(after?.attributes.map((each) => [each.target, each]))
  return [...new Set([...inBefore.keys(), ...inAfter.keys()])].map((target) => {
    const [one, other] = [inBefore.get(target) ?? null, inAfter.get(target) ?? null]
    return {
      target,
      before: one,
      after: other,
      isSame: one !== null && other !== null && isSameMapping(one, other),
      readsScope: other?.expression?.attributes.includes('IsSoftDeleted') === true,
      caseExact: (other ?? one)?.definition?.caseExact ?? true,
      isRedacted: before?.redacted.target.has(target) === true || after?.redacted.target.has(target) === true,
    }
  })
}

type Mapped = MappedAttribute | 'ignoreObject' | 'notSent'

/** What one schema gives the object. */
export interface MappedObject {
  readonly attributes: readonly Mapped[]
  /** Something fails or skips it: nothing is written of it. */
  readonly isWritten: boolean
}

function evaluate(
  mapping: CompiledAttributeMapping | null,
  input: MappingInput,
  phase: MappingPhase,
  known: TargetAttributes,
): Mapped {
  if (mapping === null || !flowsIn(mapping, phase, known)) return 'notSent'
  const mapped = mapAttribute(mapping, input.attributes, input.context, phase, known)
  return mapped !== 'ignoreObject' && mapped.kind === 'unique' ? firstChoice(mapped) : mapped
}

const stops = (mapped: Mapped): boolean =>
  mapped === 'ignoreObject' || (mapped !== 'notSent' && mapped.kind === 'failed')

export function mapPairs(
  pairs: readonly AttributePair[],
  side: 'before' | 'after',
  input: MappingInput,
  link: Link | undefined,
  /** What the other side gave, for mappings that are the same in both. */
  same: MappedObject | null,
  isSameScope: boolean,
): MappedObject {
  const phase = link === undefined ? 'create' : 'update'
  const known = link?.known ?? {}
  const attributes = pairs.map((pair, index) => {
    const reused = pair.isSame && (isSameScope || !pair.readsScope) ? same?.attributes[index] : undefined
    return reused ?? evaluate(pair[side], input, phase, known)
  })
  return { attributes, isWritten: !attributes.some(stops) }
}

/** Texts an error quotes differ from one person to the next; the attribute is told beside it. */
const withoutValues = (message: string): string =>
  message.replace(/^The mapping of .*? failed: /, '').replace(/"(?:[^"\\]|\\.)*…?"?/g, '"…"')

function happening(
  effect: DiffEffect,
  pair: AttributePair,
  cause: string | null,
  before: string | null = null,
  after: string | null = null,
): Happening {
  const shown = (text: string | null): string | null => (text !== null && pair.isRedacted ? '[Redact]' : text)
  return { effect, attribute: pair.target, cause, before: shown(before), after: shown(after) }
}

const valueOf = (mapped: Mapped | undefined): TargetValue | undefined =>
  mapped === undefined || typeof mapped === 'string' || mapped.kind !== 'value' ? undefined : mapped.value

const textOf = (mapped: Mapped): string | null => {
  if (typeof mapped === 'string') return null
  if (mapped.kind === 'reference') return mapped.reference.anchors.join(', ') || null
  return asLogText(valueOf(mapped))
}

/** Values as the target keeps them, so that what it spells the same is the same. */
export function storedValue(
  rules: TargetRules,
  objectType: ObjectTypeName,
  attribute: string,
  value: TargetValue | undefined,
): TargetValue | undefined {
  return value === undefined ? undefined : rules.asStored(objectType, { [attribute]: value })[attribute]
}

export interface ObjectComparison {
  readonly objectType: ObjectTypeName
  readonly pairs: readonly AttributePair[]
  readonly rules: TargetRules
  readonly link: Link | undefined
  /** `null` for a side in which the object has no account to write. */
  readonly before: MappedObject | null
  readonly after: MappedObject
  /** The inputs of the expressions, for what is looked at beyond what is sent. */
  readonly inputs: { readonly before: MappingInput; readonly after: MappingInput }
  readonly required: { readonly before: readonly string[]; readonly after: readonly string[] }
}

/** An attribute of which the two schemas do not simply say the same. */
interface Moved {
  readonly pair: AttributePair
  /** `undefined` where nothing was written so far. */
  readonly one: Mapped | undefined
  readonly other: Mapped
}

function movedAttributes({ pairs, before, after }: ObjectComparison): readonly Moved[] {
  const moved: Moved[] = []
  for (const [index, pair] of pairs.entries()) {
    const [one, other] = [before?.attributes[index], after.attributes[index] ?? 'notSent']
    // A mapping that is not the same may matter to new accounts although nothing is sent on either side.
    if (one !== other || (other === 'notSent' && !pair.isSame)) moved.push({ pair, one, other })
  }
  return moved
}

/** Everything that happens to the values of an object that has, or gets, an account under the later schema. */
export function compareValues(comparison: ObjectComparison): readonly Happening[] {
  const troubles = movedAttributes(comparison).flatMap(compareTrouble)
  if (!comparison.after.isWritten) return troubles
  // Of whom nothing was written so far, everything is new.
  const written = { ...comparison, before: comparison.before?.isWritten === true ? comparison.before : null }
  const moved = movedAttributes(written)
  const isNew = written.link === undefined
  return [
    ...troubles,
    ...(isNew ? compareRequired(written) : []),
    ...moved.flatMap((each) => compareRefusals(written, each)),
    ...(isNew ? compareNames(written) : []),
    // Of somebody new to the scope everything is new, so nothing of it is a change.
    ...(written.before === null ? [] : moved.flatMap((each) => compareOne(written, each))),
  ]
}

/** What the target does not allow quotes the rule, not the value. */
function failureOf(mapped: Mapped | undefined): string | null {
  if (typeof mapped !== 'object' || mapped.kind !== 'failed') return null
  return mapped.code === 'AttributeValidationFailed' ? mapped.message : withoutValues(mapped.message)
}

function compareTrouble({ pair, one, other }: Moved): readonly Happening[] {
  if (one === other) return []
  const [failedBefore, failedAfter] = [failureOf(one), failureOf(other)]
  if (other === 'ignoreObject') return [happening('isSkipped', pair, null)]
  if (failedAfter !== null && failedBefore === null)
    return [happening('mappingFails', pair, failedAfter, one === undefined ? null : textOf(one))]
  return failedAfter === null && failedBefore !== null
    ? [happening('mappingWorks', pair, null, null, textOf(other))]
    : []
}

function valueIn(pairs: readonly AttributePair[], mapped: MappedObject, target: string): TargetValue | undefined {
  return valueOf(mapped.attributes[pairs.findIndex((pair) => pair.target === target)])
}

/** Only a new account needs everything (spec 5.4). */
function compareRequired({ pairs, before, after, required }: ObjectComparison): readonly Happening[] {
  const missing = (mapped: MappedObject | null, names: readonly string[]): readonly string[] =>
    mapped === null ? [] : names.filter((name) => (valueIn(pairs, mapped, name) ?? '') === '')
  const [missingBefore, missingAfter] = [missing(before, required.before), missing(after, required.after)]
  const told = (effect: DiffEffect, attribute: string): Happening => ({
    effect,
    attribute,
    cause: null,
    before: null,
    after: null,
  })
  return [
    ...missingAfter.filter((name) => !missingBefore.includes(name)).map((name) => told('requiredIsMissing', name)),
    ...missingBefore.filter((name) => !missingAfter.includes(name)).map((name) => told('requiredIsThere', name)),
  ]
}

function refusalsOf(objectType: ObjectTypeName, target: string, value: TargetValue | undefined): readonly string[] {
  if (value === undefined) return []
  return findSlackProblems(objectType, target, value)
    .filter(({ verdict }) => verdict === 'refused')
    .map(({ code, message }) => `${message}${code === null ? '' : ` (${code})`}`)
}

function compareRefusals({ objectType, link }: ObjectComparison, { pair, one, other }: Moved): readonly Happening[] {
  if (one === other) return []
  const [valueBefore, valueAfter] = [valueOf(one), valueOf(other)]
  // What an account holds already was taken.
  const isThere = valueAfter !== undefined && valueAfter === link?.known[pair.target]
  const refusedBefore = refusalsOf(objectType, pair.target, valueBefore)
  const refusedAfter = isThere ? [] : refusalsOf(objectType, pair.target, valueAfter)
  const told = (effect: DiffEffect, these: readonly string[], those: readonly string[]): readonly Happening[] =>
    these
      .filter((each) => !those.includes(each))
      .map((each) => happening(effect, pair, each, asLogText(valueBefore), asLogText(valueAfter)))
  return [...told('isRefused', refusedAfter, refusedBefore), ...told('isAccepted', refusedBefore, refusedAfter)]
}

const nameParts = ['name.givenName', 'name.familyName'] as const

function compareNames({ objectType, pairs, before, after }: ObjectComparison): readonly Happening[] {
  if (objectType !== 'User') return []
  const problemOf = (mapped: MappedObject | null): string | null => {
    if (mapped === null) return null
    const names = nameParts.flatMap((name) => {
      const value = valueIn(pairs, mapped, name)
      return value === undefined ? [] : [[name, value] as const]
    })
    return findSlackNameProblem(Object.fromEntries(names))?.code ?? null
  }
  const code = problemOf(after)
  if (code === null || problemOf(before) !== null) return []
  const cause = `and ${nameParts[1]} are both empty, and Slack needs one of them (${code})`
  return [{ effect: 'isRefused', attribute: nameParts[0], cause, before: null, after: null }]
}

/** What the target would be told about one attribute. */
type Sending =
  | { readonly kind: 'nothing' | 'empties' }
  | { readonly kind: 'value'; readonly stored: TargetValue; readonly text: string | null }
  | { readonly kind: 'reference'; readonly text: string }

const nothing: Sending = { kind: 'nothing' }

function sendingOf({ objectType, rules }: ObjectComparison, { target }: AttributePair, mapped: Mapped): Sending {
  if (typeof mapped === 'string') return nothing
  if (mapped.kind === 'reference') {
    const text = mapped.reference.anchors.join(', ')
    return text === '' ? nothing : { kind: 'reference', text }
  }
  return mapped.kind === 'value' ? sendingValue(rules, objectType, target, mapped.value) : nothing
}

/** `''` empties the attribute, and so does what the target keeps nothing of; an absent value leaves it as it is. */
function sendingValue(rules: TargetRules, objectType: ObjectTypeName, target: string, value: TargetValue): Sending {
  const stored = storedValue(rules, objectType, target, value)
  return stored === undefined || stored === '' ? { kind: 'empties' } : { kind: 'value', stored, text: asLogText(value) }
}

function isSameSending(one: Sending, other: Sending, caseExact: boolean): boolean {
  if (one.kind === 'value' && other.kind === 'value') return sameValue(one.stored, other.stored, caseExact)
  if (one.kind === 'reference' && other.kind === 'reference') return one.text === other.text
  return one.kind === other.kind
}

const textOfSending = (sending: Sending): string | null =>
  sending.kind === 'value' || sending.kind === 'reference' ? sending.text : null

function compareOne(
  comparison: ObjectComparison,
  { pair, one: before = 'notSent', other: after }: Moved,
): readonly Happening[] {
  const { objectType, link, rules } = comparison
  const known = link?.known[pair.target]
  const isWriteOnly = rules.writeOnly[objectType].includes(pair.target)
  if (link !== undefined && pair.after !== null && (after === 'notSent' || isWriteOnly))
    return onlyForNewAccounts(comparison, pair)
  const other = sendingOf(comparison, pair, after)
  // Who was not told anything so far has what the account holds.
  const one =
    before === 'notSent' && known !== undefined
      ? sendingValue(rules, objectType, pair.target, known)
      : sendingOf(comparison, pair, before)
  if (isSameSending(one, other, pair.caseExact)) return []
  // The account holds it already, so nothing is sent.
  if (link !== undefined && other.kind === 'value' && sameValue(other.stored, known, pair.caseExact)) return []
  if (link !== undefined && other.kind === 'empties' && sameValue(undefined, known, pair.caseExact)) return []
  const texts = [textOfSending(one), textOfSending(other)] as const
  const had = one.kind === 'value' || one.kind === 'reference'
  switch (other.kind) {
    case 'empties':
      if (link !== undefined) return [happening('isCleared', pair, null, ...texts)]
      return had ? [happening('isNotGiven', pair, null, ...texts)] : []
    case 'nothing':
      return had ? [happening('isNotGiven', pair, null, ...texts)] : []
    case 'value':
    case 'reference':
      return had
        ? [happening('changes', pair, nameChange(texts[0] ?? '', texts[1] ?? ''), ...texts)]
        : [happening('appears', pair, null, ...texts)]
  }
}

/** A linked object keeps what it was created with; a new one would be created otherwise. */
function onlyForNewAccounts(comparison: ObjectComparison, pair: AttributePair): readonly Happening[] {
  if (pair.isSame || pair.before === null) return []
  const { inputs } = comparison
  const one = sendingOf(comparison, pair, evaluate(pair.before, inputs.before, 'create', {}))
  const other = sendingOf(comparison, pair, evaluate(pair.after, inputs.after, 'create', {}))
  if (isSameSending(one, other, pair.caseExact)) return []
  return [happening('onlyNewAccounts', pair, null, textOfSending(one), textOfSending(other))]
}
