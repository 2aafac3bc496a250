/* What is remembered of each write, through the whole engine: what was there before, and what really happened. */
import { afterEach, expect, test } from 'vitest'
import { aWorld, anAccount, workEmail, type World, type WorldOptions } from '../../test/builders/world.ts'
import { ConnectorError, type BeforeImage, type ObjectTypeName } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

async function start(options: WorldOptions = {}): Promise<World> {
  world = await aWorld(options)
  return world
}

/** A group that is provisioned itself. */
async function aGroup(name: string, members: readonly string[]): Promise<string> {
  const group = await world.group(name, members)
  await world.assign(group)
  return group
}

const anchorOf = async (objectType: ObjectTypeName, id: string): Promise<string> =>
  (await world.link(objectType, id))?.targetAnchor ?? ''

/** Newest first. */
async function imagesOf(sourceAnchor: string): Promise<readonly BeforeImage[]> {
  const { images } = await world.store.provisioning.beforeImages({
    jobId: world.job.jobId,
    identityId: sourceAnchor,
    limit: 100,
  })
  return images.map((each) => each.image).filter((image) => image.sourceAnchor === sourceAnchor)
}

const lost = () =>
  new ConnectorError('The answer never came, so nobody knows.', {
    code: 'Timeout',
    scope: 'object',
    retry: 'nextCycle',
  })

test('a create: nothing was there, and the attributes are what was sent', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  await world.run()
  const [image, ...others] = await imagesOf(mira)
  expect(others).toEqual([])
  expect(image).toMatchObject({ kind: 'create', objectType: 'User', targetAnchor: null, displayName: 'Mira Okafor' })
  expect(image?.before).toMatchObject({ userName: null, active: null, [workEmail]: null })
  expect(image?.after).toEqual(world.target.object('User', 'U1')?.attributes)
})

test('an update: the attributes it concerns and no others', async () => {
  await start()
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  await world.run()
  const [image] = await imagesOf(mira)
  expect(Object.keys(image?.before ?? {})).toEqual(['title'])
  expect(image).toMatchObject({
    kind: 'update',
    targetAnchor: 'U1',
    before: { title: 'Pilot' },
    after: { title: 'Captain' },
    membersAdded: [],
    membershipsLost: [],
  })
})

test('a take-over: what the account held before it was ours', async () => {
  await start()
  world.target.put(
    anAccount({
      anchor: 'U-OLD',
      mail: 'mira.okafor@example.com',
      userName: 'mira.okafor',
      attributes: { title: 'Old' },
    }),
  )
  const mira = await world.user('Mira Okafor', { jobTitle: 'Pilot' })
  await world.run()
  const [image] = await imagesOf(mira)
  expect(image).toMatchObject({
    kind: 'update',
    targetAnchor: 'U-OLD',
    before: { title: 'Old' },
    after: { title: 'Pilot' },
  })
})

test('a disable holds the memberships that went with it', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  const crew = await aGroup('Crew', [mira])
  await world.run()
  await world.softDelete(mira)
  await world.run()
  expect((await imagesOf(mira))[0]).toMatchObject({
    kind: 'disable',
    before: { active: true },
    after: { active: false },
    membershipsLost: [{ sourceAnchor: crew, targetAnchor: await anchorOf('Group', crew) }],
  })
})

test('an update that deactivates holds the memberships that went with it', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  const crew = await aGroup('Crew', [mira])
  await world.run()
  await world.change(mira, { accountEnabled: false })
  await world.run()
  const [image] = await imagesOf(mira)
  expect(image?.after).toMatchObject({ active: false })
  expect(image?.membershipsLost).toEqual([{ sourceAnchor: crew, targetAnchor: await anchorOf('Group', crew) }])
})

test('memberships: who was really put in and taken out', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  const tom = await world.user('Tom Berg')
  const crew = await aGroup('Crew', [mira])
  await world.run()
  const account = world.target.object('User', await anchorOf('User', mira))
  expect((await imagesOf(crew))[0]).toMatchObject({ membersAdded: [account?.anchor], membersRemoved: [] })
  await world.members(crew, [tom])
  // Somebody deactivates Tom by hand just then: the target leaves him out.
  await world.run({
    async onWrite(write) {
      if (write.objectType !== 'Group') return
      const other = world.target.object('User', await anchorOf('User', tom))
      if (other !== undefined) world.target.put({ ...other, attributes: { ...other.attributes, active: false } })
    },
  })
  expect((await imagesOf(crew))[0]).toMatchObject({ membersAdded: [], membersRemoved: [account?.anchor] })
})

test('a deleted group is remembered whole, with members that others put there', async () => {
  await start()
  world.target.put(anAccount({ anchor: 'U-STRANGER' }))
  const mira = await world.user('Mira Okafor')
  const crew = await aGroup('Crew', [mira])
  await world.run()
  const anchor = await anchorOf('Group', crew)
  const members = ['U-STRANGER', await anchorOf('User', mira)]
  const group = world.target.object('Group', anchor)
  if (group !== undefined) world.target.put({ ...group, attributes: { ...group.attributes, members } })
  await world.unassign(crew)
  await world.run()
  const [image] = await imagesOf(crew)
  expect(image).toMatchObject({ kind: 'delete', targetAnchor: anchor, membersRemoved: members })
  expect(image?.before).toMatchObject({ displayName: 'Crew' })
  expect(image?.after).toMatchObject({ displayName: null })
})

test('a group that cannot be read is not deleted: nothing could bring it back', async () => {
  await start()
  const crew = await aGroup('Crew', [])
  await world.run()
  const anchor = await anchorOf('Group', crew)
  await world.unassign(crew)
  world.target.failNext('read', lost())
  await world.run()
  expect(world.target.object('Group', anchor)).toBeDefined()
  expect((await imagesOf(crew)).map((image) => image.kind)).toEqual(['create'])
})

test('what is gone already leaves no image', async () => {
  await start()
  const crew = await aGroup('Crew', [])
  await world.run()
  world.target.remove('Group', await anchorOf('Group', crew))
  await world.unassign(crew)
  await world.run()
  expect((await imagesOf(crew)).map((image) => image.kind)).toEqual(['create'])
})

test('a refused write leaves no image', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  await world.run()
  await world.change(mira, { jobTitle: 'Captain' })
  world.target.failNext(
    'write',
    new ConnectorError('Not this title.', { code: 'InvalidValue', scope: 'object', retry: 'backoff' }),
  )
  await world.run()
  expect((await imagesOf(mira)).map((image) => image.kind)).toEqual(['create'])
})

test('a create whose answer was lost is told as the create it was', async () => {
  await start()
  const mira = await world.user('Mira Okafor')
  world.target.loseNextAnswer()
  await world.run()
  const images = await imagesOf(mira)
  expect(images).toMatchObject([
    { kind: 'create', targetAnchor: null, after: { userName: expect.any(String) as string } },
  ])
})
