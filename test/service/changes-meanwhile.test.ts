/* What changes while a cycle runs: a cycle that has already looked must not make the change wait for the interval. */
import { afterEach, expect, test } from 'vitest'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

async function nextRunAt(): Promise<number> {
  return (await world.store.jobs.get(world.job.jobId))?.nextRunAt ?? Number.NaN
}

test('a change that comes while the last object is written is carried over at once', async () => {
  world = await aWorld()
  const mira = await world.user('Mira Okafor')
  await world.run({
    onWrite: async () => {
      // What an import does.
      await world.clock.advance(50)
      await world.change(mira, { jobTitle: 'Captain' })
      await world.store.jobs.setNextRun(world.job.jobId, world.clock.now())
    },
  })
  expect(await nextRunAt()).toBeLessThanOrEqual(world.clock.now())
  await world.run()
  expect(world.target.objects('User')[0]?.attributes['title']).toBe('Captain')
})

test('a scope that is moved while a cycle runs is evaluated at once', async () => {
  world = await aWorld({ assignEverybody: false })
  const mira = await world.user('Mira Okafor', {}, { isAssigned: true })
  await world.user('Tom Hill')
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  await world.run({
    onWrite: async () => {
      await world.clock.advance(50)
      await world.setSettings({ syncAll: true })
      await world.restart()
      await world.store.jobs.setNextRun(world.job.jobId, world.clock.now())
    },
  })
  expect(await nextRunAt()).toBeLessThanOrEqual(world.clock.now())
  const cycle = await world.run()
  expect(cycle.kind).toBe('initial')
  expect(cycle.counters.created).toBe(1)
})

test('a cycle during which nothing is asked for is followed by the next one after the interval', async () => {
  world = await aWorld()
  await world.user('Mira Okafor')
  const cycle = await world.run()
  expect(await nextRunAt()).toBe(cycle.beganAt + world.job.settings.cycleEveryMs)
})
