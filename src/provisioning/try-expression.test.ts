/* Trying an expression: errors with their place, parts as a tree, what the target makes of the result, what is hidden. */
import { describe, expect, test } from 'vitest'
import type { SourceAttributes, SourceObject } from '../vocabulary/index.ts'
import { readAttributes } from './read-attributes.ts'
import { sidesOf, targetAttributeNamed, withExpression } from './schema-sides.ts'
import { slackSchema } from './templates/slack.ts'
import { tryExpression } from './try-expression.ts'
import { chooseSubjects } from './try-subjects.ts'

const schema = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const sides = sidesOf(schema, 'User')

function targetOf(name: string) {
  const named = targetAttributeNamed(sides, name)
  if (named.kind === 'unknown') throw new Error(named.message)
  return named.attribute
}

function tried(expression: string, attributes: SourceAttributes, target: string | null = null) {
  return tryExpression({
    expression,
    sides,
    target: target === null ? null : targetOf(target),
    subjects: [{ person: null, chosenBecause: null, attributes, context: { now: 0 } }],
    syncAll: false,
  })
}

describe('the parts', () => {
  test('are a tree in the order of the text, each with value and type', () => {
    const { tries } = tried('Join(" ", [givenName], ToUpper(Left([surname], 1), ), [city])', {
      givenName: 'Mira',
      surname: 'okafor',
    })
    expect(tries[0]?.parts.map(({ text, depth, result }) => [depth, text, result])).toEqual([
      [
        0,
        'Join(" ", [givenName], ToUpper(Left([surname], 1), ), [city])',
        { outcome: 'value', type: 'text', value: 'Mira O' },
      ],
      [1, '[givenName]', { outcome: 'value', type: 'text', value: 'Mira' }],
      [1, 'ToUpper(Left([surname], 1), )', { outcome: 'value', type: 'text', value: 'O' }],
      [2, 'Left([surname], 1)', { outcome: 'value', type: 'text', value: 'o' }],
      [3, '[surname]', { outcome: 'value', type: 'text', value: 'okafor' }],
      [1, '[city]', { outcome: 'value', type: 'null', value: null }],
    ])
  })

  test.each([
    ['Count([proxyAddresses])', 'integer', '2'],
    ['[proxyAddresses]', 'list', ['a', 'b']],
    ['[accountEnabled]', 'boolean', 'True'],
    ['CDate("2025-01-31")', 'date', '1/31/2025 12:00:00 AM'],
    ['[mail]', 'null', null],
    ['"x"', 'text', 'x'],
  ])('%s is of type %s', (expression, type, value) => {
    const { tries } = tried(expression, { proxyAddresses: ['a', 'b'], accountEnabled: true })
    expect(tries[0]?.result).toEqual({ outcome: 'value', type, value })
  })

  test('that were not needed say so, and an error stands where it arose', () => {
    const { tries } = tried('IIF([city] = "x", BitAnd([mail], 1), [mail])', { city: 'x', mail: 'm' })
    const outcomes = tries[0]?.parts.map(({ text, result }) => [text, result.outcome])
    expect(outcomes).toContainEqual(['BitAnd([mail], 1)', 'error'])
    expect(outcomes?.filter(([text]) => text === '[mail]')).toEqual([
      ['[mail]', 'value'],
      ['[mail]', 'notEvaluated'],
    ])
    expect(tries[0]?.result).toMatchObject({ outcome: 'error', problem: { position: 18, line: 1, column: 19 } })
  })

  test('of an expression with Redact are hidden, errors and the target’s words included', () => {
    for (const target of ['displayName', 'active', 'userName']) {
      const said = tried('Redact(Append([displayName], "@"))', { displayName: 'verysecretname-far-too-long' }, target)
      expect(JSON.stringify(said.tries)).not.toContain('verysecret')
      expect(said.tries[0]?.result).toEqual({ outcome: 'redacted' })
    }
  })
})

