/* Spec 2.1 and 2.4: how a job is, whether it runs, and what is left when it is deleted; through the API, as an administrator does. */
import { afterEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { ConnectorError, usualQuarantineThresholds, type SynchronizationJob } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aSlackWorld } from '../builders/slack-world.ts'
import { aWorld, anAccount, type World, type WorldOptions } from '../builders/world.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
let close: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const each of close.reverse()) await each()
  close = []
})

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await aWorld(options)
  app = await createApi(apiPorts(world.ports))
  close = [() => world.close(), () => app.close()]
}

interface Answer {
  readonly status: number
  readonly json: unknown
}

async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> {
  const payload = body === undefined ? {} : { payload: body }
  const url = `/muster/v1/jobs${path}`
  const answer = await app.inject({ method, url, headers: { host: 'localhost' }, ...payload })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

const jobNow = async (jobId = world.job.jobId): Promise<SynchronizationJob | null> => await world.store.jobs.get(jobId)
const due = () => world.store.jobs.claim({ owner: 'test', leaseMs: 1000, now: world.clock.now() })

async function createdJob(name = 'Trial'): Promise<string> {
  const { status, json } = await send('POST', '', { name })
  expect(status).toBe(201)
  return (json as { readonly jobId: string }).jobId
}

test('1: what was automatic once is never made manual again, only switched off', async () => {
  await begin()
  await world.run()
  expect(await send('GET', '/default')).toMatchObject({ json: { provisioningMode: 'Automatic' } })
  const answer = await send('PATCH', '/default/settings', { provisioningMode: 'Manual', syncAll: true })
  expect(answer).toMatchObject({ status: 409, json: { error: { code: 'modeIsAutomatic' } } })
  // Nothing of the request was done.
  expect((await jobNow())?.settings.syncAll).toBe(false)
  expect(await send('POST', '/default/pause')).toMatchObject({ json: { status: 'Paused', scheduleState: 'Paused' } })
  expect(await send('GET', '/default')).toMatchObject({ json: { provisioningMode: 'Automatic' } })
})

test('1: before any credentials the mode is manual, and only credentials make it automatic', async () => {
  const slack = await aSlackWorld({ latencyMs: 0, latencyJitterMs: 0 }, { credentials: null })
  close = [() => slack.close()]
  const made = await slack.send('POST', '/muster/v1/jobs', { name: 'Trial' })
  expect(made).toMatchObject({ status: 201, json: { status: 'NotConfigured', scheduleState: 'Disabled' } })
  const path = '/muster/v1/jobs/Trial'
  expect(JSON.parse(await slack.get(path))).toMatchObject({ status: 'NotConfigured', provisioningMode: 'Manual' })
  for (const verb of ['start', 'pause', 'restart', 'run'])
    expect(await slack.send('POST', `${path}/${verb}`)).toMatchObject({
      status: 409,
      json: { error: { code: 'credentialsMissing' } },
    })
})

test('5: a created job never started is NotRun and does not run, however long it waits', async () => {
  await begin()
  await world.run()
  const jobId = await createdJob()
  expect(await send('GET', `/${jobId}`)).toMatchObject({
    json: { status: 'NotRun', scheduleState: 'Disabled', lastCycle: null },
  })
  await world.clock.advance(400 * 24 * 3_600_000)
  expect((await due())?.lease.jobId).toBe(world.job.jobId)
  expect(await due()).toBeNull()
  expect(await send('POST', `/${jobId}/run`)).toMatchObject({ status: 409, json: { error: { code: 'jobNotStarted' } } })
  expect(await send('POST', `/${jobId}/start`)).toMatchObject({ json: { status: 'NotRun', scheduleState: 'Active' } })
  expect((await due())?.lease.jobId).toBe(jobId)
})

describe('what each verb leaves', () => {
  test('pause keeps everything, start goes on from the watermark', async () => {
    await begin()
    await world.user('Ana Able')
    await world.run()
    const before = await jobNow()
    await send('POST', '/default/pause')
    await world.clock.advance(3_600_000)
    expect(await due()).toBeNull()
    expect(await send('POST', '/default/run')).toMatchObject({
      status: 409,
      json: { error: { code: 'jobNotStarted' } },
    })
    expect(await jobNow()).toEqual({ ...before, status: 'Paused', scheduleState: 'Paused' })
    await send('POST', '/default/start')
    expect(await jobNow()).toMatchObject({ status: 'Active', scheduleState: 'Active', watermark: before?.watermark })
    expect(await world.run()).toMatchObject({ kind: 'incremental' })
  })

  test('a job paused in quarantine stays paused, and start clears the quarantine', async () => {
    await begin()
    const revoked = new ConnectorError('Revoked.', { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
    world.target.failNext('checkCredentials', revoked, Infinity)
    await world.runRaw()
    await send('POST', '/default/pause')
    expect(await jobNow()).toMatchObject({
      status: 'Paused',
      scheduleState: 'Paused',
      quarantine: { reason: 'EncounteredQuarantineException' },
    })
    await send('POST', '/default/start')
    expect(await jobNow()).toMatchObject({ status: 'NotRun', scheduleState: 'Active', quarantine: null })
  })

  test('75: given up after 28 days it is Disabled, and only start or restart makes it run', async () => {
    await begin()
    const revoked = new ConnectorError('Revoked.', { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
    world.target.failNext('checkCredentials', revoked, Infinity)
    await world.runRaw()
    await world.clock.advance(28 * 24 * 3_600_000)
    await world.runRaw()
    expect(await jobNow()).toMatchObject({ status: 'Quarantine', scheduleState: 'Disabled' })
    await world.clock.advance(28 * 24 * 3_600_000)
    expect(await due()).toBeNull()
    expect(await send('POST', '/default/restart', { criteria: { resetScope: 'Watermark' } })).toMatchObject({
      json: { scheduleState: 'Disabled' },
    })
    expect(await due()).toBeNull()
    world.target.clearFaults()
    expect(await send('POST', '/default/start')).toMatchObject({ json: { status: 'NotRun', scheduleState: 'Active' } })
    expect((await due())?.lease.jobId).toBe(world.job.jobId)
  })
})

describe('6.1: an initial cycle in which too many fail', () => {
  const conflict = new ConnectorError('Taken.', { code: 'Conflict', scope: 'object', retry: 'backoff' })
  const lowered = { ...usualQuarantineThresholds, failuresMin: 2 }

  test('comes to its end, drops its failures and pauses; a restart evaluates everybody again', async () => {
    await begin({
      settings: {
        quarantineThresholds: lowered,
        notifications: { isOn: true, recipients: 'night@example.com', webhookUrl: null },
      },
    })
    for (const name of ['Ana Able', 'Ben Bold', 'Cy Calm']) await world.user(name)
    world.target.failNext('write', conflict, 2)
    expect(await world.run()).toMatchObject({ kind: 'initial', state: 'EntryLevelErrors' })
    expect(await jobNow()).toMatchObject({
      status: 'Paused',
      scheduleState: 'Paused',
      escrowsPruned: true,
      quarantine: null,
    })
    // Who did not fail has an account, and the others are no longer retried.
    expect(world.target.objects('User')).toHaveLength(1)
    expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
    const told = await world.store.notifications.list(world.job.jobId, 9)
    expect(told.map(({ notification }) => [notification.kind, notification.concerned])).toEqual([['escrowsPruned', 2]])

    await send('POST', '/default/restart')
    expect(await jobNow()).toMatchObject({ scheduleState: 'Active', escrowsPruned: false })
    await world.run()
    expect(world.target.objects('User')).toHaveLength(3)
  })

  test('an incremental cycle goes into quarantine instead, and keeps them', async () => {
    await begin({ settings: { quarantineThresholds: lowered } })
    await world.run()
    for (const name of ['Ana Able', 'Ben Bold']) await world.user(name)
    world.target.failNext('write', conflict, 2)
    await world.run()
    expect(await jobNow()).toMatchObject({ status: 'Quarantine', scheduleState: 'Active', escrowsPruned: false })
    expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(2)
  })
})

describe('deleting a job', () => {
  test('first says how much it forgets, then forgets it for good and touches no account', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const crew = await world.group('Crew', [ana])
    await world.assign(crew)
    world.target.put(anAccount({ anchor: 'U-1', mail: 'bo.blue@example.com' }))
    world.target.put(anAccount({ anchor: 'U-2', mail: 'bo.blue@example.com' }))
    await world.user('Bo Blue')
    await world.run()
    const accounts = world.target.objects('User')
    const counted = {
      managed: expect.arrayContaining([
        { objectType: 'User', count: 1, active: 1 },
        { objectType: 'Group', count: 1, active: 1 },
      ]) as unknown,
      assignments: 3,
      escrowed: 1,
    }
    expect(await send('DELETE', '/default?dryRun=true')).toMatchObject({
      status: 200,
      json: { isDeleted: false, ...counted },
    })
    expect(await jobNow()).not.toBeNull()
    expect(await send('DELETE', '/default')).toMatchObject({ status: 200, json: { isDeleted: true, ...counted } })
    expect(await jobNow()).toBeNull()
    expect(await world.link('User', ana)).toBeUndefined()
    expect(await world.store.directory.listAssignments(world.job.servicePrincipalId)).toEqual([])
    expect(world.target.objects('User')).toEqual(accounts)
    // What was done stays in the log.
    expect(await world.log(ana)).toHaveLength(1)
    expect((await send('GET', '/default')).status).toBe(404)
  })

  test('is refused under a running cycle', async () => {
    await begin()
    await world.user('Ana Able')
    let answer: Answer | null = null
    await world.run({ onWrite: async () => void (answer = await send('DELETE', '/default')) })
    expect(answer).toMatchObject({ status: 409, json: { error: { code: 'cycleRunning' } } })
    expect(await jobNow()).not.toBeNull()
  })

  test('leaves other jobs alone', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    const jobId = await createdJob()
    expect(await send('POST', '', { name: 'trial' })).toMatchObject({
      status: 409,
      json: { error: { code: 'nameTaken' } },
    })
    expect(await send('GET', '/default')).toMatchObject({
      status: 404,
      json: { error: { message: expect.stringContaining('several') as string } },
    })
    expect(await send('DELETE', '/Trial')).toMatchObject({ json: { jobId, isDeleted: true } })
    expect(await jobNow(jobId)).toBeNull()
    expect(await world.link('User', ana)).toBeDefined()
    expect(await world.store.directory.listAssignments(world.job.servicePrincipalId)).toHaveLength(1)
  })
})

test('a long cycle that meets its first hiccup late is tried again in a minute', async () => {
  await begin()
  await world.user('Ana Able')
  const hiccup = new ConnectorError('Nobody answers.', { code: 'InternalError', scope: 'job', retry: 'nextCycle' })
  const end = await world.runRaw({
    onWrite: async () => {
      await world.clock.advance(3 * 3_600_000)
      throw hiccup
    },
  })
  expect(end).toMatchObject({ kind: 'broken', nextRunAt: world.clock.now() + 60_000 })
  expect((await jobNow())?.quarantine).toBeNull()
})
