/*
 * Writes that took effect and were never answered for: each has one entry and one image as soon as the object is met again,
 * and they tell of what really happened.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { aWorld, anAccount, workEmail, type World, type WorldOptions } from '../../test/builders/world.ts'
import { ConnectorError, type BeforeImage, type ErrorScope, type StoredImage } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

const timeout = (scope: ErrorScope): ConnectorError =>
  new ConnectorError('No answer in time.', { code: 'Timeout', scope, retry: 'nextCycle' })

/** How the answer to a write can fail to arrive although it took effect. */
const losses = {
  'whose answer is lost': async () => {
    world.target.loseNextAnswer(timeout('object'))
    await world.run()
  },
  'after which the target goes away': async () => {
    world.target.loseNextAnswer(timeout('job'))
    expect((await world.runRaw()).kind).toBe('broken')
  },
  'after which the process dies': async () => {
    const end = await world.runRaw({ onWrite: () => world.store.jobs.breakLeases() })
    expect(end.kind).toBe('stopped')
  },
} as const
const losing = Object.entries(losses)

async function start(options: WorldOptions = {}): Promise<void> {
  world = await aWorld({ ...options, target: { capabilities: { list: false, concurrencyMax: 1 }, ...options.target } })
}

async function aGroup(name: string, members: readonly string[]): Promise<string> {
  const group = await world.group(name, members)
  await world.assign(group)
  return group
}

async function stored(sourceAnchor: string): Promise<readonly StoredImage[]> {
  const { jobId } = world.job
  const { images } = await world.store.provisioning.beforeImages({ jobId, identityId: sourceAnchor, limit: 100 })
  return images.filter(({ image }) => image.sourceAnchor === sourceAnchor)
}
/** Newest first. */
const imagesOf = async (sourceAnchor: string): Promise<readonly BeforeImage[]> =>
  (await stored(sourceAnchor)).map(({ image }) => image)

/** Entries that say that something was written, newest first. */
async function told(sourceAnchor: string): Promise<readonly string[]> {
  return (await world.log(sourceAnchor))
    .filter((entry) => entry.sourceIdentity.id === sourceAnchor)
    .filter((entry) => entry.provisioningStatusInfo.status === 'success' && entry.provisioningAction !== 'other')
    .map((entry) => entry.provisioningAction)
}

/** Some days later, in which whatever waits is tried again. */
async function later(): Promise<void> {
  for (let day = 0; day < 2; day += 1) {
    await world.clock.advance(25 * 3_600_000)
    await world.run()
  }
  expect(await world.store.provisioning.openWrites(world.job.jobId)).toEqual([])
}

describe.each(losing)('a write %s', (_how, lose) => {
  test('a create', async () => {
    await start()
    const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
    await lose()
    await later()
    expect(await told(mira)).toEqual(['create'])
    const [entry] = await stored(mira)
    expect(entry).toMatchObject({ targetAnchor: 'U1', image: { kind: 'create', targetAnchor: null } })
    expect(entry?.image.before).toMatchObject({ userName: null, [workEmail]: null })
    expect(entry?.image.after).toMatchObject({ title: 'Pilot', active: true })
    expect(world.target.writes.filter((each) => each.outcome !== 'refused')).toHaveLength(1)
  })

  test('a create of somebody who leaves before it is known', async () => {
    await start()
    const mira = await world.user('Mira Okafor')
    await lose()
    await world.softDelete(mira)
    await later()
    expect(await told(mira)).toEqual(['disable', 'create'])
    expect((await imagesOf(mira)).map((image) => image.kind)).toEqual(['disable', 'create'])
    expect(world.target.object('User', 'U1')?.attributes['active']).toBe(false)
  })

  test('a create of somebody who is deleted for good before it is known', async () => {
    await start()
    const mira = await world.user('Mira Okafor')
    await lose()
    await world.hardDelete(mira)
    await later()
    expect(await told(mira)).toEqual(['delete', 'create'])
    expect(world.target.object('User', 'U1')?.attributes['active']).toBe(false)
  })

  test('an update, also when the source is as before by then', async () => {
    await start()
    const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
    await world.run()
    await world.change(mira, { jobTitle: 'Captain' })
    await lose()
    await world.change(mira, { jobTitle: 'Pilot' })
    await later()
    expect(await told(mira)).toEqual(['update', 'update', 'create'])
    expect(await imagesOf(mira)).toMatchObject([
      { kind: 'update', before: { title: 'Captain' }, after: { title: 'Pilot' } },
      { kind: 'update', before: { title: 'Pilot' }, after: { title: 'Captain' } },
      { kind: 'create' },
    ])
    expect(world.target.object('User', 'U1')?.attributes['title']).toBe('Pilot')
  })

  test('a disable, with the memberships lost', async () => {
    await start()
    const mira = await world.user('Mira Okafor')
    const crew = await aGroup('Crew', [mira])
    await world.run()
    await world.softDelete(mira)
    await lose()
    await later()
    expect(await told(mira)).toEqual(['disable', 'create'])
    const targetAnchor = (await world.link('Group', crew))?.targetAnchor ?? ''
    expect((await imagesOf(mira))[0]).toMatchObject({
      kind: 'disable',
      before: { active: true },
      membershipsLost: [{ sourceAnchor: crew, targetAnchor }],
    })
    // Who comes back is in the group again.
    await world.restore(mira)
    await world.run()
    expect(world.target.object('Group', targetAnchor)?.attributes['members']).toEqual([
      (await world.link('User', mira))?.targetAnchor,
    ])
  })

  test('a delete, with everything that was there', async () => {
    await start()
    const mira = await world.user('Mira Okafor')
    const crew = await aGroup('Crew', [mira])
    await world.run()
    await world.unassign(crew)
    await lose()
    await later()
    expect(await told(crew)).toEqual(['delete', 'update', 'create'])
    expect((await imagesOf(crew))[0]).toMatchObject({
      kind: 'delete',
      before: { displayName: 'Crew' },
      membersRemoved: [(await world.link('User', mira))?.targetAnchor],
    })
    expect(await world.link('Group', crew)).toBeUndefined()
  })

  test('memberships, by what is in the group', async () => {
    await start()
    const [mira, tom] = [await world.user('Mira Okafor'), await world.user('Tom Berg')]
    const crew = await aGroup('Crew', [mira])
    await world.run()
    const [u1, u2] = [(await world.link('User', mira))?.targetAnchor, (await world.link('User', tom))?.targetAnchor]
    await world.members(crew, [tom])
    await lose()
    await world.members(crew, [mira])
    await later()
    expect(await imagesOf(crew)).toMatchObject([
      { membersAdded: [u1], membersRemoved: [u2] },
      { membersAdded: [u2], membersRemoved: [u1] },
      { membersAdded: [u1], membersRemoved: [] },
      { kind: 'create' },
    ])
    expect((await world.link('Group', crew))?.members).toEqual([u1])
  })
})

