/* Secrets and Test Connection by way of Graph (graph-api.md 3.10, 4.1, 7.1): values go in and never come out. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionPort } from '../../src/api/index.ts'
import { ensureApplication } from '../../src/directory/index.ts'
import type { JobSettings } from '../../src/vocabulary/index.ts'
import { aGraphWorld, type GraphAnswer, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
let root: string
let tested: (string | undefined)[]
let hasCredentials: boolean
let taken: (readonly string[])[]

/** A target that takes one token and says why it refuses another. */
const connection: ConnectionPort = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: hasCredentials ? 'pasted' : 'none', tokenExpiresAt: null }),
  test(token) {
    tested.push(token)
    const isAccepted = token === 'xoxp-good'
    const step = { name: 'token', remedy: 'Put another token into the secrets.', exchange: null } as const
    return Promise.resolve({
      isAccepted,
      targetUrl: 'https://api.slack.com',
      account: null,
      notes: [],
      steps: [{ ...step, status: isAccepted ? 'passed' : 'failed', sentence: 'Slack refused the token.' }],
    })
  },
  save: () => Promise.reject(new Error('Nothing is saved this way.')),
  beginAuthorization: () => {
    throw new Error('Nobody is asked for consent.')
  },
  finishAuthorization: () => Promise.reject(new Error('Nobody is asked for consent.')),
  authorizationOutcome: () => Promise.reject(new Error('Nobody is asked for consent.')),
  probe: () => Promise.reject(new Error('Nothing is probed.')),
  takeCode(code, app, redirectUrl) {
    taken.push([code, app.clientId, app.clientSecret, redirectUrl])
    return connection.test(code === 'good' ? 'xoxp-good' : 'xoxp-bad')
  },
}

