import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  ScopingFilter,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { checkDocument, checkSchema, errorsOf } from './check-schema.ts'
import { compileSchema, SchemaInvalidError } from './compiled-schema.ts'
import { readSchema } from './read-schema.ts'
import { slackSchema } from './templates/slack.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const workEmail = 'emails[type eq "work"].value'

type Change<T> = (value: T) => T
const edited = (change: Change<ObjectMapping>, objectType = 'User'): SynchronizationSchema => ({
  ...template,
  synchronizationRules: template.synchronizationRules.map((rule) => ({
    ...rule,
    objectMappings: rule.objectMappings.map((each) => (each.sourceObjectName === objectType ? change(each) : each)),
  })),
})
const withMapping = (target: string, change: Partial<AttributeMapping>, objectType = 'User') =>
  edited(
    (each) => ({
      ...each,
      attributeMappings: each.attributeMappings.map((mapping) =>
        mapping.targetAttributeName === target ? { ...mapping, ...change } : mapping,
      ),
    }),
    objectType,
  )
const withExpression = (target: string, expression: string) => withMapping(target, { source: { expression } })
const without = (target: string, objectType = 'User') =>
  edited(
    (each) => ({
      ...each,
      attributeMappings: each.attributeMappings.filter((mapping) => mapping.targetAttributeName !== target),
    }),
    objectType,
  )
const withOneMore = (target: string, change: Partial<AttributeMapping> = {}) =>
  edited((each) => ({
    ...each,
    attributeMappings: [
      ...each.attributeMappings,
      {
        targetAttributeName: target,
        source: { expression: '[jobTitle]' },
        defaultValue: null,
        matchingPriority: 0,
        flowType: 'Always',
        flowBehavior: 'FlowWhenChanged',
        exportMissingReferences: false,
        ...change,
      },
    ],
  }))
const withScope = (scope: ScopingFilter, objectType = 'User') => edited((each) => ({ ...each, scope }), objectType)
const withClause = (attribute: string, operator: string, ...values: string[]) =>
  withScope({
    groups: [
      {
        name: null,
        clauses: [{ sourceOperandName: attribute, operatorName: operator, targetOperand: { values } }],
      },
    ],
  })
const withDefinition = (
  schema: SynchronizationSchema,
  name: string,
  change: Partial<AttributeDefinition>,
): SynchronizationSchema => ({
  ...schema,
  directories: schema.directories.map((directory) =>
    directory.name === 'Slack'
      ? {
          ...directory,
          objects: directory.objects.map((object) => ({
            ...object,
            attributes: object.attributes.map((each) => (each.name === name ? { ...each, ...change } : each)),
          })),
        }
      : directory,
  ),
})

test('the template has nothing to be told', () => {
  expect(checkSchema(template)).toEqual([])
  expect(checkSchema(template, { syncAll: true })).toEqual([])
})

