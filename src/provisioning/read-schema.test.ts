import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SynchronizationSchema } from '../vocabulary/index.ts'
import { readSchema, readSchemaText, writeSchema } from './read-schema.ts'
import { slackSchema } from './templates/slack.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })

function schemaOf(json: unknown): SynchronizationSchema {
  const read = readSchema(json)
  if (read.kind === 'problems') throw new Error(JSON.stringify(read.problems))
  return read.schema
}
const problemsOf = (json: unknown) => {
  const read = readSchema(json)
  return read.kind === 'problems' ? read.problems : []
}

/** One object mapping as somebody writes it by hand: only what must be said. */
const byHand = (attributeMapping: object, mapping: object = {}) => ({
  synchronizationRules: [
    {
      sourceDirectoryName: 'Azure Active Directory',
      targetDirectoryName: 'Slack',
      objectMappings: [
        { sourceObjectName: 'User', targetObjectName: 'User', attributeMappings: [attributeMapping], ...mapping },
      ],
    },
  ],
})
const mappingOf = (attributeMapping: object) =>
  schemaOf(byHand(attributeMapping)).synchronizationRules[0]?.objectMappings[0]?.attributeMappings[0]

describe('a schema written by hand', () => {
  test('gets Graph’s defaults for what it leaves out', () => {
    expect(mappingOf({ targetAttributeName: 'title' })).toEqual({
      targetAttributeName: 'title',
      source: null,
      defaultValue: null,
      matchingPriority: 0,
      flowType: 'Always',
      flowBehavior: 'FlowWhenChanged',
      exportMissingReferences: false,
    })
    expect(schemaOf(byHand({ targetAttributeName: 'title' }))).toMatchObject({
      id: '',
      synchronizationRules: [
        { priority: 1, editable: true, metadata: [], objectMappings: [{ enabled: true, scope: null, metadata: [] }] },
      ],
      directories: [],
    })
  })

  test('names of members and words may be spelt in any case', () => {
    expect(mappingOf({ TargetAttributeName: 'title', FLOWTYPE: 'objectaddonly', matchingpriority: 2 })).toMatchObject({
      targetAttributeName: 'title',
      flowType: 'ObjectAddOnly',
      matchingPriority: 2,
    })
  })

  test.each([
    ['Add,Update,Delete', 'Add,Update,Delete'],
    ['delete, Add', 'Add,Delete'],
    ['None', 'None'],
    [undefined, 'Add,Update,Delete'],
  ])('flow types %j are %s', (flowTypes, expected) => {
    const schema = schemaOf(byHand({ targetAttributeName: 'title' }, { flowTypes }))
    expect(schema.synchronizationRules[0]?.objectMappings[0]?.flowTypes).toBe(expected)
  })

  test('annotations stay before the members, unknown members behind them', () => {
    const read = mappingOf({ note: 'ours', flowType: 'Always', '@odata.type': '#x', targetAttributeName: 'title' })
    expect(Object.keys(read ?? {})).toEqual([
      '@odata.type',
      'targetAttributeName',
      'source',
      'defaultValue',
      'matchingPriority',
      'flowType',
      'flowBehavior',
      'exportMissingReferences',
      'note',
    ])
  })

  test('directories it leaves out are those of the job', () => {
    const read = readSchema(byHand({ targetAttributeName: 'title' }), { directories: template.directories })
    expect(read).toMatchObject({ kind: 'schema', schema: { directories: template.directories } })
  })
})

describe('a source', () => {
  const tree = {
    expression: 'ToLower([mail], )',
    name: 'ToLower',
    type: 'Function',
    parameters: [{ key: 'source', value: { expression: '[mail]', name: 'mail', type: 'Attribute', parameters: [] } }],
  }
  test.each([
    ['the expression alone', { expression: 'ToLower([mail], )' }],
    ['name and parameters alone', { name: 'ToLower', type: 'Function', parameters: tree.parameters }],
    ['both', tree],
  ])('given as %s has both forms', (_words, source) => {
    expect(mappingOf({ targetAttributeName: 'title', source })?.source).toEqual(tree)
  })

  test('an attribute name alone is enough (graph-api.md 3.9)', () => {
    const source = { name: 'mail', type: 'Attribute' }
    expect(mappingOf({ targetAttributeName: 'title', source })?.source).toEqual(tree.parameters[0]?.value)
  })

  test('its expression stays as it was written', () => {
    const expression = 'ToLower(\n  [mail] ,\n)'
    expect(mappingOf({ targetAttributeName: 'title', source: { expression } })?.source).toEqual({ ...tree, expression })
  })

  test('that cannot be read is kept for the check to speak of', () => {
    const source = { expression: 'Lower([mail])' }
    expect(mappingOf({ targetAttributeName: 'title', source })?.source).toEqual(source)
  })

  test('nested so deep that its tree would be a hundred times as long stays a text', () => {
    const source = { expression: Array.from({ length: 500 }, () => '[mail]').join(' & ') }
    expect(mappingOf({ targetAttributeName: 'title', source })?.source).toEqual(source)
  })
})