beforeEach(async () => {
  tested = []
  taken = []
  hasCredentials = true
  world = await aGraphWorld({}, connection)
  await ensureApplication(world.store.directory, world.job, { tenantId: world.ports.tenantId, now: 0 })
  root = `/servicePrincipals/${world.job.servicePrincipalId}/synchronization`
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const pairsOf = (values: Readonly<Record<string, unknown>>): readonly Json[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))
const put = (values: Readonly<Record<string, unknown>>): Promise<GraphAnswer> =>
  world.ask('PUT', `${root}/secrets`, { value: pairsOf(values) })
const keys = async (): Promise<readonly unknown[]> => (await world.get(`${root}/secrets`)).value.map(({ key }) => key)
async function settings(): Promise<JobSettings> {
  const job = await world.store.jobs.get(world.job.jobId)
  return job?.settings ?? expect.fail('The job is gone.')
}

const address = 'https://api.slack.com'

describe('secrets', () => {
  it('are put and read masked; another put replaces all of them; an empty value removes its key', async () => {
    expect((await put({ BaseAddress: address, secrettoken: 'xoxp-good' })).status).toBe(204)
    const read = await world.get(`${root}/secrets`)
    expect(read.value).toEqual([
      { key: 'BaseAddress', value: '*' },
      { key: 'SecretToken', value: '*' },
    ])
    expect((await world.get(root)).body).toMatchObject({ id: world.job.servicePrincipalId, secrets: read.value })
    expect((await put({ SecretToken: 'xoxp-other' })).status).toBe(204)
    expect(await keys()).toEqual(['SecretToken'])
    // As Terraform destroys them (graph-api.md 7.1).
    expect((await put({ BaseAddress: '', SecretToken: null })).status).toBe(204)
    expect(await keys()).toEqual([])
  })

  it('the generic way of the SDKs does the same', async () => {
    const body = { secrets: pairsOf({ BaseAddress: address, SecretToken: 'xoxp-good' }) }
    expect((await world.ask('PUT', root, body)).status).toBe(204)
    expect(await keys()).toEqual(['BaseAddress', 'SecretToken'])
    expect((await world.ask('PUT', root, { secrets: [] })).status).toBe(204)
    expect(await keys()).toEqual([])
  })

  it('a masked value that is sent back stands for what is stored', async () => {
    await put({ BaseAddress: address, SecretToken: 'xoxp-good' })
    expect((await put({ BaseAddress: '*', SecretToken: '*' })).status).toBe(204)
    const job = `${root}/jobs/${world.job.jobId}/validateCredentials`
    const { status } = await world.ask('POST', job, { credentials: pairsOf({ SecretToken: 'xoxp-good' }) })
    expect(status).toBe(204)
    expect((await put({ ClientSecret: '*' })).status).toBe(400)
    expect(await keys()).toEqual(['BaseAddress', 'SecretToken'])
  })

  it('a stored value is sent to no other address than the one it was given for', async () => {
    await put({ BaseAddress: address, SecretToken: 'xoxp-good' })
    const elsewhere = { BaseAddress: 'https://elsewhere.example', SecretToken: '*' }
    const stored = await put(elsewhere)
    expect([stored.status, errorOf(stored.body)['message']]).toEqual([
      400,
      expect.stringContaining('another BaseAddress'),
    ])
    expect((await put({ SecretToken: '*' })).status).toBe(400)
    const job = `${root}/jobs/${world.job.jobId}/validateCredentials`
    expect((await world.ask('POST', job, { credentials: pairsOf(elsewhere) })).status).toBe(400)
    expect(tested).toEqual([])
    const same = { BaseAddress: address, SecretToken: '*' }
    expect((await world.ask('POST', job, { credentials: pairsOf(same) })).status).toBe(204)
    expect(tested).toEqual(['xoxp-good'])
  })

  it('values are in no answer, no audit entry and no error', async () => {
    const secret = 'xoxp-planted-and-never-seen'
    await put({ BaseAddress: address, SecretToken: secret, Nonsense: 'x' })
    const answers = [
      await put({ BaseAddress: address, SecretToken: secret }),
      await put({ SecretToken: secret, Oauth9: secret }),
      await put({ SecretToken: secret, SyncAll: secret }),
      await world.ask('POST', `${root}/jobs/${world.job.jobId}/validateCredentials`, {
        credentials: pairsOf({ SecretToken: secret }),
      }),
      await world.get(`${root}/secrets`),
      await world.get('/auditLogs/directoryAudits'),
      await world.get('/auditLogs/provisioning'),
    ]
    for (const { text } of answers) expect(text).not.toContain('planted')
    const { entries } = await world.store.audit.query({ limit: 1 })
    expect(entries[0]?.entry.activityDisplayName).toBe('Update provisioning setting or credentials')
    expect(JSON.stringify(entries[0]?.entry.additionalDetails)).toContain('SecretToken')
  })

  it('a key nobody knows, a key twice and a value that is no text are refused, and nothing is stored', async () => {
    for (const value of [
      [{ key: 'Tocken', value: 'x' }],
      [{ value: 'x' }],
      [
        { key: 'SecretToken', value: 'x' },
        { key: 'secretToken', value: 'y' },
      ],
      [{ key: 'SecretToken', value: 1 }],
      'x',
    ]) {
      const answer = await world.ask('PUT', `${root}/secrets`, { value })
      expect(answer.status, JSON.stringify(value)).toBe(400)
    }
    const unknown = await put({ Tocken: 'x' })
    expect(errorOf(unknown.body)['message']).toContain("'Tocken'")
    expect((await world.ask('PUT', `${root}/secrets`, {})).status).toBe(400)
    expect(await keys()).toEqual([])
  })
})

describe('secrets that are settings', () => {
  it('steer the job at once: scope, who leaves it, who is told, how many may be removed', async () => {
    const answer = await put({
      SyncAll: 'True',
      SkipOutOfScopeDeletions: 'true',
      SyncNotificationSettings:
        '{"Enabled":true,"Recipients":"night@example.com; day@example.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":7,"HumanResourcesLookaheadQueryEnabled":false}',
      HardDeletesEnabled: 'False',
    })
    expect(answer.status, answer.text).toBe(204)
    expect(await settings()).toMatchObject({
      syncAll: true,
      skipOutOfScopeDeletions: true,
      notifications: { isOn: true, recipients: 'night@example.com, day@example.com' },
      deletionPrevention: { isOn: true, threshold: 7, percentage: 20 },
    })
    expect(await keys()).toHaveLength(4)
    const { body } = await world.get(`${root}/jobs/${world.job.jobId}`)
    expect(body['synchronizationJobSettings']).toContainEqual({
      name: 'QuarantineTooManyDeletesThreshold',
      value: '7',
    })
    expect((await put({ SyncNotificationSettings: '{"Enabled":false,"DeleteThresholdEnabled":false}' })).status).toBe(
      204,
    )
    expect(await settings()).toMatchObject({
      // What is not sent leaves its setting as it is.
      syncAll: true,
      notifications: { isOn: false, recipients: 'night@example.com, day@example.com' },
      deletionPrevention: { isOn: false, threshold: 7 },
    })
  })

  it('86: the audit log names who changed the threshold and what became different; the provisioning log is unchanged', async () => {
    const before = (await world.get('/auditLogs/provisioning/$count')).text
    await put({ SyncNotificationSettings: '{"DeleteThresholdValue":"3"}' })
    const { value } = await world.get(
      "/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Update provisioning setting or credentials'",
    )
    expect(value[0]).toMatchObject({ initiatedBy: { user: { displayName: expect.any(String) as string } } })
    const targets = value.flatMap((entry) => entry['targetResources'] as Json[])
    const modified = targets.flatMap((target) => target['modifiedProperties'] as Json[])
    expect(modified).toContainEqual({
      displayName: 'settings.deletionPrevention.threshold',
      oldValue: '500',
      newValue: '3',
    })
    expect((await world.get('/auditLogs/provisioning/$count')).text).toBe(before)
  })

  it('that cannot be read are refused, and nothing is stored', async () => {
    for (const values of [
      { SyncAll: 'perhaps' },
      { SkipOutOfScopeDeletions: '1' },
      { SyncNotificationSettings: 'yes' },
      { SyncNotificationSettings: '{"Enabled":"perhaps"}' },
      { SyncNotificationSettings: '{"Recipients":"nobody"}' },
      { SyncNotificationSettings: '{"DeleteThresholdValue":-1}' },
    ]) {
      const answer = await put({ SecretToken: 'xoxp-good', ...values })
      expect(answer.status, JSON.stringify(values)).toBe(400)
    }
    expect(await keys()).toEqual([])
    expect((await settings()).syncAll).toBe(world.job.settings.syncAll)
  })

  it('that were stored before there was a job hold for the job that is made', async () => {
    const [template] = (await world.get("/applicationTemplates?$filter=displayName eq 'Slack'")).value
    const made = await world.ask('POST', `/applicationTemplates/${String(template?.['id'])}/instantiate`, {
      displayName: 'Later',
    })
    const id = String((made.body['servicePrincipal'] as Json)['id'])
    const own = `/servicePrincipals/${id}/synchronization`
    await world.ask('PUT', `${own}/secrets`, { value: pairsOf({ SyncAll: 'true' }) })
    const job = await world.ask('POST', `${own}/jobs`, { templateId: 'Slack' })
    expect((await world.store.jobs.get(String(job.body['id'])))?.settings.syncAll).toBe(true)
  })
})

describe('Test Connection', () => {
  const ask = (place: string, body?: unknown): Promise<GraphAnswer> =>
    world.ask('POST', `${root}/${place}/validateCredentials`, body)

  it('takes what is given, or what is stored, and stores nothing', async () => {
    const job = `jobs/${world.job.jobId}`
    const credentials = pairsOf({ BaseAddress: address, SecretToken: 'xoxp-good' })
    expect((await ask(job, { credentials })).status).toBe(204)
    expect((await ask('jobs', { templateId: 'Slack', credentials })).status).toBe(204)
    expect(await keys()).toEqual([])
    expect(tested).toEqual(['xoxp-good', 'xoxp-good'])
    const refused = await ask(job, { credentials: pairsOf({ SecretToken: 'xoxp-bad' }) })
    expect(refused.status).toBe(400)
    expect(errorOf(refused.body)).toMatchObject({
      code: 'CredentialsRefused',
      message: 'Slack refused the token. Put another token into the secrets.',
    })
    // Those in use: nothing is handed on.
    await ask(job, { useSavedCredentials: true, credentials })
    await ask(job)
    expect(tested.slice(-2)).toEqual([undefined, undefined])
  })

  it('before there is a job it names the template', async () => {
    expect((await ask('jobs', {})).status).toBe(400)
    expect((await ask('jobs', { templateId: 'Zoom' })).status).toBe(400)
    expect((await ask('jobs/none', {})).status).toBe(404)
    expect((await ask('jobs', { templateId: 'Slack', password: 'x' })).status).toBe(400)
  })

  it('a code of Slack’s consent page is exchanged with what is given, else with what is stored', async () => {
    const acquire = (credentials: Readonly<Record<string, unknown>>): Promise<GraphAnswer> =>
      world.ask('POST', `${root}/acquireAccessToken`, { credentials: pairsOf(credentials) })
    const code = { Oauth2AuthorizationCode: 'good', Oauth2RedirectUri: 'https://example.com/back' }
    const missing = await acquire(code)
    expect([missing.status, errorOf(missing.body)['message']]).toEqual([400, expect.stringContaining('Oauth2ClientId')])
    await put({ Oauth2ClientId: 'app', Oauth2ClientSecret: 'app-secret' })
    const answer = await acquire(code)
    expect(answer.status, answer.text).toBe(204)
    expect(taken).toEqual([['good', 'app', 'app-secret', 'https://example.com/back']])
    const refused = await acquire({ ...code, Oauth2AuthorizationCode: 'old' })
    expect([refused.status, errorOf(refused.body)['code']]).toEqual([400, 'CredentialsRefused'])
    expect(refused.text).not.toContain('app-secret')
    expect((await acquire({})).status).toBe(400)
  })

  it('on demand without any credentials left fails with CredentialsMissing', async () => {
    hasCredentials = false
    const mira = await world.user('Mira Okafor')
    const answer = await world.ask('POST', `${root}/jobs/${world.job.jobId}/provisionOnDemand`, {
      parameters: [{ subjects: [{ objectId: mira, objectTypeName: 'User' }] }],
    })
    expect([answer.status, errorOf(answer.body)['code']]).toEqual([400, 'CredentialsMissing'])
  })
})