describe('refused', () => {
  test.each<[string, SynchronizationSchema, object]>([
    [
      'an unknown function, with the nearest name',
      withExpression('title', 'Join(" ", ToUper([jobTitle]))'),
      { code: 'ExpressionUnknownFunction', attribute: 'title', position: 10, hint: 'Did you mean ToUpper?' },
    ],
    [
      'a function known by another name',
      withExpression('title', 'UCase([jobTitle])'),
      { code: 'ExpressionUnknownFunction', hint: 'Use ToUpper.' },
    ],
    [
      'an unknown source attribute, with the nearest name',
      withExpression('title', '"x" & [jobTitel]'),
      { code: 'SourceAttributeNotFound', position: 6, hint: 'Did you mean [jobTitle]?' },
    ],
    [
      'a source attribute in another case',
      withExpression('title', '[jobtitle]'),
      { code: 'SourceAttributeNotFound', hint: 'Upper and lower case count: the attribute is [jobTitle].' },
    ],
    [
      'an expression that breaks off',
      withExpression('title', 'ToUpper([jobTitle]'),
      { code: 'ExpressionSyntax', position: 18 },
    ],
    ['too few arguments', withExpression('title', 'Replace()'), { code: 'ExpressionArity', position: 0 }],
    [
      'an expression and a tree that disagree',
      withMapping('title', { source: { expression: '[jobTitle]', name: 'mail', type: 'Attribute' } }),
      {
        code: 'ExpressionArgument',
        expression: '[jobTitle]',
        hint: 'Delete name, type and parameters beside the expression; they are written anew.',
      },
    ],
    [
      'a tree of an unknown function',
      withMapping('title', { source: { name: 'Nothing', type: 'Function', parameters: [] } }),
      { code: 'ExpressionUnknownFunction', expression: null, position: null },
    ],
    [
      'an expression of 10,001 characters',
      withExpression('title', `"${'x'.repeat(9999)}"`),
      { code: 'ExpressionTooLong', message: 'The expression has 10001 characters; at most 10000 are allowed.' },
    ],
    [
      'an unknown target attribute, with the nearest name',
      withOneMore('titel'),
      { code: 'SchemaAttributeNotFound', hint: 'Did you mean title? Upper and lower case count.' },
    ],
    ['userName not mapped', without('userName'), { code: 'RequiredAttributeNotMapped', attribute: null }],
    ['the work e-mail not mapped', without(workEmail), { code: 'RequiredAttributeNotMapped' }],
    ['a group’s displayName not mapped', without('displayName', 'Group'), { code: 'RequiredAttributeNotMapped' }],
    [
      'a required attribute with neither source nor default',
      withMapping('userName', { source: null }),
      { code: 'RequiredAttributeNotMapped' },
    ],
    [
      'no matching attribute',
      edited((each) => ({
        ...each,
        attributeMappings: each.attributeMappings.map((mapping) => ({ ...mapping, matchingPriority: 0 })),
      })),
      { code: 'NoMatchingAttribute' },
    ],
    [
      'a matching attribute Slack cannot look up',
      withMapping('externalId', { matchingPriority: 3 }),
      {
        code: 'MatchingAttributeNotFilterable',
        attribute: 'externalId',
        hint: 'Match by emails[type eq "work"].value or userName; set matchingPriority to 0 here.',
      },
    ],
    [
      'the same matching priority twice',
      withMapping('userName', { matchingPriority: 1 }),
      { code: 'MatchingPriorityNotUnique', attribute: 'userName' },
    ],
    ['active not mapped', without('active'), { code: 'ActiveNotMapped' }],
    ['active mapped to nothing', withMapping('active', { source: null }), { code: 'ActiveNotMapped' }],
    [
      'nulls flowing into a required attribute',
      withMapping('userName', { flowNullValues: true, matchingPriority: 0 }),
      {
        code: 'FlowNullRefused',
        message: '"userName" is required, so it cannot be emptied when the source has no value.',
      },
    ],
    [
      'nulls flowing into a matching attribute',
      withMapping(workEmail, { flowNullValues: true }),
      { code: 'FlowNullRefused' },
    ],
    ['two mappings on one target attribute', withOneMore('title'), { code: 'TargetAttributeMappedTwice' }],
    [
      'one element of an attribute spelt in two ways',
      withDefinition(withOneMore('phoneNumbers[Type eq "Work"].value'), 'nickName', {
        name: 'phoneNumbers[Type eq "Work"].value',
      }),
      { code: 'TypeValueMappedTwice' },
    ],
    [
      'a reference fed by a text',
      withExpression('urn:scim:schemas:extension:enterprise:1.0.manager', 'ToLower([mail], )'),
      { code: 'ReferenceNeedsReference', position: 8 },
    ],
    [
      'members only at creation',
      withMapping('members', { flowType: 'ObjectAddOnly' }, 'Group'),
      { code: 'FlowTypeRefused', objectMapping: 'Provision Azure Active Directory Groups' },
    ],
    ['the target’s own id', withOneMore('id'), { code: 'TargetAttributeNotWritable' }],
    [
      'a read-only attribute',
      withDefinition(template, 'title', { mutability: 'ReadOnly' }),
      { code: 'TargetAttributeNotWritable', attribute: 'title' },
    ],
    ['a password as a target', withOneMore('password'), { code: 'TargetAttributeIsPassword' }],
    ['a default that is no Boolean', withMapping('active', { defaultValue: 'yes' }), { code: 'DefaultValueRefused' }],
    [
      'a clause that compares with a number and has none',
      withClause('employeeId', 'Greater_Than', 'abc'),
      { code: 'ScopingFilter', place: 'synchronizationRules[0].objectMappings[0].scope.groups[0].clauses[0]' },
    ],
    ['users switched off', edited((each) => ({ ...each, enabled: false })), { code: 'ObjectMapping' }],
    ['another kind of object', edited((each) => ({ ...each, sourceObjectName: 'Device' })), { code: 'ObjectMapping' }],
    ['users becoming groups', edited((each) => ({ ...each, targetObjectName: 'Group' })), { code: 'ObjectMapping' }],
    ['no rule', { ...template, synchronizationRules: [] }, { code: 'ObjectMapping', place: '' }],
    ['no directories', { ...template, directories: [] }, { code: 'ObjectMapping', hint: 'Known: none.' }],
  ])('%s', (_words, schema, expected) => {
    expect(errorsOf(checkSchema(schema))).toContainEqual(expect.objectContaining(expected))
  })

  test('functions over assignments while everybody is provisioned', () => {
    const schema = withOneMore('roles[primary eq "True"].value', {
      source: { expression: 'SingleAppRoleAssignment([appRoleAssignments])' },
    })
    expect(errorsOf(checkSchema(schema))).toEqual([])
    expect(checkSchema(schema, { syncAll: true })).toMatchObject([{ severity: 'error', code: 'RolesNeedAssignments' }])
  })

  test('everything at once, in the order of the document', () => {
    const schema = withExpression('title', 'Nothing()')
    const worse = { ...schema, synchronizationRules: [...schema.synchronizationRules] }
    const both = withDefinition(worse, 'locale', { mutability: 'ReadOnly' })
    expect(checkSchema(both).map((problem) => [problem.attribute, problem.code])).toEqual([
      ['title', 'ExpressionUnknownFunction'],
      ['locale', 'TargetAttributeNotWritable'],
    ])
  })
})

