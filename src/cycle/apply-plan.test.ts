/* A plan that is kept, through the whole engine: exactly that is written, and what has moved since is void and said so. */
import { afterEach, expect, test } from 'vitest'
import { anAccount, aWorld, type World, type WorldOptions } from '../../test/builders/world.ts'
import { ConnectorError, dueCodes, type PlannedWrite } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

async function start(options: WorldOptions = {}): Promise<World> {
  world = await aWorld(options)
  return world
}

const outcomes = async (planId: string): Promise<readonly (readonly [string, string, unknown, unknown])[]> =>
  (await world.writesOf(planId)).map(({ image, outcome, moved }: PlannedWrite) => [
    image.kind,
    image.displayName,
    outcome,
    moved,
  ])

const kinds = (): readonly string[] => world.sent().map((write) => write.kind)

test('a plan writes nothing; applied it does what the cycle would have done, newcomers in groups and managers included', async () => {
  await start()
  const boss = await world.user('Zoe Boss')
  const mira = await world.user('Mira Okafor', { manager: boss })
  const crew = await world.group('Crew', [mira, boss])
  await world.assign(crew)
  const plan = await world.savePlan()
  expect(world.sent()).toEqual([])
  expect(plan.counts).toMatchObject({ creates: 3, membershipChanges: 2, people: 2, groups: 1 })
  const cycle = await world.applyPlan(plan.planId)
  expect(cycle).toMatchObject({ planId: plan.planId, state: 'Succeeded', counters: { created: 3, skipped: {} } })
  expect((await outcomes(plan.planId)).map(([, , outcome]) => outcome)).toEqual(
    (await outcomes(plan.planId)).map(() => 'done'),
  )
  expect(await world.store.plans.get(plan.planId)).toMatchObject({ state: 'applied', decidedBy: 'ben' })
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('what changed in the directory since is withheld and done by the next cycle; the rest of the plan goes out', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  const tom = await world.user('Tom Berg', { jobTitle: 'Cook' })
  const ana = await world.user('Ana Able')
  await world.run()
  world.target.forgetCalls()
  await world.change(mira, { jobTitle: 'Captain' })
  await world.change(tom, { jobTitle: 'Chef' })
  const plan = await world.savePlan()
  await world.change(tom, { jobTitle: 'Baker' })
  await world.unassign(ana)
  const cycle = await world.applyPlan(plan.planId)
  expect(world.sent()).toMatchObject([{ kind: 'update', changes: [{ attribute: 'title', value: 'Captain' }] }])
  expect(await outcomes(plan.planId)).toEqual([
    ['update', 'Mira Okafor', 'done', null],
    ['update', 'Tom Berg', 'void', 'source'],
  ])
  expect(cycle.counters.skipped).toMatchObject({ PlanVoid: 1, NotPlanned: 1 })
  const [entry] = await world.log(ana)
  expect(entry?.provisioningStatusInfo.errorInformation?.errorCode).toBe('NotPlanned')
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(2)
  expect(await world.store.provisioning.countEscrow(world.job.jobId, dueCodes)).toBe(2)
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toMatch(
    /User 'Ana Able': disable withheld, because the plan has nothing of the kind for it/,
  )
  world.target.forgetCalls()
  await world.run()
  expect(kinds().toSorted()).toEqual(['disable', 'update'])
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
})

test('what changed in the target since is withheld', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const plan = await world.savePlan()
  const account = world.target.object('User', 'U1')
  if (account !== undefined) world.target.put({ ...account, attributes: { ...account.attributes, title: 'By hand' } })
  world.target.forgetCalls()
  await world.applyPlan(plan.planId)
  expect(world.sent()).toEqual([])
  expect(await outcomes(plan.planId)).toEqual([['update', 'Mira Okafor', 'void', 'target']])
})

test('an account that somebody made meanwhile is not made again', async () => {
  await start()
  await world.user('Mira Okafor')
  const plan = await world.savePlan()
  world.target.put(anAccount({ anchor: 'U-HAND', mail: 'mira.okafor@example.com' }))
  await world.applyPlan(plan.planId)
  expect(kinds()).toEqual([])
  expect(await outcomes(plan.planId)).toEqual([['create', 'Mira Okafor', 'void', 'target']])
})

