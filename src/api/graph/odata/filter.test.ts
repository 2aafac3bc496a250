/* `$filter`: what is read is what was written, and it holds for exactly those it says (graph-api.md 1.3). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldText, type JsonValue } from '../../../vocabulary/index.ts'
import { GraphProblem } from '../graph-problem.ts'
import { types } from '../types/index.ts'
import { bindFilter } from './bind-filter.ts'
import { entityOfObject, entityOfValues, type Entity } from './entity.ts'
import { comparisons, textTests, type Filter, type Literal, type Operand } from './filter.ts'
import { idsAllowed } from './narrow.ts'
import { readFilter } from './read-filter.ts'

const person = (attributes: Record<string, string | boolean | readonly string[] | null>, objectId = 'x'): Entity =>
  entityOfObject({ objectId, objectType: 'User', presence: 'present', deletedAt: null, changeNumber: 1, attributes })

const holds = (filter: string, entity: Entity): boolean => bindFilter(readFilter(filter), [entity.type])(entity)

const mira = person({
  displayName: "Mira O'Kafor",
  accountEnabled: false,
  companyName: 'Tidewater',
  mail: 'Mira@x.example',
  createdDateTime: '2023-07-30T12:00:00Z',
  proxyAddresses: ['SMTP:mira@x.example', 'smtp:m@y.example'],
  otherMails: [],
  'employeeOrgData.costCenter': '42',
})

describe('expressions seen in the wild', () => {
  it.each([
    ["displayName eq 'mira o''kafor'", true],
    ["displayName eq 'Mira'", false],
    ["startswith(displayName,'MIRA')", true],
    ["startsWith(displayName, 'x') eq false", true],
    ['accountEnabled eq false', true],
    ['accountEnabled ne false', false],
    ["companyName ne null and NOT(companyName eq 'x')", true],
    ["not startswith(companyName,'tide')", false],
    ["proxyAddresses/any(p:endsWith(p,'@Y.example'))", true],
    ["proxyAddresses/any(p:p eq 'smtp:m@y.example')", true],
    ["proxyAddresses/all(p:startswith(p,'SMTP'))", true],
    ['otherMails/any()', false],
    ['proxyAddresses/$count eq 2', true],
    ["contains(tolower(displayName), 'kafor')", true],
    [
      "(contains(tolower(mail), 'x.') or contains(mail,'q')) and createdDateTime gt 2023-07-30 and createdDateTime lt 2023-07-31",
      true,
    ],
    ['createdDateTime ge 2023-07-30T12:00:00Z', true],
    ["createdDateTime ge '2023-07-30T12:00:01Z'", false],
    ["mail in ('a@b.example','mira@X.example')", true],
    ['jobTitle eq null', true],
    ["jobTitle ne 'Captain'", true],
    ["jobTitle gt 'A'", false],
    ["displayName ge 'mira' and displayName le 'mirb'", true],
    ["employeeOrgData/costCenter eq '42'", true],
    ["DISPLAYNAME EQ 'Mira O''Kafor' AND (Mail ne null)", true],
    ["id eq 'X'", true],
  ])('%s is %s', (filter, expected) => {
    expect(holds(filter, mira)).toBe(expected)
  })

  it('GUIDs may stand without quotes', () => {
    const id = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
    const application = entityOfValues(types.application, id, { id, appId: id, applicationTemplateId: null })
    expect(holds(`appId eq ${id.toUpperCase()} and id eq '${id}'`, application)).toBe(true)
    expect(holds(`applicationTemplateId eq '${id}'`, application)).toBe(false)
  })
})

describe('what cannot be read or asked', () => {
  it.each([
    ['', 'name of a property'],
    ['displayName', 'operator'],
    ["displayName eq 'open", 'unterminated'],
    ["displayName eq 'a' 'b'", 'unexpected'],
    ["displayName likes 'a'", "'likes' is no operator"],
    ["colour eq 'red'", "Could not find a property named 'colour' on type 'microsoft.graph.user'."],
    ['displayName eq 5', 'incompatible types'],
    ["accountEnabled eq 'false'", 'incompatible types'],
    ['accountEnabled gt true', 'cannot compare'],
    ["proxyAddresses eq 'a'", 'any'],
    ["employeeOrgData eq 'a'", 'compared'],
    ["displayName/any(x:x eq 'a')", 'no collection'],
    ['length(displayName) eq 5', 'no function'],
    ["passwordProfile/password eq 'a'", 'never given out'],
    ['('.repeat(100) + "mail eq 'a'" + ')'.repeat(100), 'nested too deeply'],
    [Array.from({ length: 5000 }, () => 'a eq 1').join(' or '), 'characters'],
    ['not '.repeat(60) + "mail eq 'a'", 'nested too deeply'],
  ])('%s', (filter, said) => {
    expect(() => holds(filter, mira)).toThrow(GraphProblem)
    expect(() => holds(filter, mira)).toThrow(said)
  })

  it('property: any text is read or refused, nothing else happens', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'displayName',
        'eq',
        'ne',
        'and',
        'or',
        'not',
        '(',
        ')',
        "'a'",
        'any',
        '/',
        ':',
        ',',
        'in',
        ' ',
        "'",
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          holds(pieces.join(''), mira)
        } catch (error) {
          expect(error).toBeInstanceOf(GraphProblem)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

// ---------------------------------------------------------------- properties

const textNames = ['displayName', 'mail', 'jobTitle', 'id'] as const
const someText = fc.string({ unit: fc.constantFrom('a', 'A', 'b', "'", 'ß', 'S', ' '), maxLength: 3 })

const textOperand: fc.Arbitrary<Operand> = fc
  .constantFrom(...textNames)
  .chain((name) =>
    fc.constantFrom<Operand>({ kind: 'path', names: [name] }, { kind: 'tolower', of: { kind: 'path', names: [name] } }),
  )
const textLiteral: fc.Arbitrary<Literal> = fc.oneof(
  someText.map((value): Literal => ({ kind: 'text', value })),
  fc.constant<Literal>({ kind: 'null' }),
)

const { filter: anyFilter } = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
  leaf: fc.oneof(
    fc
      .tuple(fc.constantFrom('eq' as const, 'ne' as const), textOperand, textLiteral)
      .map(([operator, left, right]): Filter => ({ kind: 'compare', operator, left, right })),
    fc
      .tuple(fc.constantFrom(...comparisons), textOperand, someText)
      .map(([operator, left, value]): Filter => ({ kind: 'compare', operator, left, right: { kind: 'text', value } })),
    fc
      .tuple(textOperand, fc.array(textLiteral, { minLength: 1, maxLength: 3 }))
      .map(([left, values]): Filter => ({ kind: 'in', left, values })),
    fc
      .tuple(fc.constantFrom(...textTests), textOperand, someText)
      .map(([name, left, text]): Filter => ({ kind: 'test', name, left, text })),
    fc
      .tuple(fc.constantFrom('any' as const, 'all' as const), fc.constantFrom(...textTests), someText)
      .map(([kind, name, text]): Filter => ({
        kind,
        names: ['otherMails'],
        variable: 'x',
        item: { kind: 'test', name, left: { kind: 'path', names: ['x'] }, text },
      })),
    fc.boolean().map((value): Filter => ({
      kind: 'compare',
      operator: 'eq',
      left: { kind: 'path', names: ['accountEnabled'] },
      right: { kind: 'truth', value },
    })),
  ),
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
      .map(([kind, items]): Filter => ({ kind, items })),
    tie('filter').map((item): Filter => ({ kind: 'not', item })),
  ),
}))

function printOperand(operand: Operand): string {
  if (operand.kind === 'path') return operand.names.join('/')
  return operand.kind === 'count' ? `${operand.names.join('/')}/$count` : `${operand.kind}(${printOperand(operand.of)})`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const printLiteral = (literal: Literal): string =>
  literal.kind === 'null' ? 'null' : literal.kind === 'text' ? quoted(literal.value) : String(literal.value)

function print(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.items.map((item) => `(${print(item)})`).join(` ${filter.kind} `)
    case 'not':
      return `not (${print(filter.item)})`
    case 'compare':
      return `${printOperand(filter.left)} ${filter.operator} ${printLiteral(filter.right)}`
    case 'in':
      return `${printOperand(filter.left)} in (${filter.values.map(printLiteral).join(',')})`
    case 'test':
      return `${filter.name}(${printOperand(filter.left)},${quoted(filter.text)})`
    case 'any':
    case 'all':
      return `${filter.names.join('/')}/${filter.kind}(${filter.variable ?? ''}:${filter.item === null ? '' : print(filter.item)})`
  }
}

/** The same question, answered by going through the tree. */
function naive(filter: Filter, values: Readonly<Record<string, JsonValue>>, x: string | null = null): boolean {
  const read = (operand: Operand): JsonValue => {
    if (operand.kind === 'path') return operand.names[0] === 'x' ? x : (values[operand.names[0] ?? ''] ?? null)
    return operand.kind === 'count' ? 0 : read(operand.of)
  }
  const fold = (value: JsonValue): JsonValue => (typeof value === 'string' ? foldText(value) : value)
  const literal = (each: Literal): JsonValue => (each.kind === 'null' ? null : fold(each.value))
  switch (filter.kind) {
    case 'and':
      return filter.items.reduce((sum, item) => sum && naive(item, values, x), true)
    case 'or':
      return filter.items.reduce((sum, item) => sum || naive(item, values, x), false)
    case 'not':
      return !naive(filter.item, values, x)
    case 'in':
      return filter.values.some((each) => literal(each) === fold(read(filter.left)))
    case 'test': {
      const value = fold(read(filter.left))
      const text = foldText(filter.text)
      if (typeof value !== 'string') return false
      if (filter.name === 'startswith') return value.slice(0, text.length) === text
      if (filter.name === 'endswith') return text === '' || value.slice(-text.length) === text
      return value.split(text).length > 1 || text === ''
    }
    case 'any':
    case 'all': {
      const items = (values['otherMails'] as readonly string[]).map((each) =>
        naive(filter.item as Filter, values, each),
      )
      return filter.kind === 'any' ? items.includes(true) : !items.includes(false)
    }
    case 'compare': {
      const value = fold(read(filter.left))
      const other = literal(filter.right)
      if (filter.operator === 'eq') return value === other
      if (filter.operator === 'ne') return value !== other
      if (typeof value !== 'string' || typeof other !== 'string') return false
      return { gt: value > other, ge: value >= other, lt: value < other, le: value <= other }[filter.operator]
    }
  }
}

describe('any filter', () => {
  it('property: is read as it was written', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(readFilter(print(filter))).toEqual(filter)
      }),
      { numRuns: 500 },
    )
  })

  it('property: agrees with going through the tree, and allows no id it does not name', () => {
    const attributes = fc.record({
      displayName: fc.option(someText),
      mail: fc.option(someText),
      jobTitle: fc.option(someText),
      accountEnabled: fc.option(fc.boolean()),
      otherMails: fc.array(someText, { maxLength: 3 }),
    })
    fc.assert(
      fc.property(anyFilter, attributes, fc.constantFrom('a', 'ab', 'B'), (filter, given, id) => {
        const expected = naive(filter, { ...given, id })
        expect(bindFilter(filter, [types.user])(person(given, id))).toBe(expected)
        const ids = idsAllowed(filter)
        if (expected && ids !== null) expect(ids.map(foldText)).toContain(foldText(id))
      }),
      { numRuns: 1500 },
    )
  })
})
