/* Spec sections 4.1 and 11: links that lead nowhere, and what a restart forgets; through the API, as an administrator does. */
import { afterEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { ConnectorError } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, anAccount, type World, type WorldOptions } from '../builders/world.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
afterEach(async () => {
  await app.close()
  await world.close()
})

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await aWorld(options)
  app = await createApi(apiPorts(world.ports))
}

interface Answer {
  readonly status: number
  readonly json: unknown
}

async function send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> {
  const payload = body === undefined ? {} : { payload: body }
  const url = `/muster/v1/jobs/default/${path}`
  const answer = await app.inject({ method, url, headers: { host: 'localhost' }, ...payload })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

const restart = (resetScope: string): Promise<Answer> => send('POST', 'restart', { criteria: { resetScope } })

const status = async (): Promise<string | undefined> => (await world.store.jobs.get(world.job.jobId))?.status

describe('33: the linked account vanished', () => {
  async function vanished(): Promise<string> {
    const ana = await world.user('Ana Able')
    await world.run()
    const link = await world.link('User', ana)
    world.target.remove('User', link?.targetAnchor ?? '')
    await world.change(ana, { jobTitle: 'Captain' })
    await world.run()
    const [entry] = await world.log(ana)
    expect(entry?.provisioningStatusInfo).toMatchObject({
      status: 'failure',
      errorInformation: { errorCode: 'InvalidAnchor' },
    })
    expect(world.target.objects('User')).toEqual([])
    return ana
  }

  test('a Full restart creates it again', async () => {
    await begin()
    const ana = await vanished()
    const answer = await restart('Full')
    expect(answer).toMatchObject({
      status: 200,
      json: { linksForgotten: 1, escrowsForgotten: 1, isWatermarkCleared: true },
    })
    expect(await world.run()).toMatchObject({ kind: 'initial', state: 'Succeeded' })
    expect(world.target.objects('User')).toHaveLength(1)
    const link = await world.link('User', ana)
    expect(world.target.object('User', link?.targetAnchor ?? '')?.attributes).toMatchObject({ title: 'Captain' })
  })

  test('a Full restart takes over the account that is there by then', async () => {
    await begin()
    const ana = await vanished()
    world.target.put(anAccount({ anchor: 'U-NEW', mail: 'ana.able@example.com' }))
    await restart('Full')
    await world.run()
    expect(await world.link('User', ana)).toMatchObject({ targetAnchor: 'U-NEW' })
    expect(world.target.objects('User')).toHaveLength(1)
  })

  test('a restart that keeps the links fails the same way', async () => {
    await begin()
    const ana = await vanished()
    await restart('')
    await world.run()
    expect((await world.log(ana))[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe('InvalidAnchor')
    expect(world.target.objects('User')).toEqual([])
  })
})

test('35: the link of an active job is not deleted; of a paused one it is, twice', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  await world.run()
  const link = await world.link('User', ana)
  const path = `links/${encodeURIComponent(ana)}`
  expect(await send('GET', path)).toMatchObject({ status: 200, json: { targetAnchor: link?.targetAnchor } })
  expect(await send('GET', `links/${link?.targetAnchor ?? ''}`)).toMatchObject({ json: { sourceAnchor: ana } })

  expect(await status()).toBe('Active')
  expect(await send('DELETE', path)).toMatchObject({ status: 409, json: { error: { code: 'jobNotPaused' } } })
  expect(await world.link('User', ana)).toEqual(link)

  expect(await send('POST', 'pause')).toMatchObject({ status: 200, json: { status: 'Paused' } })
  expect(await send('DELETE', path)).toMatchObject({ status: 200, json: { link: { sourceAnchor: ana } } })
  expect(await send('DELETE', path)).toMatchObject({ status: 200, json: { link: null } })
  expect((await send('GET', path)).status).toBe(404)
  // Neither side was changed, and the next evaluation finds the same account.
  expect(world.target.objects('User')).toHaveLength(1)
  expect(await send('POST', 'start')).toMatchObject({ status: 200, json: { status: 'Active' } })
  await world.change(ana, { jobTitle: 'Captain' })
  await world.run()
  expect((await world.link('User', ana))?.targetAnchor).toBe(link?.targetAnchor)
  expect(world.target.objects('User')).toHaveLength(1)
})

test('a link is neither listed, nor made, nor changed by hand (spec 4.1)', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  await world.run()
  const link = await world.link('User', ana)
  expect((await send('GET', 'links')).status).toBe(400)
  for (const method of ['POST', 'PUT', 'PATCH'] as const)
    for (const path of ['links', `links/${ana}`])
      expect(await send(method, path, { targetAnchor: 'U-OTHER' })).toMatchObject({
        status: 405,
        json: { error: { code: 'notAllowed' } },
      })
  expect((await send('GET', 'links/nobody')).status).toBe(404)
  expect(await world.link('User', ana)).toEqual(link)
})

test('35: the link of a job that was given up, or never started, is deleted as that of a paused one', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  await world.run()
  await world.store.jobs.setStatus(world.job.jobId, 'Quarantine', 'Disabled')
  expect((await send('DELETE', `links/${ana}`)).status).toBe(200)
  expect(await world.link('User', ana)).toBeUndefined()
})

