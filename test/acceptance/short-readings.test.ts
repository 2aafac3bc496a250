/* Spec 9.1 and style.md section 4: a reading of the source that is empty, short or broken off takes nobody out of scope. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ConnectorError, type SynchronizationJob } from '../../src/vocabulary/index.ts'
import { aFaultySource, type FaultySource } from '../builders/faulty-source.ts'
import { aWorld, type World } from '../builders/world.ts'
import { testSeed } from '../test-seed.ts'

let world: World
let faulty: FaultySource
afterEach(() => world.close())

const minute = 60_000
const hour = 60 * minute
const broken = new ConnectorError('The directory hung up.', {
  code: 'WebExceptionProtocolError',
  scope: 'job',
  retry: 'nextCycle',
})

async function begin(people = 6): Promise<readonly string[]> {
  faulty = aFaultySource()
  world = await aWorld({
    pageSizeMax: 2,
    source: faulty.source,
    settings: { deletionPrevention: { isOn: false, threshold: null, percentage: null, windowHours: null } },
  })
  const ids: string[] = []
  for (let number = 0; number < people; number += 1)
    ids.push(await world.user(`Person ${String.fromCharCode(65 + number)}`))
  await world.run()
  world.target.forgetCalls()
  return ids
}

const jobNow = async (): Promise<SynchronizationJob> => {
  const job = await world.store.jobs.get(world.job.jobId)
  if (job === null) throw new Error('the job is gone')
  return job
}
const removals = () => world.sent().filter(({ kind }) => kind === 'disable' || kind === 'delete')
const activeCount = () => world.target.objects('User').filter(({ attributes }) => attributes['active'] === true).length

describe.each([
  ['ends after one page', { cutAfterPages: 1 }, 'broken'],
  ['ends before the first page', { cutAfterPages: 0 }, 'broken'],
  ['throws after one page', { breakAfterPages: { pages: 1, error: broken } }, 'broken'],
  ['is empty and says it is whole', { emptyFeed: true }, 'ended'],
] as const)('a feed that %s', (_how, faults, kind) => {
  test('in an initial cycle removes nobody', async () => {
    await begin()
    await world.restart()
    faulty.set(faults)
    expect(await world.runRaw()).toMatchObject({ kind })
    expect(removals()).toEqual([])
    expect(activeCount()).toBe(6)
  })

  test('loses no change: the next reading brings it', async () => {
    const ids = await begin()
    for (const id of ids) await world.change(id, { jobTitle: 'Captain' })
    faulty.set(faults)
    await world.runRaw()
    faulty.set({})
    await world.clock.advance(minute)
    await world.run()
    expect(world.target.objects('User').map(({ attributes }) => attributes['title'])).toEqual(ids.map(() => 'Captain'))
  })
})

test('a source that breaks off for longer than an hour is a quarantine IngestionInterrupted', async () => {
  await begin()
  await world.change('user-person.a', { jobTitle: 'Captain' })
  faulty.set({ breakAfterPages: { pages: 0, error: broken } })
  const began = world.clock.now()
  expect(await world.runRaw()).toMatchObject({ kind: 'broken', nextRunAt: began + minute })
  expect((await jobNow()).quarantine).toBeNull()
  await world.clock.advance(hour)
  await world.runRaw()
  expect(await jobNow()).toMatchObject({
    status: 'Quarantine',
    quarantine: { reason: 'IngestionInterrupted', error: { message: 'The directory hung up.' } },
  })
  faulty.set({})
  await world.run()
  expect(await jobNow()).toMatchObject({ status: 'Active', quarantine: null })
})

test('a target that breaks off is not the source', async () => {
  await begin()
  world.target.failNext('checkCredentials', broken, Infinity)
  await world.runRaw()
  await world.clock.advance(hour)
  await world.runRaw()
  expect((await jobNow()).quarantine?.reason).toBe('EncounteredQuarantineException')
})

describe('look-ups that answer short', () => {
  test('a removal that waits is not carried out while the source says nothing of its person', async () => {
    const [ana = ''] = await begin()
    await world.unassign(ana)
    faulty.set({ leavesOut: () => true })
    await world.run()
    expect(removals()).toEqual([])
    const [entry] = await world.log(ana)
    expect(entry?.provisioningStatusInfo).toMatchObject({
      status: 'skipped',
      errorInformation: {
        errorCode: 'ImportSkipped',
        reason: expect.stringContaining('neither that it is there nor that it was deleted') as string,
      },
    })
    // It is not forgotten: when the source answers, it happens.
    faulty.set({})
    await world.clock.advance(minute)
    await world.run()
    expect(removals()).toMatchObject([{ kind: 'disable' }])
    expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
  })

  test('who failed and is asked for again is not taken for deleted', async () => {
    const [ana = ''] = await begin()
    const refused = new ConnectorError('Not that.', { code: 'Conflict', scope: 'object', retry: 'backoff' })
    await world.change(ana, { jobTitle: 'Captain' })
    world.target.failNext('write', refused)
    await world.run()
    faulty.set({ leavesOut: () => true })
    await world.clock.advance(minute)
    await world.run()
    expect(removals()).toEqual([])
    expect(activeCount()).toBe(6)
    faulty.set({})
    await world.clock.advance(minute)
    await world.run()
    expect(world.target.objects('User').map(({ attributes }) => attributes['title'])).toContain('Captain')
  })

  test('a delete that failed is still tried again', async () => {
    const [ana = ''] = await begin()
    const refused = new ConnectorError('Not now.', { code: 'InternalServerError', scope: 'object', retry: 'nextCycle' })
    await world.hardDelete(ana)
    world.target.failNext('write', refused)
    await world.run()
    expect(activeCount()).toBe(6)
    world.target.forgetCalls()
    await world.clock.advance(minute)
    await world.run()
    expect(removals()).toMatchObject([{ kind: 'delete' }])
  })
})

test('whatever is left out, nobody is removed who has not left, and in the end everybody who has', async () => {
  await begin(0)
  await world.close()
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
      fc.array(
        fc.record(
          {
            cutAfterPages: fc.nat({ max: 3 }),
            leaves: fc.uniqueArray(fc.integer({ min: 0, max: 5 })),
            isInitial: fc.boolean(),
          },
          { requiredKeys: ['leaves', 'isInitial'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      async (leavers, cycles) => {
        const ids = await begin()
        const gone = new Set(leavers.map((number) => ids[number] ?? ''))
        for (const id of gone) await world.unassign(id)
        for (const { cutAfterPages, leaves, isInitial } of cycles) {
          if (isInitial) await world.restart()
          const missing = new Set(leaves.map((number) => ids[number] ?? ''))
          faulty.set({
            ...(cutAfterPages === undefined ? {} : { cutAfterPages }),
            leavesOut: (anchor) => missing.has(anchor),
          })
          await world.runRaw()
          await world.clock.advance(minute)
        }
        const links = await Promise.all(ids.map(async (id) => [id, await world.link('User', id)] as const))
        const ownerOf = new Map(links.map(([id, link]) => [link?.targetAnchor, id]))
        for (const write of removals()) {
          expect(write.kind).toBe('disable')
          expect(gone.has(ownerOf.get('anchor' in write ? write.anchor : '') ?? '')).toBe(true)
        }
        faulty.set({})
        await world.run()
        await world.clock.advance(minute)
        await world.run()
        expect(activeCount()).toBe(6 - gone.size)
        await world.close()
      },
    ),
    { numRuns: 30, seed: testSeed },
  )
  await begin(0)
})