test('another mapping voids what it decides otherwise, and everybody is evaluated by it afterwards', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.user('Tom Berg', { jobTitle: 'Cook' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const plan = await world.savePlan()
  await world.setSchema((schema) => ({
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) => ({
        ...mapping,
        attributeMappings: mapping.attributeMappings.map((each) =>
          each.targetAttributeName === 'title'
            ? { ...each, source: { expression: 'ToUpper([jobTitle])', name: 'ToUpper', type: 'Function' } }
            : each,
        ),
      })),
    })),
  }))
  world.target.forgetCalls()
  await world.applyPlan(plan.planId)
  expect(world.sent()).toEqual([])
  expect(await outcomes(plan.planId)).toEqual([['update', 'Mira Okafor', 'void', 'configuration']])
  const cycle = await world.run()
  expect(cycle.kind).toBe('initial')
  expect(world.target.object('User', 'U2')?.attributes['title']).toBe('COOK')
})

test('what is done already is no fault of the plan', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const plan = await world.savePlan()
  await world.run()
  world.target.forgetCalls()
  await world.applyPlan(plan.planId)
  expect(world.sent()).toEqual([])
  const [write] = await world.writesOf(plan.planId)
  expect(write).toMatchObject({ outcome: 'done', outcomeReason: 'Nothing was left to send: it is so already.' })
})

test('what the target refuses is said, and tried again by the next cycle', async () => {
  await start()
  await world.user('Mira Okafor')
  const plan = await world.savePlan()
  world.target.failNext(
    'write',
    new ConnectorError('Not this name.', { code: 'InvalidValue', scope: 'object', retry: 'nextCycle' }),
  )
  await world.applyPlan(plan.planId)
  expect((await world.writesOf(plan.planId))[0]).toMatchObject({ outcome: 'failed', outcomeReason: 'Not this name.' })
  await world.run()
  expect(world.target.objects('User')).toHaveLength(1)
})

test('a plan may be above the removal threshold: whoever applies it has agreed to these, and to no others', async () => {
  await start({ settings: { deletionPrevention: { isOn: true, threshold: 1, percentage: null, windowHours: null } } })
  const people: string[] = []
  for (const name of ['Ana Able', 'Ben Bold', 'Cem Calm', 'Dua Dear']) people.push(await world.user(name))
  await world.run()
  for (const person of people.slice(0, 3)) await world.unassign(person)
  const plan = await world.savePlan()
  expect(plan.counts.disables).toBe(3)
  await world.unassign(people[3] ?? '')
  const cycle = await world.applyPlan(plan.planId)
  expect(cycle.counters).toMatchObject({ disabled: 3, skipped: { NotPlanned: 1 } })
  expect(await world.store.jobs.get(world.job.jobId)).toMatchObject({ status: 'Active', quarantine: null })
})

test('a group goes although its members went just before it', async () => {
  await start()
  const people: string[] = []
  for (const name of ['Ana Able', 'Ben Bold']) people.push(await world.user(name, {}, { isAssigned: false }))
  const crew = await world.group('Crew', people)
  await world.assign(crew)
  await world.run()
  await world.unassign(crew)
  const plan = await world.savePlan()
  expect(plan.counts).toMatchObject({ disables: 2, deletes: 1 })
  const cycle = await world.applyPlan(plan.planId)
  expect(cycle.counters).toMatchObject({ disabled: 2, deleted: 1, skipped: {} })
})

test('a group that somebody put members into meanwhile is not deleted', async () => {
  await start()
  world.target.put(anAccount({ anchor: 'U-STRANGER' }))
  const crew = await world.group('Crew', [])
  await world.assign(crew)
  await world.run()
  await world.unassign(crew)
  const plan = await world.savePlan()
  const group = world.target.objects('Group')[0]
  if (group !== undefined) world.target.put({ ...group, attributes: { ...group.attributes, members: ['U-STRANGER'] } })
  await world.applyPlan(plan.planId)
  expect(world.target.objects('Group')).toHaveLength(1)
  expect(await outcomes(plan.planId)).toEqual([['delete', 'Crew', 'void', 'target']])
})

