/* Spec section 9: a job that fails is tried more and more seldom, and healthy again after one success. */
import { afterEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { healthAfterCycle } from '../../src/cycle/job-health.ts'
import { noCounters } from '../../src/cycle/index.ts'
import { ConnectorError, type SynchronizationJob } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aCycle, aJob, noon } from '../builders/stored.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const hour = 3_600_000
const day = 24 * hour
const revoked = new ConnectorError('The token was revoked.', { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
const unreachable = new ConnectorError('Nobody answers.', { code: 'InternalError', scope: 'job', retry: 'nextCycle' })

async function jobOf(of: World): Promise<SynchronizationJob> {
  const job = await of.store.jobs.get(of.job.jobId)
  if (job === null) throw new Error('the job is gone')
  return job
}

/** Runs the job whenever it is due, until that instant; answers the hours since `began` at which it ran. */
async function attempts(of: World, began: number, until: number): Promise<readonly number[]> {
  const hours: number[] = []
  for (;;) {
    const { nextRunAt, scheduleState } = await jobOf(of)
    if (nextRunAt > until || scheduleState !== 'Active') return hours
    await of.clock.advance(Math.max(0, nextRunAt - of.clock.now()))
    hours.push(Math.round((of.clock.now() - began) / hour))
    await of.runRaw()
  }
}

test('71: a revoked token when a cycle starts, quarantine EncounteredQuarantineException whatever the counts', async () => {
  world = await aWorld()
  await world.user('Ana Able')
  world.target.failNext('checkCredentials', revoked, Infinity)
  await world.runRaw()
  expect(await jobOf(world)).toMatchObject({
    status: 'Quarantine',
    quarantine: {
      reason: 'EncounteredQuarantineException',
      error: { code: 'Unauthorized', message: 'The token was revoked.' },
    },
  })
})

test.each([
  ['72: 4,000 failures and no success, no quarantine', 4000, 0, 0, null],
  ['72: 5,000 failures of 10,000 events, quarantine', 5000, 0, 5000, 'EncounteredEscrowProportionThreshold'],
  ['72: 20,000 of 120,000, none', 20_000, 0, 100_000, null],
  ['72: 40,001 of 1,000,000, quarantine', 40_001, 0, 959_999, 'EncounteredBaseEscrowThreshold'],
  [
    '73: 40,000 failures and 21,000 reference failures, by the total',
    40_000,
    21_000,
    900_000,
    'EncounteredTotalEscrowThreshold',
  ],
  ['73: 50,000 reference failures alone, none', 0, 50_000, 0, null],
] as const)('%s', (_title, failures, referenceFailures, successes, reason) => {
  const counters = {
    ...noCounters,
    countExported: successes,
    failed: { Conflict: failures, UnableToResolveReferenceAttributeValue: referenceFailures },
  }
  const cycle = aCycle('cycle', { kind: 'incremental', counters })
  const now = { isSuperseded: false, quarantine: null, now: noon }
  const health = healthAfterCycle(aJob(), { cycle, staged: null }, now)
  expect(health.quarantine?.reason ?? null).toBe(reason)
  expect(health.status).toBe(reason === null ? 'Active' : 'Quarantine')
})

test('74: attempts that fail are spaced out to one a day; one that succeeds, normal interval and state Active', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const began = world.clock.now()
  world.target.failNext('checkCredentials', revoked, Infinity)
  expect(await attempts(world, began, began + 4 * day)).toEqual([0, 6, 12, 24, 48, 72, 96])
  world.target.clearFaults()
  expect(await attempts(world, began, began + 5 * day)).toContain(120)
  const job = await jobOf(world)
  expect(job).toMatchObject({ status: 'Active', quarantine: null })
  expect(job.nextRunAt - world.clock.now()).toBeLessThanOrEqual(job.settings.cycleEveryMs)
  expect(await world.link('User', ana)).toBeDefined()
})

test('75: 28 days in quarantine, the job is disabled and runs no more until an administrator acts', async () => {
  world = await aWorld()
  const began = world.clock.now()
  world.target.failNext('checkCredentials', revoked, Infinity)
  const hours = await attempts(world, began, began + 60 * day)
  expect(hours.at(-1)).toBe(28 * 24)
  expect(await jobOf(world)).toMatchObject({
    status: 'Quarantine',
    scheduleState: 'Disabled',
    quarantine: { reason: 'EncounteredQuarantineException' },
  })
  await world.clock.advance(400 * day)
  const due = { owner: 'test', leaseMs: 1000, now: world.clock.now() }
  expect(await world.store.jobs.claim(due)).toBeNull()
})

test('a target that cannot be reached is tried each minute for an hour before that is a quarantine', async () => {
  world = await aWorld()
  const began = world.clock.now()
  world.target.failNext('checkCredentials', unreachable, Infinity)
  await world.runRaw()
  expect(await jobOf(world)).toMatchObject({ quarantine: null, nextRunAt: began + 60_000 })
  await world.clock.advance(hour)
  await world.runRaw()
  expect(await jobOf(world)).toMatchObject({ status: 'Quarantine' })
})

test('while removals wait for an answer, a hiccup of the target changes neither the reason nor the pace', async () => {
  world = await aWorld({
    settings: { deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null } },
  })
  const ana = await world.user('Ana Able')
  await world.run()
  await world.unassign(ana)
  await world.run()
  expect(await jobOf(world)).toMatchObject({ status: 'Quarantine', quarantine: { reason: 'TooManyDeletes' } })
  const began = world.clock.now()
  world.target.failNext('checkCredentials', unreachable)
  await world.runRaw()
  expect(await jobOf(world)).toMatchObject({
    status: 'Quarantine',
    quarantine: { reason: 'TooManyDeletes' },
    nextRunAt: began + 60_000,
  })
})

