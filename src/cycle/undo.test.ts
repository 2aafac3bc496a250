/* Taking earlier writes back, through the whole engine: what is as it was before, and what stands in the way. */
import { afterEach, describe, expect, test } from 'vitest'
import { aWorld, anAccount, workEmail, type World, type WorldOptions } from '../../test/builders/world.ts'
import { ConnectorError, type Cycle, type ObjectTypeName, type TargetObject } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

async function start(options: WorldOptions = {}): Promise<void> {
  world = await aWorld(options)
}

async function aGroup(name: string, members: readonly string[]): Promise<string> {
  const group = await world.group(name, members)
  await world.assign(group)
  return group
}

const anchorOf = async (objectType: ObjectTypeName, id: string): Promise<string> =>
  (await world.link(objectType, id))?.targetAnchor ?? ''
const account = async (id: string): Promise<TargetObject | undefined> =>
  world.target.object('User', await anchorOf('User', id))
const group = async (id: string): Promise<TargetObject | undefined> =>
  world.target.object('Group', await anchorOf('Group', id))

async function undo({ cycleId }: Cycle): Promise<Cycle> {
  const { plan } = await world.planUndo({ cycleId })
  return await world.applyPlan(plan.planId)
}

/** What became of each part, in words. */
const parts = async (planId: string) =>
  (await world.writesOf(planId)).map(({ image, outcome, outcomeReason }) => [image.kind, outcome, outcomeReason])

test('updates are back, and only what the cycle had changed', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot', department: 'Air' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain', mail: 'mira@example.com' })
  const cycle = await world.run()
  const held = await account(mira)
  // Somebody changes something else by hand.
  if (held !== undefined) world.target.put({ ...held, attributes: { ...held.attributes, nickName: 'Mo' } })
  const undone = await undo(cycle)
  expect(undone).toMatchObject({ state: 'Succeeded', counters: { updated: 2, failed: {} } })
  expect((await account(mira))?.attributes).toMatchObject({
    title: 'Pilot',
    [workEmail]: 'mira.okafor@example.com',
    nickName: 'Mo',
  })
})

test('a created account is disabled, a created group deleted, and an undo of that brings both back', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  const crew = await aGroup('Crew', [mira])
  const cycle = await world.run()
  const { plan } = await world.planUndo({ cycleId: cycle.cycleId })
  expect(plan).toMatchObject({ kind: 'undo', counts: { disables: 1, deletes: 1, creates: 0, people: 1, groups: 1 } })
  const undone = await world.applyPlan(plan.planId)
  expect(undone).toMatchObject({ counters: { disabled: 1, deleted: 1 } })
  expect((await account(mira))?.attributes['active']).toBe(false)
  expect(world.target.objects('Group')).toEqual([])
  expect(await world.link('Group', crew)).toBeUndefined()
  const again = await undo(undone)
  expect(again).toMatchObject({ counters: { created: 1, failed: {} } })
  expect((await account(mira))?.attributes['active']).toBe(true)
  expect((await group(crew))?.attributes).toEqual({ displayName: 'Crew', members: [await anchorOf('User', mira)] })
  expect((await world.link('Group', crew))?.members).toEqual([await anchorOf('User', mira)])
})

test('whoever was disabled is active again and back in the groups', async () => {
  await start()
  const [mira, tom] = [await world.user('Mira Okafor'), await world.user('Tom Berg')]
  const crew = await aGroup('Crew', [mira, tom])
  await world.run()
  await world.softDelete(mira)
  const cycle = await world.run()
  expect((await group(crew))?.attributes['members']).toEqual([await anchorOf('User', tom)])
  await undo(cycle)
  expect((await account(mira))?.attributes['active']).toBe(true)
  const members = [await anchorOf('User', mira), await anchorOf('User', tom)].sort()
  expect((await group(crew))?.attributes['members']).toEqual(members)
  expect([...((await world.link('Group', crew))?.members ?? [])].sort()).toEqual(members)
})