test('a link is not deleted under a running cycle, paused or not', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  await world.run()
  await world.change(ana, { jobTitle: 'Captain' })
  let answer: Answer | null = null
  await world.run({
    onWrite: async () => {
      await send('POST', 'pause')
      answer = await send('DELETE', `links/${encodeURIComponent(ana)}`)
    },
  })
  expect(answer).toMatchObject({ status: 409, json: { error: { code: 'cycleRunning' } } })
  expect(await status()).toBe('Paused')
})

/** What is left of watermark, links, failed objects and quarantine (spec section 11). */
const table = {
  '': ['cleared', 'kept', 'cleared', 'cleared'],
  Watermark: ['cleared', 'kept', 'kept', 'kept'],
  Escrows: ['kept', 'kept', 'cleared', 'kept'],
  QuarantineState: ['kept', 'kept', 'kept', 'cleared'],
  ConnectorDataStore: ['kept', 'cleared', 'kept', 'kept'],
  ForceDeletes: ['kept', 'kept', 'kept', 'cleared'],
  Full: ['cleared', 'cleared', 'cleared', 'cleared'],
  None: ['kept', 'kept', 'kept', 'cleared'],
  'Watermark, Escrows': ['cleared', 'kept', 'cleared', 'kept'],
  'muster pause': ['kept', 'kept', 'kept', 'kept'],
  'muster start': ['kept', 'kept', 'kept', 'cleared'],
} as const

test.each(Object.entries(table))(
  'section 11, %s: watermark, links, failed objects, quarantine',
  async (what, expected) => {
    await begin()
    const ana = await world.user('Ana Able')
    // Nobody has this userName's mail, and two accounts do: a failure that stays.
    world.target.put(anAccount({ anchor: 'U-1', mail: 'bo.blue@example.com' }))
    world.target.put(anAccount({ anchor: 'U-2', mail: 'bo.blue@example.com' }))
    await world.user('Bo Blue')
    await world.run()
    const revoked = new ConnectorError('Revoked.', { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
    world.target.failNext('checkCredentials', revoked)
    await world.runRaw()
    expect(await status()).toBe('Quarantine')
    const verb = /^muster (\w+)$/.exec(what)?.[1]
    if (verb === undefined) await restart(what)
    else await send('POST', verb)
    const job = await world.store.jobs.get(world.job.jobId)
    const found = [
      job?.watermark === null,
      (await world.link('User', ana)) === undefined,
      (await world.store.provisioning.countEscrow(world.job.jobId)) === 0,
      job?.quarantine === null,
    ].map((isGone) => (isGone ? 'cleared' : 'kept'))
    expect(found).toEqual(expected)
    if (verb !== 'pause') expect(job?.nextRunAt).toBe(world.clock.now())
    expect(await status()).toBe(verb === 'pause' ? 'Paused' : job?.quarantine === null ? 'Active' : 'Quarantine')
  },
)

test('82: restart Full, links are rebuilt by matching', async () => {
  await begin()
  const people = [await world.user('Ana Able'), await world.user('Ben Bold')]
  await world.run()
  const linksOf = async () => await Promise.all(people.map((person) => world.link('User', person)))
  const before = (await linksOf()).map((link) => link?.targetAnchor)
  expect(await restart('Full')).toMatchObject({ json: { linksForgotten: 2 } })
  expect(await linksOf()).toEqual([undefined, undefined])
  world.target.forgetCalls()
  expect(await world.run()).toMatchObject({ kind: 'initial', state: 'Succeeded' })
  expect((await linksOf()).map((link) => link?.targetAnchor)).toEqual(before)
  expect(world.sent().filter((write) => write.kind === 'create')).toEqual([])
  expect(world.target.objects('User')).toHaveLength(2)
})

test('83: restart Escrows, watermark and links are unchanged and no failed object is retried', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  await world.run()
  const conflict = new ConnectorError('Somebody has that.', { code: 'Conflict', scope: 'object', retry: 'backoff' })
  world.target.failNext('write', conflict, Infinity)
  await world.change(ana, { jobTitle: 'Captain' })
  await world.run()
  await world.run()
  const state = async () => ({
    watermark: (await world.store.jobs.get(world.job.jobId))?.watermark,
    link: await world.link('User', ana),
  })
  const before = await state()
  expect(await restart('Escrows')).toMatchObject({ json: { escrowsForgotten: 1, linksForgotten: 0 } })
  expect(await state()).toEqual(before)
  world.target.clearFaults()
  world.target.forgetCalls()
  expect(await world.run()).toMatchObject({ kind: 'incremental' })
  expect(world.sent()).toEqual([])
})

test('what an undo has taken back is no failure: a restart of Escrows keeps it, and the next cycle does it', async () => {
  await begin()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  await world.run()
  await world.change(ana, { jobTitle: 'Captain' })
  const { cycleId } = await world.run()
  const { plan } = await world.planUndo({ cycleId })
  await world.applyPlan(plan.planId)
  expect(await restart('Escrows')).toMatchObject({ json: { escrowsForgotten: 0 } })
  await world.run()
  expect(world.target.objects('User')[0]?.attributes['title']).toBe('Captain')
})
