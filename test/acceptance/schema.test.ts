/* Spec sections 3.4, 4, 5.3, 5.8 and 18: what saving a schema refuses, what it changes, and what it leads to. */
import type { FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { compileSchema, rulesOfTarget, slackSchema } from '../../src/provisioning/index.ts'
import type {
  FilterClause,
  ObjectTypeName,
  SchemaCheckReport,
  SchemaProblem,
  SchemaReport,
  SynchronizationSchema,
} from '../../src/vocabulary/index.ts'
import {
  withAttributeMapping,
  withDefinition,
  withFilter,
  withFlowTypes,
  withoutAttributeMapping,
} from '../builders/schema-changes.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aSlackWorld } from '../builders/slack-world.ts'
import { aWorld, departmentAttribute, managerAttribute, type World, type WorldOptions } from '../builders/world.ts'

let world: World
let app: FastifyInstance
afterEach(async () => {
  await app.close()
  await world.close()
})

/** A world whose schema is saved as an administrator saves it. */
async function aWorldWithApi(options: WorldOptions = {}): Promise<void> {
  world = await aWorld(options)
  app = await createApi(apiPorts(world.ports))
}

const path = '/muster/v1/jobs/default/schema'

async function ask<T>(
  method: 'GET' | 'PUT' | 'POST' | 'PATCH',
  url: string,
  schema?: unknown,
): Promise<{ status: number; body: T }> {
  const answer = await app.inject({
    method,
    url,
    headers: { host: 'localhost', ...(schema === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(schema === undefined ? {} : { payload: JSON.stringify(schema) }),
  })
  return { status: answer.statusCode, body: JSON.parse(answer.body) as T }
}

const schemaInUse = async () => (await ask<SynchronizationSchema>('GET', path)).body

async function save(schema: unknown, query = ''): Promise<SchemaReport> {
  const { status, body } = await ask<SchemaReport>('PUT', `${path}${query}`, schema)
  if (status !== 200) throw new Error(`The schema was refused: ${JSON.stringify(body)}`)
  return body
}

/** What saving says of a schema it refuses; nothing is stored. */
async function refusal(schema: unknown): Promise<readonly SchemaProblem[]> {
  const before = await schemaInUse()
  const { status, body } = await ask<{ error: { code: string; innerError: { problems: readonly SchemaProblem[] } } }>(
    'PUT',
    path,
    schema,
  )
  expect([status, body.error.code]).toEqual([400, 'SchemaInvalid'])
  expect(await schemaInUse()).toEqual(before)
  return body.error.innerError.problems
}

const clause = (attribute: string, operator: string, ...values: readonly string[]): FilterClause => ({
  sourceOperandName: attribute,
  operatorName: operator,
  targetOperand: values.length === 0 ? null : { values },
})
const filtered = async (objectType: ObjectTypeName, one: FilterClause) =>
  withFilter(await schemaInUse(), objectType, { groups: [{ name: 'F1', clauses: [one] }] })

const attributesOf = async (person: string) =>
  world.target.object('User', (await world.link('User', person))?.targetAnchor ?? '')?.attributes

test('19: Greater_Than with operand "abc", rejected when saved', async () => {
  await aWorldWithApi()
  const problems = await refusal(await filtered('User', clause('employeeId', 'Greater_Than', 'abc')))
  expect(problems).toMatchObject([{ severity: 'error', code: 'ScopingFilter' }])
  expect(problems[0]?.message).toContain('"employeeId GREATER_THAN" is refused')
})

test.each([
  ['^[1-9][0-9]$', ['Forty'], []],
  ['[1-9][0-9]', ['Forty', 'Four'], ['UnanchoredPattern']],
])('20: REGEX MATCH %s on "42" and "421", and whether the editor warns', async (pattern, expected, warnings) => {
  await aWorldWithApi({ settings: { syncAll: true } })
  await world.user('Forty Two', { employeeId: '42' })
  await world.user('Four Hundred', { employeeId: '421' })
  const schema = await filtered('User', clause('employeeId', 'REGEX MATCH', pattern))
  const checked = (await ask<SchemaCheckReport>('POST', `${path}/check`, schema)).body
  expect(checked).toMatchObject({ isUsable: true })
  expect(checked.problems.map((problem) => [problem.severity, problem.code])).toEqual(
    warnings.map((code) => ['warning', code]),
  )
  expect((await save(schema)).warnings).toEqual(checked.problems)
  await world.run()
  expect(world.target.objects('User').map((account) => account.attributes['name.givenName'])).toEqual(expected)
})

test.each<[string, ObjectTypeName]>([
  ['manager', 'User'],
  ['userType', 'User'],
  ['appRoleAssignments', 'User'],
  ['createdDateTime', 'User'],
  ['employeeHireDate', 'User'],
  ['proxyAddresses', 'User'],
  ['members', 'Group'],
])('22: a clause on %s of a %s, rejected when saved', async (attribute, objectType) => {
  await aWorldWithApi()
  const problems = await refusal(await filtered(objectType, clause(attribute, 'IS NOT NULL')))
  expect(problems).toMatchObject([{ code: 'ScopingFilter', message: expect.stringContaining(attribute) as string }])
})

test.each<[string, { attribute: boolean; mapping: boolean }, string | undefined]>([
  ['on for attribute and mapping, it is cleared', { attribute: true, mapping: true }, undefined],
  ['on for the attribute alone, it stays', { attribute: true, mapping: false }, 'Captain'],
  ['on for the mapping alone, it stays', { attribute: false, mapping: true }, 'Captain'],
])('38: flow null %s', async (_words, { attribute, mapping }, expected) => {
  await aWorldWithApi()
  const mapped = withAttributeMapping(await schemaInUse(), 'User', 'title', { flowNullValues: mapping })
  await save(withDefinition(mapped, 'User', 'title', { flowNullValues: attribute }))
  const ana = await world.user('Ana Able', { jobTitle: 'Captain' })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Captain')
  world.target.forgetCalls()
  await world.change(ana, { jobTitle: null })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe(expected)
  expect(world.sent()).toMatchObject(
    expected === undefined ? [{ kind: 'update', changes: [{ attribute: 'title', kind: 'cleared' }] }] : [],
  )
  // What is empty on both sides is as it should be.
  world.target.forgetCalls()
  await world.restart()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('38: a manager who is taken away is cleared in the same way', async () => {
  await aWorldWithApi()
  const mapped = withAttributeMapping(await schemaInUse(), 'User', managerAttribute, { flowNullValues: true })
  await save(withDefinition(mapped, 'User', managerAttribute, { flowNullValues: true }))
  const boss = await world.user('Mo Chief')
  const ana = await world.user('Ana Able', { manager: boss })
  await world.run()
  expect(await attributesOf(ana)).toHaveProperty([managerAttribute])
  await world.change(ana, { manager: null })
  await world.run()
  expect(await attributesOf(ana)).not.toHaveProperty([managerAttribute])
})

test('38: what flows as null is cleared in Slack, attribute by attribute', async () => {
  await aWorldWithApi()
  const slack = await aSlackWorld()
  try {
    const names = [
      'title',
      'name.givenName',
      managerAttribute,
      departmentAttribute,
      'phoneNumbers[type eq "work"].value',
      'addresses[type eq "untyped"].locality',
    ]
    await slack.muster.setSchema((schema) =>
      names.reduce((changed, name) => {
        const mapped = withAttributeMapping(changed, 'User', name, { flowNullValues: true })
        return withDefinition(mapped, 'User', name, { flowNullValues: true })
      }, schema),
    )
    const boss = await slack.muster.user('Mo Chief')
    const having = { jobTitle: 'Captain', department: 'Deck', telephoneNumber: '+47 22', city: 'Oslo', manager: boss }
    const ana = await slack.muster.user('Ana Able', having)
    await slack.cycle()
    const account = () => slack.simulator.person('ana.able@example.com')
    expect(account()).toMatchObject({ title: 'Captain', profile: { department: 'Deck', locality: 'Oslo' } })
    const empty = Object.fromEntries([...Object.keys(having), 'givenName'].map((name) => [name, null]))
    await slack.muster.change(ana, empty)
    await slack.cycle()
    expect(account()).toMatchObject({
      title: '',
      givenName: '',
      familyName: 'Able',
      profile: { department: null, locality: null, mobilePhone: null, managerId: null },
    })
    expect(
      (await slack.muster.log(ana))[0]?.modifiedProperties.map((each) => [each.displayName, each.newValue]),
    ).toEqual(expect.arrayContaining(names.map((name) => [name, ''])))
  } finally {
    await slack.close()
  }
})

test('45: restore default mappings, mappings and filters equal the shipped ones and an initial cycle runs', async () => {
  await aWorldWithApi({ settings: { syncAll: true } })
  const shipped = slackSchema({ id: world.job.jobId, version: '1', provisionGroups: true })
  const ana = await world.user('Ana Able', { department: 'Deck', jobTitle: 'Captain' })
  const bob = await world.user('Bob Baker', { department: 'Engine', jobTitle: 'Stoker' })
  const own = withAttributeMapping(await filtered('User', clause('department', 'EQUALS', 'Deck')), 'User', 'title', {
    source: { expression: '"Staff"' },
  })
  await save(withFlowTypes(own, 'Group', 'Add'))
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Staff')
  expect(await world.link('User', bob)).toBeUndefined()
  expect((await world.run()).kind).toBe('incremental')

  const dryRun = (await ask<SchemaReport>('POST', `${path}/restoreDefaults?dryRun=true`)).body
  expect(dryRun).toMatchObject({ isSaved: false, isChanged: true, losing: 0 })
  const restored = (await ask<SchemaReport>('POST', `${path}/restoreDefaults`)).body
  expect(restored).toMatchObject({ isSaved: true, isChanged: true, losing: 0, warnings: [] })
  expect(await schemaInUse()).toEqual({ ...shipped, version: restored.version })
  expect((await world.run()).kind).toBe('initial')
  expect((await attributesOf(ana))?.['title']).toBe('Captain')
  expect(await world.link('User', bob)).toBeDefined()
})

test('46: an exported schema imported again unchanged, effective mappings are identical and an initial cycle runs', async () => {
  await aWorldWithApi({
    schema: (schema) =>
      withAttributeMapping(schema, 'User', 'title', { defaultValue: 'Staff', flowType: 'AttributeAddOnly' }),
  })
  const ana = await world.user('Ana Able')
  await world.run()
  const compiled = async () => {
    const job = await world.store.jobs.get(world.job.jobId)
    const mappings = job === null ? [] : [...compileSchema(job.schema).objectMappings.values()]
    return mappings.map(({ attributes, ...rest }) => ({
      ...(JSON.parse(JSON.stringify(rest)) as object),
      attributes: attributes.map(({ mapping, expression }) => [mapping, expression?.text]),
    }))
  }
  const before = await compiled()
  const exported = (await app.inject({ url: path, headers: { host: 'localhost' } })).body
  expect(await save(JSON.parse(exported))).toMatchObject({
    isSaved: true,
    isChanged: false,
    losing: 0,
    losingGroups: 0,
    userNames: null,
  })
  expect(await compiled()).toEqual(before)
  world.target.forgetCalls()
  expect((await world.run()).kind).toBe('initial')
  expect(world.sent()).toEqual([])
  expect((await world.log(ana))[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe('RedundantExport')
  expect((await app.inject({ url: path, headers: { host: 'localhost' } })).body).toBe(exported)
})

test('46: a schema stored with expressions alone is exported in the form it has after an import', async () => {
  await aWorldWithApi({
    schema: (schema) => withAttributeMapping(schema, 'User', 'title', { source: { expression: '[jobTitle]' } }),
  })
  const exported = (await app.inject({ url: path, headers: { host: 'localhost' } })).body
  expect(exported).toContain('"name": "jobTitle"')
  expect(await save(JSON.parse(exported))).toMatchObject({ isChanged: false })
  expect((await app.inject({ url: path, headers: { host: 'localhost' } })).body).toBe(exported)
})

test('46: a filter saved takes the escrows with it, and says first who leaves', async () => {
  await aWorldWithApi()
  const ana = await world.user('Ana Able', { department: 'Deck' })
  const odd = await world.user('Odd One', {
    mail: null,
    userPrincipalName: null,
    mailNickname: 'odd',
    department: 'Deck',
  })
  const team = await world.group('Deck crew', [ana])
  await world.assign(team)
  await world.run()
  const escrows = () => world.store.provisioning.countEscrow(world.job.jobId)
  expect(await escrows()).toBe(1)
  const schema = await filtered('User', clause('department', 'EQUALS', 'Engine'))
  const groups = withFilter(schema, 'Group', {
    groups: [{ name: 'None', clauses: [clause('displayName', 'EQUALS', '-')] }],
  })
  expect(await save(groups, '?dryRun=true')).toMatchObject({ isSaved: false, losing: 1, losingGroups: 1 })
  expect(await escrows()).toBe(1)
  expect(await save(groups)).toMatchObject({ isSaved: true, losing: 1, losingGroups: 1 })
  expect(await escrows()).toBe(0)
  expect((await world.run()).kind).toBe('initial')
  expect((await world.link('User', ana))?.isActive).toBe(false)
  expect(await world.link('User', odd)).toBeUndefined()
  expect(await world.link('Group', team)).toBeUndefined()
})

test('47: an expression longer than 10,000 characters, rejected when saved; one of 10,000 is taken', async () => {
  await aWorldWithApi()
  const withText = async (length: number) =>
    withAttributeMapping(await schemaInUse(), 'User', 'title', {
      source: { expression: `"${'x'.repeat(length - 2)}"` },
    })
  expect(await refusal(await withText(10_001))).toMatchObject([
    { code: 'ExpressionTooLong', attribute: 'title', message: expect.stringContaining('10001') as string },
  ])
  expect(await save(await withText(10_000))).toMatchObject({ isSaved: true, warnings: [] })
})

test('functions over app roles and the scope of all users refuse each other, whichever comes first', async () => {
  await aWorldWithApi()
  const plain = await schemaInUse()
  const withRoles = {
    ...plain,
    synchronizationRules: plain.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) =>
        mapping.sourceObjectName === 'User'
          ? {
              ...mapping,
              attributeMappings: [
                ...mapping.attributeMappings,
                {
                  targetAttributeName: 'roles[primary eq "True"].value',
                  source: { expression: 'SingleAppRoleAssignment([appRoleAssignments])' },
                },
              ],
            }
          : mapping,
      ),
    })),
  }
  const settings = path.replace('schema', 'settings')
  await save(withRoles)
  const refused = await ask<{ error: { code: string; message: string } }>('PATCH', settings, { syncAll: true })
  expect([refused.status, refused.body.error.code]).toEqual([400, 'SchemaInvalid'])
  expect(refused.body.error.message).toContain(
    'roles[primary eq "True"].value: SingleAppRoleAssignment reads assignments',
  )
  await save(plain)
  expect(await ask('PATCH', settings, { syncAll: true })).toMatchObject({ status: 200 })
  expect(await refusal(withRoles)).toMatchObject([{ code: 'RolesNeedAssignments' }])
})

test('65: a schema without active is saved only when that is accepted', async () => {
  await aWorldWithApi()
  const schema = withoutAttributeMapping(await schemaInUse(), 'User', 'active')
  expect(await refusal(schema)).toMatchObject([{ severity: 'error', code: 'ActiveNotMapped' }])
  expect((await save(schema, '?accept=ActiveNotMapped')).warnings).toMatchObject([
    { severity: 'warning', code: 'ActiveNotMapped' },
  ])
})

test('92: a displayName with "@" reaching Slack’s mapping, skipped with AttributeValidationFailed', async () => {
  await aWorldWithApi()
  await save(
    withAttributeMapping(await schemaInUse(), 'User', 'displayName', { source: { expression: '[displayName]' } }),
  )
  const ana = await world.user('Ana Able', { displayName: 'Ana @ Able' })
  const bob = await world.user('Bob Baker')
  const cycle = await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['create'])
  expect(await world.link('User', bob)).toBeDefined()
  expect(await world.link('User', ana)).toBeUndefined()
  expect(cycle.counters.skipped).toEqual({ AttributeValidationFailed: 1 })
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
  expect((await world.log(ana))[0]?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { errorCode: 'AttributeValidationFailed', reason: expect.stringContaining('"@"') as string },
  })
  // The name is put right in the source, and the account made.
  await world.change(ana, { displayName: 'Ana Able' })
  await world.run()
  expect(await world.link('User', ana)).toBeDefined()
})

