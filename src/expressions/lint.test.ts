/* The warnings: where null is an error, where nothing comes out, and whom it concerns. */
import { describe, expect, test } from 'vitest'
import type { PopulationFacts } from '../vocabulary/index.ts'
import { compileExpression } from './compile.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { functionTable } from './functions/table.ts'
import { lintExpression, type LintOptions } from './lint.ts'
import { parseExpression } from './read.ts'

function lint(text: string, options: LintOptions = {}) {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return lintExpression(parsed.value, options)
}
const rulesOf = (text: string, options?: LintOptions) => lint(text, options).map(({ rule }) => rule)

const facts = (people: number, attributes: Readonly<Record<string, number>>): PopulationFacts => ({
  people,
  attributes: new Map(Object.entries(attributes).map(([name, count]) => [name, { people: count, example: null }])),
})

/** Each place of each example, with an attribute nobody has in it. */
const placesWithNull = functionTable.flatMap((definition) =>
  definition.examples.flatMap(({ expression, attributes, context }) => {
    const parsed = parseExpression(expression)
    if (!parsed.ok || parsed.value.root.type !== 'call' || parsed.value.root.name !== definition.name) return []
    const places = placesOf(parsed.value.root, definition)
    if (isFinding(places)) return []
    return places.fixed.flatMap((place, index) => {
      if (place === null) return []
      const text = `${expression.slice(0, place.start)}[missing]${expression.slice(place.end)}`
      return [{ name: definition.name, index, text, attributes, context: context ?? {}, definition }]
    })
  }),
)

describe('a place where null is an error', () => {
  test.each(placesWithNull)('the table is right about $name, place $index: $text', ({ index, text, ...rest }) => {
    const compiled = compileExpression(text)
    // The role functions refuse anything but their one attribute.
    if (!compiled.ok) return
    const { outcome } = compiled.value.evaluate(rest.attributes, rest.context)
    expect(outcome === 'error').toBe(rest.definition.failsOnNull?.includes(index) ?? false)
  })

  test.each([
    ['Left([a], [b])', [10]],
    ['Mid([a], [b], [c])', [9, 14]],
    ['BitAnd(ToLower([a], ), 2)', [7]],
    ['Coalesce(BitAnd([a], 1), "x")', [16]],
  ])('%s is warned of', (text, positions) => {
    const found = lint(text)
    expect(found.map(({ rule, position }) => [rule, position])).toEqual(positions.map((at) => ['failsOnNull', at]))
    expect(found[0]?.message).toContain('IIF(IsPresent(')
  })

  test.each([
    'Left([a], 3)',
    'BitAnd(Coalesce([a], "0"), 2)',
    'BitAnd(InStr([a], "x"), 2)',
    'BitAnd(Count([a]), 2)',
    'IIF(IsPresent([a]), BitAnd([a], 2), "0")',
    'Switch([a], "0", "514", BitAnd([a], 2))',
  ])('%s is not', (text) => {
    expect(rulesOf(text)).toEqual([])
  })

  test('says how many people it concerns, and nothing when it concerns nobody', () => {
    const [warning] = lint('BitAnd([employeeId], 2)', { facts: facts(1204, { employeeId: 892 }) })
    expect(warning?.message).toMatch(/^312 of 1,204 people have no employeeId; BitAnd fails for them/)
    expect(lint('BitAnd([employeeId], 2)', { facts: facts(5, {}) })[0]?.message).toMatch(/^5 of 5 people/)
    expect(lint('BitAnd([employeeId], 2)', { facts: facts(1204, { employeeId: 1204 }) })).toEqual([])
  })
})

describe('a Switch without a default', () => {
  test.each([
    'Switch([a], , "x", "y")',
    'Append(Switch([a], , "x", "y"), "z")',
    'Coalesce([b], Switch([a], , "x", "y"))',
  ])('%s is warned of', (text) => {
    expect(rulesOf(text)).toEqual(['switchWithoutDefault'])
  })

  test.each([
    'Switch([a], "", "x", "y")',
    'Switch([a], , "False", "True", "True", "False")',
    'Coalesce(Switch([a], , "x", "y"), "z")',
    'Switch([a], , "x", "y") & "z"',
    'IIF(IsNull(Switch([a], , "x", "y")), "1", "2")',
    'IgnoreFlowIfNullOrEmpty(Switch([a], , "x", "y"))',
  ])('%s is not: something answers null', (text) => {
    expect(rulesOf(text)).toEqual([])
  })
})

test('an expression with errors has no warnings', () => {
  expect(rulesOf('Foo(Switch([a], , "x", "y"))')).toEqual([])
})

test('a long chain is looked through', () => {
  expect(rulesOf(`${'[a] & '.repeat(1500)}CStr(BitAnd([b], 1))`)).toEqual(['failsOnNull'])
})
