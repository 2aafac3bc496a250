/*
 * Compares what mapping wants with what the target holds, by type and caseExact (spec 5.4, 6.2 step 4), and names the
 * modified properties of the log. Comparing equal states gives no change.
 */
import type { AttributeDefinition, ModifiedProperty, TargetAttributes, TargetValue } from '../vocabulary/index.ts'

/** One attribute of an update: a new value, or `cleared` to empty it (the shape of connectors/target.ts). */
export type AttributeChange =
  | { readonly attribute: string; readonly kind: 'set'; readonly value: TargetValue }
  | { readonly attribute: string; readonly kind: 'cleared' }

const folded = (value: string, caseExact: boolean): string => (caseExact ? value : value.toLowerCase())

function sameList(left: readonly string[], right: readonly string[], caseExact: boolean): boolean {
  if (left.length !== right.length) return false
  const counts = new Map<string, number>()
  for (const each of left) counts.set(folded(each, caseExact), (counts.get(folded(each, caseExact)) ?? 0) + 1)
  for (const each of right) {
    const count = counts.get(folded(each, caseExact)) ?? 0
    if (count === 0) return false
    counts.set(folded(each, caseExact), count - 1)
  }
  return true
}

/** Equality as the target attribute compares; an empty text equals an absent one, because an empty attribute has no value in SCIM (RFC 7643 section 2.5). */
export function sameValue(left: TargetValue | undefined, right: TargetValue | undefined, caseExact: boolean): boolean {
  const leftEmpty = left === undefined || left === '' || (Array.isArray(left) && left.length === 0)
  const rightEmpty = right === undefined || right === '' || (Array.isArray(right) && right.length === 0)
  if (leftEmpty || rightEmpty) return leftEmpty && rightEmpty
  if (typeof left === 'object' || typeof right === 'object') {
    return typeof left === 'object' && typeof right === 'object' && sameList(left, right, caseExact)
  }
  if (typeof left === 'string' && typeof right === 'string') return folded(left, caseExact) === folded(right, caseExact)
  return left === right || String(left).toLowerCase() === String(right).toLowerCase()
}

export function asLogText(value: TargetValue | undefined): string | null {
  if (value === undefined) return null
  if (value === true) return 'True'
  if (value === false) return 'False'
  return typeof value === 'object' ? value.join(', ') : String(value)
}

export interface Comparison {
  readonly changes: readonly AttributeChange[]
  readonly modifiedProperties: readonly ModifiedProperty[]
}

/** What the log shows of a value that a mapping redacts (expressions.md 8.1, `Redact`). */
const redactedText = '[Redact]'

/** One line of the log's modified properties; a redacted attribute shows that there is a value, never which. */
export function modifiedProperty(
  attribute: string,
  before: TargetValue | undefined,
  after: TargetValue | undefined,
  redacted: ReadonlySet<string>,
): ModifiedProperty {
  const shown = (value: TargetValue | undefined): string | null =>
    value !== undefined && redacted.has(attribute) ? redactedText : asLogText(value)
  return { displayName: attribute, oldValue: shown(before), newValue: shown(after) }
}

export interface ComparisonRequest {
  /** Only what may flow in this phase; attributes it does not name are left alone. */
  readonly desired: TargetAttributes
  /** The desired values as the target would give them back; what is missing would not be kept. */
  readonly stored: TargetAttributes
  readonly known: TargetAttributes
  readonly definitions: ReadonlyMap<string, AttributeDefinition>
  /** Attributes that flow at creation and are not compared later: never given back as sent, or refused in an update. */
  readonly notComparable: ReadonlySet<string>
  /** Attributes that are sent also when the target holds them already (`FlowAlways`). */
  readonly always: ReadonlySet<string>
  readonly redacted: ReadonlySet<string>
}

export function compareAttributes(request: ComparisonRequest): Comparison {
  const { desired, stored, known } = request
  const changes: AttributeChange[] = []
  const modifiedProperties: ModifiedProperty[] = []
  for (const [attribute, value] of Object.entries(desired)) {
    if (request.notComparable.has(attribute)) continue
    const caseExact = request.definitions.get(attribute)?.caseExact ?? true
    const before = known[attribute]
    const after = stored[attribute]
    const isCleared = after === undefined || after === ''
    if (sameValue(after, before, caseExact) && (isCleared || !request.always.has(attribute))) continue
    changes.push(isCleared ? { attribute, kind: 'cleared' } : { attribute, kind: 'set', value })
    modifiedProperties.push(modifiedProperty(attribute, before, isCleared ? '' : value, request.redacted))
  }
  return { changes, modifiedProperties }
}

export interface MembershipChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface MembershipRequest {
  readonly desired: ReadonlySet<string>
  /** Members Muster has put there. */
  readonly ours: ReadonlySet<string>
  /** Who the target is known to have; `null` when it was not read. */
  readonly present: ReadonlySet<string> | null
}

/**
 * What makes the group hold the desired members: only members that Muster itself has put there are ever taken out, so
 * people added by hand in the target stay. Members the target is known to have lost are added again.
 */
export function compareMembers({ desired, ours, present }: MembershipRequest): MembershipChange {
  const isMissing = (member: string): boolean => (present === null ? !ours.has(member) : !present.has(member))
  return {
    add: [...desired].filter(isMissing),
    remove: [...ours].filter((member) => !desired.has(member)),
  }
}