test('a deleted group is made again with everybody who was in, others’ people included', async () => {
  await start()
  world.target.put(anAccount({ anchor: 'U-STRANGER' }))
  const mira = await world.user('Mira Okafor')
  const crew = await aGroup('Crew', [mira])
  await world.run()
  const members = ['U-STRANGER', await anchorOf('User', mira)]
  const held = await group(crew)
  if (held !== undefined) world.target.put({ ...held, attributes: { ...held.attributes, members } })
  await world.unassign(crew)
  const cycle = await world.run()
  expect(world.target.objects('Group')).toEqual([])
  await undo(cycle)
  expect((await group(crew))?.attributes).toEqual({ displayName: 'Crew', members: members.sort() })
})

test('several writes to one object come to what was before the first', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  const crew = await aGroup('Crew', [])
  await world.run()
  const since = world.clock.now()
  for (const [jobTitle, members] of [
    ['Captain', [mira]],
    ['Admiral', []],
    ['Cook', [mira]],
  ] as const) {
    await world.clock.advance(1000)
    await world.change(mira, { jobTitle })
    await world.members(crew, members)
    await world.run()
  }
  const { plan, writesUndone } = await world.planUndo({ since: since + 1 })
  expect(writesUndone).toBe(6)
  expect((await parts(plan.planId)).map(([kind]) => kind)).toEqual(['update', 'update'])
  await world.applyPlan(plan.planId)
  expect((await account(mira))?.attributes['title']).toBe('Pilot')
  expect((await group(crew))?.attributes['members']).toEqual([])
})

test('of one person alone', async () => {
  await start()
  const [mira, tom] = [await world.user('Mira Okafor'), await world.user('Tom Berg')]
  await world.run()
  const since = world.clock.now()
  await world.clock.advance(1000)
  await world.change(mira, { jobTitle: 'Captain' })
  await world.change(tom, { jobTitle: 'Cook' })
  await world.run()
  const { plan } = await world.planUndo({ since: since + 1, identityId: tom })
  await world.applyPlan(plan.planId)
  expect((await account(mira))?.attributes['title']).toBe('Captain')
  expect((await account(tom))?.attributes['title']).toBeUndefined()
})

test('of one person alone also what was written to groups about them, and nothing else of these', async () => {
  await start()
  const people = [await world.user('Mira Okafor'), await world.user('Tom Berg'), await world.user('Ana Able')]
  const [mira = '', tom = '', ana = ''] = people
  const crew = await world.group('Crew', [ana, tom])
  const deck = await world.group('Deck', [])
  for (const each of [crew, deck]) await world.assign(each)
  await world.run()
  const since = world.clock.now()
  await world.clock.advance(1000)
  await world.members(crew, [ana])
  await world.members(deck, [tom, mira])
  await world.change(deck, { displayName: 'Upper deck' })
  await world.run()
  const [ofMira, ofTom, ofAna] = await Promise.all(people.map((person) => anchorOf('User', person)))
  const { plan, writesUndone } = await world.planUndo({ since: since + 1, identityId: tom })
  expect(writesUndone).toBe(2)
  await world.applyPlan(plan.planId)
  expect((await group(crew))?.attributes['members']).toEqual([ofAna, ofTom].sort())
  expect(await group(deck)).toMatchObject({ displayName: 'Upper deck', attributes: { members: [ofMira] } })
})

test('what somebody has changed since, what is gone, and a name that is taken are named and left', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot', department: 'Air' })
  const tom = await world.user('Tom Berg', { jobTitle: 'Cook' })
  const ana = await world.user('Ana Able')
  await world.run()
  await world.change(mira, { jobTitle: 'Captain', department: 'Sea' })
  await world.change(tom, { jobTitle: 'Chef' })
  await world.change(ana, { mail: 'ana@example.com' })
  const cycle = await world.run()
  const held = await account(mira)
  if (held !== undefined) world.target.put({ ...held, attributes: { ...held.attributes, title: 'Boss' } })
  world.target.remove('User', await anchorOf('User', tom))
  world.target.put(anAccount({ anchor: 'U-NEW', mail: 'ana.able@example.com', userName: 'ana' }))
  const { plan, conflicts } = await world.planUndo({ cycleId: cycle.cycleId })
  expect(conflicts).toBe(3)
  await world.applyPlan(plan.planId)
  const reasons = (await world.writesOf(plan.planId)).map(
    (each) => `${each.outcome ?? ''}: ${each.outcomeReason ?? ''}`,
  )
  expect(new Set(reasons)).toEqual(
    new Set([
      'done: ',
      `void: ${workEmail} "ana.able@example.com" is taken by ana (U-NEW) by now.`,
      'void: Slack does not know U2 any more.',
      'void: Somebody has changed title since: it is "Boss", and was left as "Captain".',
    ]),
  )
  expect((await account(mira))?.attributes).toMatchObject({ title: 'Boss' })
})

