/* Acceptance scenarios that issue a setup or its states, by way of Graph (provisioning-service.md section 20). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionPort } from '../../src/api/index.ts'
import { ensureApplication } from '../../src/directory/index.ts'
import { aGraphWorld, type GraphAnswer, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
let hasCredentials: boolean
let root: string

const notAsked = (): never => {
  throw new Error('Nobody asks the connection for this here.')
}
const connection: ConnectionPort = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: hasCredentials ? 'pasted' : 'none', tokenExpiresAt: null }),
  test: notAsked,
  save: notAsked,
  beginAuthorization: notAsked,
  finishAuthorization: notAsked,
  authorizationOutcome: notAsked,
  takeCode: notAsked,
  probe: notAsked,
}

beforeEach(async () => {
  hasCredentials = true
  world = await aGraphWorld({}, connection)
  await ensureApplication(world.store.directory, world.job, { tenantId: world.ports.tenantId, now: 0 })
  root = `/servicePrincipals/${world.job.servicePrincipalId}/synchronization`
})
afterEach(() => world.close())

const address = (): string => `${root}/jobs/${world.job.jobId}`
const putSecrets = (values: Readonly<Record<string, string>>): Promise<GraphAnswer> =>
  world.ask('PUT', `${root}/secrets`, { value: Object.entries(values).map(([key, value]) => ({ key, value })) })
async function states(job = address()): Promise<readonly unknown[]> {
  const { body } = await world.get(job)
  return [(body['status'] as Json)['code'], (body['schedule'] as Json)['state']]
}

describe('by way of Graph', () => {
  it('1: what has been configured once is never made manual again by it, only switched off', async () => {
    await putSecrets({ BaseAddress: 'https://api.slack.com', SecretToken: 'xoxp-once' })
    await world.ask('POST', `${address()}/start`)
    expect((await putSecrets({ BaseAddress: '', SecretToken: '' })).status).toBe(204)
    expect((await states())[0]).not.toBe('NotConfigured')
    expect((await world.ask('POST', `${address()}/pause`)).status).toBe(204)
    expect(await states()).toEqual(['Paused', 'Paused'])
  })

  it.each([
    [false, 'NotConfigured'],
    [true, 'NotRun'],
  ])('5: a job that is made and never started, credentials there: %s, is %s', async (isConnected, code) => {
    hasCredentials = isConnected
    const [template] = (await world.get("/applicationTemplates?$filter=displayName eq 'Slack'")).value
    const made = await world.ask('POST', `/applicationTemplates/${String(template?.['id'])}/instantiate`, {
      displayName: 'Another',
    })
    const jobs = `/servicePrincipals/${String((made.body['servicePrincipal'] as Json)['id'])}/synchronization/jobs`
    const job = await world.ask('POST', jobs, { templateId: 'Slack' })
    expect(await states(`${jobs}/${String(job.body['id'])}`)).toEqual([code, 'Disabled'])
  })

  it('6: paused during a cycle, that cycle completes and no further one starts', async () => {
    for (const name of ['Mira Okafor', 'Tom Reed', 'Zoe Hart']) await world.assign(await world.user(name))
    const cycle = await world.run({
      onWrite: async (_, number) => {
        if (number === 1) expect((await world.ask('POST', `${address()}/pause`)).status).toBe(204)
      },
    })
    expect(cycle.state).toBe('Succeeded')
    expect(world.sent()).toHaveLength(3)
    expect(await states()).toEqual(['Paused', 'Paused'])
    const due = { owner: 'scheduler', leaseMs: 60_000, now: world.clock.now() + 86_400_000 }
    expect(await world.store.jobs.claim(due)).toBeNull()
  })

  it('7: started again it goes on from its watermark, without an initial cycle', async () => {
    await world.assign(await world.user('Mira Okafor'))
    await world.run()
    const before = await world.store.jobs.get(world.job.jobId)
    await world.ask('POST', `${address()}/pause`)
    await world.assign(await world.user('Tom Reed'))
    expect((await world.ask('POST', `${address()}/start`)).status).toBe(204)
    expect((await world.store.jobs.get(world.job.jobId))?.watermark).toBe(before?.watermark)
    expect(await world.run()).toMatchObject({ kind: 'incremental', state: 'Succeeded' })
  })

  it('8: with deletion prevention and no address to tell, whoever saves it is told', async () => {
    const answer = await putSecrets({ SyncNotificationSettings: '{"Enabled":true,"DeleteThresholdEnabled":true}' })
    expect(answer.status).toBe(204)
    expect(answer.headers['warning']).toMatch(/^299 muster "Removals above the threshold .*nobody is named/)
    const named = await putSecrets({
      SyncNotificationSettings: '{"Enabled":true,"Recipients":"night@example.com","DeleteThresholdEnabled":true}',
    })
    expect([named.status, named.headers['warning']]).toEqual([204, undefined])
  })

  it('86: a change of mappings is in the audit log with who made it, and not in the provisioning log', async () => {
    const schema = structuredClone((await world.get(`${address()}/schema`)).body) as {
      synchronizationRules: { objectMappings: { name: string }[] }[]
    }
    const mapping = schema.synchronizationRules[0]?.objectMappings[0]
    if (mapping !== undefined) mapping.name = 'People'
    expect((await world.ask('PUT', `${address()}/schema`, schema)).status).toBe(204)
    const { value } = await world.get('/auditLogs/directoryAudits?$top=1')
    expect(value).toMatchObject([
      {
        activityDisplayName: 'Update attribute mappings or scope',
        initiatedBy: { user: { displayName: expect.any(String) as string } },
        targetResources: [{ type: 'Job', id: world.job.jobId }, {}],
      },
    ])
    expect((await world.get('/auditLogs/provisioning')).value).toEqual([])
  })
})
