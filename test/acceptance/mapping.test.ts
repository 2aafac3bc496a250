/* Spec section 5: what a mapped value becomes, and what the switches of a mapping hold back. */
import { afterEach, expect, test } from 'vitest'
import { aSlackWorld } from '../builders/slack-world.ts'
import { aWorld, anAccount, managerAttribute, type World } from '../builders/world.ts'
import { withAttributeMapping, withFlowTypes, withRequired } from '../builders/schema-changes.ts'

let world: World
afterEach(() => world.close())

const attributesOf = async (person: string) =>
  world.target.object('User', (await world.link('User', person))?.targetAnchor ?? '')?.attributes

test('36: a default value is sent when created; updated later, nothing is sent', async () => {
  world = await aWorld({ schema: (schema) => withAttributeMapping(schema, 'User', 'title', { defaultValue: 'Staff' }) })
  const ana = await world.user('Ana Able', { jobTitle: null })
  const bob = await world.user('Bob Baker', { jobTitle: 'Mate' })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Staff')
  world.target.forgetCalls()
  await world.change(ana, { department: 'Deck' })
  await world.change(bob, { jobTitle: null })
  await world.run()
  expect(world.sent()).toMatchObject([{ kind: 'update', changes: [{ value: 'Deck' }] }])
  expect(world.sent()).toHaveLength(1)
  expect((await attributesOf(bob))?.['title']).toBe('Mate')
})

test('37: a source value that becomes empty, the value in the target stays', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Captain', department: 'Deck' })
  await world.run()
  world.target.forgetCalls()
  await world.change(ana, { jobTitle: null, department: 'Bridge' })
  await world.run()
  expect(world.sent()).toMatchObject([{ changes: [{ kind: 'set', value: 'Bridge' }] }])
  expect((await attributesOf(ana))?.['title']).toBe('Captain')
})

test('39: displayName applies only during creation, no update of it is sent', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  expect((await attributesOf(ana))?.['displayName']).toBe('Ana Able')
  world.target.forgetCalls()
  await world.change(ana, { displayName: 'Ana the Great' })
  await world.run()
  expect(world.sent()).toEqual([])
  expect((await attributesOf(ana))?.['displayName']).toBe('Ana Able')
  expect((await world.log(ana))[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe('RedundantExport')
})

test('40: Create off, a new user gets no account; existing links still update', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  await world.run()
  await world.setSchema((schema) => withFlowTypes(schema, 'User', 'Update,Delete'))
  const bob = await world.user('Bob Baker')
  await world.change(ana, { jobTitle: 'Captain' })
  world.target.forgetCalls()
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['update'])
  expect(await world.link('User', bob)).toBeUndefined()
  const [entry] = await world.log(bob)
  expect(entry?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { errorCode: 'EntrySynchronizationSkipped', reason: expect.stringContaining('Create') as string },
  })
})

test('40: Create off, an account that is there already is taken over', async () => {
  world = await aWorld({
    schema: (schema) => withFlowTypes(schema, 'User', 'Update'),
    target: { objects: [anAccount({ anchor: 'U-OLD', mail: 'ana.able@example.com' })] },
  })
  const ana = await world.user('Ana Able')
  await world.run()
  expect((await world.link('User', ana))?.targetAnchor).toBe('U-OLD')
})

test('41: Update off and a linked user unassigned, no disable is sent', async () => {
  world = await aWorld({ schema: (schema) => withFlowTypes(schema, 'User', 'Add,Delete') })
  const ana = await world.user('Ana Able')
  await world.run()
  world.target.forgetCalls()
  await world.unassign(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect((await attributesOf(ana))?.['active']).toBe(true)
  const [entry] = await world.log(ana)
  expect(entry?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { reason: expect.stringContaining('Update is switched off') as string },
  })
  // It is no longer managed all the same: a later deletion sends nothing (7.2 row 6).
  await world.hardDelete(ana)
  await world.run()
  expect(world.sent()).toEqual([])
})