test('a plan of everybody finds what has drifted, and mends it', async () => {
  await start()
  await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  const account = world.target.object('User', 'U1')
  if (account !== undefined) world.target.put({ ...account, attributes: { ...account.attributes, title: 'By hand' } })
  expect((await world.savePlan()).counts.people).toBe(0)
  const plan = await world.savePlan('everything')
  expect(plan).toMatchObject({ kind: 'everything', counts: { updates: 1 } })
  const cycle = await world.applyPlan(plan.planId)
  expect(cycle).toMatchObject({ kind: 'initial', counters: { updated: 1 } })
  expect(world.target.object('User', 'U1')?.attributes['title']).toBe('Pilot')
})

test('one is used up once, and the others beside it are superseded', async () => {
  await start()
  await world.user('Mira Okafor')
  const [one, other] = [await world.savePlan(), await world.savePlan()]
  expect(one.contentHash).toBe(other.contentHash)
  expect(await world.beginApply(one.planId)).toBe(true)
  expect(await world.beginApply(one.planId).catch(() => false)).toBe(false)
  await world.run()
  expect(await world.beginApply(other.planId)).toBe(false)
  expect(await world.store.plans.get(other.planId)).toMatchObject({ state: 'superseded' })
})

test('an undo that was made before is superseded with the others', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const { cycleId } = await world.run()
  const [undo, other] = [(await world.planUndo({ cycleId })).plan, (await world.planUndo({ cycleId })).plan]
  await world.change(mira, { jobTitle: 'Admiral' })
  await world.applyPlan((await world.savePlan()).planId)
  for (const { planId } of [undo, other])
    expect(await world.store.plans.get(planId)).toMatchObject({ state: 'superseded' })
  const [one, another] = [(await world.planUndo({ cycleId })).plan, (await world.planUndo({ cycleId })).plan]
  await world.applyPlan(another.planId)
  expect(await world.store.plans.get(one.planId)).toMatchObject({ state: 'superseded' })
})

test('killed in the middle, it goes on as the same plan and lets nothing else through', async () => {
  await start({ pageSizeMax: 1 })
  for (const name of ['Ana Able', 'Ben Bold', 'Cem Calm']) await world.user(name)
  const plan = await world.savePlan()
  const dua = await world.user('Dua Dear')
  expect(await world.beginApply(plan.planId)).toBe(true)
  const stop = new AbortController()
  const end = await world.runRaw({
    stop: stop.signal,
    onWrite: (_write, number) => {
      if (number === 2) stop.abort(new Error('The service is stopping.'))
    },
  })
  expect(end.kind).toBe('stopped')
  const cycle = await world.run()
  expect(cycle.planId).toBe(plan.planId)
  expect(kinds()).toEqual(['create', 'create', 'create'])
  expect((await outcomes(plan.planId)).map(([, , outcome]) => outcome)).toEqual(['done', 'done', 'done'])
  expect((await world.log(dua))[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe('NotPlanned')
  await world.run()
  expect(kinds()).toHaveLength(4)
})

test('a paused job carries the plan out and stays paused', async () => {
  await start()
  await world.user('Mira Okafor')
  const plan = await world.savePlan()
  await world.store.jobs.setStatus(world.job.jobId, 'Paused', 'Paused')
  await world.applyPlan(plan.planId)
  expect(world.target.objects('User')).toHaveLength(1)
  expect(await world.store.jobs.get(world.job.jobId)).toMatchObject({ status: 'Paused' })
})

test('Now() is the instant of the plan, so that the plan still fits an hour later', async () => {
  await start({
    schema: (schema) => ({
      ...schema,
      synchronizationRules: schema.synchronizationRules.map((rule) => ({
        ...rule,
        objectMappings: rule.objectMappings.map((mapping) => ({
          ...mapping,
          attributeMappings: mapping.attributeMappings.map((each) =>
            each.targetAttributeName === 'title'
              ? {
                  ...each,
                  source: {
                    expression: 'FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd HH:mm")',
                    name: 'FormatDateTime',
                    type: 'Function',
                  },
                }
              : each,
          ),
        })),
      })),
    }),
  })
  await world.user('Mira Okafor')
  const plan = await world.savePlan()
  await world.clock.advance(3_600_000)
  const cycle = await world.applyPlan(plan.planId)
  expect(cycle.counters.created).toBe(1)
})