test('94: a matching attribute other than userName or email, rejected when saved', async () => {
  await aWorldWithApi()
  const byExternalId = withAttributeMapping(await schemaInUse(), 'User', 'externalId', { matchingPriority: 3 })
  expect(await refusal(byExternalId)).toMatchObject([
    { code: 'MatchingAttributeNotFilterable', attribute: 'externalId' },
  ])
  const byMembers = withAttributeMapping(await schemaInUse(), 'Group', 'members', { matchingPriority: 2 })
  expect(await refusal(byMembers)).toMatchObject([{ code: 'MatchingAttributeNotFilterable', attribute: 'members' }])
  // What is accepted is what the connector can look up.
  const slack = createSlackTarget({
    baseUrl: 'http://localhost',
    token: 'xoxp-never-sent',
    clock: world.clock,
    random: () => 0.5,
  })
  const { filterable } = slack.describe().capabilities
  await slack.close()
  const accepted = rulesOfTarget('Slack').filterable
  expect(accepted?.User.toSorted()).toEqual([...filterable.User].sort())
  expect(accepted?.Group).toEqual(filterable.Group)
})

test('FlowAlways sends an attribute with every evaluation of its object, FlowWhenChanged when it differs', async () => {
  await aWorldWithApi()
  await save(withAttributeMapping(await schemaInUse(), 'User', 'title', { flowBehavior: 'FlowAlways' }))
  const ana = await world.user('Ana Able', { jobTitle: 'Captain' })
  await world.user('Bob Baker', { jobTitle: null })
  await world.run()
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
  await world.change(ana, { department: 'Deck' })
  await world.run()
  expect(world.sent()).toMatchObject([{ changes: [{ attribute: 'title' }, { value: 'Deck' }] }])
})

