/* A cycle under review, through the whole engine: what waits, what does not, and who is told. */
import { afterEach, expect, test } from 'vitest'
import { aWorld, type World } from '../../test/builders/world.ts'
import { usualReview, type JobSettings, type ReviewSettings, type SealedPlan } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

const names = ['Ana Able', 'Ben Bold', 'Cem Calm', 'Dua Dear'] as const

/** Four people with accounts, under review from then on. */
async function aCrew(
  review: Partial<ReviewSettings>,
  settings: Partial<JobSettings> = {},
): Promise<readonly [string, string, string, string]> {
  world = await aWorld({ settings: { notifications: { isOn: true, recipients: 'ana@example.com', webhookUrl: null } } })
  const people = await Promise.all(names.map((name) => world.user(name, { jobTitle: 'Cook' })))
  await world.run()
  await setReview(review, settings)
  world.target.forgetCalls()
  return people as unknown as readonly [string, string, string, string]
}

const setReview = (review: Partial<ReviewSettings>, settings: Partial<JobSettings> = {}): Promise<void> =>
  world.setSettings({ review: { ...usualReview, ...review }, ...settings })

const kinds = (): readonly string[] => world.sent().map((write) => write.kind)
const job = async () => await world.store.jobs.get(world.job.jobId)
const plans = async (): Promise<readonly SealedPlan[]> =>
  (await world.store.plans.list(world.job.jobId, { limit: 9 })).plans
const told = async () => await world.store.notifications.list(world.job.jobId, 9)

async function waits(): Promise<SealedPlan> {
  const end = await world.runRaw()
  if (end.kind !== 'waits') throw new Error(`it did not wait: ${end.kind}`)
  const plan = await world.store.plans.get(end.planId)
  if (plan === null) throw new Error('the plan is missing')
  return plan
}

test('off: cycles write as ever', async () => {
  const [ana] = await aCrew({ mode: 'off' })
  await world.change(ana, { jobTitle: 'Chef' })
  await world.run()
  expect(kinds()).toEqual(['update'])
})

test('always: nothing is written before an answer, the job stays healthy and on schedule, leavers wait too', async () => {
  const [ana, ben] = await aCrew({ mode: 'always' })
  await world.change(ana, { jobTitle: 'Chef' })
  await world.unassign(ben)
  const plan = await waits()
  expect(world.sent()).toEqual([])
  expect(plan).toMatchObject({ state: 'open', waitsFor: ['always'], counts: { updates: 1, disables: 1 } })
  expect(await job()).toMatchObject({ status: 'Active', quarantine: null })
  expect((await job())?.nextRunAt).toBe(world.clock.now() + world.job.settings.cycleEveryMs)
  expect(await told()).toMatchObject([{ notification: { kind: 'planWaits', concerned: 2 } }])
  await world.applyPlan(plan.planId)
  expect(kinds().toSorted()).toEqual(['disable', 'update'])
})

test('a cycle without writes runs, and leaves no plan behind', async () => {
  await aCrew({ mode: 'always' })
  const cycle = await world.run()
  expect(cycle.state).toBe('Succeeded')
  expect(await plans()).toEqual([])
  if (cycle.planId !== null) expect(await world.store.plans.get(cycle.planId)).toBeNull()
})

test('what changes between the plan of a review and its cycle waits for the next one', async () => {
  const [ana] = await aCrew({ mode: 'aboveThreshold', updatesMax: 1 })
  await world.change(ana, { jobTitle: 'Chef' })
  const cycle = await world.run({ onWrite: () => world.change(ana, { department: 'Kitchen' }) })
  expect(cycle.counters.updated).toBe(1)
  expect(kinds()).toEqual(['update'])
})

test.each<[string, Partial<ReviewSettings>, readonly string[]]>([
  ['as many as the number', { updatesMax: 2 }, []],
  ['more than the number', { updatesMax: 1 }, ['updates']],
  ['no limit', { updatesMax: null, shareMax: null }, []],
  ['more memberships than the number', { membershipChangesMax: 2 }, ['membershipChanges']],
  ['as many memberships', { membershipChangesMax: 3 }, []],
  ['more creates than the number', { createsMax: 0 }, ['creates']],
])('above the threshold, %s', async (_title, review, causes) => {
  const [ana, ben, cem] = await aCrew({ mode: 'aboveThreshold', ...review })
  await world.change(ana, { jobTitle: 'Chef' })
  await world.change(ben, { jobTitle: 'Chef' })
  const crew = await world.group('Crew', [ana, ben, cem])
  await world.assign(crew)
  const end = await world.runRaw()
  expect(end.kind).toBe(causes.length === 0 ? 'ended' : 'waits')
  expect((await plans()).flatMap((plan) => plan.waitsFor)).toEqual(causes)
  if (causes.length > 0) expect(world.sent()).toEqual([])
})