describe('what is not a schema', () => {
  test('is refused with everything that is wrong, each with its place', () => {
    const problems = problemsOf(
      byHand(
        { targetAttributeName: 'title', flowType: 'Sometimes', matchingPriority: '1', source: 'mail' },
        { name: 'People', enabled: 'yes', scope: { groups: [{ clauses: [{ operatorName: 'EQUALS' }] }] } },
      ),
    )
    const mapping = 'synchronizationRules[0].objectMappings[0]'
    expect(
      problems.map(({ place, objectMapping, attribute, message }) => [place, objectMapping, attribute, message]),
    ).toEqual([
      [mapping, 'People', null, '"enabled" is to be true or false, without quotes; found "yes".'],
      [`${mapping}.scope.groups[0].clauses[0]`, 'People', null, '"sourceOperandName" is missing.'],
      [
        `${mapping}.attributeMappings[0].source`,
        'People',
        'title',
        'An object in braces is expected here; found "mail".',
      ],
      [
        `${mapping}.attributeMappings[0]`,
        'People',
        'title',
        '"matchingPriority" is to be a whole number, without quotes; found "1".',
      ],
      [
        `${mapping}.attributeMappings[0]`,
        'People',
        'title',
        '"flowType" is to be one of Always, ObjectAddOnly, MultiValueAddOnly, ValueAddOnly, AttributeAddOnly; found "Sometimes".',
      ],
    ])
  })

  test('the same member twice is refused', () => {
    expect(problemsOf({ ...byHand({ targetAttributeName: 'title' }), directories: [], Directories: [] })).toMatchObject(
      [{ message: '"directories" and "Directories" are the same member, because upper and lower case do not count.' }],
    )
  })

  test.each([null, 1, 'schema', [], true])('%j is refused', (json) => {
    expect(problemsOf(json)).toMatchObject([{ code: 'SchemaShape', place: '' }])
  })

  test.each([
    ['{"targetAttributeName": "title", "defaultValue": "\\ud800x"}', 'The text "\\ud800x" has half of a character'],
    ['{"targetAttributeName": "title", "source": {"expression": "\\"\\udc00\\""}}', 'has half of a character'],
    ['{"targetAttributeName": "title", "__proto__": {"source": null}}', 'A member is named "__proto__"'],
  ])('%s within it is refused, for it could not be stored', (mapping, says) => {
    const [problem] = problemsOf(byHand(JSON.parse(mapping) as object))
    expect(problem).toMatchObject({ code: 'SchemaShape', place: '', message: expect.stringContaining(says) as string })
  })

  test('text that is not JSON is refused with the place', () => {
    expect(readSchemaText('{"id": }')).toMatchObject({
      kind: 'problems',
      problems: [{ message: expect.stringMatching(/^The document is not JSON: .*\.$/) as string }],
    })
  })

  test('JSON nested without end is refused', () => {
    const text = `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(readSchemaText(text)).toMatchObject({ kind: 'problems', problems: [{ place: '' }] })
  })

  test('property: any JSON is either a schema or a list of problems', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const read = readSchema({ synchronizationRules: [{ objectMappings: [json] }, json], directories: [json] })
        expect(read.kind === 'schema' || read.problems.length > 0).toBe(true)
      }),
    )
  })
})

describe('export and import give identical bytes', () => {
  test('of the template', () => {
    expect(writeSchema(schemaOf(JSON.parse(writeSchema(template))))).toBe(writeSchema(template))
  })

  const text = fc.oneof(fc.string(), fc.constantFrom('title', '__proto__', 'ä\u2028😀'))
  const extras = fc.dictionary(fc.oneof(fc.constant('@odata.type'), fc.string()), fc.jsonValue(), { maxKeys: 3 })
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
  const expression = fc.constantFrom(
    '[mail]',
    '"x"',
    'tolower( [mail] )',
    'Switch([a], , "b", "c")',
    'Join(",", [a], [b])',
    '1 & 2',
    'Nothing(',
    'NULL',
  )
  const attributeMapping = fc
    .tuple(
      extras,
      fc.record({
        targetAttributeName: fc.string(),
        source: fc.option(
          fc.tuple(extras, fc.record({ expression })).map(([some, source]) => ({ ...some, ...source })),
        ),
        defaultValue: maybe(fc.option(text)),
        matchingPriority: maybe(fc.integer({ min: -3, max: 9 })),
        flowType: maybe(fc.constantFrom('always', 'ObjectAddOnly')),
      }),
    )
    .map(([some, mapping]) => ({ ...some, ...mapping }))
  const document = fc
    .tuple(extras, fc.array(attributeMapping, { maxLength: 4 }), text)
    .map(([some, attributeMappings, version]) => ({ ...some, version, ...byHand({}, { attributeMappings }) }))

  test('property: of schemas written by hand, from the first export on', () => {
    fc.assert(
      fc.property(document, (json) => {
        const read = readSchema(JSON.parse(JSON.stringify(json)))
        // An extra member may be spelt like one of Graph's and hold something else.
        fc.pre(read.kind === 'schema')
        const exported = writeSchema(read.schema)
        expect(writeSchema(schemaOf(JSON.parse(exported)))).toBe(exported)
      }),
    )
  })
})