test('42: an unresolvable manager, the user exists without manager and the step is logged', async () => {
  world = await aWorld()
  const boss = await world.user('Mo Chief', {}, { isAssigned: false })
  const ana = await world.user('Ana Able', { manager: boss })
  await world.run()
  expect(await attributesOf(ana)).toMatchObject({ 'name.givenName': 'Ana' })
  expect(await attributesOf(ana)).not.toHaveProperty(managerAttribute)
  const [entry] = await world.log(ana)
  expect(entry?.provisioningAction).toBe('create')
  const step = entry?.provisioningSteps.find((each) => each.provisioningStepType === 'referenceResolution')
  expect(step).toMatchObject({
    name: 'UnableToResolveReferenceAttributeValue',
    details: { errorCode: 'UnableToResolveReferenceAttributeValue' },
  })
  expect(step?.description).toContain('Ana Able')
  expect(step?.description).toContain(boss)
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('43: that manager later enters scope, the manager is written in that cycle', async () => {
  world = await aWorld()
  const boss = await world.user('Mo Chief', {}, { isAssigned: false })
  const ana = await world.user('Ana Able', { manager: boss })
  await world.run()
  world.target.forgetCalls()
  await world.assign(boss)
  await world.run()
  const bossAnchor = (await world.link('User', boss))?.targetAnchor
  const anchor = (await world.link('User', ana))?.targetAnchor
  expect(world.sent()).toMatchObject([
    { kind: 'create' },
    { kind: 'update', anchor, changes: [{ attribute: managerAttribute, kind: 'set', value: bossAnchor }] },
  ])
  expect((await world.log(ana))[0]?.modifiedProperties).toEqual([
    { displayName: managerAttribute, oldValue: null, newValue: bossAnchor },
  ])
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('43: with the parity switch the manager is written only after a restart', async () => {
  world = await aWorld({ settings: { repairsReferences: false } })
  const boss = await world.user('Mo Chief', {}, { isAssigned: false })
  const ana = await world.user('Ana Able', { manager: boss })
  await world.run()
  await world.assign(boss)
  for (let cycle = 0; cycle < 3; cycle += 1) await world.run()
  expect((await attributesOf(ana))?.[managerAttribute]).toBeUndefined()
  await world.restart()
  await world.run()
  expect((await attributesOf(ana))?.[managerAttribute]).toBe((await world.link('User', boss))?.targetAnchor)
})

test('43: a manager disabled and back again needs no second write of the reference', async () => {
  world = await aWorld()
  const boss = await world.user('Mo Chief')
  const ana = await world.user('Ana Able', { manager: boss })
  await world.run()
  await world.unassign(boss)
  await world.run()
  world.target.forgetCalls()
  await world.assign(boss)
  await world.change(ana, { jobTitle: 'Mate' })
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['update', 'update'])
  expect((await attributesOf(ana))?.[managerAttribute]).toBe((await world.link('User', boss))?.targetAnchor)
})

test('44: a required attribute without value and without default, MissingValues and nothing is sent', async () => {
  world = await aWorld({ schema: (schema) => withRequired(schema, 'User', 'title') })
  const ana = await world.user('Ana Able', { jobTitle: null })
  const cycle = await world.run()
  expect(world.sent()).toEqual([])
  expect(cycle.counters.failed).toEqual({ MissingValues: 1 })
  const [entry] = await world.log(ana)
  expect(entry).toMatchObject({
    provisioningAction: 'create',
    provisioningStatusInfo: { status: 'failure', errorInformation: { errorCode: 'MissingValues' } },
  })
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toContain('title')
})

test('44: a required attribute without value takes the default', async () => {
  world = await aWorld({
    schema: (schema) =>
      withRequired(withAttributeMapping(schema, 'User', 'title', { defaultValue: 'Staff' }), 'User', 'title'),
  })
  const ana = await world.user('Ana Able', { jobTitle: null })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Staff')
})

test('84: a value that a mapping redacts is sent, and the log shows [Redact]', async () => {
  world = await aWorld({
    schema: (schema) => withAttributeMapping(schema, 'User', 'title', { source: { expression: 'Redact([jobTitle])' } }),
  })
  const ana = await world.user('Ana Able', { jobTitle: 'Spy' })
  await world.run()
  expect((await attributesOf(ana))?.['title']).toBe('Spy')
  await world.change(ana, { jobTitle: 'Double agent' })
  await world.run()
  const entries = await world.log(ana)
  expect(entries.map((entry) => entry.modifiedProperties.find((each) => each.displayName === 'title'))).toEqual([
    { displayName: 'title', oldValue: '[Redact]', newValue: '[Redact]' },
    { displayName: 'title', oldValue: null, newValue: '[Redact]' },
  ])
})

test('93: a long mailNickname gives a userName of at most 20 characters; a collision is a Conflict and touches nobody', async () => {
  const slack = await aSlackWorld()
  world = slack.muster
  try {
    const long = await world.user('Lena Long', { mailNickname: 'Bartholomäa.Featherstonehaugh' })
    const edge = await world.user('Ed Edge', { mailNickname: 'exactly.20.chars.abc' })
    const channel = await world.user('Gene Ral', { mailNickname: 'general' })
    const before = slack.simulator.people()
    const cycle = await slack.cycle()
    expect(cycle.counters).toMatchObject({ created: 2, updated: 0, disabled: 0, failed: { Conflict: 1 } })
    const nameOf = async (person: string) => {
      const anchor = (await world.link('User', person))?.targetAnchor
      return slack.simulator.people().find((each) => each.id === anchor)?.userName
    }
    expect(await nameOf(long)).toBe('bartholomaa.feathers')
    expect(await nameOf(edge)).toBe('exactly.20.chars.abc')
    expect(await world.link('User', channel)).toBeUndefined()
    const [entry] = await world.log(channel)
    expect(entry?.provisioningStatusInfo).toMatchObject({
      status: 'failure',
      errorInformation: { errorCode: 'Conflict' },
    })
    const others = new Set(before.map((person) => person.id))
    expect(slack.simulator.people().filter((person) => others.has(person.id))).toEqual(before)
  } finally {
    await slack.close()
  }

  // Somebody else's account has the name that the cut leaves, and names are not matched by.
  const stranger = anAccount({ anchor: 'U-STRANGER', userName: 'bartholomaa.feathers' })
  world = await aWorld({
    schema: (schema) => withAttributeMapping(schema, 'User', 'userName', { matchingPriority: 0 }),
    target: { objects: [stranger] },
  })
  const long = await world.user('Lena Long', { mailNickname: 'Bartholomäa.Featherstonehaugh' })
  expect(await world.run()).toMatchObject({ counters: { created: 0, updated: 0, failed: { Conflict: 1 } } })
  expect(await world.link('User', long)).toBeUndefined()
  expect(world.target.objects('User')).toEqual([stranger])
})
