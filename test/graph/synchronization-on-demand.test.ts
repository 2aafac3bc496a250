/* Provisioning on demand by way of Graph (graph-api.md 3.10, 4.4, spec section 10). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureApplication } from '../../src/directory/index.ts'
import { aGraphWorld, type GraphAnswer, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
let address: string
beforeEach(async () => {
  world = await aGraphWorld()
  await ensureApplication(world.store.directory, world.job, { tenantId: world.ports.tenantId, now: 0 })
  await world.store.jobs.setStatus(world.job.jobId, 'NotRun', 'Active')
  address = `/servicePrincipals/${world.job.servicePrincipalId}/synchronization/jobs/${world.job.jobId}/provisionOnDemand`
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const ruleId = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8'

const ask = (objectId: string, objectTypeName: string, members?: readonly string[]): Promise<GraphAnswer> =>
  world.ask('POST', address, {
    parameters: [
      {
        ruleId,
        subjects: [
          {
            objectId,
            objectTypeName,
            ...(members === undefined
              ? {}
              : { links: { members: members.map((each) => ({ objectId: each, objectTypeName: 'User' })) } }),
          },
        ],
      },
    ],
  })

const items = ({ body }: GraphAnswer): readonly Json[] => JSON.parse(String(body['value'])) as Json[]

describe('provisioning on demand', () => {
  it('answers a pair of texts: the name of a type, and what became of the person', async () => {
    const mira = await world.user('Mira Okafor')
    await world.assign(mira)
    const answer = await ask(mira, 'User')
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({
      '@odata.context': 'http://localhost/v1.0/$metadata#microsoft.graph.stringKeyStringValuePair',
      key: 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo',
    })
    expect(items(answer)).toMatchObject([
      {
        action: 'Create',
        statusInfo: { status: 'Success' },
        sourceIdentity: { id: mira, type: 'User' },
        targetSystem: { name: 'Slack' },
        provisioningSteps: [{ type: 'Import' }, { type: 'Scoping' }, { type: 'Matching' }, {}, {}],
      },
    ])
    const { value } = await world.get('/auditLogs/provisioning')
    expect(value).toMatchObject([{ provisioningAction: 'create', initiatedBy: { initiatorType: 'user' } }])
    const audits = await world.get('/auditLogs/directoryAudits?$top=1')
    expect(audits.value).toMatchObject([{ activityDisplayName: 'Provision on demand', operationType: 'Run' }])
    expect(JSON.stringify(audits.value)).toContain(mira)
  })

  it('77: who is out of scope is skipped, with the conditions that fail, and that is an answer', async () => {
    const tom = await world.user('Tom Reed')
    const answer = await ask(tom, 'user')
    expect(answer.status).toBe(200)
    expect(items(answer)).toMatchObject([{ statusInfo: { status: 'Skipped' } }])
    expect(answer.text).toContain('Assigned to the application')
    expect(world.sent()).toEqual([])
  })

  it('a provisioning that fails is an answer too', async () => {
    const mira = await world.user('Mira Okafor', { mail: null, userPrincipalName: null })
    await world.assign(mira)
    const answer = await ask(mira, 'User')
    expect(answer.status).toBe(200)
    const [item] = items(answer)
    expect((item?.['statusInfo'] as Json)['status']).not.toBe('Success')
    expect((item?.['statusInfo'] as Json)['errorCode']).toEqual(expect.any(String))
  })

  it('79: a group comes with at most five of its members', async () => {
    const people: string[] = []
    for (const name of ['Ann', 'Ben', 'Cid', 'Dot', 'Eve', 'Fay']) people.push(await world.user(`${name} Crew`))
    const crew = await world.group('Crew', people)
    await world.assign(crew)
    const six = await ask(crew, 'Group', people)
    expect([six.status, errorOf(six.body)['message']]).toEqual([400, expect.stringContaining('at most 5')])
    const two = await ask(crew, 'Group', people.slice(0, 2))
    expect(two.status, two.text).toBe(200)
    const done = items(two).map((item) => (item['sourceIdentity'] as Json)['id'])
    expect(new Set(done)).toEqual(new Set([crew, ...people.slice(0, 2)]))
  })

  it('without credentials at all it fails with CredentialsMissing, and not with a status that is repeated', async () => {
    const mira = await world.user('Mira Okafor')
    await world.store.jobs.setStatus(world.job.jobId, 'NotConfigured')
    const answer = await ask(mira, 'User')
    expect([answer.status, errorOf(answer.body)['code']]).toEqual([400, 'CredentialsMissing'])
  })

  it('five requests in ten seconds are taken; the next one is told when to come again', async () => {
    const mira = await world.user('Mira Okafor')
    await world.assign(mira)
    for (let at = 0; at < 5; at += 1) expect((await ask(mira, 'User')).status).toBe(200)
    const sixth = await ask(mira, 'User')
    expect([sixth.status, errorOf(sixth.body)['code']]).toEqual([429, 'TooManyRequests'])
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0)
    await world.clock.advance(10_000)
    expect((await ask(mira, 'User')).status).toBe(200)
  })

  it('what is asked wrongly is refused, and says what was found', async () => {
    const mira = await world.user('Mira Okafor')
    const post = (body: unknown): Promise<GraphAnswer> => world.ask('POST', address, body)
    const subjects = [{ objectId: mira, objectTypeName: 'User' }]
    for (const [body, found] of [
      [undefined, 'parameters'],
      [{ parameters: [] }, 'takes one rule'],
      [{ parameters: [{ ruleId, subjects: [...subjects, ...subjects] }] }, 'takes one subject'],
      [{ parameters: [{ ruleId: '4c5ecfa1', subjects }] }, '4c5ecfa1'],
      [{ parameters: [{ subjects: [{ objectId: mira, objectTypeName: 'Worker' }] }] }, 'Worker'],
      [{ parameters: [{ subjects }], dryRun: true }, 'dryRun'],
    ] as const) {
      const { status, body: answer } = await post(body)
      expect([status, errorOf(answer)['message']], JSON.stringify(body)).toEqual([400, expect.stringContaining(found)])
    }
    expect((await ask('nobody', 'User')).status).toBe(404)
    expect((await ask(mira, 'Group')).status).toBe(404)
  })
})
