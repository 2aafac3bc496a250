import { describe, expect, test } from 'vitest'
import type {
  AttributeDefinition,
  AttributeMapping,
  SourceAttributes,
  SynchronizationSchema,
  TargetAttributes,
} from '../vocabulary/index.ts'
import { compileSchema } from './compiled-schema.ts'
import { mapAttributes, type MappingPhase } from './mapping.ts'
import { slackSchema } from './templates/slack.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const target = 'nickName'

/** What one attribute mapping gives, in a schema with a target attribute of this definition. */
function map(
  mapping: Partial<AttributeMapping>,
  {
    definition = {},
    phase = 'update',
    known = {},
    source = {},
  }: {
    definition?: Partial<AttributeDefinition>
    phase?: MappingPhase
    known?: TargetAttributes
    source?: SourceAttributes
  } = {},
) {
  const schema: SynchronizationSchema = {
    ...template,
    directories: template.directories.map((directory) => ({
      ...directory,
      objects: directory.objects.map((object) => ({
        ...object,
        attributes: object.attributes.map((each) => (each.name === target ? { ...each, ...definition } : each)),
      })),
    })),
    synchronizationRules: template.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((each) => ({
        ...each,
        attributeMappings: [
          {
            targetAttributeName: target,
            source: { expression: '[jobTitle]' },
            defaultValue: null,
            matchingPriority: 0,
            flowType: 'Always',
            flowBehavior: 'FlowWhenChanged',
            exportMissingReferences: false,
            ...mapping,
          },
        ],
      })),
    })),
  }
  const compiled = compileSchema(schema).objectMappings.get('User')
  if (compiled === undefined) throw new Error('users have no mapping')
  return mapAttributes({ mapping: compiled, attributes: source, context: { now: 0 }, phase, known }).attributes[0]
}
const value = (of: unknown) => ({ name: target, kind: 'value', value: of })
const absent = { name: target, kind: 'absent' }

describe('a source as Graph has it', () => {
  test('runs from its tree alone', () => {
    const parameters = [{ key: 'source', value: { name: 'jobTitle', type: 'Attribute' as const } }]
    const source = { name: 'ToUpper', type: 'Function' as const, parameters }
    expect(map({ source }, { source: { jobTitle: 'mate' } })).toEqual(value('MATE'))
  })
})

describe('a null in the source (spec 5.1 to 5.3)', () => {
  const both = { flowNullValues: true } as const
  const on = { definition: { flowNullValues: true } }
  test.each<[string, Partial<AttributeMapping>, Parameters<typeof map>[1], unknown]>([
    ['at creation gives the default', { defaultValue: 'x' }, { phase: 'create' }, value('x')],
    ['at creation gives nothing without default, also where nulls flow', both, { ...on, phase: 'create' }, absent],
    ['later gives nothing, also with a default', { defaultValue: 'x' }, {}, absent],
    ['later empties the attribute where both switches are on', { ...both, defaultValue: 'x' }, on, value('')],
    ['later gives nothing where only the mapping’s is on', both, {}, absent],
    ['later gives nothing where only the attribute’s is on', {}, on, absent],
    ['later gives nothing where values are only added', { ...both, flowType: 'ValueAddOnly' }, on, absent],
    ['an empty list is one', { ...both, source: { expression: 'Split([jobTitle], ",")' } }, on, value('')],
    ['IgnoreAttributeFlow is none', { ...both, source: { expression: 'IgnoreAttributeFlow' } }, on, absent],
    [
      'mapping type None gives an attribute without value the default',
      { source: null, defaultValue: 'x' },
      { known: { [target]: '' } },
      value('x'),
    ],
    [
      'mapping type None leaves a value alone',
      { source: null, defaultValue: 'x' },
      { known: { [target]: 'y' } },
      undefined,
    ],
    [
      'a reference is emptied where both switches are on',
      both,
      { definition: { flowNullValues: true, type: 'Reference' } },
      value(''),
    ],
  ])('%s', (_words, mapping, more, expected) => {
    expect(map(mapping, more)).toEqual(expected)
  })
})