test('what is changed between the plan and its application is void', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const { plan } = await world.planUndo({ cycleId: (await world.run()).cycleId })
  const held = await account(mira)
  if (held !== undefined) world.target.put({ ...held, attributes: { ...held.attributes, title: 'Boss' } })
  await world.applyPlan(plan.planId)
  expect(await parts(plan.planId)).toEqual([['update', 'void', 'Somebody has changed title since the plan was made.']])
  expect((await account(mira))?.attributes['title']).toBe('Boss')
})

test('an address that went from one to the other comes back, newest first', async () => {
  await start()
  const [ann, bea] = [await world.user('Ann Lee'), await world.user('Bea Lee')]
  await world.run()
  await world.clock.advance(1000)
  await world.change(ann, { mail: 'third@example.com' })
  const { beganAt } = await world.run()
  await world.change(bea, { mail: 'ann.lee@example.com' })
  await world.run()
  const { plan, conflicts } = await world.planUndo({ since: beganAt })
  expect(conflicts).toBe(0)
  expect(await world.applyPlan(plan.planId)).toMatchObject({ counters: { updated: 2, failed: {} } })
  expect([(await account(ann))?.attributes[workEmail], (await account(bea))?.attributes[workEmail]]).toEqual([
    'ann.lee@example.com',
    'bea.lee@example.com',
  ])
})

test('it is said in the log what was undone, and by whom; the job is paused', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  await undo(await world.run())
  const [entry] = await world.log(mira)
  expect(entry).toMatchObject({
    provisioningAction: 'update',
    initiatedBy: { displayName: 'ben', initiatorType: 'user' },
    modifiedProperties: [{ displayName: 'title', oldValue: 'Captain', newValue: 'Pilot' }],
  })
  expect(entry?.provisioningSteps.map((step) => step.description).join(' ')).toContain('Undo of update')
  expect(await world.store.jobs.get(world.job.jobId)).toMatchObject({ status: 'Paused' })
})

test.each(['object', 'job'] as const)('an undo whose answer is lost (%s) is told when it goes on', async (scope) => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  const { plan } = await world.planUndo({ cycleId: (await world.run()).cycleId })
  world.target.loseNextAnswer(new ConnectorError('No answer.', { code: 'Timeout', scope, retry: 'nextCycle' }))
  if (scope === 'object') await world.applyPlan(plan.planId)
  else {
    await world.beginApply(plan.planId)
    expect((await world.runRaw()).kind).toBe('broken')
    await world.clock.advance(120_000)
    expect((await world.runRaw()).kind).toBe('ended')
    expect(await parts(plan.planId)).toEqual([['update', 'done', 'It is so already.']])
  }
  expect((await account(mira))?.attributes['title']).toBe('Pilot')
  const open = await world.store.provisioning.openWrites(world.job.jobId)
  expect(open).toHaveLength(scope === 'object' ? 1 : 0)
})

