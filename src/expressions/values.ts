/*
 * The values an expression computes with, and how one kind becomes another (expressions.md section 5).
 *
 * Integers are JavaScript numbers while those are exact and bigints beyond; decimals and instants keep every digit.
 */
import type { SourceValue } from '../vocabulary/index.ts'
import type { Decimal } from './decimals.ts'
import { compareNumbers, decimalFromText, decimalText, isZero, settleInteger, truncateNumber } from './decimals.ts'
import type { Instant } from './instants.ts'
import { instantText } from './instants.ts'
import { readDate } from './read-date.ts'

/** A role assignment of the object for this application; what the role functions return is made of these. */
export interface AppRole {
  readonly id: string
  readonly value: string | null
  readonly displayName: string | null
}

/** Roles as objects. Everywhere but in a result they count as the list of their names (dec A3). */
export interface RoleList {
  readonly kind: 'roles'
  readonly roles: readonly AppRole[]
  /** The target's roles are to become exactly these (PATCH replace). */
  readonly isAssertive: boolean
}

/** Not a value but an instruction: leave the attribute, or the whole object, out of this run (5.6). */
export interface FlowMarker {
  readonly kind: 'ignoreAttribute' | 'ignoreObject'
}

export type Integer = number | bigint
export type NumericValue = Integer | Decimal
export type Value = null | string | boolean | NumericValue | Instant | readonly string[] | RoleList | FlowMarker

export const ignoreAttribute: FlowMarker = { kind: 'ignoreAttribute' }
export const ignoreObject: FlowMarker = { kind: 'ignoreObject' }

/** Where a value is wanted: the call or operator an error is reported at. */
export interface Site {
  readonly position: number
  /** Documented spelling of the function. */
  readonly function?: string
  /** The expression uses `Redact`: no message may contain a value (section 12). */
  readonly hidesValues: boolean
}

