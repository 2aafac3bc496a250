/* Spec section 3.4: scoping filters, as the engine applies them to people and groups. */
import { afterEach, expect, test } from 'vitest'
import type { FilterClause, ScopingFilter } from '../../src/vocabulary/index.ts'
import { withFilter } from '../builders/schema-changes.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const clause = (attribute: string, operator: string, ...values: readonly string[]): FilterClause => ({
  sourceOperandName: attribute,
  operatorName: operator,
  targetOperand: values.length === 0 ? null : { values },
})
/** Each list of clauses is a filter of its own; their titles are F1, F2, ... */
const aFilter = (...filters: readonly (readonly FilterClause[])[]): ScopingFilter => ({
  groups: filters.map((clauses, index) => ({ name: `F${String(index + 1)}`, clauses })),
})

const aWorldWith = (filter: ScopingFilter): Promise<World> =>
  aWorld({ settings: { syncAll: true }, schema: (schema) => withFilter(schema, 'User', filter) })

/** Who has got an account, by given name. */
const provisioned = () => world.target.objects('User').map((account) => account.attributes['name.givenName'])

test('13: clauses A and B in one filter, only A holds, out of scope', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'Deck'), clause('country', 'EQUALS', 'NO')]))
  await world.user('Both Hold', { department: 'Deck', country: 'NO' })
  const half = await world.user('Half Holds', { department: 'Deck', country: 'SE' })
  await world.run()
  expect(provisioned()).toEqual(['Both'])
  const [entry] = await world.log(half)
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toContain('country EQUALS "NO" does not hold')
  const scoping = entry?.provisioningSteps.find((step) => step.provisioningStepType === 'scoping')
  expect(JSON.parse(scoping?.details['ScopeEvaluationResult'] ?? '{}')).toEqual({
    "F1.department EQUALS 'Deck'": true,
    "F1.country EQUALS 'NO'": false,
  })
})

test('14: filters F1 and F2, only F2 holds, in scope', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'Deck')], [clause('country', 'EQUALS', 'NO')]))
  await world.user('Second Holds', { department: 'Engine', country: 'NO' })
  await world.user('None Holds', { department: 'Engine', country: 'SE' })
  await world.run()
  expect(provisioned()).toEqual(['Second'])
})

test('15: EQUALS "sales" and department "Sales", false', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'sales')]))
  await world.user('Capital Letter', { department: 'Sales' })
  await world.user('Small Letter', { department: 'sales' })
  await world.run()
  expect(provisioned()).toEqual(['Small'])
})

test.each([
  ['16', 'NOT EQUALS "sales" and no department', clause('department', 'NOT EQUALS', 'sales'), null],
  ['17', 'NOT REGEX MATCH and an empty attribute', clause('department', 'NOT REGEX MATCH', '^sales$'), ''],
] as const)('%s: %s, false', async (_number, _words, notThis, department) => {
  world = await aWorldWith(aFilter([notThis]))
  await world.user('Without Any', { department })
  await world.user('With Another', { department: 'Deck' })
  await world.user('With That', { department: 'sales' })
  await world.run()
  expect(provisioned()).toEqual(['With'])
})

test.each([null, ''])('18: IS NULL and department %j, true; IS NOT NULL then false', async (department) => {
  world = await aWorldWith(aFilter([clause('department', 'IS NULL')]))
  await world.user('Without Any', { department })
  await world.user('With One', { department: 'Deck' })
  await world.run()
  expect(provisioned()).toEqual(['Without'])
  await world.setSchema((schema) => withFilter(schema, 'User', aFilter([clause('department', 'IS NOT NULL')])))
  await world.run()
  const active = world.target.objects('User').filter((account) => account.attributes['active'] === true)
  expect(active.map((account) => account.attributes['name.givenName'])).toEqual(['With'])
})

test('21: "&" with the text "US,CA" and country "CA", true; with country "DE" then false', async () => {
  world = await aWorldWith(aFilter([clause('country', '&', 'US,CA')]))
  await world.user('Ca Nadian', { country: 'CA' })
  await world.user('De Utsch', { country: 'DE' })
  await world.run()
  expect(provisioned()).toEqual(['Ca'])
})

test('23: scope all and a filter, users failing the filter are logged as skipped', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'Deck')]))
  const ana = await world.user('Ana Able', { department: 'Deck' }, { isAssigned: false })
  const bob = await world.user('Bob Baker', { department: 'Engine' }, { isAssigned: false })
  const cycle = await world.run()
  expect(provisioned()).toEqual(['Ana'])
  expect(cycle.counters.skipped).toEqual({ EntrySynchronizationSkipped: 1 })
  expect((await world.log(ana))[0]?.provisioningAction).toBe('create')
  const [entry, ...others] = await world.log(bob)
  expect(others).toEqual([])
  expect(entry).toMatchObject({
    provisioningAction: 'other',
    provisioningStatusInfo: {
      status: 'skipped',
      errorInformation: { errorCode: 'EntrySynchronizationSkipped', errorCategory: 'nonServiceFailure' },
    },
    modifiedProperties: [],
  })
  expect(entry?.provisioningSteps.map((step) => [step.provisioningStepType, step.status])).toEqual([
    ['import', 'success'],
    ['scoping', 'skipped'],
    ['processing', 'skipped'],
  ])
  expect(entry?.provisioningSteps[1]?.details).toMatchObject({
    'Active in the source system': 'True',
    'Assigned to the application': 'True',
    'Scoping filter evaluation passed': 'False',
    ScopeEvaluationResult: `{"F1.department EQUALS 'Deck'":false}`,
  })
})