describe('the next cycle takes up whom an undo concerned', () => {
  /** One of each kind: changed, left, come, and a group with other members. */
  async function aCycleOfAllKinds() {
    const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
    const tom = await world.user('Tom Berg')
    const crew = await aGroup('Crew', [mira, tom])
    await world.run()
    await world.change(mira, { jobTitle: 'Captain' })
    await world.softDelete(tom)
    const ana = await world.user('Ana Able')
    await world.members(crew, [mira, ana])
    const deck = await aGroup('Deck', [ana])
    const cycle = await world.run()
    return { mira, tom, ana, crew, deck, cycle }
  }

  test('with the cause still there everybody is as the source says again, and the plan showed it', async () => {
    await start()
    const { mira, tom, ana, crew, deck, cycle } = await aCycleOfAllKinds()
    const wanted = [await account(mira), await account(tom), await account(ana), await group(crew)]
    await undo(cycle)
    expect((await account(tom))?.attributes['active']).toBe(true)
    const { changes } = await world.plan()
    expect(new Set(changes.map(({ displayName }) => displayName))).toEqual(
      new Set(['Mira Okafor', 'Tom Berg', 'Ana Able', 'Crew', 'Deck']),
    )
    expect(await world.run()).toMatchObject({ counters: { created: 1, disabled: 1, failed: {} } })
    expect([await account(mira), await account(tom), await account(ana), await group(crew)]).toEqual(wanted)
    expect((await group(deck))?.attributes).toEqual({ displayName: 'Deck', members: [await anchorOf('User', ana)] })
    expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
    world.target.forgetCalls()
    await world.run()
    expect(world.sent()).toEqual([])
  })

  test('with the cause mended nothing is written once more', async () => {
    await start()
    const { mira, tom, ana, crew, deck, cycle } = await aCycleOfAllKinds()
    await undo(cycle)
    await world.change(mira, { jobTitle: 'Pilot' })
    await world.restore(tom)
    await world.softDelete(ana)
    await world.members(crew, [mira, tom])
    await world.unassign(deck)
    world.target.forgetCalls()
    await world.run()
    expect(world.sent()).toEqual([])
    expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
  })

  test('they are due with a code of its own, and a failure that follows counts from its own beginning', async () => {
    await start()
    const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
    await world.run()
    await world.change(mira, { jobTitle: 'Captain' })
    await undo(await world.run())
    const escrow = async () => (await world.store.provisioning.escrow(world.job.jobId, 'User', [mira])).get(mira)
    expect(await escrow()).toMatchObject({ errorCode: 'Undone', attempts: 0, nextAttemptAt: world.clock.now() })
    // The job stays paused for longer than failures are retried.
    await world.clock.advance(40 * 24 * 3_600_000)
    world.target.failNext(
      'write',
      new ConnectorError('Busy.', { code: 'TooManyRequests', scope: 'object', retry: 'nextCycle' }),
    )
    await world.run()
    expect(await escrow()).toMatchObject({ errorCode: 'TooManyRequests', attempts: 1 })
  })
})

test('what somebody else has got since is a conflict, and nobody is shut out in place of another', async () => {
  await start({ target: { capabilities: { list: false, concurrencyMax: 1 } } })
  const gone = await world.user('Ana Able', { mail: 'ana@example.com' })
  const cycle = await world.run()
  const anchor = await anchorOf('User', gone)
  await world.hardDelete(gone)
  const hired = await world.user('Ana Abler', { mail: 'ana@example.com' })
  await world.run()
  await world.run()
  expect(await anchorOf('User', hired)).toBe(anchor)
  const { plan, conflicts } = await world.planUndo({ cycleId: cycle.cycleId })
  expect(conflicts).toBe(1)
  expect(await parts(plan.planId)).toEqual([
    ['disable', 'void', `${anchor} belongs to Ana Abler by now, so nothing of it is taken back.`],
  ])
})

test('an account that somebody has got since the plan was made is left to them', async () => {
  await start({ target: { capabilities: { list: false, concurrencyMax: 1 } } })
  const gone = await world.user('Ana Able', { mail: 'ana@example.com' })
  const cycle = await world.run()
  const anchor = await anchorOf('User', gone)
  const { plan } = await world.planUndo({ cycleId: cycle.cycleId })
  await world.hardDelete(gone)
  const hired = await world.user('Ana Abler', { mail: 'ana@example.com' })
  await world.run()
  await world.run()
  await world.applyPlan(plan.planId)
  expect(await parts(plan.planId)).toEqual([
    ['disable', 'void', `${anchor} belongs to Ana Abler by now, so nothing of it is taken back.`],
  ])
  expect((await account(hired))?.attributes['active']).toBe(true)
})

test('whoever was to be taken back without an answer is due in the next cycle, whatever became of it', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  const cycle = await world.run()
  const { plan } = await world.planUndo({ cycleId: cycle.cycleId })
  world.target.loseNextAnswer()
  await world.applyPlan(plan.planId)
  const due = await world.store.provisioning.escrowDue(world.job.jobId, world.clock.now(), 10)
  expect(due).toMatchObject([{ sourceAnchor: mira, errorCode: 'Undone' }])
})