test('76: quarantine with unchanged reason over many cycles, exactly one mail; a changed reason, one more', async () => {
  world = await aWorld({
    settings: {
      notifications: { isOn: true, recipients: 'night@example.com', webhookUrl: null },
      deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null },
    },
  })
  const of = world
  const ana = await of.user('Ana Able')
  await of.run()
  const told = async (): Promise<readonly string[]> =>
    (await of.store.notifications.list(of.job.jobId, 99))
      .map(({ notification }) => `${notification.kind} ${String(notification.reason)}`)
      .toReversed()
  of.target.failNext('checkCredentials', revoked, Infinity)
  for (let cycle = 0; cycle < 5; cycle += 1) await of.runRaw()
  expect(await told()).toEqual(['quarantineImposed EncounteredQuarantineException'])

  of.target.clearFaults()
  await of.unassign(ana)
  for (let cycle = 0; cycle < 3; cycle += 1) await of.run()
  expect((await told()).slice(1)).toEqual(['quarantineReasonChanged TooManyDeletes'])

  await of.assign(ana)
  for (let cycle = 0; cycle < 2; cycle += 1) await of.run()
  expect((await told()).slice(2)).toEqual(['quarantineLifted TooManyDeletes'])
})

test('while notifications are off nobody is told', async () => {
  world = await aWorld({
    settings: { notifications: { isOn: false, recipients: 'night@example.com', webhookUrl: null } },
  })
  world.target.failNext('checkCredentials', revoked, Infinity)
  await world.runRaw()
  expect(await world.store.notifications.list(world.job.jobId, 9)).toEqual([])
})

