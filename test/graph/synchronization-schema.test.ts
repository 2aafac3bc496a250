/* The schema of a job by way of Graph, and what editors of mappings ask of it (graph-api.md 3.9, 3.10, 4.6). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureApplication } from '../../src/directory/index.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
let schema: string
beforeEach(async () => {
  world = await aGraphWorld()
  await ensureApplication(world.store.directory, world.job, { tenantId: world.ports.tenantId, now: 0 })
  schema = `/servicePrincipals/${world.job.servicePrincipalId}/synchronization/jobs/${world.job.jobId}/schema`
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const ruleId = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8'

interface Mapping {
  targetAttributeName: string
  source: Json | null
  [name: string]: unknown
}
interface ObjectMapping {
  name: string
  flowTypes: string
  metadata: Json[]
  attributeMappings: Mapping[]
  [name: string]: unknown
}
interface Document {
  synchronizationRules: { id: string; objectMappings: ObjectMapping[] }[]
  directories: { id: string; name: string; objects: { name: string; attributes: Json[] }[] }[]
  [name: string]: unknown
}

const read = async (): Promise<Document> => (await world.get(schema)).body as unknown as Document
const users = (document: Document): ObjectMapping =>
  document.synchronizationRules[0]?.objectMappings[0] ?? expect.fail('There is no mapping of people.')
const mappingOf = (document: Document, name: string): Mapping =>
  users(document).attributeMappings.find((each) => each.targetAttributeName === name) ??
  expect.fail(`${name} is not mapped.`)

describe('the schema of a job', () => {
  it('is given whole: well-known rule, directories inline, expressions with their trees', async () => {
    const document = await read()
    expect(document).toMatchObject({ id: world.job.jobId, version: expect.any(String) as string })
    expect(document['@odata.context']).toBe(
      `http://localhost/v1.0/$metadata#servicePrincipals('${world.job.servicePrincipalId}')/synchronization/jobs('${world.job.jobId}')/schema/$entity`,
    )
    expect(document.synchronizationRules).toMatchObject([
      { id: ruleId, name: 'USERGROUP_OUTBOUND_USERGROUP', priority: 1, editable: true },
    ])
    expect(document.directories.map(({ name }) => name)).toEqual(['Azure Active Directory', 'Slack'])
    expect(mappingOf(document, 'active').source).toEqual({
      expression: 'Not([IsSoftDeleted])',
      name: 'Not',
      type: 'Function',
      parameters: [
        {
          key: 'source',
          value: { expression: '[IsSoftDeleted]', name: 'IsSoftDeleted', type: 'Attribute', parameters: [] },
        },
      ],
    })
    expect(users(document).metadata).toContainEqual({ key: 'EscrowBehavior', value: '"Default"' })
    expect((await world.get(`${schema}?$expand=directories`)).body).toEqual(document)
    expect(Object.keys((await world.get(`${schema}?$select=version,Id`)).body).sort()).toEqual([
      '@odata.context',
      'id',
      'version',
    ])
    expect((await world.get(`${schema}?$select=rules`)).status).toBe(400)
    expect((await world.get(`${schema}?$top=1`)).status).toBe(400)
  })

  it('46: sent back unchanged it stays what it is, and everybody is evaluated anew', async () => {
    await world.store.jobs.setNextRun(world.job.jobId, Number.MAX_SAFE_INTEGER)
    await world.run()
    const before = await read()
    const woken = world.woken()
    const answer = await world.ask('PUT', schema, before)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(await read()).toEqual(before)
    expect((await world.store.jobs.get(world.job.jobId))?.watermark).toBeNull()
    expect(world.woken()).toBe(woken + 1)
    const { entries } = await world.store.audit.query({ limit: 1 })
    expect(entries[0]?.entry.activityDisplayName).toBe('Update attribute mappings or scope')
  })

  it('takes what clients write: words in any case, flags with blanks, sources of name and type alone, annotations', async () => {
    const document = await read()
    mappingOf(document, 'title').source = { '@odata.type': '#x', name: 'department', type: 'attribute' }
    users(document).flowTypes = 'add, UPDATE,Delete'
    users(document).metadata = [{ key: 'EscrowBehavior', value: '"Default"' }]
    document['directories@odata.context'] = 'https://graph.microsoft.com/x'
    const answer = await world.ask('PUT', schema, document)
    expect(answer.status, answer.text).toBe(204)
    const after = await read()
    expect(mappingOf(after, 'title').source).toEqual({
      expression: '[department]',
      name: 'department',
      type: 'Attribute',
      parameters: [],
    })
    expect(users(after).flowTypes).toBe('Add,Update,Delete')
    expect(users(after).metadata).toEqual([{ key: 'EscrowBehavior', value: '"Default"' }])
    expect(after['directories@odata.context']).toBeUndefined()
    expect(after['version']).not.toBe(document['version'])
  })

  it('that is invalid is refused whole, and each fault is named with its place', async () => {
    const before = await read()
    const document = structuredClone(before)
    mappingOf(document, 'title').source = { expression: 'Mid([jobTitle], 1' }
    mappingOf(document, 'locale').source = { name: 'favouriteColour', type: 'Attribute' }
    const answer = await world.ask('PUT', schema, document)
    expect(answer.status).toBe(400)
    expect(errorOf(answer.body)['code']).toBe('Request_BadRequest')
    const details = errorOf(answer.body)['details'] as Json[]
    expect(details.map(({ code }) => code).sort()).toEqual(['ExpressionSyntax', 'SourceAttributeNotFound'])
    for (const { target } of details) expect(target).toMatch(/^synchronizationRules\[0\]\.objectMappings\[0\]/)
    for (const bad of ['[]', '{}', '"x"', { synchronizationRules: 1 }])
      expect((await world.ask('PUT', schema, bad)).status, JSON.stringify(bad)).toBe(400)
    expect(await read()).toEqual(before)
  })

  it('without a mapping of active it is taken, since Graph has no word to ask back', async () => {
    const document = await read()
    const mappings = users(document).attributeMappings
    users(document).attributeMappings = mappings.filter((each) => each.targetAttributeName !== 'active')
    expect((await world.ask('PUT', schema, document)).status).toBe(204)
  })

  it('is changed in part by PATCH, and is the template’s again after DELETE', async () => {
    const original = await read()
    const rules = structuredClone(original.synchronizationRules)
    const [first] = rules
    if (first?.objectMappings[0] !== undefined) first.objectMappings[0].name = 'People'
    expect((await world.ask('PATCH', schema, { SynchronizationRules: rules })).status).toBe(204)
    const patched = await read()
    expect(users(patched).name).toBe('People')
    expect(patched.directories).toEqual(original.directories)
    expect((await world.ask('DELETE', schema)).status).toBe(204)
    expect(users(await read()).name).toBe('Provision Azure Active Directory Users')
  })

  it('may be larger than other bodies, and not larger than any schema', async () => {
    const document = await read()
    const filler = Array.from({ length: 8000 }, (_, at) => ({ key: `Key${String(at)}`, value: 'x'.repeat(200) }))
    users(document).metadata = [...users(document).metadata, ...filler]
    expect((await world.ask('PUT', schema, document)).status).toBe(204)
    const users413 = await world.ask('POST', '/users', { displayName: 'x'.repeat(1_100_000) })
    expect(users413.status).toBe(413)
    expect((await world.ask('PUT', schema, ' '.repeat(9_000_000))).status).toBe(413)
  })
})

describe('what editors ask', () => {
  it('filter operators and functions, by id and by name, of a job’s schema and of a template’s', async () => {
    const template = schema.replace(/jobs\/.*$/, 'templates/Slack/schema')
    for (const owner of [schema, template]) {
      const operators = await world.pages(`${owner}/filterOperators?$top=5`)
      expect(operators.items.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['EQUALS', 'NOT EQUALS', 'IS TRUE', 'REGEX MATCH', 'INCLUDES', 'GREATER_THAN']),
      )
      for (const operator of operators.items) expect(operator['name']).toBe(operator['id'])
      expect(operators.pages).toBeGreaterThan(1)
      const functions = await world.get(`${owner}/functions()?$top=999&$count=true`)
      expect(functions.value.find(({ id }) => id === 'Mid')).toEqual({
        id: 'Mid',
        name: 'Mid',
        parameters: [
          { name: 'source', type: 'String', required: true, allowMultipleOccurrences: false },
          { name: 'start', type: 'Integer', required: true, allowMultipleOccurrences: false },
          { name: 'length', type: 'Integer', required: true, allowMultipleOccurrences: false },
        ],
      })
      expect(functions.body['@odata.count']).toBe(functions.value.length)
      expect((await world.get(`${owner}/functions?$filter=startswith(name,'Join')`)).value).toMatchObject([
        { id: 'Join' },
      ])
    }
    expect((await world.get(`${schema.replace(world.job.jobId, 'none')}/functions`)).status).toBe(404)
  })

  it('what an expression says, and what it gives for an object that is sent along', async () => {
    const answer = await world.ask('POST', `${schema}/parseExpression`, {
      expression: 'Replace([preferredLanguage], "-", , , "_", , )',
      targetAttributeDefinition: null,
      testInputObject: {
        definition: null,
        properties: [{ key: 'preferredLanguage', value: 'en-US' }],
      },
    })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({
      '@odata.context': 'http://localhost/v1.0/$metadata#microsoft.graph.parseExpressionResponse',
      parsingSucceeded: true,
      evaluationSucceeded: true,
      evaluationResult: ['en_US'],
      parsedExpression: { name: 'Replace', type: 'Function' },
      error: null,
    })
    const list = await world.ask('POST', `${schema}/microsoft.graph.parseExpression`, {
      expression: 'Item([proxies], 2)',
      testInputObject: {
        properties: [{ key: 'proxies', 'value@odata.type': '#Collection(String)', value: ['one', 'two'] }],
      },
    })
    expect(list.body).toMatchObject({ parsingSucceeded: true, evaluationResult: ['two'] })
  })

  it.each([
    ['Mid([mail], 1', 'ExpressionSyntax'],
    ['Nonsense([mail])', 'ExpressionUnknownFunction'],
    ['Mid([mail])', 'ExpressionArity'],
    ['[favouriteColour]', 'SourceAttributeNotFound'],
    ['', 'ExpressionSyntax'],
  ])('a bad expression is an answer: %s', async (expression, code) => {
    const answer = await world.ask('POST', `${schema}/parseExpression`, { expression })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      parsingSucceeded: false,
      evaluationSucceeded: false,
      evaluationResult: [],
      parsedExpression: null,
      error: { code, target: 'expression' },
    })
  })

  it('that an expression fails for an object, or gives what the target does not take, is an answer too', async () => {
    const ask = async (body: Json): Promise<Json> => (await world.ask('POST', `${schema}/parseExpression`, body)).body
    expect(
      await ask({ expression: 'CBool([mail])', testInputObject: { properties: [{ key: 'mail', value: 'x' }] } }),
    ).toMatchObject({ parsingSucceeded: true, evaluationSucceeded: false, error: { code: 'ExpressionEvaluation' } })
    expect(
      await ask({
        expression: '[mail]',
        testInputObject: { properties: [{ key: 'mail', value: 'x' }] },
        targetAttributeDefinition: { name: 'active', type: 'boolean', multivalued: false },
      }),
    ).toMatchObject({ parsingSucceeded: true, evaluationSucceeded: false, error: { target: 'active' } })
    // Without an object only what reads none can be told.
    expect(await ask({ expression: '[mail]' })).toMatchObject({ parsingSucceeded: true, evaluationSucceeded: false })
    expect(await ask({ expression: '"a" & "b"' })).toMatchObject({
      evaluationResult: ['ab'],
      evaluationSucceeded: true,
    })
  })

  it('what no expression comes with is refused', async () => {
    for (const bad of [
      undefined,
      {},
      { expression: 1 },
      { expression: 'x', other: 1 },
      { expression: 'x', testInputObject: 1 },
    ])
      expect((await world.ask('POST', `${schema}/parseExpression`, bad)).status, JSON.stringify(bad)).toBe(400)
  })

  it('attributes of the customer’s own are discovered in the directory, and stored by nobody', async () => {
    const own = 'extension_0123456789abcdef0123456789abcdef_shirtSize'
    await world.user('Mira Okafor', { [own]: 'M', department: 'Crew' })
    const before = await read()
    const [source, target] = before.directories
    const found = await world.ask('POST', `${schema}/directories/${String(source?.id).toUpperCase()}/discover`)
    expect(found.status, found.text).toBe(200)
    expect(found.body['discoveryDateTime']).toMatch(/^2\d{3}-/)
    const [user] = found.body['objects'] as { attributes: Json[] }[]
    expect(user?.attributes.filter(({ name }) => name === own)).toMatchObject([
      { name: own, type: 'String', metadata: [{ key: 'IsCustomerDefined', value: 'true' }] },
    ])
    expect(user?.attributes.filter(({ name }) => name === 'department')).toHaveLength(1)
    expect((await world.ask('POST', `${schema}/directories/${String(target?.id)}/discover`)).body).toMatchObject({
      name: 'Slack',
    })
    expect((await world.ask('POST', `${schema}/directories/none/discover`)).status).toBe(404)
    expect(await read()).toEqual(before)
    // With it the schema can be written, and what it says can be mapped.
    const wanted = structuredClone(before)
    const objects = found.body['objects'] as Document['directories'][number]['objects']
    if (wanted.directories[0] !== undefined) wanted.directories[0].objects = objects
    mappingOf(wanted, 'title').source = { name: own, type: 'Attribute' }
    const answer = await world.ask('PUT', schema, wanted)
    expect(answer.status, answer.text).toBe(204)
  })
})