describe('flow types (spec 5.2)', () => {
  const source = { jobTitle: 'new' }
  const many = { definition: { multivalued: true }, source }
  test.each<[string, Partial<AttributeMapping>, Parameters<typeof map>[1], unknown]>([
    ['ObjectAddOnly flows at creation', { flowType: 'ObjectAddOnly' }, { source, phase: 'create' }, value('new')],
    ['ObjectAddOnly does not flow later', { flowType: 'ObjectAddOnly' }, { source }, undefined],
    ['an immutable attribute does not flow later', {}, { source, definition: { mutability: 'Immutable' } }, undefined],
    [
      'AttributeAddOnly flows into an attribute without value',
      { flowType: 'AttributeAddOnly' },
      { source },
      value('new'),
    ],
    [
      'AttributeAddOnly flows into an empty list',
      { flowType: 'AttributeAddOnly' },
      { ...many, known: { [target]: [] } },
      value(['new']),
    ],
    [
      'AttributeAddOnly leaves a value alone',
      { flowType: 'AttributeAddOnly' },
      { source, known: { [target]: 'old' } },
      undefined,
    ],
    [
      'ValueAddOnly replaces one value',
      { flowType: 'ValueAddOnly' },
      { source, known: { [target]: 'old' } },
      value('new'),
    ],
    [
      'ValueAddOnly takes no value away',
      { flowType: 'ValueAddOnly' },
      { source: { jobTitle: '' }, known: { [target]: 'old' } },
      absent,
    ],
    [
      'ValueAddOnly adds to several values',
      { flowType: 'ValueAddOnly' },
      { ...many, known: { [target]: ['old'] } },
      value(['old', 'new']),
    ],
    [
      'MultiValueAddOnly adds to several values',
      { flowType: 'MultiValueAddOnly' },
      { ...many, known: { [target]: ['old', 'New'] } },
      value(['old', 'New', 'new']),
    ],
    [
      'a value that is there in another case is there, where case does not count',
      { flowType: 'MultiValueAddOnly' },
      { definition: { multivalued: true, caseExact: false }, source, known: { [target]: ['old', 'New'] } },
      value(['old', 'New']),
    ],
    [
      'MultiValueAddOnly lets one value flow',
      { flowType: 'MultiValueAddOnly' },
      { source, known: { [target]: 'old' } },
      value('new'),
    ],
    ['Always replaces several values', {}, { ...many, known: { [target]: ['old'] } }, value(['new'])],
  ])('%s', (_words, mapping, more, expected) => {
    expect(map(mapping, more)).toEqual(expected)
  })
})

describe('what the target takes (spec 5.4)', () => {
  test.each<[AttributeDefinition['type'], string, unknown]>([
    ['Boolean', 'tRue', true],
    ['Integer', '-42', -42],
    ['DateTime', '2026-11-26T08:00:00Z', '2026-11-26T08:00:00Z'],
    ['Binary', 'YQ==', 'YQ=='],
    ['String', ' x ', ' x '],
  ])('%s %j', (type, jobTitle, expected) => {
    expect(map({}, { definition: { type }, source: { jobTitle } })).toEqual(value(expected))
  })

  test.each<[AttributeDefinition['type'], string]>([
    ['Boolean', 'yes'],
    ['Integer', '4.2'],
    ['Integer', '9007199254740993'],
    ['DateTime', '26.11.2026'],
    ['Binary', 'a!'],
  ])('%s cannot be %j', (type, jobTitle) => {
    expect(map({}, { definition: { type }, source: { jobTitle } })).toMatchObject({
      kind: 'failed',
      code: 'UnprocessableEntity',
      message: expect.stringContaining(`"${jobTitle}"`) as string,
    })
  })

  test('several values for one are refused', () => {
    expect(map({ source: { expression: 'Split("a,b", ",")' } })).toEqual({
      name: target,
      kind: 'failed',
      code: 'SchemaPropertyCanOnlyAcceptValue',
      message: 'nickName takes one value, the mapping gives 2.',
    })
  })

  test('one value for several is a list of one; a list of one for one is the value', () => {
    expect(map({}, { definition: { multivalued: true }, source: { jobTitle: 'a' } })).toEqual(value(['a']))
    expect(map({ source: { expression: 'Split("a", ",")' } })).toEqual(value('a'))
  })
})
