/* Spec section 13: how far a cycle is, and what was ever synchronized. */
import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { ConnectorError, type JobReport } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, type World, type WorldOptions } from '../builders/world.ts'

let world: World
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await world.close()
})

/** A world and what the service says of its job. */
async function aWatchedWorld(options: WorldOptions): Promise<() => Promise<JobReport>> {
  world = await aWorld(options)
  const app = await createApi(apiPorts(world.ports))
  closing.push(() => app.close())
  return async () => (await app.inject({ url: '/muster/v1/jobs/default' })).json<JobReport>()
}

const names = ['Ana', 'Ben', 'Cem', 'Dua', 'Eli', 'Fay', 'Gil'].map((name) => `${name} Able`)

test('88: in an initial cycle percent equals pages done of pages known, and the counters show objects in the store', async () => {
  const report = await aWatchedWorld({ pageSizeMax: 2, target: { capabilities: { concurrencyMax: 1 } } })
  for (const name of names) await world.user(name)
  const before = await report()
  expect(before).toMatchObject({ progress: null, synchronized: [] })
  expect(before.synchronizationStatus).toMatchObject({ code: 'NotRun', progress: [], lastExecution: null })
  expect(before.synchronizationStatus.steadyStateFirstAchievedTime).toBe('0001-01-01T00:00:00Z')

  const seen: { readonly done: number; readonly percent: number }[] = []
  const cycle = await world.run({
    onWrite: async (_, number) => {
      const { progress, synchronizationStatus, synchronized } = await report()
      if (progress === null) throw new Error('a running cycle has no progress')
      seen.push({ done: progress.pagesDone, percent: progress.percent })
      expect(progress).toMatchObject({ kind: 'initial', pagesKnown: 4 })
      expect(progress.percent).toBe(Math.floor((100 * progress.pagesDone) / progress.pagesKnown))
      expect(synchronizationStatus.progress[0]).toMatchObject({
        units: 'Pages',
        completedUnits: progress.pagesDone,
        totalUnits: 4,
      })
      // Every write before this one is stored, as far as its page is done.
      const users = synchronized.find((each) => each.objectType === 'User')?.count ?? 0
      expect(users).toBeGreaterThanOrEqual(2 * progress.pagesDone)
      expect(users).toBeLessThan(number)
      expect(synchronizationStatus.synchronizedEntryCountByType).toEqual(
        users === 0 ? [] : [{ key: 'User to User', value: users }],
      )
    },
  })
  expect(seen.map((each) => each.percent)).toEqual([0, 0, 25, 25, 50, 50, 75])
  expect(cycle).toMatchObject({ pagesDone: 4, pagesKnown: 4 })
  expect(await report()).toMatchObject({
    progress: null,
    synchronized: [{ objectType: 'User', count: 7 }],
    lastCycle: { pagesDone: 4, pagesKnown: 4 },
  })
})

test('88: a cycle that was stopped goes on with the pages it has done', async () => {
  const report = await aWatchedWorld({ pageSizeMax: 2, target: { capabilities: { concurrencyMax: 1 } } })
  for (const name of names) await world.user(name)
  const stop = new AbortController()
  await world.runRaw({
    stop: stop.signal,
    onWrite: (_, number) => {
      if (number === 5) stop.abort(new Error('stopped'))
    },
  })
  expect((await report()).runningCycle).toMatchObject({ pagesDone: 2 })
  let first: number | undefined
  const cycle = await world.run({
    onWrite: async () => {
      first ??= (await report()).progress?.percent
    },
  })
  expect(first).toBe(50)
  expect(cycle).toMatchObject({ pagesDone: 4, pagesKnown: 4 })
})

test('89: a deprovisioned user does not make the cumulative counter smaller; what is managed now is told beside it', async () => {
  const report = await aWatchedWorld({})
  const people: string[] = []
  for (const name of names) people.push(await world.user(name))
  await world.run()
  const counts = async (): Promise<unknown> => {
    const { synchronized, managed, synchronizationStatus } = await report()
    const user = (of: readonly { readonly objectType: string; readonly count: number }[]): number =>
      of.find((each) => each.objectType === 'User')?.count ?? 0
    const active = managed.find((each) => each.objectType === 'User')?.active
    expect(synchronizationStatus.synchronizedEntryCountByType).toEqual([
      { key: 'User to User', value: user(synchronized) },
    ])
    return { ever: user(synchronized), active }
  }
  expect(await counts()).toEqual({ ever: 7, active: 7 })
  const [ana = '', ben = '', cem = ''] = people
  await world.unassign(ana)
  await world.softDelete(ben)
  await world.hardDelete(cem)
  await world.run()
  expect(await counts()).toEqual({ ever: 7, active: 4 })
  // Who comes back is no further object; somebody new is.
  await world.assign(ana)
  await world.user('Hal Able')
  await world.run()
  expect(await counts()).toEqual({ ever: 8, active: 6 })

  // Only a reset of what is known of the target counts anew.
  const app = await createApi(apiPorts(world.ports))
  const restart = async (resetScope: string): Promise<number> => {
    const url = '/muster/v1/jobs/default/restart'
    return (await app.inject({ method: 'POST', url, payload: { criteria: { resetScope } } })).statusCode
  }
  expect(await restart('Watermark')).toBe(200)
  await world.run()
  expect(await counts()).toEqual({ ever: 8, active: 6 })
  expect(await restart('Full')).toBe(200)
  await world.run()
  expect(await counts()).toMatchObject({ ever: 6, active: 6 })
  await app.close()
})

test('the last run, the last without errors and the last that wrote something are told however long ago they were', async () => {
  const report = await aWatchedWorld({})
  const ana = await world.user('Ana Able')
  const wrote = await world.run()
  for (let quiet = 0; quiet < 60; quiet += 1) {
    await world.clock.advance(60_000)
    await world.run()
  }
  await world.clock.advance(60_000)
  const good = await world.run()
  await world.clock.advance(60_000)
  await world.user('Ben Broken')
  await world.change(ana, { jobTitle: 'Mate' })
  const taken = new ConnectorError('The name is taken.', { code: 'Conflict', scope: 'object', retry: 'nextCycle' })
  world.target.failNext('write', taken, 1, (write) => write.kind === 'create')
  const failed = await world.run()
  expect(failed.state).toBe('EntryLevelErrors')
  const { synchronizationStatus: status } = await report()
  expect(status.lastExecution).toMatchObject({
    activityIdentifier: failed.cycleId,
    state: 'EntryLevelErrors',
    countExported: 1,
    countExports: 2,
    countImportedDeltas: 2,
    countEscrowed: 1,
  })
  expect(status.lastSuccessfulExecution).toMatchObject({
    activityIdentifier: good.cycleId,
    state: 'Succeeded',
    countExported: 0,
    error: { code: 'None' },
    timeBegan: new Date(good.beganAt).toISOString(),
  })
  expect(status.lastSuccessfulExecutionWithExports).toMatchObject({
    activityIdentifier: wrote.cycleId,
    countExported: 1,
    countImported: 1,
    countImportedDeltas: 0,
  })
  expect(status.steadyStateFirstAchievedTime).toBe(new Date(wrote.endedAt ?? 0).toISOString())
  expect(status.steadyStateLastAchievedTime).toBe(new Date(good.endedAt ?? 0).toISOString())
})