test('a write that never arrived leaves no trace', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  world.target.failNext('write', timeout('object'))
  await world.run()
  expect(await world.store.provisioning.openWrites(world.job.jobId)).toMatchObject([{ image: { kind: 'update' } }])
  await world.change(mira, { jobTitle: 'Pilot' })
  await later()
  expect(await told(mira)).toEqual(['create'])
  expect(await imagesOf(mira)).toMatchObject([{ kind: 'create' }])
})

test('what a target shows only some moments later is told then', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  await world.run()
  const before = world.target.object('User', 'U1')
  if (before === undefined) throw new Error('the account is missing')
  await world.softDelete(mira)
  await losses['after which the process dies']()
  const after = world.target.object('User', 'U1')
  // Started again at once, it is shown the account as it was; and Mira is back.
  world.target.put(before)
  await world.restore(mira)
  await world.run()
  expect(await told(mira)).toEqual(['create'])
  if (after !== undefined) world.target.put(after)
  await later()
  expect(await told(mira)).toEqual(['update', 'disable', 'create'])
  expect(world.target.object('User', 'U1')?.attributes['active']).toBe(true)
})

test('an account that others made meanwhile is not taken for the one that was to be created', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  world.target.failNext('write', timeout('object'))
  world.target.failNext('find', timeout('object'), 1)
  await world.run()
  world.target.put(anAccount({ anchor: 'U-HAND', mail: 'mira.okafor@example.com', userName: 'mo' }))
  await world.softDelete(mira)
  await later()
  expect(world.target.object('User', 'U-HAND')?.attributes['active']).toBe(true)
  expect(await world.link('User', mira)).toBeUndefined()
})

test('a plan says nothing of what is done already', async () => {
  await start()
  await world.user('Mira Okafor')
  await losses['after which the process dies']()
  expect((await world.plan()).changes).toEqual([])
  expect(await world.store.provisioning.openWrites(world.job.jobId)).toHaveLength(1)
})

const anchorOf = async (objectType: 'User' | 'Group', id: string): Promise<string | undefined> =>
  (await world.link(objectType, id))?.targetAnchor

test('a removal from a group that never happened is not put down to it because the member was deactivated, unheard of', async () => {
  await start()
  const [ana, ben] = [await world.user('Ana Able'), await world.user('Ben Able')]
  const crew = await aGroup('Crew', [ana])
  await world.run()
  await world.members(crew, [ben])
  await world.change(ana, { accountEnabled: false })
  world.target.failNext('write', timeout('object'), 1, ({ objectType }) => objectType === 'Group')
  world.target.loseNextAnswer(timeout('object'), ({ kind }) => kind === 'disable')
  await world.run()
  await world.run()
  const [removal] = await imagesOf(ana)
  expect(removal).toMatchObject({ kind: 'disable', membershipsLost: [{ targetAnchor: await anchorOf('Group', crew) }] })
  await later()
  const changes = (await imagesOf(crew)).map(({ membersAdded, membersRemoved }) => [membersAdded, membersRemoved])
  const [a, b] = [await anchorOf('User', ana), await anchorOf('User', ben)]
  expect(changes).toEqual([
    [[b], []],
    [[a], []],
    [[], []],
  ])
})

test('what touches groups is asked after ahead of all else, groups before people', async () => {
  await start()
  const [ana, ben, cid] = [await world.user('Ana Able'), await world.user('Ben Able'), await world.user('Cid Able')]
  const crew = await aGroup('Crew', [ben, cid])
  await world.run()
  await world.user('Dora Able')
  await world.change(ana, { jobTitle: 'Captain' })
  await world.change(ben, { accountEnabled: false })
  await world.members(crew, [ben])
  for (let write = 0; write < 4; write += 1) world.target.loseNextAnswer(timeout('object'))
  await world.run()
  world.target.forgetCalls()
  await world.run()
  expect(world.target.reads.slice(0, 2)).toEqual([
    { objectType: 'Group', anchor: await anchorOf('Group', crew) },
    { objectType: 'User', anchor: await anchorOf('User', ben) },
  ])
  await later()
  expect(world.target.writes).toEqual([])
  expect(world.target.objects('User')).toHaveLength(4)
})
