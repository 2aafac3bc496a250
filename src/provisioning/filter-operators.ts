/*
 * The operators of scoping filters, in one table: what each asks of one value, and how Graph lists it (expressions.md
 * section 11).
 */
import { compileSearch } from '../expressions/index.ts'
import type { AttributeType } from '../vocabulary/index.ts'

/** One value of an attribute, never null or empty. */
export type SeenValue = string | number | bigint | boolean

/** Whether a value, given with its text, and one operand belong together; a search that costs too much has no answer. */
export type Ask = (text: string, value: SeenValue) => boolean | 'tooCostly'

export interface FilterOperator {
  /** As Graph and the portal spell it. */
  readonly name: string
  readonly arity: 'Binary' | 'Unary'
  readonly types: readonly AttributeType[]
  /** Holds when no operand fits, instead of when any does (dec C4). */
  readonly isNegative: boolean
  /** Takes exactly one operand. */
  readonly isOrdering: boolean
  /** The question for one operand, or why the operand is refused. Unary operators have none and are asked once. */
  readonly compile: (operand: string) => Ask | string
  /** What it says of null and empty: only IS NULL holds there. */
  readonly holdsForNothing: boolean
}

type Details = Partial<Pick<FilterOperator, 'arity' | 'isNegative' | 'isOrdering' | 'holdsForNothing'>>

function operator(
  name: string,
  types: readonly AttributeType[],
  compile: FilterOperator['compile'],
  details: Details = {},
): FilterOperator {
  return {
    name,
    types,
    compile,
    arity: 'Binary',
    isNegative: false,
    isOrdering: false,
    holdsForNothing: false,
    ...details,
  }
}

/** A boolean attribute reads the operand as a boolean in any case (C3); everything else compares its text. */
function equals(operand: string): Ask {
  const lower = operand.toLowerCase()
  return (text, value) => (typeof value === 'boolean' ? lower === String(value) : text === operand)
}

function isBoolean(wanted: boolean): FilterOperator['compile'] {
  return () => (text, value) =>
    (typeof value === 'boolean' || typeof value === 'string') && text.toLowerCase() === String(wanted)
}

function matches(operand: string): Ask | string {
  const compiled = compileSearch(operand)
  // Its sentence goes on in the one of whoever asks.
  if (!compiled.ok)
    return `the pattern is not valid at its character ${compiled.offset + 1}: ${compiled.message.replace(/\.$/, '')}`
  return (text) => {
    const result = compiled.search(text)
    return result === 'tooCostly' ? result : result === 'found'
  }
}

/** Both sides are 64-bit integers. */
function isAbove(mayBeEqual: boolean): FilterOperator['compile'] {
  return (operand) => {
    const bound = integerOf(operand)
    if (bound === null) return `"${operand}" is no 64-bit integer`
    return (text) => {
      const found = integerOf(text)
      return found !== null && (found > bound || (mayBeEqual && found === bound))
    }
  }
}

function integerOf(text: string): bigint | null {
  if (!/^[+-]?\d{1,40}$/.test(text)) return null
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? value : null
}

const always: FilterOperator['compile'] = () => () => true
const never: FilterOperator['compile'] = () => () => false

const allTypes: readonly AttributeType[] = ['String', 'Integer', 'Reference', 'Binary', 'Boolean', 'DateTime']
const equalityTypes: readonly AttributeType[] = ['String', 'Integer', 'Boolean']
const textTypes: readonly AttributeType[] = ['String', 'Integer']

export const filterOperators: readonly FilterOperator[] = [
  operator('EQUALS', equalityTypes, equals),
  operator('NOT EQUALS', equalityTypes, equals, { isNegative: true }),
  operator('IS TRUE', ['Boolean'], isBoolean(true), { arity: 'Unary' }),
  operator('IS FALSE', ['Boolean'], isBoolean(false), { arity: 'Unary' }),
  operator('IS NULL', allTypes, never, { arity: 'Unary', holdsForNothing: true }),
  operator('IS NOT NULL', allTypes, always, { arity: 'Unary' }),
  operator('REGEX MATCH', textTypes, matches),
  operator('NOT REGEX MATCH', textTypes, matches, { isNegative: true }),
  operator('GREATER_THAN', ['Integer'], isAbove(false), { isOrdering: true }),
  operator('GREATER_THAN_OR_EQUALS', ['Integer'], isAbove(true), { isOrdering: true }),
  operator('ENDS_WITH', ['String'], (operand) => (text) => text.endsWith(operand)),
  operator('INCLUDES', ['String'], (operand) => (text) => text.includes(operand)),
  // The attribute's text occurs inside the operand, not the other way round (C2).
  operator('&', ['String'], (operand) => (text) => operand.includes(text)),
  operator('!&', ['String'], (operand) => (text) => operand.includes(text), { isNegative: true }),
]

const byName: ReadonlyMap<string, FilterOperator> = new Map(filterOperators.map((each) => [plainName(each.name), each]))

/** In any case; blank and underscore are the same. */
export function findFilterOperator(name: string): FilterOperator | null {
  return byName.get(plainName(name)) ?? null
}

function plainName(name: string): string {
  return name.replaceAll('_', ' ').toUpperCase()
}

/** Graph's `filterOperatorSchema` (graph-api.md 3.10). */
export interface FilterOperatorSchema {
  readonly name: string
  readonly arity: 'Binary' | 'Unary'
  readonly multivaluedComparisonType: 'All'
  readonly supportedAttributeTypes: readonly AttributeType[]
}

export function filterOperatorSchemas(): readonly FilterOperatorSchema[] {
  return filterOperators.map(({ name, arity, types }) => ({
    name,
    arity,
    multivaluedComparisonType: 'All',
    supportedAttributeTypes: types,
  }))
}
