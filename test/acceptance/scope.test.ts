/* Spec section 3: who is in scope, and what the log says of those who are not. */
import { afterEach, expect, test } from 'vitest'
import type { ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { withAttributeMapping } from '../builders/schema-changes.ts'
import { aWorld, workEmail, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const scopingDetails = (entry: ProvisioningObjectSummary | undefined) =>
  entry?.provisioningSteps.find((step) => step.provisioningStepType === 'scoping')?.details

test('9: a user in an assigned group is provisioned', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', {}, { isAssigned: false })
  await world.assign(await world.group('Crew', [ana]))
  await world.run()
  expect(world.target.objects('User').map((account) => account.attributes['externalId'])).toEqual([ana])
  const [entry] = await world.log(ana)
  expect(entry).toMatchObject({
    provisioningAction: 'create',
    provisioningStatusInfo: { status: 'success', errorInformation: null },
  })
  expect(scopingDetails(entry)).toMatchObject({
    'Assigned to the application': 'True',
    'Assigned through': 'group Crew',
  })
})

test('10: a user only in a group nested in an assigned group is not provisioned', async () => {
  world = await aWorld()
  const deep = await world.user('Dee Deep', {}, { isAssigned: false })
  const inner = await world.group('Inner', [deep])
  const outer = await world.group('Outer', [inner])
  await world.assign(outer)
  await world.run()
  expect(world.target.objects('User')).toEqual([])
  const [entry] = await world.log(deep)
  expect(entry?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { errorCode: 'NotEffectivelyEntitled' },
  })
  expect(scopingDetails(entry)?.['Assigned to the application']).toBe('False')
  // The group itself is there, without the nested one, and nothing is looked at again while nothing changes.
  expect(world.target.objects('Group').map((group) => group.displayName)).toEqual(['Outer'])
  const cycle = await world.run()
  expect(await world.log(outer)).toHaveLength(2)
  expect(cycle.counters.countExported).toBe(0)
})

test('10: a nested group that is provisioned itself is no member of the outer one', async () => {
  world = await aWorld()
  const inner = await world.group('Inner', [])
  const outer = await world.group('Outer', [inner])
  await world.assign(inner)
  await world.assign(outer)
  await world.run()
  const entries = (await world.log(outer)).length
  await world.run()
  expect(world.target.objects('Group').map((group) => group.attributes['members'] ?? [])).toEqual([[], []])
  expect((await world.log(outer)).length).toBe(entries)
})

test('11: Default Access is provisioned when defaultAccessIsEntitled is true', async () => {
  world = await aWorld({ settings: { defaultAccessIsEntitled: true } })
  await world.user('Ana Able')
  await world.run()
  expect(world.target.objects('User')).toHaveLength(1)
})

test('11: Default Access is skipped with NotEffectivelyEntitled when defaultAccessIsEntitled is false', async () => {
  world = await aWorld({ settings: { defaultAccessIsEntitled: false } })
  const ana = await world.user('Ana Able')
  await world.run()
  expect(world.sent()).toEqual([])
  const [entry] = await world.log(ana)
  expect(entry?.provisioningStatusInfo).toMatchObject({
    status: 'skipped',
    errorInformation: { errorCode: 'NotEffectivelyEntitled' },
  })
  expect(scopingDetails(entry)).toMatchObject({
    'Assigned to the application': 'True',
    'User has the required role': 'False',
  })
})

test('12: a user with accountEnabled false and no link is skipped, nothing is sent', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { accountEnabled: false })
  const cycle = await world.run()
  expect(world.sent()).toEqual([])
  expect(world.target.finds).toEqual([])
  expect(cycle.counters.skipped).toEqual({ NotEffectivelyEntitled: 1 })
  const [entry, ...others] = await world.log(ana)
  expect(others).toEqual([])
  expect(entry).toMatchObject({
    provisioningAction: 'other',
    provisioningStatusInfo: {
      status: 'skipped',
      errorInformation: { errorCode: 'NotEffectivelyEntitled', errorCategory: 'nonServiceFailure' },
    },
    modifiedProperties: [],
  })
  expect(entry?.provisioningSteps.map((step) => [step.provisioningStepType, step.status])).toEqual([
    ['import', 'success'],
    ['scoping', 'skipped'],
    ['processing', 'skipped'],
  ])
  expect(scopingDetails(entry)).toMatchObject({
    'Active in the source system': 'False',
    'Assigned to the application': 'True',
  })
})

test('12: all causes are listed, numbered, when several apply', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { accountEnabled: false }, { isAssigned: false })
  await world.run()
  const [entry] = await world.log(ana)
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toMatch(/^1\. .*accountEnabled.* 2\. .*not assigned/)
})

test('26: scope changed from all to assigned and a restart: users not assigned are disabled', async () => {
  world = await aWorld({ settings: { syncAll: true } })
  const ana = await world.user('Ana Able')
  const out = await world.user('Otto Out', {}, { isAssigned: false })
  await world.run()
  expect(world.target.objects('User')).toHaveLength(2)
  await world.setSettings({ syncAll: false })
  await world.restart()
  world.target.forgetCalls()
  const cycle = await world.run()
  expect(cycle.kind).toBe('initial')
  const anchor = (await world.link('User', out))?.targetAnchor
  expect(world.sent()).toEqual([{ kind: 'disable', objectType: 'User', anchor }])
  expect((await world.link('User', ana))?.isActive).toBe(true)
})

test('25: a guest with #EXT# in userPrincipalName, the plain alias@domain is used', async () => {
  const raw = 'ana_able_partner.example#EXT#@home.onmicrosoft.example'
  world = await aWorld({
    schema: (schema) =>
      withAttributeMapping(schema, 'User', 'title', { source: { expression: '[originalUserPrincipalName]' } }),
  })
  await world.user('Ana Able', { userPrincipalName: raw, mail: null, mailNickname: null })
  await world.run()
  expect(world.target.objects('User')[0]?.attributes).toMatchObject({
    [workEmail]: 'ana_able@partner.example',
    userName: 'ana_able',
    // originalUserPrincipalName gives the raw form.
    title: raw,
  })
})
