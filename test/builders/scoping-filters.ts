/*
 * Random scoping filters for properties and the fuzzer: JSON as it may arrive, mostly in the right shape, with operators
 * and operands of every kind.
 */
import fc from 'fast-check'

const operatorNames = [
  'EQUALS',
  'NOT EQUALS',
  'not_equals',
  'IS TRUE',
  'IS FALSE',
  'IS NULL',
  'IS NOT NULL',
  'REGEX MATCH',
  'NOT REGEX MATCH',
  'GREATER_THAN',
  'Greater_Than_Or_Equals',
  'ENDS_WITH',
  'INCLUDES',
  '&',
  '!&',
]

const operands = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'True',
    '5',
    '-9223372036854775808',
    'é',
    '(a+)+$',
    '[1-9][0-9]',
    '(a*)*\\1b',
    '(?<n>x)\\k<n>',
  ),
  fc.integer({ min: -9, max: 9 }).map(String),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
)

/** A clause in the right shape, of the attributes the objects of `expressions.ts` have. */
const clause = fc.record({
  sourceOperandName: fc.constantFrom('a', 'b', 'list', 'count', 'flag', 'date', 'constructor', '__proto__'),
  operatorName: fc.constantFrom(...operatorNames),
  targetOperand: fc.oneof(
    { weight: 8, arbitrary: fc.array(operands, { minLength: 1, maxLength: 2 }).map((values) => ({ values })) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
})

const group = fc.record({
  name: fc.option(fc.string({ maxLength: 5 })),
  clauses: fc.array(clause, { minLength: 1, maxLength: 3 }),
})
const groups = fc.array(group, { maxLength: 3 })

const wellFormed = fc.record(
  { groups, inputFilterGroups: groups, categoryFilterGroups: groups },
  { requiredKeys: ['groups'] },
)

const anything = fc.jsonValue({ maxDepth: 2 })
const scrap = fc.oneof(
  anything,
  fc.constantFrom<unknown>(null, [], {}, '', 0, 'IsMemberOf', 'PRESENT', 'userType', 'manager', 'isMemberOf', [null]),
)

type Json = Readonly<Record<string, unknown>> | readonly unknown[]

const isBranch = (json: unknown): json is Json => typeof json === 'object' && json !== null

/** The JSON with one of its values, found by following `path` down, put in place of by `by`. */
function withScrap(json: unknown, [step = 0, ...path]: readonly number[], by: unknown): unknown {
  if (!isBranch(json)) return by
  const keys = Object.keys(json)
  const key = keys[step % Math.max(1, keys.length)]
  if (key === undefined) return by
  const inner = (json as Readonly<Record<string, unknown>>)[key]
  const changed = path.length === 0 ? by : withScrap(inner, path, by)
  if (Array.isArray(json)) return json.map((each: unknown, index) => (String(index) === key ? changed : each))
  return { ...json, [key]: changed }
}

const damaged = fc
  .tuple(wellFormed, fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }), scrap)
  .map(([filter, path, by]) => withScrap(filter, path, by))

/** What may be sent to be saved as a filter. */
export const aFilterAsJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: wellFormed },
  { weight: 3, arbitrary: damaged },
  { weight: 1, arbitrary: anything },
)