test('24: a group fails a group filter on displayName, it is not provisioned while its assigned members are', async () => {
  world = await aWorld({
    assignEverybody: false,
    schema: (schema) => withFilter(schema, 'Group', aFilter([clause('displayName', 'ENDS_WITH', 'Crew')])),
  })
  await world.assign(await world.group('Deck Crew', [await world.user('Ana Able')]))
  await world.assign(await world.group('Deck Hands', [await world.user('Bob Baker')]))
  await world.run()
  expect(world.target.objects('Group').map((group) => group.displayName)).toEqual(['Deck Crew'])
  expect(provisioned()).toEqual(['Ana', 'Bob'])
})

test('56: a filter change saved during a cycle, the next cycle is an initial one with the new filter', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'Deck')]))
  await world.user('Ana Able', { department: 'Deck' })
  await world.user('Bob Baker', { department: 'Engine' })
  const cycle = await world.run({
    onWrite: () =>
      world.setSchema((schema) => withFilter(schema, 'User', aFilter([clause('department', 'EQUALS', 'Engine')]))),
  })
  // It completes with the filter it began with.
  expect(cycle.kind).toBe('initial')
  expect(provisioned()).toEqual(['Ana'])
  expect((await world.store.jobs.get(world.job.jobId))?.nextRunAt).toBe(world.clock.now())
  const next = await world.run()
  expect(next.kind).toBe('initial')
  const active = world.target.objects('User').map((account) => [account.displayName, account.attributes['active']])
  expect(active.sort()).toEqual([
    ['Ana Able', false],
    ['Bob Baker', true],
  ])
  expect((await world.run()).kind).toBe('incremental')
})

test('59: a linked user fails a new filter, when the initial cycle runs, disabled', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { department: 'Deck' })
  const bob = await world.user('Bob Baker', { department: 'Engine' })
  await world.run()
  await world.setSchema((schema) => withFilter(schema, 'User', aFilter([clause('department', 'EQUALS', 'Deck')])))
  world.target.forgetCalls()
  const cycle = await world.run()
  expect(cycle.kind).toBe('initial')
  const anchor = (await world.link('User', bob))?.targetAnchor
  expect(world.sent()).toEqual([{ kind: 'disable', objectType: 'User', anchor }])
  expect((await world.link('User', ana))?.isActive).toBe(true)
  const [entry] = await world.log(bob)
  expect(entry).toMatchObject({
    provisioningAction: 'disable',
    provisioningStatusInfo: { status: 'success' },
    modifiedProperties: [{ displayName: 'active', oldValue: 'True', newValue: 'False' }],
  })
  expect(entry?.provisioningSteps[1]?.details['Scoping filter evaluation passed']).toBe('False')
  // The filter passes again: the same account comes back.
  world.target.forgetCalls()
  await world.change(bob, { department: 'Deck' })
  await world.run()
  expect(world.sent()).toMatchObject([{ kind: 'update', anchor }])
})

test('59: an attribute changes so that the filter is failed, disabled in an incremental cycle', async () => {
  world = await aWorldWith(aFilter([clause('department', 'EQUALS', 'Deck')]))
  const ana = await world.user('Ana Able', { department: 'Deck' })
  await world.run()
  world.target.forgetCalls()
  await world.change(ana, { department: 'Engine' })
  await world.run()
  expect(world.sent().map((write) => write.kind)).toEqual(['disable'])
})

test('a filter that cannot decide about somebody fails that person and disables nobody', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { employeeId: `${'a'.repeat(40)}!` })
  const bob = await world.user('Bob Baker', { employeeId: 'aa' })
  await world.run()
  await world.setSchema((schema) =>
    withFilter(schema, 'User', aFilter([clause('employeeId', 'REGEX MATCH', '^(a+)+\\1?$')])),
  )
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
  expect((await world.log(ana))[0]?.provisioningStatusInfo.status).toBe('failure')
  expect((await world.link('User', bob))?.isActive).toBe(true)
})

test('an object that the input filter drops is skipped early and never deprovisioned', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { department: 'Deck', jobTitle: 'Mate' })
  await world.run()
  const inputFilterGroups = [{ name: 'Input', clauses: [clause('department', 'EQUALS', 'Engine')] }]
  await world.setSchema((schema) => withFilter(schema, 'User', { groups: [], inputFilterGroups }))
  await world.change(ana, { jobTitle: 'Captain' })
  const bob = await world.user('Bob Baker', { department: 'Deck' })
  world.target.forgetCalls()
  await world.run()
  await world.unassign(ana)
  await world.run()
  expect(world.sent()).toEqual([])
  expect(await world.link('User', bob)).toBeUndefined()
  expect((await world.log(ana))[0]).toMatchObject({
    provisioningAction: 'other',
    provisioningStatusInfo: { status: 'skipped', errorInformation: { errorCode: 'EntrySynchronizationSkipped' } },
  })
})
