/* Jobs and templates by way of Graph (graph-api.md 3.7, 3.8, 4.1, 4.2): what Terraform and scripts do to them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureApplication } from '../../src/directory/index.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const never = '0001-01-01T00:00:00Z'

interface OurSlack {
  readonly id: string
  readonly appId: string
  readonly applicationId: string
  readonly jobs: string
}

async function ourSlack(displayName = 'Our Slack'): Promise<OurSlack> {
  const [template] = (await world.get("/applicationTemplates?$filter=displayName+eq+'Slack'")).value
  const { body } = await world.ask('POST', `/applicationTemplates/${String(template?.['id'])}/instantiate`, {
    displayName,
  })
  const principal = body['servicePrincipal'] as Json
  const id = String(principal['id'])
  return {
    id,
    appId: String(principal['appId']),
    applicationId: String((body['application'] as Json)['id']),
    jobs: `/servicePrincipals/${id}/synchronization/jobs`,
  }
}

async function aJob(slack: OurSlack): Promise<string> {
  const { status, body, text } = await world.ask('POST', slack.jobs, { templateId: 'Slack' })
  expect(status, text).toBe(201)
  return String(body['id'])
}

describe('a job', () => {
  it('is made of a template, and its id says of which, in which tenant, for which application', async () => {
    const slack = await ourSlack()
    const made = await world.ask('POST', slack.jobs, { '@odata.type': '#x', templateId: 'slack' })
    expect(made.status, made.text).toBe(201)
    const id = `Slack.${world.ports.tenantId.replaceAll('-', '')}.${slack.appId}`
    expect(made.body).toEqual({
      '@odata.context': `http://localhost/v1.0/$metadata#servicePrincipals('${slack.id}')/synchronization/jobs/$entity`,
      id,
      templateId: 'Slack',
      schedule: { expiration: null, interval: 'PT40M', state: 'Disabled' },
      status: {
        code: 'NotRun',
        countSuccessiveCompleteFailures: 0,
        escrowsPruned: false,
        steadyStateFirstAchievedTime: never,
        steadyStateLastAchievedTime: never,
        troubleshootingUrl: '',
        lastExecution: null,
        lastSuccessfulExecution: null,
        lastSuccessfulExecutionWithExports: null,
        quarantine: null,
        progress: [],
        synchronizedEntryCountByType: [],
      },
      synchronizationJobSettings: [
        { name: 'AzureIngestionAttributeOptimization', value: 'False' },
        { name: 'LookaheadQueryEnabled', value: 'False' },
        { name: 'QuarantineTooManyDeletesThreshold', value: '500' },
      ],
    })
    for (const address of [
      `${slack.jobs}/${id}`,
      `${slack.jobs}/${id}/`,
      `/beta/ServicePrincipals(appId='${slack.appId}')/Synchronization/Jobs/${id}`,
      `${slack.jobs}('${id}')`,
    ])
      expect((await world.get(address)).body, address).toMatchObject({ id, templateId: 'Slack' })
    expect((await world.get(`${slack.jobs}/`)).value.map((job) => job['id'])).toEqual([id])
    expect((await world.get(`${slack.jobs}?$count=true&$select=id`)).body).toMatchObject({
      '@odata.count': 1,
      value: [{ id }],
    })
    expect((await world.get(`${slack.jobs}/$count`)).text).toBe('1')
  })

  it('of an unknown template, or a second one of the same, is a permanent fault: 400, which Terraform does not repeat', async () => {
    const slack = await ourSlack()
    const unknown = await world.ask('POST', slack.jobs, { templateId: 'Zoom' })
    expect(unknown.status).toBe(400)
    expect(errorOf(unknown.body)['message']).toContain("no synchronization template 'Zoom'")
    expect((await world.ask('POST', slack.jobs, {})).status).toBe(400)
    const id = await aJob(slack)
    const second = await world.ask('POST', slack.jobs, { templateId: 'Slack' })
    expect(second.status).toBe(400)
    expect(errorOf(second.body)['message']).toContain(id)
    expect((await world.ask('POST', `/servicePrincipals/none/synchronization/jobs`, {})).status).toBe(404)
  })

  it('is paged with the others, and what a list does not take is refused by name', async () => {
    const slack = await ourSlack()
    await aJob(slack)
    const old = `Slack.${'0'.repeat(32)}`
    const [job] = await world.store.jobs.list()
    if (job !== undefined) await world.store.jobs.create({ ...job, jobId: old, servicePrincipalId: slack.id })
    const { items, pages } = await world.pages(`${slack.jobs}?$top=1`)
    expect([items.length, pages]).toEqual([2, 2])
    // The id of an earlier version has no third part, and goes on.
    expect((await world.get(`${slack.jobs}/${old}`)).body['id']).toBe(old)
    expect((await world.ask('POST', `${slack.jobs}/${old}/start`)).status).toBe(204)
    const refused = await world.get(`${slack.jobs}?$skip=1`)
    expect([refused.status, errorOf(refused.body)['message']]).toEqual([400, expect.stringContaining('$skip')])
    expect((await world.get(`${slack.jobs}?$expand=schema`)).status).toBe(400)
  })

  it('starts, pauses, starts again, and its schedule says so', async () => {
    const slack = await ourSlack()
    const id = await aJob(slack)
    const job = `${slack.jobs}/${id}`
    const state = async (): Promise<readonly unknown[]> => {
      const { body } = await world.get(job)
      return [(body['status'] as Json)['code'], (body['schedule'] as Json)['state']]
    }
    expect(await state()).toEqual(['NotRun', 'Disabled'])
    expect((await world.ask('POST', `${job}/start`)).status).toBe(204)
    expect(await state()).toEqual(['NotRun', 'Active'])
    expect(world.woken()).toBe(1)
    expect((await world.ask('POST', `${job}/microsoft.graph.pause`)).status).toBe(204)
    expect(await state()).toEqual(['Paused', 'Paused'])
    expect((await world.ask('POST', `${job}/start`, '{}')).status).toBe(204)
    expect(await state()).toEqual(['NotRun', 'Active'])
    expect((await world.ask('POST', `${slack.jobs}/none/start`)).status).toBe(404)
    expect((await world.ask('GET', `${job}/start`)).status).toBe(405)
  })

  it('that has no credentials neither starts nor pauses: 400, not 409', async () => {
    const slack = await ourSlack()
    const id = await aJob(slack)
    await world.store.jobs.setStatus(id, 'NotConfigured')
    expect(((await world.get(`${slack.jobs}/${id}`)).body['status'] as Json)['code']).toBe('NotConfigured')
    for (const action of ['start', 'pause', 'restart']) {
      const answer = await world.ask('POST', `${slack.jobs}/${id}/${action}`)
      expect([answer.status, errorOf(answer.body)['code']], action).toEqual([400, 'CredentialsMissing'])
    }
  })

  it('is deleted with what it knows; who is assigned stays, and the application can be deleted then', async () => {
    const slack = await ourSlack()
    const id = await aJob(slack)
    const mira = await world.ask('POST', '/users', {
      accountEnabled: true,
      displayName: 'Mira Okafor',
      mailNickname: 'mira',
      userPrincipalName: 'mira@example.com',
      passwordProfile: { password: 'Wonderful-1' },
    })
    const assigned = await world.ask('POST', `/servicePrincipals/${slack.id}/appRoleAssignedTo`, {
      principalId: mira.body['id'],
      resourceId: slack.id,
      appRoleId: '18d14569-c3bd-439b-9a66-3a2aee01d14f',
    })
    expect(assigned.status, assigned.text).toBe(201)
    expect((await world.ask('DELETE', `/applications/${slack.applicationId}`)).status).toBe(400)
    expect((await world.ask('DELETE', `${slack.jobs}/${id}`)).status).toBe(204)
    expect((await world.get(`${slack.jobs}/${id}`)).status).toBe(404)
    expect((await world.ask('DELETE', `${slack.jobs}/${id}`)).status).toBe(404)
    expect((await world.get(`/servicePrincipals/${slack.id}/appRoleAssignedTo`)).value).toHaveLength(1)
    expect((await world.ask('DELETE', `/applications/${slack.applicationId}`)).status).toBe(204)
  })

  it('whose cycle runs is not deleted under it: 409, so that a client comes again', async () => {
    const slack = await ourSlack()
    const id = await aJob(slack)
    const claim = await world.store.jobs.claim({
      owner: 'x',
      leaseMs: 60_000,
      now: world.ports.clock.now(),
      jobId: id,
    })
    expect((await world.ask('DELETE', `${slack.jobs}/${id}`)).status).toBe(409)
    if (claim !== null) await world.store.jobs.release(claim.lease)
    expect((await world.ask('DELETE', `${slack.jobs}/${id}`)).status).toBe(204)
  })
})

describe('what a job tells of itself', () => {
  const address = (): string =>
    `/servicePrincipals/${world.job.servicePrincipalId}/synchronization/jobs/${world.job.jobId}`

  beforeEach(async () => {
    await ensureApplication(world.store.directory, world.job, { tenantId: world.ports.tenantId, now: 0 })
  })

  it('is in Graph’s own shape after a cycle', async () => {
    const mira = await world.user('Mira Okafor')
    await world.assign(mira)
    await world.run()
    const { body } = await world.get(address())
    const status = body['status'] as Json
    expect(status).toMatchObject({
      code: 'Active',
      lastExecution: {
        countExported: 1,
        state: 'Succeeded',
        error: { code: 'None', message: '', tenantActionable: false },
      },
      synchronizedEntryCountByType: [{ key: 'User to User', value: 1 }],
      quarantine: null,
    })
    expect(status['lastSuccessfulExecutionWithExports']).toEqual(status['lastExecution'])
    expect(status['steadyStateFirstAchievedTime']).not.toBe(never)
    expect(status['progress']).not.toEqual([])
  })

  it('names the quarantine, why it is and when it is tried again', async () => {
    await world.store.jobs.setQuarantine(
      world.job.jobId,
      {
        reason: 'EncounteredQuarantineException',
        currentBegan: 1_000,
        seriesBegan: 1_000,
        seriesCount: 1,
        nextAttempt: 61_000,
        error: { code: 'SystemForCrossDomainIdentityManagementInvalidCredentials', message: 'Slack refused.' },
      },
      [],
    )
    const { body } = await world.get(address())
    expect(body['status']).toMatchObject({
      code: 'Quarantine',
      quarantine: {
        currentBegan: '1970-01-01T00:00:01.000Z',
        nextAttempt: '1970-01-01T00:01:01.000Z',
        reason: 'EncounteredQuarantineException',
        seriesCount: 1,
        error: { code: 'SystemForCrossDomainIdentityManagementInvalidCredentials', tenantActionable: true },
      },
    })
    // Starting lifts it (graph-api.md 4.1).
    expect((await world.ask('POST', `${address()}/start`)).status).toBe(204)
    expect(((await world.get(address())).body['status'] as Json)['quarantine']).toBeNull()
  })

  it.each([
    [undefined, { watermark: null, escrows: 0 }],
    ['', { watermark: null, escrows: 0 }],
    [{ criteria: {} }, { watermark: null, escrows: 0 }],
    [{ criteria: { resetScope: '' } }, { watermark: null, escrows: 0 }],
    [{ criteria: { resetScope: 'Watermark, Escrows, QuarantineState' } }, { watermark: null, escrows: 0 }],
    [{ criteria: { resetScope: 'escrows' } }, { watermark: 'kept', escrows: 0 }],
    [{ criteria: { resetScope: 'Watermark,QuarantineState' } }, { watermark: null, escrows: 0 }],
    [{ criteria: { resetScope: 'None' } }, { watermark: 'kept', escrows: 0 }],
    [{ criteria: { resetScope: 'Full' } }, { watermark: null, escrows: 0, links: 0 }],
  ])('restarts as %j says', async (body, expected: { watermark: unknown; links?: number }) => {
    const mira = await world.user('Mira Okafor')
    await world.assign(mira)
    await world.run()
    const answer = await world.ask('POST', `${address()}/restart`, body)
    expect(answer.status, answer.text).toBe(204)
    const job = await world.store.jobs.get(world.job.jobId)
    if (expected.watermark === null) expect(job?.watermark).toBeNull()
    else expect(job?.watermark).not.toBeNull()
    const links = await world.store.provisioning.countLinks(world.job.jobId)
    expect(links.reduce((sum, { count }) => sum + count, 0)).toBe(expected.links ?? 1)
  })

  it('a restart that asks for something else is refused by name', async () => {
    const bad = await world.ask('POST', `${address()}/restart`, { criteria: { resetScope: 'Everything' } })
    expect([bad.status, errorOf(bad.body)['message']]).toEqual([400, expect.stringContaining("'Everything'")])
    expect((await world.ask('POST', `${address()}/restart`, { scope: 'Full' })).status).toBe(400)
  })

  it('every change of it stands in the audit log under Entra’s name, with what became different', async () => {
    await world.ask('POST', `${address()}/pause`)
    const { entries } = await world.store.audit.query({ limit: 1 })
    expect(entries[0]?.entry).toMatchObject({
      activityDisplayName: 'Disable/pause provisioning configuration',
      targetResources: [
        {
          type: 'Job',
          id: world.job.jobId,
          modifiedProperties: [{ displayName: 'scheduleState' }, { displayName: 'status' }],
        },
        { type: 'ServicePrincipal', id: world.job.servicePrincipalId },
      ],
    })
  })
})

describe('templates', () => {
  it('are listed with their schema, for an application and its service principal', async () => {
    const slack = await ourSlack()
    for (const owner of [`/servicePrincipals/${slack.id}`, `/applications/${slack.applicationId}`]) {
      const { value, body } = await world.get(`${owner}/synchronization/templates`)
      expect(value).toHaveLength(1)
      expect(value[0]).toMatchObject({ id: 'Slack', default: true, factoryTag: 'CustomSCIM', discoverable: true })
      expect(String(body['@odata.context'])).toContain('synchronization/templates')
      const one = await world.get(`${owner}/synchronization/templates/Slack`)
      expect(one.body).toMatchObject(value[0] ?? {})
      const schema = await world.get(`${owner}/synchronization/templates/Slack/schema`)
      expect(schema.body).toMatchObject({ id: `Slack.${'0'.repeat(32)}` })
      expect(one.body['schema']).toMatchObject({ version: schema.body['version'] })
      expect((await world.get(`${owner}/synchronization/templates/Zoom`)).status).toBe(404)
    }
    const narrow = await world.get(`/servicePrincipals/${slack.id}/synchronization/templates?$select=id,factoryTag`)
    expect(narrow.value).toEqual([{ id: 'Slack', factoryTag: 'CustomSCIM' }])
    const filtered = await world.get(
      `/servicePrincipals/${slack.id}/synchronization/templates?$filter=factoryTag eq 'CustomSCIM'`,
    )
    expect(filtered.value).toHaveLength(1)
  })
})