describe('errors of the text', () => {
  test.each([
    ['Left([mail]', 'syntax', 11],
    ['Foo([mail])', 'unknownFunction', 0],
    ['Left([mail])', 'arity', 0],
    ['[Mail]', 'attribute', 0],
    ['Append([mail],\n [Nope])', 'attribute', 16],
  ])('%s', (expression, kind, position) => {
    const { problems, tries } = tried(expression, {})
    expect(problems).toMatchObject([{ kind, position }])
    expect(tries).toEqual([])
  })

  test('say what to write instead where that is known', () => {
    expect(tried('[Mail]', {}).problems[0]?.hint).toContain('[mail]')
  })

  test('attributes given by hand need not be in the schema', () => {
    expect(tried('[shoeSize]', { shoeSize: '9' }).problems).toEqual([])
  })

  test('SelectUniqueValue is judged by the flow type of the target', () => {
    expect(tried('SelectUniqueValue([mail], [city])', { mail: 'm' }, 'userName').problems).toEqual([])
    expect(tried('SelectUniqueValue([mail], [city])', { mail: 'm' }, 'title').problems).toHaveLength(1)
  })
})

describe('the target', () => {
  test.each([
    ['"True"', 'active', { kind: 'value', value: true, findings: [] }],
    ['"maybe"', 'active', { kind: 'failed', code: 'UnprocessableEntity' }],
    ['[mail]', 'userName', { kind: 'absent', isRequired: true }],
    ['[mail]', 'title', { kind: 'absent', isRequired: false }],
    ['"boss-id"', 'manager', { kind: 'reference', anchors: ['boss-id'] }],
    ['"a234567890123456789012"', 'userName', { kind: 'value', findings: [{ code: 'long_username' }] }],
    ['IgnoreFlowIfNullOrEmpty([mail])', 'title', { kind: 'absent' }],
    ['Split("a,b", ",")', 'title', { kind: 'failed', code: 'SchemaPropertyCanOnlyAcceptValue' }],
  ])('%s for %s', (expression, target, expected) => {
    expect(tried(expression, {}, target).tries[0]?.target).toMatchObject(expected)
  })

  test('is found by its name in any case, or by a part only one has', () => {
    expect(targetOf('USERNAME').name).toBe('userName')
    expect(targetOf('email').name).toBe('emails[type eq "work"].value')
    expect(targetAttributeNamed(sides, 'name')).toMatchObject({ kind: 'unknown' })
    expect(targetAttributeNamed(sides, 'shoe')).toMatchObject({ kind: 'unknown' })
  })
})

test('another expression is put in, also for an attribute that was not mapped', () => {
  const expressionOf = (name: string, made = schema) =>
    sidesOf(made, 'User').mapping?.attributeMappings.find((each) => each.targetAttributeName === name)?.source
  expect(expressionOf('title', withExpression(schema, 'User', 'title', '"x"'))).toEqual({ expression: '"x"' })
  expect(expressionOf('timezone', withExpression(schema, 'User', 'timezone', '"y"'))).toEqual({ expression: '"y"' })
})

describe('attributes from a file', () => {
  test('are names with values, nested ones as Graph spells them', () => {
    expect(readAttributes({ a: 'x', n: 3, list: ['b'], employeeOrgData: { costCenter: '12' }, none: null })).toEqual({
      kind: 'ok',
      attributes: { a: 'x', n: 3, list: ['b'], 'employeeOrgData.costCenter': '12', none: null },
    })
  })
  test.each([[[]], ['x'], [null], [{ a: [1] }], [{ a: { b: { c: 1 } } }]])('%j is refused', (json) => {
    expect(readAttributes(json).kind).toBe('failed')
  })
  test('__proto__ is an attribute like any other', () => {
    const read = readAttributes(JSON.parse('{"__proto__": "x"}'))
    expect(read.kind === 'ok' && Object.hasOwn(read.attributes, '__proto__')).toBe(true)
  })
})

test('those who lack what an expression reads are tried on too', () => {
  const person = (anchor: string, attributes: SourceAttributes): SourceObject => ({
    objectType: 'User',
    anchor,
    presence: 'present',
    attributes,
    assignments: [],
  })
  const people = [
    person('disabled', { mail: 'x', city: 'y', accountEnabled: false }),
    person('without-city', { mail: 'x' }),
    person('whole', { mail: 'x', city: 'y' }),
    person('empty', {}),
  ]
  const chosen = chooseSubjects('Append([mail], [city])', people, 3)
  expect(chosen.map(({ object, because }) => [object.anchor, because])).toEqual([
    ['whole', 'has everything the expression reads'],
    ['empty', 'has no mail'],
    ['without-city', 'has no city'],
  ])
  expect(chooseSubjects('"x"', people, 9)).toHaveLength(4)
  expect(chooseSubjects('Foo(', [], 3)).toEqual([])
})