test('ValueAddOnly on members adds and never takes anybody out, and forgets nobody', async () => {
  await aWorldWithApi({ settings: { syncAll: true } })
  await save(withAttributeMapping(await schemaInUse(), 'Group', 'members', { flowType: 'ValueAddOnly' }))
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker')
  const team = await world.group('Crew', [ana])
  await world.run()
  await world.members(team, [bob])
  await world.run()
  const anchors = async () =>
    (await Promise.all([ana, bob].map((person) => world.link('User', person)))).map((link) => link?.targetAnchor)
  const members = () => world.target.objects('Group')[0]?.attributes['members']
  expect(members()).toEqual((await anchors()).toSorted())
  world.target.forgetCalls()
  await world.restart()
  await world.run()
  expect(world.sent()).toEqual([])
  await save(withAttributeMapping(await schemaInUse(), 'Group', 'members', { flowType: 'Always' }))
  await world.run()
  expect(members()).toEqual((await anchors()).slice(1))
})

test('a schema as Microsoft Graph exports it, with trees alone, is saved and runs', async () => {
  await aWorldWithApi()
  const schema = await schemaInUse()
  const bare = (source: unknown): unknown =>
    typeof source !== 'object' || source === null
      ? source
      : Object.fromEntries(
          Object.entries(source)
            .filter(([name]) => name !== 'expression')
            .map(([name, value]) => [
              name,
              Array.isArray(value)
                ? value.map((each: { key: string; value: unknown }) => ({ key: each.key, value: bare(each.value) }))
                : (value as unknown),
            ]),
        )
  const json = {
    '@odata.context':
      'https://graph.microsoft.com/v1.0/$metadata#servicePrincipals/synchronization/jobs/schema/$entity',
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) => ({
        ...mapping,
        flowTypes: 'Add, Update, Delete',
        attributeMappings: mapping.attributeMappings.map((each) => ({ ...each, source: bare(each.source) })),
      })),
    })),
  }
  expect(await save(json)).toMatchObject({ isSaved: true, warnings: [] })
  const {
    '@odata.context': context,
    version: _version,
    ...saved
  } = (await schemaInUse()) as SynchronizationSchema & {
    readonly '@odata.context': string
  }
  const { version: _before, ...before } = schema
  expect(context).toContain('graph.microsoft.com')
  expect(saved).toMatchObject({ directories: before.directories })
  const ana = await world.user('Ana Able', { jobTitle: 'Captain' })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Captain')
})

test.each([
  ['cut off', '{"synchronizationRules": [', 400, 'it is cut off or misspelt'],
  ['with a member of every object', '{"__proto__": {"id": "x"}}', 400, 'a member is named "__proto__"'],
  ['empty', '', 400, 'The body is empty, where JSON is expected.'],
  ['of more than 8 MB', `"${'x'.repeat(8 * 1024 * 1024)}"`, 413, 'at most 8 MB are taken here'],
])('a body that is %s is refused with what is wrong, and nothing is stored', async (_, payload, status, says) => {
  await aWorldWithApi()
  const before = await schemaInUse()
  const headers = { host: 'localhost', 'content-type': 'application/json' }
  const answer = await app.inject({ method: 'PUT', url: path, headers, payload })
  expect(answer.statusCode).toBe(status)
  expect((JSON.parse(answer.body) as { error: { message: string } }).error.message).toContain(says)
  expect(await schemaInUse()).toEqual(before)
})