test('an error that may be accepted becomes a warning, others do not', () => {
  const accept = ['ActiveNotMapped', 'RequiredAttributeNotMapped'] as const
  expect(checkSchema(without('active'), { accept })).toMatchObject([{ severity: 'warning', code: 'ActiveNotMapped' }])
  expect(checkSchema(without('userName'), { accept })).toMatchObject([{ severity: 'error' }])
})

describe('warned of', () => {
  test.each<[string, SynchronizationSchema, object]>([
    [
      'a pattern without anchors',
      withClause('employeeId', 'REGEX MATCH', '[1-9][0-9]'),
      { code: 'UnanchoredPattern', objectMapping: 'Provision Azure Active Directory Users' },
    ],
    [
      'a Switch without default',
      withExpression('title', 'Switch([jobTitle], , "a", "b")'),
      { code: 'SwitchWithoutDefault', position: 0 },
    ],
    ['nulls that flow by one switch of two', withMapping('title', { flowNullValues: true }), { code: 'NeverFlows' }],
    ['additions only to one value', withMapping('title', { flowType: 'MultiValueAddOnly' }), { code: 'NeverFlows' }],
    [
      'a second rule',
      {
        ...template,
        synchronizationRules: template.synchronizationRules.flatMap((rule) => [rule, { ...rule, priority: 2 }]),
      },
      { code: 'ObjectMapping', place: 'synchronizationRules[1]' },
    ],
  ])('%s', (_words, schema, expected) => {
    expect(checkSchema(schema)).toEqual([expect.objectContaining({ ...expected, severity: 'warning' })])
  })
})

describe('damaged schemas', () => {
  const damage = fc.oneof(
    fc.constantFrom<unknown>(null, undefined, '', 0, -1, true, [], {}, '[mail]', 'User', 'Group', 'Slack', 'title'),
    fc.jsonValue(),
  )
  /** A member somewhere in the document is replaced, taken out or put where another stands. */
  function damaged(json: unknown, path: readonly number[], value: unknown): unknown {
    const [step, ...rest] = path
    if (step === undefined || typeof json !== 'object' || json === null) return value
    const keys = Object.keys(json)
    const key = keys[step % Math.max(1, keys.length)]
    if (key === undefined) return value
    const inside: unknown = damaged((json as Record<string, unknown>)[key], rest, value)
    if (Array.isArray(json)) return json.map((item: unknown, index) => (String(index) === key ? inside : item))
    return { ...json, [key]: inside }
  }
  const blows = fc.array(fc.tuple(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 }), damage), {
    minLength: 1,
    maxLength: 4,
  })

  test('property: are checked to the end, and compile when nothing is wrong with them', () => {
    fc.assert(
      fc.property(blows, (changes) => {
        const json = changes.reduce<unknown>((document, [path, value]) => damaged(document, path, value), template)
        const read = readSchema(JSON.parse(JSON.stringify(json ?? null)))
        if (read.kind === 'problems') {
          expect(read.problems).not.toEqual([])
          return
        }
        const problems = checkSchema(read.schema)
        if (errorsOf(problems).length === 0) compileSchema(read.schema)
        else {
          try {
            compileSchema(read.schema)
          } catch (error) {
            expect(error).toBeInstanceOf(SchemaInvalidError)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a document that is of another form in places', () => {
  const codesOf = (change: Change<ObjectMapping>) => {
    const json: unknown = JSON.parse(JSON.stringify(edited(change)))
    return checkDocument(readSchema(json)).map(({ code, attribute }) => `${code} ${attribute ?? ''}`)
  }
  const withMembers = (members: Readonly<Record<string, object>>): Change<ObjectMapping> => {
    return (mapping) => ({
      ...mapping,
      attributeMappings: mapping.attributeMappings.map((each) => ({ ...each, ...members[each.targetAttributeName] })),
    })
  }

  test('is told of the rest as well, and not of what may only follow', () => {
    expect(
      codesOf(
        withMembers({
          displayName: { flowType: 'Sometimes' },
          title: { source: { expression: 'Foo([jobTitle])' } },
          locale: { source: { expression: '"abc' } },
          // Neither the missing name nor the required attribute it was is told of beside it.
          userName: { targetAttributeName: 7 },
        }),
      ),
    ).toEqual(['SchemaShape displayName', 'SchemaShape ', 'ExpressionUnknownFunction title', 'ExpressionSyntax locale'])
  })

  test('is told of its form alone where mappings are missing', () => {
    const wrong = withMembers({ title: { source: { expression: 'Foo([jobTitle])' } } })
    const json = JSON.stringify(edited(wrong)).replace('"attributeMappings":[', '"attributeMappings":[5,')
    expect(checkDocument(readSchema(JSON.parse(json))).map(({ code }) => code)).toEqual(['SchemaShape'])
  })
})
