/* Spec section 7: what becomes of an account when its person leaves the scope, and when they come back. */
import { afterEach, expect, test } from 'vitest'
import { withFlowTypes, withoutAttributeMapping } from '../builders/schema-changes.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const anchorOf = async (person: string): Promise<string> => {
  const anchor = (await world.link('User', person))?.targetAnchor
  if (anchor === undefined) throw new Error(`${person} has no account`)
  return anchor
}
const isActive = (anchor: string) => world.target.object('User', anchor)?.attributes['active']

test('57: a linked user unassigned, one update active = false, log action Disable', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Captain' })
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await world.unassign(ana)
  const cycle = await world.run()
  expect(world.sent()).toEqual([{ kind: 'disable', objectType: 'User', anchor }])
  expect(world.target.object('User', anchor)?.attributes).toMatchObject({ active: false, title: 'Captain' })
  expect(cycle.counters).toMatchObject({ disabled: 1, countExported: 1 })
  const [entry, created] = await world.log(ana)
  expect(created?.provisioningAction).toBe('create')
  expect(entry).toMatchObject({
    provisioningAction: 'disable',
    provisioningStatusInfo: { status: 'success' },
    targetIdentity: { id: anchor },
    modifiedProperties: [{ displayName: 'active', oldValue: 'True', newValue: 'False' }],
  })
  expect(entry?.provisioningSteps.map((step) => [step.name, step.provisioningStepType, step.status])).toEqual([
    ['EntryImport', 'import', 'success'],
    ['EntrySynchronizationScoping', 'scoping', 'skipped'],
    ['EntrySynchronizationUpdate', 'processing', 'success'],
    ['EntryExportUpdate', 'export', 'success'],
  ])
  expect(entry?.provisioningSteps[1]?.description).toContain('not assigned')
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('58: two paths of assignment, one is removed, nothing is disabled', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const crew = await world.group('Crew', [ana])
  const deck = await world.group('Deck', [ana])
  await world.assign(crew)
  await world.assign(deck)
  await world.run()
  const anchor = await anchorOf(ana)
  await world.unassign(ana)
  await world.run()
  await world.members(crew, [])
  await world.run()
  expect(isActive(anchor)).toBe(true)
  expect((await world.log(ana)).map((entry) => entry.provisioningAction)).not.toContain('disable')
  // The last path counts.
  await world.unassign(deck)
  await world.run()
  expect(isActive(anchor)).toBe(false)
})

test.each(['softDelete', 'hardDelete'] as const)(
  '58: entitled through two groups, one goes by %s, nothing is disabled; with the other gone, disabled',
  async (goes) => {
    world = await aWorld({ assignEverybody: false })
    const ana = await world.user('Ana Able')
    const crew = await world.group('Crew', [ana])
    const deck = await world.group('Deck', [ana])
    await world.assign(crew)
    await world.assign(deck)
    await world.run()
    const anchor = await anchorOf(ana)
    await world[goes](crew)
    await world.run()
    expect(isActive(anchor)).toBe(true)
    await world[goes](deck)
    await world.run()
    expect(isActive(anchor)).toBe(false)
  },
)

test('60: accountEnabled false, then soft delete: one disable and one skip', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await world.change(ana, { accountEnabled: false })
  await world.run()
  await world.softDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([{ kind: 'disable', objectType: 'User', anchor }])
  const [skip, disable] = await world.log(ana)
  expect(disable).toMatchObject({ provisioningAction: 'disable', provisioningStatusInfo: { status: 'success' } })
  expect(disable?.provisioningSteps[1]?.description).toContain('accountEnabled')
  expect(skip).toMatchObject({
    provisioningAction: 'other',
    provisioningStatusInfo: { status: 'skipped', errorInformation: { errorCode: 'NotEffectivelyEntitled' } },
    targetIdentity: { id: anchor },
  })
})

test('60: soft delete alone disables', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await world.softDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([{ kind: 'disable', objectType: 'User', anchor }])
  expect((await world.log(ana))[0]?.provisioningSteps[1]?.description).toContain('recycle bin')
})

test('60: both within one cycle, one disable', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  world.target.forgetCalls()
  await world.change(ana, { accountEnabled: false })
  await world.unassign(ana)
  await world.softDelete(ana)
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['disable'])
})