/** Evaluation of this expression ends here. Caught where evaluation began and nowhere else. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure'
  readonly site: Site

  constructor(site: Site, message: string) {
    super(message)
    this.site = site
  }
}

export function fail(site: Site, message: string): never {
  throw new EvaluationFailure(site, message)
}

/** A value for a message: quoted and cut, or hidden. */
export function shown(site: Site, value: string): string {
  if (site.hidesValues) return '[Redact]'
  return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`
}

/** A number for a message, which an attribute may have given. */
export function shownNumber(site: Site, value: number): string {
  return site.hidesValues ? '[Redact]' : String(value)
}

/** What an attribute of the source object is to an expression: a list without values is null (T2). */
export function fromSource(value: SourceValue | undefined): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value === 'bigint') return settleInteger(value)
  if (typeof value === 'object') return value.length === 0 ? null : value
  return value
}

/** JSON knows no infinities; should one arrive it is its text. */
function fromNumber(value: number): Value {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return BigInt(value)
  return decimalFromText(value.toString()) ?? String(value)
}

export function isList(value: Value): value is readonly string[] {
  return Array.isArray(value)
}

export function isMarker(value: Value): value is FlowMarker {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'ignoreAttribute' || value.kind === 'ignoreObject')
  )
}

export function roleName(role: AppRole): string {
  return role.displayName === null || role.displayName === '' ? (role.value ?? '') : role.displayName
}

/** Lists and roles as their texts, any other value as itself. */
export function spread(value: Value): readonly string[] | null {
  if (value === null || typeof value !== 'object') return null
  if (isList(value)) return value
  return value.kind === 'roles' ? value.roles.map(roleName) : null
}

/** 5.3. Null stays null; several values have no single text (T1). */
export function toText(value: Value, site: Site): string | null {
  if (typeof value === 'string' || value === null) return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString()
  return objectText(value, site)
}

function objectText(value: Exclude<Value, null | string | boolean | Integer>, site: Site): string | null {
  if (isList(value)) return onlyText(value, site)
  switch (value.kind) {
    case 'decimal':
      return decimalText(value)
    case 'instant':
      return instantText(value)
    case 'roles':
      return onlyText(value.roles.map(roleName), site)
    case 'ignoreAttribute':
    case 'ignoreObject':
      return null
  }
}

function onlyText(values: readonly string[], site: Site): string | null {
  if (values.length > 1) fail(site, `One value is expected, but ${values.length} values were found.`)
  return values[0] ?? null
}

/** A list with one value is that value (T1). */
function unwrap(value: Value, site: Site): Exclude<Value, readonly string[] | RoleList> {
  const values = spread(value)
  return values === null ? (value as Exclude<Value, readonly string[] | RoleList>) : onlyText(values, site)
}

/** Longer texts are no numbers anybody wrote, and a pattern's stack has an end. */
const numberLengthMax = 1_000

const numberText = /^\s*([+-]?\d+(?:\.\d+)?)\s*$/

/** 5.4. Anything that is no number, null included, is an error. */
export function toNumber(value: Value, site: Site): NumericValue {
  const found = asNumber(unwrap(value, site))
  if (found !== null) return found
  const text = toText(value, site)
  fail(site, `A number is expected, but ${text === null ? 'null' : `the text ${shown(site, text)}`} was found.`)
}

/** The number a single value stands for, if it stands for one. */
export function asNumber(value: Value): NumericValue | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') {
    const digits = value.length > numberLengthMax ? undefined : numberText.exec(value)?.[1]
    return digits === undefined ? null : decimalFromText(digits)
  }
  return value !== null && !isList(value) && value.kind === 'decimal' ? value : null
}

const integerMin = -(2n ** 63n)
const integerMax = 2n ** 63n - 1n

/** A 64-bit integer; decimals are cut toward zero (5.4). */
export function toInteger(value: Value, site: Site): Integer {
  const integer = truncateNumber(toNumber(value, site))
  if (integer > integerMax || integer < integerMin) fail(site, 'This number does not fit into a 64-bit signed integer.')
  return integer
}

/** A position or a length: texts are shorter than the largest exact number, so anything beyond is that number. */
export function toCount(value: Value, site: Site): number {
  return Number(toInteger(value, site))
}

/** 5.4. Null and `""` are false; text that is neither boolean nor numeric is an error. */
export function toBoolean(value: Value, site: Site): boolean {
  if (typeof value === 'boolean') return value
  const single = unwrap(value, site)
  if (single === null || single === '') return false
  if (typeof single === 'object' && isMarker(single)) return false
  const boolean = asBooleanText(single)
  if (boolean !== null) return boolean
  const found = asNumber(single)
  if (found !== null) return !isZero(found)
  fail(
    site,
    `A condition is expected to be True, False or a number, but the text ${shown(site, toText(single, site) ?? '')} was found.`,
  )
}

/** A boolean, or text `true` or `false` in any case (B1). */
export function asBooleanText(value: Value): boolean | null {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string' || value.length < 4 || value.length > 5) return null
  const lower = value.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : null
}

/** 5.4 and annex 9.2. Null and `""` carry no date. */
export function toInstant(value: Value, site: Site): Instant | null {
  const single = unwrap(value, site)
  if (single === null || single === '') return null
  if (typeof single === 'object') {
    if (isMarker(single)) return null
    if (single.kind === 'instant') return single
  }
  const text = toText(single, site) ?? ''
  const instant = readDate(text)
  if (instant !== null) return instant
  fail(
    site,
    `A date such as 2025-01-31, 2025-01-31T08:00:00Z or 1/31/2025 8:00:00 AM is expected, but the text ${shown(site, text)} was found.`,
  )
}

/** 1 MiB: what an expression may produce, at the end or on the way there (section 7). */
export const resultLengthMax = 1_048_576

export function refuseLongText(length: number, site: Site): void {
  if (length > resultLengthMax)
    fail(site, `The result would have ${length} characters; at most ${resultLengthMax} are allowed.`)
}

export { compareNumbers }