test('a share of all accounts counts from eleven on', async () => {
  world = await aWorld({
    settings: { review: { ...usualReview, mode: 'aboveThreshold', updatesMax: null, shareMax: 50 } },
  })
  const people: string[] = []
  for (let index = 0; index < 20; index += 1)
    people.push(await world.user(`P${'x'.repeat(index + 1)} Q`, { jobTitle: 'Cook' }))
  await world.run()
  for (const person of people.slice(0, 10)) await world.change(person, { jobTitle: 'Chef' })
  expect((await world.runRaw()).kind).toBe('ended')
  for (const person of people.slice(0, 11)) await world.change(person, { jobTitle: 'Baker' })
  expect((await waits()).waitsFor).toEqual(['updates'])
})

test('the first cycle after another mapping waits, whatever the mode, and the one after its answer does not', async () => {
  const [ana] = await aCrew({ afterConfigurationChange: true })
  await world.change(ana, { jobTitle: 'Chef' })
  await world.run()
  expect(kinds()).toEqual(['update'])
  await world.setSchema((schema) => ({
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) => ({
        ...mapping,
        attributeMappings: mapping.attributeMappings.map((each) =>
          each.targetAttributeName === 'title'
            ? { ...each, source: { expression: 'ToUpper([jobTitle])', name: 'ToUpper', type: 'Function' as const } }
            : each,
        ),
      })),
    })),
  }))
  world.target.forgetCalls()
  const plan = await waits()
  expect(plan).toMatchObject({ waitsFor: ['configuration'], counts: { updates: 4 } })
  expect(world.sent()).toEqual([])
  await world.applyPlan(plan.planId)
  expect(kinds()).toHaveLength(4)
  await world.change(ana, { jobTitle: 'Baker' })
  await world.run()
  expect(kinds()).toHaveLength(5)
})

test('people who leave go ahead when they are let through, and the rest waits', async () => {
  const [ana, ben, cem] = await aCrew({ mode: 'always', letsDisablesThrough: true })
  await world.change(ana, { jobTitle: 'Chef' })
  await world.unassign(ben)
  await world.unassign(cem)
  const watermark = (await job())?.watermark
  const cycle = await world.run()
  expect(cycle.counters).toMatchObject({ disabled: 2, updated: 0 })
  expect(kinds()).toEqual(['disable', 'disable'])
  expect(await job()).toMatchObject({ watermark, nextRunAt: world.clock.now() })
  const plan = await waits()
  expect(plan.counts).toMatchObject({ disables: 0, updates: 1 })
  expect(kinds()).toHaveLength(2)
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
  await world.applyPlan(plan.planId)
  expect(kinds()).toEqual(['disable', 'disable', 'update'])
})

test('leavers above the removal threshold are not let through', async () => {
  const deletionPrevention = { isOn: true, threshold: 1, percentage: null, windowHours: null }
  const [, ben, cem] = await aCrew({ mode: 'always', letsDisablesThrough: true }, { deletionPrevention })
  await world.unassign(ben)
  await world.unassign(cem)
  expect((await waits()).counts.disables).toBe(2)
  expect(world.sent()).toEqual([])
  expect(await job()).toMatchObject({ status: 'Active', quarantine: null })
})

test('below its own threshold a cycle still holds back removals above that of removals', async () => {
  const deletionPrevention = { isOn: true, threshold: 1, percentage: null, windowHours: null }
  const [, ben, cem] = await aCrew({ mode: 'aboveThreshold', disablesMax: null }, { deletionPrevention })
  await world.unassign(ben)
  await world.unassign(cem)
  await world.run()
  expect(world.sent()).toEqual([])
  expect(await job()).toMatchObject({ quarantine: { reason: 'TooManyDeletes' } })
})

test('switched off again, the next cycle runs and what waited is superseded', async () => {
  const [ana] = await aCrew({ mode: 'always' })
  await world.change(ana, { jobTitle: 'Chef' })
  const plan = await waits()
  await setReview({ mode: 'off' })
  await world.run()
  expect(kinds()).toEqual(['update'])
  expect(await world.store.plans.get(plan.planId)).toMatchObject({ state: 'superseded' })
})

test('killed while a review lets a cycle through, it goes on with the same plan', async () => {
  const people = await aCrew({ mode: 'aboveThreshold', updatesMax: 40 })
  const [ana, ben] = people
  await world.change(ana, { jobTitle: 'Chef' })
  await world.change(ben, { jobTitle: 'Chef' })
  const crew = await world.group('Crew', people)
  await world.assign(crew)
  const stop = new AbortController()
  const end = await world.runRaw({ stop: stop.signal, onWrite: () => stop.abort(new Error('stop')) })
  expect(end.kind).toBe('stopped')
  const planId = (await world.store.jobs.runningCycle(world.job.jobId))?.planId
  expect(planId).not.toBeNull()
  expect((await world.run()).planId).toBe(planId)
  expect(kinds().length).toBeGreaterThanOrEqual(2)
  expect(world.target.objects('User').filter((each) => each.attributes['title'] === 'Chef')).toHaveLength(2)
})