test('61: a hard delete of a managed user, DELETE', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await world.hardDelete(ana)
  const cycle = await world.run()
  expect(world.sent()).toEqual([{ kind: 'delete', objectType: 'User', anchor }])
  expect(cycle.counters).toMatchObject({ deleted: 1 })
  expect(await world.link('User', ana)).toBeUndefined()
  const [entry] = await world.log(ana)
  expect(entry).toMatchObject({
    provisioningAction: 'delete',
    provisioningStatusInfo: { status: 'success' },
    sourceIdentity: { id: ana, displayName: 'Ana Able' },
    targetIdentity: { id: anchor },
  })
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('61: disabled by a soft delete, deleted for good 30 days later: first disable, then DELETE', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  world.target.forgetCalls()
  await world.softDelete(ana)
  await world.run()
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['disable', 'delete'])
})

test('61: with Delete off, nothing', async () => {
  world = await aWorld({ schema: (schema) => withFlowTypes(schema, 'User', 'Add,Update') })
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect(isActive(anchor)).toBe(true)
  expect((await world.log(ana))[0]?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { reason: expect.stringContaining('Delete is switched off') as string },
  })
})

test('62: a user unassigned earlier and deleted later, no DELETE', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  await world.unassign(ana)
  await world.run()
  world.target.forgetCalls()
  const entries = (await world.log(ana)).length
  await world.softDelete(ana)
  await world.run()
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect((await world.log(ana)).slice(0, -entries).map((entry) => entry.provisioningStatusInfo.status)).toEqual([
    'skipped',
  ])
})

test('62: disabled in the source, then unassigned, then deleted: no DELETE', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  await world.change(ana, { accountEnabled: false })
  await world.run()
  await world.unassign(ana)
  await world.run()
  world.target.forgetCalls()
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([])
})

test.each([
  ['restored', (person: string) => world.softDelete(person), (person: string) => world.restore(person)],
  ['assigned again', (person: string) => world.unassign(person), (person: string) => world.assign(person)],
  [
    'enabled again',
    (person: string) => world.change(person, { accountEnabled: false }),
    (person: string) => world.change(person, { accountEnabled: true }),
  ],
] as const)('63: a disabled user is %s, update active = true on the same id', async (_how, leave, comeBack) => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  await world.run()
  const anchor = await anchorOf(ana)
  await leave(ana)
  await world.run()
  expect(isActive(anchor)).toBe(false)
  world.target.forgetCalls()
  await world.change(ana, { jobTitle: 'Captain' })
  await comeBack(ana)
  await world.run()
  expect(world.sent()).toMatchObject([
    {
      kind: 'update',
      anchor,
      changes: [
        { attribute: 'active', kind: 'set', value: true },
        { attribute: 'title', kind: 'set', value: 'Captain' },
      ],
    },
  ])
  expect(world.sent()).toHaveLength(1)
  expect(world.target.objects('User')).toHaveLength(1)
  expect((await world.log(ana))[0]).toMatchObject({
    provisioningAction: 'update',
    modifiedProperties: [{ displayName: 'active', oldValue: 'False', newValue: 'True' }, { displayName: 'title' }],
  })
  // Managed as before: it can be disabled and deleted again.
  world.target.forgetCalls()
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['delete'])
})

test('63: who comes back while the target still shows the account as active is activated all the same', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  await world.unassign(ana)
  await world.run()
  // A reading may be older than the disable (slack.md 2.1).
  const stale = world.target.object('User', anchor)
  if (stale === undefined) throw new Error('the account is gone')
  world.target.put({ ...stale, attributes: { ...stale.attributes, active: true } })
  world.target.forgetCalls()
  await world.assign(ana)
  await world.run()
  expect(world.sent()).toMatchObject([
    { kind: 'update', anchor, changes: [{ attribute: 'active', kind: 'set', value: true }] },
  ])
  expect((await world.link('User', ana))?.isActive).toBe(true)
})

