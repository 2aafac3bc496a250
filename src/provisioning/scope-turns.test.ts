/* What would turn a decision about scope: tried against the rule, and against every smaller change. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultAccessRoleId,
  type AssignmentPath,
  type AttributeType,
  type FilterClause,
  type ScopingFilter,
  type SourceObject,
  type SourceValue,
} from '../vocabulary/index.ts'
import { withFilter } from '../../test/builders/schema-changes.ts'
import { compileSchema, type CompiledObjectMapping } from './compiled-schema.ts'
import { scopeObject, type ScopeSettings } from './scoping.ts'
import { scopeTurns, turnWords, withChanges, type FactChange, type ScopeTurns } from './scope-turns.ts'
import { slackSchema } from './templates/slack.ts'

const clause = (attribute: string, operator: string, ...values: readonly string[]): FilterClause => ({
  sourceOperandName: attribute,
  operatorName: operator,
  targetOperand: values.length === 0 ? null : { values },
})

function mappingWith(filter: ScopingFilter | null): CompiledObjectMapping {
  const schema = slackSchema({ id: 'test', version: '1', provisionGroups: true })
  const mapping = compileSchema(withFilter(schema, 'User', filter)).objectMappings.get('User')
  if (mapping === undefined) throw new Error('the schema has no users')
  return mapping
}

const usual: ScopeSettings = { syncAll: false, defaultAccessIsEntitled: true }
const itself: AssignmentPath = { kind: 'direct', appRoleId: 'role', appRoleDisplayName: 'User', appRoleValue: null }
const types: ReadonlyMap<string, AttributeType> = new Map([
  ['count', 'Integer'],
  ['flag', 'Boolean'],
])

function person(attributes: SourceObject['attributes'], more: Partial<SourceObject> = {}): SourceObject {
  return { objectType: 'User', anchor: 'ana', presence: 'present', attributes, assignments: [itself], ...more }
}

function turnsOf(filter: ScopingFilter | null, source: SourceObject, settings = usual): ScopeTurns {
  return scopeTurns({ source, mapping: mappingWith(filter), settings, types, assignedGroup: 'Crew' })
}

const wordsOf = (result: ScopeTurns): readonly string[] => result.turns.map((turn) => turnWords(result.wanted, turn))

const both = (...clauses: readonly FilterClause[]): ScopingFilter => ({ groups: [{ name: null, clauses }] })
const either = (...filters: readonly (readonly FilterClause[])[]): ScopingFilter => ({
  groups: filters.map((clauses) => ({ name: null, clauses })),
})

describe('in words', () => {
  test.each<readonly [string, FilterClause, SourceValue, string]>([
    ['EQUALS', clause('a', 'EQUALS', 'Sales'), 'HR', 'a were "Sales"'],
    ['EQUALS, several', clause('a', 'EQUALS', 'Sales', 'Deck'), 'HR', 'a were "Sales" or "Deck"'],
    ['NOT EQUALS', clause('a', 'NOT EQUALS', 'HR'), 'HR', 'a were anything but "HR", for example "other"'],
    ['IS TRUE', clause('flag', 'IS TRUE'), false, 'flag were true'],
    ['IS FALSE', clause('flag', 'IS FALSE'), null, 'flag were false'],
    ['IS NULL', clause('a', 'IS NULL'), 'HR', 'a were empty'],
    ['IS NOT NULL', clause('a', 'IS NOT NULL'), null, 'a were not empty, for example "other"'],
    [
      'REGEX MATCH',
      clause('a', 'REGEX MATCH', '^(SE|NO)-[0-9]{3}$'),
      'x',
      'a matched "^(SE|NO)-[0-9]{3}$", for example "SE-000"',
    ],
    [
      'NOT REGEX MATCH',
      clause('a', 'NOT REGEX MATCH', '#EXT#'),
      '#EXT#',
      'a did not match "#EXT#", for example "other"',
    ],
    ['GREATER_THAN', clause('count', 'GREATER_THAN', '5'), 5, 'count were above 5, for example 6'],
    [
      'GREATER_THAN_OR_EQUALS',
      clause('count', 'GREATER_THAN_OR_EQUALS', '5'),
      1,
      'count were 5 or more, for example 5',
    ],
    ['ENDS_WITH', clause('a', 'ENDS_WITH', '@x.example'), 'a', 'a ended with "@x.example", for example "@x.example"'],
    ['INCLUDES', clause('a', 'INCLUDES', 'Sales'), 'HR', 'a contained "Sales", for example "Sales"'],
    ['&', clause('a', '&', 'US, CA'), 'DE', 'a were part of "US, CA", for example "US"'],
    ['!&', clause('a', '!&', 'US,CA'), 'US', 'a were no part of "US,CA", for example "US,CAx"'],
  ])('%s', (_, one, value, words) => {
    const result = turnsOf(both(one), person({ [one.sourceOperandName]: value }))
    expect(wordsOf(result)).toEqual([`in scope if ${words}`])
  })

  test('the filter that wants the fewest changes is named', () => {
    const filter = either([clause('a', 'EQUALS', 'X'), clause('b', 'EQUALS', 'Y')], [clause('c', 'EQUALS', 'Z')])
    expect(wordsOf(turnsOf(filter, person({})))).toEqual(['in scope if c were "Z"'])
    const equal = either([clause('a', 'EQUALS', 'X')], [clause('c', 'EQUALS', 'Z')])
    expect(wordsOf(turnsOf(equal, person({})))).toEqual(['in scope if a were "X"', 'in scope if c were "Z"'])
  })

  test('who is unassigned, disabled and filtered out needs all three', () => {
    const source = person({ a: 'HR', accountEnabled: false }, { assignments: [] })
    expect(wordsOf(turnsOf(both(clause('a', 'EQUALS', 'Sales')), source))).toEqual([
      'in scope if a were "Sales", and accountEnabled were true, and it were assigned, itself or as a direct member of a group that is assigned, such as Crew',
    ])
  })

  test('Default Access alone does not do where it does not permit provisioning', () => {
    const source = person({}, { assignments: [{ ...itself, appRoleId: defaultAccessRoleId }] })
    expect(wordsOf(turnsOf(null, source, { ...usual, defaultAccessIsEntitled: false }))).toEqual([
      'in scope if it were assigned with a role other than Default Access',
    ])
  })

  test('who is in scope: out if unassigned, if a clause held no longer, if disabled', () => {
    expect(wordsOf(turnsOf(both(clause('a', 'EQUALS', 'Sales')), person({ a: 'Sales' })))).toEqual([
      'out of scope if it were no longer assigned',
      'out of scope if a no longer were "Sales", for example empty',
      'out of scope if accountEnabled were false',
    ])
  })

  test('one of several assignments is not enough to go', () => {
    const through: AssignmentPath = { ...itself, kind: 'group', groupId: 'crew', groupDisplayName: 'Crew' }
    expect(wordsOf(turnsOf(null, person({}, { assignments: [itself, through] })))).toEqual([
      'out of scope if accountEnabled were false',
    ])
    expect(wordsOf(turnsOf(null, person({}, { assignments: [through] })))[0]).toBe(
      'out of scope if it were no longer a member of Crew, or that group no longer assigned',
    )
  })

  test('where nothing can be named it is said why', () => {
    const contrary = both(clause('a', 'EQUALS', 'X'), clause('a', 'EQUALS', 'Y'))
    expect(turnsOf(contrary, person({}))).toMatchObject({
      turns: [],
      none: expect.stringContaining('contradict') as string,
    })
    expect(turnsOf(null, person({}, { presence: 'hardDeleted' }))).toMatchObject({
      turns: [],
      none: expect.stringContaining('deleted for good') as string,
    })
  })
})

// ---------------------------------------------------------------- properties

const texts = fc.constantFrom('a', 'ab', 'b', 'Sales', 'US,CA', 'x@y', '5', '-1')
const numbers = fc.integer({ min: -3, max: 9 }).map(String)
const patterns = fc.constantFrom('^a', 'b$', '[0-9]+', '^(US|CA)$', 'a.c', '^$|q', '(?i)sales', '\\bUS\\b')

const clauses: fc.Arbitrary<FilterClause> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('a', 'b'),
      fc.constantFrom('EQUALS', 'NOT EQUALS', 'ENDS_WITH', 'INCLUDES', '&', '!&'),
      fc.array(texts, { minLength: 1, maxLength: 2 }),
    )
    .map(([attribute, operator, operand]) => clause(attribute, operator, ...operand)),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('REGEX MATCH', 'NOT REGEX MATCH'), patterns)
    .map(([attribute, operator, pattern]) => clause(attribute, operator, pattern)),
  fc
    .tuple(fc.constantFrom('GREATER_THAN', 'GREATER_THAN_OR_EQUALS', 'EQUALS', 'NOT EQUALS'), numbers)
    .map(([operator, number]) => clause('count', operator, number)),
  fc
    .tuple(fc.constantFrom('flag', 'accountEnabled'), fc.constantFrom('IS TRUE', 'IS FALSE', 'IS NULL', 'IS NOT NULL'))
    .map(([attribute, operator]) => clause(attribute, operator)),
  fc
    .tuple(fc.constantFrom('a', 'b', 'count'), fc.constantFrom('IS NULL', 'IS NOT NULL'))
    .map(([attribute, operator]) => clause(attribute, operator)),
)

const groups = fc.array(
  fc.record({ name: fc.constant(null), clauses: fc.array(clauses, { minLength: 1, maxLength: 3 }) }),
  { maxLength: 3 },
)
const filters: fc.Arbitrary<ScopingFilter> = fc.record(
  { groups, inputFilterGroups: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, groups) },
  { requiredKeys: ['groups'] },
)

const values: Readonly<Record<string, readonly SourceValue[]>> = {
  a: [null, 'a', 'ab', 'b', 'Sales', 'US', 'US,CA', 'x@y', '5', '-1', 'q', 'other'],
  b: [null, 'a', 'ab', 'b', 'Sales', 'US', 'US,CA', 'x@y', '5', '-1', 'q', 'other'],
  count: [null, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  flag: [null, true, false],
  accountEnabled: [true, false],
}

const sources: fc.Arbitrary<SourceObject> = fc
  .record({
    a: fc.constantFrom(...(values['a'] ?? [])),
    b: fc.constantFrom(...(values['b'] ?? [])),
    count: fc.constantFrom(...(values['count'] ?? [])),
    flag: fc.constantFrom(...(values['flag'] ?? [])),
    accountEnabled: fc.constantFrom(true, true, false),
    presence: fc.constantFrom<SourceObject['presence']>('present', 'present', 'softDeleted'),
    paths: fc.array(fc.constantFrom(defaultAccessRoleId, 'role'), { maxLength: 2 }),
  })
  .map(({ presence, paths, ...attributes }) =>
    person(attributes, { presence, assignments: paths.map((appRoleId) => ({ ...itself, appRoleId })) }),
  )

const settingsOfJob = fc.record({ syncAll: fc.boolean(), defaultAccessIsEntitled: fc.boolean() })

/** Every single change there is, as far as the values above go. */
function everyChange(source: SourceObject): readonly FactChange[] {
  const words = ''
  return [
    ...Object.entries(values).flatMap(([attribute, tried]) =>
      tried.map((to): FactChange => ({ kind: 'attribute', attribute, to, words })),
    ),
    ...(source.presence === 'softDeleted'
      ? [{ kind: 'restore', words } as const]
      : [{ kind: 'delete', words } as const]),
    { kind: 'assign', words },
    ...source.assignments.map((path): FactChange => ({ kind: 'unassign', path, words })),
  ]
}

