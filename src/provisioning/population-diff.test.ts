/* The population diff: each effect by an example, and its counts against mapping everybody by hand. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  withAttributeMapping,
  withFilter,
  withFlowTypes,
  withoutAttributeMapping,
  withRequired,
} from '../../test/builders/schema-changes.ts'
import type {
  DiffCluster,
  DiffEffect,
  Link,
  PopulationDiff,
  ScopingFilter,
  SourceAttributes,
  SourceObject,
  SynchronizationSchema,
  TargetAttributes,
} from '../vocabulary/index.ts'
import { sameValue } from './changes.ts'
import { compileSchema } from './compiled-schema.ts'
import { createHashCounts } from './hash-counts.ts'
import { mappingInput } from './mapping-input.ts'
import { desiredValues, mapAttributes } from './mapping.ts'
import { nameChange } from './population-diff-change.ts'
import { createPopulationDiff } from './population-diff.ts'
import { withExpression } from './schema-sides.ts'
import { scopeObject } from './scoping.ts'
import { slackSchema } from './templates/slack.ts'
import { withUserNames } from './user-names-mode.ts'

const workEmail = 'emails[type eq "work"].value'
const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const settings = { syncAll: true, defaultAccessIsEntitled: true, skipOutOfScopeDeletions: false }

interface Someone {
  readonly source: SourceObject
  readonly link: Link | undefined
}

function someone(name: string, attributes: SourceAttributes = {}, known: TargetAttributes | null = null): Someone {
  const nick = name.toLowerCase().replaceAll(' ', '.')
  const all = {
    displayName: name,
    givenName: name.split(' ')[0] ?? null,
    surname: name.split(' ').at(-1) ?? null,
    mail: `${nick}@example.com`,
    userPrincipalName: `${nick}@example.com`,
    mailNickname: nick,
    accountEnabled: true,
    ...attributes,
  }
  const source: SourceObject = {
    objectType: 'User',
    anchor: nick,
    presence: 'present',
    attributes: all,
    assignments: [],
  }
  const link: Link | undefined =
    known === null
      ? undefined
      : {
          objectType: 'User',
          sourceAnchor: nick,
          targetAnchor: `U-${nick}`,
          displayName: name,
          isActive: true,
          isManaged: true,
          known,
          members: [],
        }
  return { source, link }
}

interface DiffOptions {
  readonly settings?: Partial<typeof settings>
  readonly before?: SynchronizationSchema
}

function diff(after: SynchronizationSchema, people: readonly Someone[], options: DiffOptions = {}): PopulationDiff {
  const fold = createPopulationDiff({
    before: compileSchema(options.before ?? template),
    after: compileSchema(after),
    settings: { ...settings, ...options.settings },
    rules: {
      asStored: (_type, attributes) => attributes,
      softDelete: { User: true, Group: false },
      writeOnly: { User: ['externalId'], Group: [] },
    },
    now: 0,
    examplesMax: 3,
  })
  for (const [page, { source, link }] of people.entries()) fold.add(source, link, page)
  for (const page of fold.pagesToName()) {
    const found = people[page]
    if (found !== undefined) fold.name(found.source, found.link)
  }
  return fold.result()
}

const told = ({ clusters }: PopulationDiff) =>
  clusters.map(({ effect, attribute, count }: DiffCluster): readonly [DiffEffect, string | null, number] => [
    effect,
    attribute,
    count,
  ])
const only = (result: PopulationDiff): DiffCluster => {
  const [first, ...others] = result.clusters
  if (first === undefined || others.length > 0) throw new Error(JSON.stringify(told(result)))
  return first
}
const set = (target: string, expression: string, schema = template) =>
  withExpression(schema, 'User', target, expression)

const filter = (attribute: string, operator: string, ...values: readonly string[]): ScopingFilter => ({
  groups: [
    {
      name: null,
      clauses: [
        { sourceOperandName: attribute, operatorName: operator, targetOperand: values.length > 0 ? { values } : null },
      ],
    },
  ],
})

describe('the scope', () => {
  const people = [
    someone('Ana Lima', { department: 'Sales' }),
    someone('Ben Hale', { department: 'Finance' }, {}),
    someone('Cyd Moss', {}, {}),
    someone('Dee Rowe', { department: 'Finance' }),
  ]
  const salesOnly = withFilter(template, 'User', filter('department', 'EQUALS', 'Sales'))

  test('a filter that leaves people out disables accounts, and keeps others from getting one', () => {
    const result = diff(salesOnly, people)
    expect(told(result)).toEqual([
      ['isDisabled', null, 2],
      ['getsNoAccount', null, 1],
    ])
    expect(result.totals.User).toEqual({ objects: 4, inScopeBefore: 4, inScopeAfter: 1, untouched: 1 })
    const [disabled] = result.clusters
    expect(disabled).toMatchObject({ cause: 'department EQUALS "Sales"', linked: 2, weight: 'harmful' })
    expect(disabled?.examples).toEqual([
      { objectId: 'ben.hale', displayName: 'Ben Hale', before: null, after: 'department "Finance"' },
      { objectId: 'cyd.moss', displayName: 'Cyd Moss', before: null, after: 'department empty' },
    ])
  })

  test('a filter taken away lets people in, named by the clause that kept them out', () => {
    const result = diff(template, people, { before: salesOnly })
    expect(told(result)).toEqual([
      ['entersScope', null, 1],
      ['isKept', null, 2],
    ])
    expect(result.clusters[0]).toMatchObject({ cause: 'department EQUALS "Sales"', count: 1 })
  })

  test('nothing is disabled where a switch forbids it', () => {
    const kept = diff(salesOnly, people, { settings: { skipOutOfScopeDeletions: true } })
    expect(told(kept)).toContainEqual(['isLeftAlone', null, 2])
    const noUpdates = withFlowTypes(salesOnly, 'User', 'Add,Delete')
    expect(told(diff(noUpdates, people, { before: withFlowTypes(template, 'User', 'Add,Delete') }))).toEqual([
      ['getsNoAccount', null, 1],
    ])
  })

  test('several groups of clauses are told together, a clause once', () => {
    const two: ScopingFilter = {
      groups: ['Sales', 'Legal'].map((name) => ({
        name,
        clauses: [{ sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: [name] } }],
      })),
    }
    const [first] = diff(withFilter(template, 'User', two), people).clusters
    expect(first?.cause).toBe('department EQUALS "Sales" or department EQUALS "Legal"')
  })

  test('who is disabled in the source, or deleted for good, is nobody’s change', () => {
    const gone = [someone('Eve Dorn', { accountEnabled: false }), { ...someone('Fay Kern', {}, {}) }]
    const [, fay] = gone
    if (fay === undefined) throw new Error('there are two')
    const hard: Someone = { ...fay, source: { ...fay.source, presence: 'hardDeleted', attributes: {} } }
    expect(diff(salesOnly, [gone[0] ?? hard, hard]).clusters).toEqual([])
  })
})

describe('values', () => {
  test('change, appear, are emptied, or are no longer given', () => {
    const people = [
      someone('Ana Lima', { jobTitle: 'Captain', city: 'Bergen' }, { title: 'Captain' }),
      someone('Ben Hale', { city: 'Oslo' }, {}),
      someone('Cyd Moss', { jobTitle: 'Cook' }, { title: 'Cook' }),
    ]
    expect(told(diff(set('title', '[city]'), people))).toEqual([
      ['changes', 'title', 1],
      ['isNotGiven', 'title', 1],
      ['appears', 'title', 1],
    ])
    const emptied = only(diff(set('title', 'Join("", [city])'), people.slice(2)))
    expect(emptied).toMatchObject({
      effect: 'isCleared',
      weight: 'harmful',
      linked: 1,
      examples: [{ before: 'Cook', after: null }],
    })
    // A new account has nothing to be emptied.
    expect(told(diff(set('title', '""'), [someone('Dee Rowe', { jobTitle: 'Mate' })]))).toEqual([
      ['isNotGiven', 'title', 1],
    ])
  })

  test('that an account holds already are not sent', () => {
    const people = [someone('Ana Lima', { jobTitle: 'Captain', city: 'Bergen' }, { title: 'Bergen' })]
    expect(diff(set('title', '[city]'), people).clusters).toEqual([])
  })

  test('of a mapping for creation change for new accounts only', () => {
    const people = [someone('Ana Maria Lima', {}, { displayName: 'Ana Maria Lima' }), someone('Bo Vi Hale')]
    const result = diff(set('displayName', '[givenName] & " " & [surname]'), people)
    expect(told(result)).toEqual([
      ['changes', 'displayName', 1],
      ['onlyNewAccounts', 'displayName', 1],
    ])
    expect(result.clusters[0]?.title).toBe('gets another displayName: it loses a part in the middle')
    expect(result.clusters[0]?.examples).toEqual([
      { objectId: 'bo.vi.hale', displayName: 'Bo Vi Hale', before: 'Bo Vi Hale', after: 'Bo Hale' },
    ])
  })

  test('flow when a mapping for creation becomes one for always', () => {
    const always = withAttributeMapping(template, 'User', 'displayName', { flowType: 'Always' })
    const people = [
      someone('Ana Lima', {}, { displayName: 'Ana' }),
      someone('Ben Hale', {}, { displayName: 'Ben Hale' }),
    ]
    expect(only(diff(always, people))).toMatchObject({
      effect: 'changes',
      count: 1,
      examples: [{ before: 'Ana', after: 'Ana Lima' }],
    })
  })

  test('of a mapping that is taken out stay in accounts', () => {
    const without = withoutAttributeMapping(template, 'User', 'title')
    expect(told(diff(without, [someone('Ana Lima', { jobTitle: 'Captain' }, { title: 'Captain' })]))).toEqual([
      ['isNotGiven', 'title', 1],
    ])
  })

  test('the default of a mapping is for new accounts', () => {
    const withDefault = withAttributeMapping(template, 'User', 'title', { defaultValue: 'Staff' })
    const people = [someone('Ana Lima', {}, {}), someone('Ben Hale')]
    expect(only(diff(withDefault, people))).toMatchObject({ effect: 'appears', count: 1, linked: 0 })
  })

  test('a reference that changes', () => {
    const manager = 'urn:scim:schemas:extension:enterprise:1.0.manager'
    const people = [
      someone('Ana Lima', { manager: 'ben', city: 'cyd' }),
      someone('Dee Rowe', { manager: 'x', city: 'x' }),
    ]
    expect(told(diff(set(manager, '[city]'), people))).toEqual([['changes', manager, 1]])
  })

  test('that are redacted are counted and not shown', () => {
    const redacted = set('title', 'Redact(ToUpper([jobTitle], ))')
    const result = only(diff(redacted, [someone('Ana Lima', { jobTitle: 'Captain' }, {})]))
    expect(result.examples).toMatchObject([{ before: '[Redact]', after: '[Redact]' }])
    expect(JSON.stringify(result)).not.toMatch(/captain/i)
  })
})

describe('what breaks', () => {
  test('a mapping that fails now, by error without the values', () => {
    const people = [
      someone('Ana Lima', { employeeId: 'x1', jobTitle: 'a' }),
      someone('Ben Hale', { employeeId: 'y2' }, {}),
      someone('Cyd Moss', { employeeId: '3' }),
    ]
    const result = diff(set('userType', 'BitAnd([employeeId], 1)', set('title', '"new"')), people)
    expect(told(result)).toEqual([
      ['mappingFails', 'userType', 2],
      ['appears', 'title', 1],
      ['appears', 'userType', 1],
    ])
    expect(result.clusters[0]?.cause).toBe('A number is expected, but the text "…" was found.')
    const back = diff(template, people, { before: set('userType', 'BitAnd([employeeId], 1)') })
    expect(told(back)).toEqual([
      ['isNotGiven', 'userType', 1],
      ['mappingWorks', 'userType', 2],
    ])
  })

  test('a required value that is missing, for those without an account', () => {
    const people = [someone('Ana Lima'), someone('Ben Hale', {}, {}), someone('Cyd Moss', { city: 'Oslo' })]
    const needed = withRequired(set('title', '[city]'), 'User', 'title')
    expect(told(diff(needed, people))).toContainEqual(['requiredIsMissing', 'title', 1])
    expect(told(diff(template, people, { before: needed }))).toContainEqual(['requiredIsThere', 'title', 1])
  })

  test('Slack’s rules, for values that are sent', () => {
    const long = someone('Ana Extremely-Long-Surname')
    const result = diff(set('userName', '[mailNickname]'), [long, someone('Ben Hale')])
    expect(told(result)).toContainEqual(['isRefused', 'userName', 1])
    expect(result.clusters[0]?.title).toContain('longer than the 21 characters Slack takes (long_username)')
    expect(told(diff(template, [long], { before: set('userName', '[mailNickname]') }))).toContainEqual([
      'isAccepted',
      'userName',
      1,
    ])
    const nameless = set('name.givenName', '""', set('name.familyName', '""'))
    expect(told(diff(nameless, [someone('Ana Lima')]))).toContainEqual(['isRefused', 'name.givenName', 1])
  })

  test('who is left out of every run', () => {
    const ignoring = set('title', 'IIF([city] = "Oslo", IgnoreObjectFlow, [jobTitle])')
    expect(told(diff(ignoring, [someone('Ana Lima', { city: 'Oslo' }), someone('Ben Hale')]))).toEqual([
      ['isSkipped', 'title', 1],
    ])
  })
})

describe('collisions', () => {
  test('of user names, whatever their case, with everybody who shares one', () => {
    const people = [
      someone('Ana Lima', { mailNickname: 'ana.lima' }),
      someone('Ana Lind', { mailNickname: 'Ana.Lind' }),
      someone('Ben Hale'),
      someone('Ana Liss', { mailNickname: 'ANA.LISS' }),
    ]
    const result = diff(set('userName', 'Left([mailNickname], 6)'), people)
    const collision = result.clusters.find(({ effect }) => effect === 'collides')
    expect(collision).toMatchObject({ attribute: 'userName', count: 3, linked: null })
    expect(collision?.examples.map(({ displayName, after }) => [after, displayName.split(', ').toSorted()])).toEqual([
      ['ana.li', ['Ana Lima', 'Ana Lind', 'Ana Liss']],
    ])
  })

  test('are none where each person gets a name that is free', () => {
    const allotted = withUserNames(template, { mode: 'allotted', avoided: [] })
    const people = [someone('Ana Lima'), someone('Ana Lind'), someone('Ben Hale')]
    const before = { before: allotted }
    const result = diff(set('userName', 'Left([mailNickname], 6)', allotted), people, before)
    expect(told(result)).toEqual([['changes', 'userName', 3]])
    // Whoever enters the scope has a name, too.
    const closed = withFilter(allotted, 'User', filter('displayName', 'EQUALS', 'Nobody'))
    expect(told(diff(allotted, people, { before: closed })).map(([effect]) => effect)).not.toContain(
      'requiredIsMissing',
    )
  })

  test('with what an account holds, of which the mapping for creation does not move', () => {
    const people = [
      someone('Ana Lima', { mailNickname: 'ana' }, { userName: 'other', [workEmail]: 'ana.lima@example.com' }),
      someone('Ben Hale', { mailNickname: 'ben' }),
    ]
    expect(told(diff(set('userName', '"Other"'), people))).toContainEqual(['collides', 'userName', 2])
    // Both of the mapping alone would be the same: the account of the first keeps its name.
    expect(told(diff(set('userName', '"new"'), people)).map(([effect]) => effect)).not.toContain('collides')
  })

  test('that were there before are no news; those that go are', () => {
    const people = [someone('Ana Lima', { mail: 'all@example.com' }), someone('Ben Hale', { mail: 'all@example.com' })]
    expect(told(diff(set('title', '"x"'), people))).toEqual([['appears', 'title', 2]])
    const byPrincipalName = diff(set(workEmail, '[userPrincipalName]'), people)
    expect(told(byPrincipalName)).toContainEqual(['collidesNoMore', workEmail, 2])
  })
})

test('harmful ones come first, then those that concern most', () => {
  const people = Array.from({ length: 9 }, (_, index) =>
    someone(`P${String(index)} X`, { jobTitle: 'a', city: index < 2 ? '🚀' : 'b', state: index < 5 ? 'c' : 'd' }),
  )
  const result = diff(set('title', '[city]', set('userType', '[state]')), people)
  expect(told(result)).toEqual([
    ['isRefused', 'title', 2],
    ['changes', 'title', 9],
    ['appears', 'userType', 9],
  ])
})

test.each([
  ['Ana Maria Lima', 'Ana Lima', 'loses a part in the middle'],
  ['Ana Lima', 'Ana', 'loses a part'],
  ['Ana', 'Ana Lima', 'gets another part'],
  ['ANA', 'Ana', 'changes in upper and lower case only'],
  ['José', 'Jose', 'changes in accents only'],
  ['a-b', 'a b', 'changes in signs and blanks only'],
  ['ana.lima', 'ana.lima2', 'gets a number behind it'],
  ['abcdef', 'abc', 'is cut short'],
  ['abc', 'abcdef', 'gets longer'],
  ['Captain', 'Cook', 'changes'],
])('%s to %s: %s', (before, after, kind) => {
  expect(nameChange(before, after)).toBe(kind)
})

describe('properties', () => {
  const text = fc.option(fc.constantFrom('Ana', 'ana', 'Bo', 'José', 'x@y', '🚀', '', 'a'.repeat(25), '7'), {
    nil: null,
  })
  const person = fc.record({
    mailNickname: text,
    mail: text,
    jobTitle: text,
    city: text,
    department: text,
    isLinked: fc.boolean(),
    knownTitle: text,
  })
  const population = fc
    .array(person, { maxLength: 25 })
    .map((people) =>
      people.map(({ isLinked, knownTitle, ...attributes }, index) =>
        someone(
          `Person ${String(index)}`,
          attributes,
          isLinked ? { ...(knownTitle === null ? {} : { title: knownTitle }), userName: `u${String(index)}` } : null,
        ),
      ),
    )
  const expression = fc.constantFrom(
    '[jobTitle]',
    '[city]',
    '""',
    'NULL',
    'ToUpper([city], )',
    'BitAnd([city], 1)',
    'IgnoreFlowIfNullOrEmpty([city])',
    'IIF([department] = "Bo", IgnoreObjectFlow, [city])',
    'Not([IsSoftDeleted])',
  )
  const change = fc.record({
    target: fc.constantFrom('title', 'userType', 'displayName', 'userName', workEmail, 'timezone'),
    expression,
  })
  const schema = fc
    .record({
      changes: fc.array(change, { maxLength: 3 }),
      filter: fc.option(fc.constantFrom(filter('city', 'IS NOT NULL'), filter('department', 'NOT EQUALS', 'Bo')), {
        nil: null,
      }),
      title: fc.constantFrom('Always', 'ObjectAddOnly', 'AttributeAddOnly'),
    })
    .map((made) =>
      made.changes.reduce(
        (before, { target, expression: text2 }) => set(target, text2, before),
        withAttributeMapping(withFilter(template, 'User', made.filter), 'User', 'title', {
          flowType: made.title,
        }),
      ),
    )

  test('a schema beside itself changes nothing', () => {
    fc.assert(
      fc.property(schema, population, (same, people) => {
        const result = diff(same, people, { before: structuredClone(same) })
        expect(result.clusters).toEqual([])
        expect(result.totals.User.untouched).toBe(people.length)
      }),
    )
  })

  /** Mapped by hand: what is written of somebody, or why nothing is. */
  function byHand(schemaUsed: SynchronizationSchema, { source, link }: Someone) {
    const mapping = compileSchema(schemaUsed).objectMappings.get('User')
    if (mapping === undefined) throw new Error('the template maps users')
    const scoped = scopeObject(source, mapping, settings)
    if (scoped.kind !== 'decided' || !scoped.decision.inScope) return { inScope: false, values: null, failing: [] }
    const mapped = mapAttributes({
      mapping,
      ...mappingInput(source, [], true, 0),
      phase: link === undefined ? 'create' : 'update',
      known: link?.known ?? {},
    })
    const isWritten = mapped.failures.length === 0 && !mapped.ignoreObject
    return {
      inScope: true,
      values: isWritten ? desiredValues(mapped.attributes) : null,
      failing: mapped.failures.map(({ name }) => name),
    }
  }

  test('the counts are those of mapping everybody by hand', () => {
    fc.assert(
      fc.property(schema, schema, population, (before, after, people) => {
        const result = diff(after, people, { before })
        const count = (effects: readonly DiffEffect[], attribute: string | null): number =>
          result.clusters
            .filter((each) => effects.includes(each.effect) && each.attribute === attribute)
            .reduce((sum, each) => sum + each.count, 0)
        const hands = people.map((each) => ({ ...each, one: byHand(before, each), other: byHand(after, each) }))
        const number = (test: (each: (typeof hands)[number]) => boolean): number => hands.filter(test).length

        expect(result.totals.User).toMatchObject({
          objects: people.length,
          inScopeBefore: number(({ one }) => one.inScope),
          inScopeAfter: number(({ other }) => other.inScope),
        })
        expect(count(['isDisabled'], null)).toBe(
          number(({ one, other, link }) => one.inScope && !other.inScope && link !== undefined),
        )
        expect(count(['getsNoAccount'], null)).toBe(
          number(({ one, other, link }) => one.inScope && !other.inScope && link === undefined),
        )
        expect(count(['entersScope', 'isKept'], null)).toBe(number(({ one, other }) => !one.inScope && other.inScope))
        for (const attribute of ['title', 'userType', 'timezone']) {
          expect(count(['mappingFails'], attribute)).toBe(
            number(({ one, other }) => other.failing.includes(attribute) && !one.failing.includes(attribute)),
          )
          const get = (values: TargetAttributes | null) => values?.[attribute]
          const sent = ['changes', 'appears', 'isCleared'] as const
          expect(count(sent, attribute)).toBe(
            number(({ one, other, link }) => {
              if (one.values === null || other.values === null) return false
              const value = get(other.values)
              const known = link?.known[attribute]
              // What nobody writes so far is what the account holds.
              const isFlowing =
                compileSchema(before)
                  .objectMappings.get('User')
                  ?.attributes.some((each) => each.target === attribute) === true
              const had =
                get(one.values) ??
                (isFlowing && !(attribute in one.values) && isHeldBack(before, attribute, link) ? known : undefined)
              if (value === undefined) return false
              if (value === '') return link !== undefined && had !== '' && (known ?? '') !== ''
              return !sameValue(value, had, true) && !(link !== undefined && sameValue(value, known, true))
            }),
          )
        }
      }),
    )
  })

  /** The mapping keeps out of what the account holds. */
  function isHeldBack(schemaUsed: SynchronizationSchema, attribute: string, link: Link | undefined): boolean {
    const mapping = compileSchema(schemaUsed)
      .objectMappings.get('User')
      ?.attributes.find((each) => each.target === attribute)
    if (mapping === undefined || link === undefined) return false
    const { flowType } = mapping.mapping
    return flowType === 'ObjectAddOnly' || (flowType === 'AttributeAddOnly' && (link.known[attribute] ?? '') !== '')
  }
})

test('texts are counted by their hash, however many there are', () => {
  const counts = createHashCounts()
  for (let number = 0; number < 20_000; number += 1) {
    expect(counts.add(`person-${String(number % 15_000)}`, 1, number)).toBe(number < 15_000 ? 0 : 1)
  }
  expect(counts.of('person-3')).toEqual([0, 2])
  expect(counts.of('person-14999')).toEqual([0, 1])
  expect(counts.of('nobody')).toEqual([0, 0])
  expect(counts.noteOf('person-3')).toBe(3)
  expect([...counts.all()].reduce((sum, [, after]) => sum + after, 0)).toBe(20_000)
})