test('63: who comes back gets the memberships back that went with the account', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker')
  const crew = await world.group('Crew', [ana, bob])
  await world.assign(crew)
  await world.run()
  const anchor = await anchorOf(ana)
  await world.change(ana, { accountEnabled: false })
  await world.run()
  expect(world.target.objects('Group')[0]?.attributes['members']).toEqual([await anchorOf(bob)])
  world.target.forgetCalls()
  await world.change(ana, { accountEnabled: true })
  await world.run()
  expect(world.sent()).toMatchObject([
    { kind: 'update', objectType: 'User', anchor },
    { kind: 'update', objectType: 'Group', members: { add: [anchor], remove: [] } },
  ])
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test.each([
  ['unassigned', (person: string) => world.unassign(person)],
  ['disabled in the source', (person: string) => world.change(person, { accountEnabled: false })],
  ['soft-deleted', (person: string) => world.softDelete(person)],
] as const)('64: SkipOutOfScopeDeletions and a user %s, nothing is sent and the log says why', async (_how, leave) => {
  world = await aWorld({ settings: { skipOutOfScopeDeletions: true } })
  const ana = await world.user('Ana Able')
  await world.run()
  const anchor = await anchorOf(ana)
  world.target.forgetCalls()
  await leave(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect(isActive(anchor)).toBe(true)
  const [entry] = await world.log(ana)
  expect(entry).toMatchObject({
    provisioningAction: 'other',
    provisioningStatusInfo: {
      status: 'skipped',
      errorInformation: { reason: expect.stringContaining('SkipOutOfScopeDeletions') as string },
    },
  })
})

test('64: SkipOutOfScopeDeletions does not suppress a hard delete of a managed user', async () => {
  world = await aWorld({ settings: { skipOutOfScopeDeletions: true } })
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker')
  await world.run()
  world.target.forgetCalls()
  const anchor = await anchorOf(ana)
  await world.unassign(bob)
  await world.run()
  await world.hardDelete(ana)
  await world.hardDelete(bob)
  await world.run()
  // Bob had been unassigned, so he is no longer managed (7.2 row 6).
  expect(world.sent()).toEqual([{ kind: 'delete', objectType: 'User', anchor }])
})

test('65: active is not mapped and a user is soft-deleted, nothing is sent', async () => {
  world = await aWorld({ schema: (schema) => withoutAttributeMapping(schema, 'User', 'active') })
  const ana = await world.user('Ana Able')
  await world.run()
  world.target.forgetCalls()
  await world.softDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect((await world.log(ana))[0]?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { reason: expect.stringContaining('active') as string },
  })
})

test('66: a group unassigned, the group is deleted', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const crew = await world.group('Crew', [ana])
  await world.assign(crew)
  await world.run()
  const anchor = (await world.link('Group', crew))?.targetAnchor
  world.target.forgetCalls()
  await world.unassign(crew)
  await world.run()
  expect(world.sent()).toEqual([{ kind: 'delete', objectType: 'Group', anchor }])
  expect(world.target.objects('Group')).toEqual([])
  expect(await world.link('Group', crew)).toBeUndefined()
  // Ana has a path of her own.
  expect(isActive(await anchorOf(ana))).toBe(true)
  expect((await world.log(crew))[0]).toMatchObject({ provisioningAction: 'delete', targetIdentity: { id: anchor } })
  // Assigned again, it is made anew with its members.
  await world.assign(crew)
  await world.run()
  expect(world.target.objects('Group')[0]?.attributes['members']).toEqual([await anchorOf(ana)])
})

test('66: with Delete off, nothing', async () => {
  world = await aWorld({ schema: (schema) => withFlowTypes(schema, 'Group', 'Add,Update') })
  const crew = await world.group('Crew', [])
  await world.assign(crew)
  await world.run()
  world.target.forgetCalls()
  await world.unassign(crew)
  await world.run()
  expect(world.sent()).toEqual([])
  expect(world.target.objects('Group')).toHaveLength(1)
})

test('7.2 column "target without soft delete": who leaves is deleted, who comes back is created', async () => {
  world = await aWorld({
    target: {
      deleteDeactivatesUsers: false,
      capabilities: { softDelete: { User: false, Group: false } },
    },
  })
  const ana = await world.user('Ana Able')
  await world.run()
  await world.unassign(ana)
  await world.run()
  expect(world.target.objects('User')).toEqual([])
  await world.assign(ana)
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['create', 'delete', 'create'])
})