const factOf = (change: FactChange): string =>
  change.kind === 'attribute'
    ? change.attribute
    : change.kind === 'unassign'
      ? JSON.stringify(change.path)
      : change.kind

test('what is named turns the decision, no part of it does, and nothing smaller does', () => {
  fc.assert(
    fc.property(filters, sources, settingsOfJob, (filter, source, settings) => {
      const mapping = mappingWith(filter)
      const isTurned = (changes: readonly FactChange[]): boolean => {
        const scoped = scopeObject(withChanges(source, changes), mapping, settings)
        return scoped.kind === 'decided' && scoped.decision.inScope === (result.wanted === 'in')
      }
      const result = scopeTurns({ source, mapping, settings, types, assignedGroup: null })
      const before = scopeObject(source, mapping, settings)
      expect(result.wanted).toBe(before.kind === 'decided' && before.decision.inScope ? 'out' : 'in')
      expect(result.none === null).toBe(result.turns.length > 0)
      for (const turn of result.turns) {
        expect(isTurned(turn)).toBe(true)
        for (let chosen = 0; chosen < 2 ** turn.length - 1; chosen += 1)
          expect(isTurned(turn.filter((_, index) => (chosen >> index) % 2 === 1))).toBe(false)
      }
      // Brute force: no change of fewer facts turns it; where nothing was named, no change of one or two facts does.
      const size = result.turns[0]?.length ?? 3
      const all = everyChange(source)
      if (size > 1) for (const one of all) expect([one, isTurned([one])]).toEqual([one, false])
      if (size > 2) {
        for (const [index, one] of all.entries())
          for (const other of all.slice(index + 1))
            if (factOf(one) !== factOf(other) && isTurned([one, other])) expect([one, other]).toBe('not enough')
      }
    }),
    { numRuns: 400 },
  )
})
