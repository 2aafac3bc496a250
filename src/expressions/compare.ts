/*
 * The six comparisons, in the order of their rules (expressions.md section 6).
 */
import { compareInstants } from './instants.ts'
import type { ComparisonOperator } from './tree.ts'
import { asBooleanText, asNumber, compareNumbers, fail, isMarker, spread, toInstant, toText } from './values.ts'
import type { NumericValue, Site, Value } from './values.ts'

export function compare(operator: ComparisonOperator, leftValue: Value, rightValue: Value, site: Site): boolean {
  const left = single(leftValue, site)
  const right = single(rightValue, site)
  if (isAbsent(left) || isAbsent(right)) {
    if (operator === '=') return isAbsent(left) && isAbsent(right)
    if (operator === '<>') return !(isAbsent(left) && isAbsent(right))
    return false
  }
  if (isInstant(left) || isInstant(right)) return compareAsInstants(operator, left, right, site)
  if (isNumeric(left) || isNumeric(right)) return compareAsNumbers(operator, left, right, site)
  if (typeof left === 'boolean' || typeof right === 'boolean') return compareAsBooleans(operator, left, right, site)
  return compareAsTexts(operator, toText(left, site) ?? '', toText(right, site) ?? '')
}

/** Lists follow T1; a flow marker counts as null (dec F1). */
function single(value: Value, site: Site): Value {
  if (typeof value !== 'object' || value === null) return value
  if (isMarker(value)) return null
  return spread(value) === null ? value : toText(value, site)
}

function isAbsent(value: Value): boolean {
  return value === null || value === ''
}

function isInstant(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instant'
}

function isNumeric(value: Value): value is NumericValue {
  return typeof value !== 'string' && typeof value !== 'boolean' && asNumber(value) !== null
}

function compareAsInstants(operator: ComparisonOperator, left: Value, right: Value, site: Site): boolean {
  const from = toInstant(left, site)
  const to = toInstant(right, site)
  if (from === null || to === null) throw new Error('Only values that are there are compared as instants.')
  return holds(operator, compareInstants(from, to))
}

function compareAsNumbers(operator: ComparisonOperator, left: Value, right: Value, site: Site): boolean {
  const from = asNumber(left)
  const to = asNumber(right)
  if (from !== null && to !== null) return holds(operator, compareNumbers(from, to))
  if (operator === '=' || operator === '<>') return operator === '<>'
  fail(site, `"${operator}" compares a number with something that is no number.`)
}

function compareAsBooleans(operator: ComparisonOperator, left: Value, right: Value, site: Site): boolean {
  if (operator !== '=' && operator !== '<>') {
    fail(site, `"${operator}" cannot put True and False in an order; only "=" and "<>" compare booleans.`)
  }
  const from = asBooleanText(left)
  const to = asBooleanText(right)
  const areEqual = from !== null && from === to
  return operator === '=' ? areEqual : !areEqual
}

/** Equality is ordinal; order is numeric when both look like numbers, otherwise ordinal. */
function compareAsTexts(operator: ComparisonOperator, left: string, right: string): boolean {
  if (operator === '=') return left === right
  if (operator === '<>') return left !== right
  const from = asNumber(left)
  const to = asNumber(right)
  if (from !== null && to !== null) return holds(operator, compareNumbers(from, to))
  return holds(operator, left < right ? -1 : left > right ? 1 : 0)
}

function holds(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}
