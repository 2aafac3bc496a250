/* When jobs run: at their time, at once when the source changes, and never one waiting for another. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aJob } from '../../test/builders/stored.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import { ConnectorError, type SynchronizationJob } from '../vocabulary/index.ts'
import { startScheduler, type JobRunEnd, type Scheduler } from './index.ts'

let world: World
let scheduler: Scheduler
let ends: JobRunEnd[]
beforeEach(async () => {
  world = await aWorld()
  ends = []
})
afterEach(async () => {
  await scheduler.stop()
  await world.close()
})

const start = (ports = world.ports) => {
  scheduler = startScheduler(ports, 'test', (end) => void ends.push(end))
}
/** Everything that can happen at this instant happens. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await world.clock.advance(0)
}
const jobNow = async (): Promise<SynchronizationJob> => {
  const job = await world.store.jobs.get(world.job.jobId)
  if (job === null) throw new Error('the job is gone')
  return job
}
const titles = () => world.target.objects('User').map(({ attributes }) => attributes['title'])

async function started(): Promise<string> {
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  start()
  await settle()
  expect(ends.map((end) => end.kind)).toEqual(['ended'])
  return ana
}

test('a change that this process makes is in the target at once', async () => {
  const ana = await started()
  const now = world.clock.now()
  await world.change(ana, { jobTitle: 'Captain' })
  scheduler.wake()
  await settle()
  expect(titles()).toEqual(['Captain'])
  expect(world.clock.now()).toBe(now)
})

test('a change that another process makes is in the target within a second', async () => {
  const ana = await started()
  await world.change(ana, { jobTitle: 'Captain' })
  await world.clock.advance(1000)
  await settle()
  expect(titles()).toEqual(['Captain'])
})

test('without a change no cycle begins before its time', async () => {
  await started()
  const { nextRunAt } = await jobNow()
  await world.clock.advance(nextRunAt - world.clock.now() - 1)
  await settle()
  expect(ends).toHaveLength(1)
  await world.clock.advance(1000)
  await settle()
  expect(ends).toHaveLength(2)
})

test('a change while a cycle runs is in the target after it', async () => {
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  world.observeWrites(async (_write, number) => {
    if (number === 1) await world.change(ana, { jobTitle: 'Captain' })
  })
  start()
  await settle()
  expect(titles()).toEqual(['Captain'])
})

test('a position that the job never comes to makes it due once', async () => {
  const { ports } = world
  await world.user('Ana Able')
  start({
    ...ports,
    connect: (job) => {
      const { source, target } = ports.connect(job)
      return { source: { ...source, newestWatermark: () => Promise.resolve('elsewhere') }, target }
    },
  })
  await world.clock.advance(60_000)
  await settle()
  expect(ends).toHaveLength(2)
})

test('a paused job, and one whose credentials fail, do not run because something changed', async () => {
  const ana = await started()
  await world.store.jobs.setStatus(world.job.jobId, 'Paused', 'Paused')
  await world.change(ana, { jobTitle: 'Captain' })
  await world.clock.advance(60_000)
  expect(ends).toHaveLength(1)

  await world.store.jobs.setStatus(world.job.jobId, 'Active', 'Active')
  const revoked = new ConnectorError('Revoked.', { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
  world.target.failNext('checkCredentials', revoked, Infinity)
  await world.clock.advance(1000)
  await settle()
  expect(ends.map((end) => end.kind)).toEqual(['ended', 'broken'])
  await world.change(ana, { jobTitle: 'Admiral' })
  await world.clock.advance(3_600_000)
  expect(ends).toHaveLength(2)
  expect((await jobNow()).quarantine?.reason).toBe('EncounteredQuarantineException')
})

test('removals that wait for an answer are no reason for others to wait', async () => {
  await world.setSettings({
    deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null },
  })
  const ana = await started()
  await world.unassign(ana)
  scheduler.wake()
  await settle()
  expect((await jobNow()).quarantine?.reason).toBe('TooManyDeletes')
  await world.user('Ben Bold')
  scheduler.wake()
  await settle()
  expect(world.target.objects('User')).toHaveLength(2)
})

test('a long cycle of one job keeps no other job waiting', async () => {
  await world.user('Ana Able')
  const other = aJob('other', { ...world.job, jobId: 'other', nextRunAt: world.clock.now() + 10_000 })
  await world.store.jobs.create(other)
  let goOn: () => void = () => undefined
  const waits = new Promise<void>((resolve) => (goOn = resolve))
  world.observeWrites((_write, number) => (number === 1 ? waits : undefined))
  start()
  await settle()
  expect(ends).toEqual([])
  await world.clock.advance(11_000)
  await settle()
  expect(ends).toMatchObject([{ kind: 'ended', cycle: { jobId: 'other' } }])
  goOn()
  await settle()
  expect(ends).toHaveLength(2)
})

test('a source that cannot say where it stands is asked again, and its job keeps its time', async () => {
  const { ports } = world
  await world.user('Ana Able')
  const unreachable = new ConnectorError('Nobody answers.', { code: 'Timeout', scope: 'job', retry: 'nextCycle' })
  start({
    ...ports,
    connect: (job) => {
      const { source, target } = ports.connect(job)
      return { source: { ...source, newestWatermark: () => Promise.reject(unreachable) }, target }
    },
  })
  await world.clock.advance(60_000)
  await settle()
  expect(ends).toHaveLength(1)
  expect((await jobNow()).nextRunAt).toBeGreaterThan(world.clock.now())
})