describe('QuarantinedOnDemand, imposed by an administrator', () => {
  let app: Awaited<ReturnType<typeof createApi>> | undefined
  afterEach(async () => {
    await app?.close()
    app = undefined
  })
  const told = { isOn: true, recipients: 'night@example.com', webhookUrl: null }

  async function begin(): Promise<World> {
    world = await aWorld({ settings: { notifications: told } })
    app = await createApi(apiPorts(world.ports))
    return world
  }
  async function send(method: 'GET' | 'POST' | 'DELETE', body?: object) {
    const payload = body === undefined ? {} : { payload: body }
    const url = '/muster/v1/jobs/default/quarantine'
    const answer = await app?.inject({ method, url, headers: { host: 'localhost' }, ...payload })
    return { status: answer?.statusCode, json: JSON.parse(answer?.body ?? 'null') as unknown }
  }
  const tellings = async (of: World): Promise<readonly string[]> =>
    (await of.store.notifications.list(of.job.jobId, 99))
      .map(({ notification }) => `${notification.kind} ${String(notification.found)}`)
      .toReversed()

  test('the job is tried after six hours, and a success lifts it; both are told', async () => {
    const of = await begin()
    await of.run()
    const began = of.clock.now()
    expect(await send('POST', { because: 'The HR export looks wrong.' })).toMatchObject({
      status: 200,
      json: {
        status: 'Quarantine',
        nextRunAt: began + 6 * hour,
        givenUpAt: began + 28 * day,
        quarantine: { reason: 'QuarantinedOnDemand', error: { message: 'The HR export looks wrong.' } },
      },
    })
    expect(await send('POST')).toMatchObject({ status: 409, json: { error: { code: 'alreadyInQuarantine' } } })
    expect(await attempts(of, began, began + 6 * hour)).toEqual([6])
    expect(await jobOf(of)).toMatchObject({ status: 'Active', quarantine: null })
    expect(await tellings(of)).toEqual(['quarantineImposed The HR export looks wrong.', 'quarantineLifted null'])
  })

  test('a cycle that runs when it is imposed comes to its end and does not lift it', async () => {
    const of = await begin()
    await of.user('Ana Able')
    await of.run({ onWrite: async () => void (await send('POST')) })
    expect(of.target.objects('User')).toHaveLength(1)
    expect(await jobOf(of)).toMatchObject({
      status: 'Quarantine',
      quarantine: { reason: 'QuarantinedOnDemand' },
      nextRunAt: of.clock.now() + 6 * hour,
    })
  })

  test('lifted, the next cycle begins at once; a paused job is not slowed down', async () => {
    const of = await begin()
    await of.run()
    await send('POST')
    expect(await send('DELETE')).toMatchObject({ json: { status: 'Active', quarantine: null } })
    expect((await jobOf(of)).nextRunAt).toBe(of.clock.now())
    expect(await send('DELETE')).toMatchObject({ status: 200 })
    await of.store.jobs.setStatus(of.job.jobId, 'Paused', 'Paused')
    expect(await send('POST')).toMatchObject({ status: 409, json: { error: { code: 'jobNotStarted' } } })
  })
})

describe('section 14: who is told of what', () => {
  const told = { isOn: true, recipients: 'night@example.com', webhookUrl: 'https://hooks.example.com/m' }
  const kinds = async (of: World): Promise<readonly string[]> =>
    (await of.store.notifications.list(of.job.jobId, 99))
      .map(({ notification, channel }) => `${notification.kind} by ${channel}`)
      .toReversed()
      .sort()

  test('a single object that fails or is skipped: nobody', async () => {
    world = await aWorld({ settings: { notifications: told } })
    const conflict = new ConnectorError('Taken.', { code: 'Conflict', scope: 'object', retry: 'backoff' })
    await world.user('Ana Able')
    await world.user('Ben Bold', { mail: null, userPrincipalName: null, mailNickname: null })
    world.target.failNext('write', conflict, Infinity)
    for (let cycle = 0; cycle < 3; cycle += 1) await world.run()
    expect(await kinds(world)).toEqual([])
  })

  test('each event once through each channel: imposed, its reason changed, given up after 28 days', async () => {
    world = await aWorld({ settings: { notifications: told } })
    const of = world
    const began = of.clock.now()
    of.target.failNext('checkCredentials', revoked, Infinity)
    await attempts(of, began, began + 2 * day)
    expect(await kinds(of)).toEqual(['quarantineImposed by mail', 'quarantineImposed by webhook'])
    await attempts(of, began, began + 60 * day)
    expect(await kinds(of)).toEqual([
      'jobDisabled by mail',
      'jobDisabled by webhook',
      'quarantineImposed by mail',
      'quarantineImposed by webhook',
    ])
  })

  test('without an address nobody is told, and the quarantine holds all the same', async () => {
    world = await aWorld({ settings: { notifications: { ...told, recipients: null, webhookUrl: null } } })
    world.target.failNext('checkCredentials', revoked, Infinity)
    await world.runRaw()
    expect(await kinds(world)).toEqual([])
    expect((await jobOf(world)).status).toBe('Quarantine')
  })
})
