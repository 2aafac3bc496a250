/* Spec section 8: more removals in one cycle than the threshold allows wait for an administrator. */
import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import type { DeletionPrevention, RestartReport, SettingsReport } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const names = ['Ana Able', 'Ben Bold', 'Cem Calm', 'Dua Dear', 'Eli East', 'Fay Fair'] as const
const prevention: DeletionPrevention = { isOn: true, threshold: 3, percentage: null, windowHours: null }

/** Six people with accounts, and a threshold of three. */
async function aCrew(deletionPrevention = prevention): Promise<readonly string[]> {
  world = await aWorld({ settings: { deletionPrevention } })
  const people: string[] = []
  for (const name of names) people.push(await world.user(name))
  await world.run()
  world.target.forgetCalls()
  return people
}

async function unassign(people: readonly string[]): Promise<void> {
  for (const person of people) await world.unassign(person)
}

const job = async () => await world.store.jobs.get(world.job.jobId)
const active = (): number =>
  world.target.objects('User').filter((object) => object.attributes['active'] === true).length
const stagedEntries = async (people: readonly string[]): Promise<number> =>
  (await Promise.all(people.map((person) => world.log(person))))
    .flat()
    .filter((entry) => entry.provisioningAction === 'stagedDelete').length

test('67: threshold 3 and 4 pending disables in a cycle, none is sent, 4 staged entries, TooManyDeletes, one mail', async () => {
  const people = await aCrew()
  await world.setSettings({ notifications: { isOn: true, recipients: 'night@example.com', webhookUrl: null } })
  await unassign(people.slice(0, 4))
  const cycle = await world.run()
  expect(world.sent()).toEqual([])
  expect(active()).toBe(6)
  expect(cycle.counters.skipped).toMatchObject({ StagedDelete: 4 })
  expect(await stagedEntries(people)).toBe(4)
  expect(await job()).toMatchObject({
    status: 'Quarantine',
    quarantine: { reason: 'TooManyDeletes', seriesCount: 1 },
  })

  expect((await job())?.quarantine?.error?.message).toContain('4 removals in one cycle, and the threshold is 3.')
  const told = async () => await world.store.notifications.list(world.job.jobId, 9)
  expect(await told()).toMatchObject([
    {
      channel: 'mail',
      notification: { kind: 'quarantineImposed', reason: 'TooManyDeletes', concerned: 4 },
    },
  ])

  // It stays so, without a second entry, and whoever leaves meanwhile waits too.
  await unassign(people.slice(4, 5))
  await world.run()
  expect(world.sent()).toEqual([])
  expect(await stagedEntries(people)).toBe(5)
  expect(await job()).toMatchObject({ quarantine: { seriesCount: 2 } })
  expect(await told()).toHaveLength(1)
})

test('joiners and changes go on at the usual pace while removals wait', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  expect((await job())?.nextRunAt).toBeLessThanOrEqual(world.clock.now() + world.job.settings.cycleEveryMs)
  await world.user('Gus Glad')
  await world.change(people[5] ?? '', { jobTitle: 'Cook' })
  await world.run()
  expect(
    world
      .sent()
      .map((write) => write.kind)
      .toSorted(),
  ).toEqual(['create', 'update'])
})

test('68: that state and Allow deletes confirmed, all 4 are executed and the job is healthy', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  expect(await world.store.provisioning.approveRemovals(world.job.jobId)).toBe(4)
  const cycle = await world.run()
  expect(cycle.counters.disabled).toBe(4)
  expect(active()).toBe(2)
  expect(await job()).toMatchObject({ status: 'Active', quarantine: null })
  expect(await world.store.provisioning.heldRemovals(world.job.jobId)).toEqual([])
})

test('76: started or lifted while removals wait, the same cause with the same people is told once; in step is not renewed', async () => {
  const people = await aCrew()
  await world.setSettings({ notifications: { isOn: true, recipients: 'night@example.com', webhookUrl: null } })
  const inStepAt = (await job())?.steadyStateLastAchievedAt
  expect(inStepAt).toEqual(expect.any(Number))
  await unassign(people.slice(0, 4))
  await world.run()
  const told = async () =>
    (await world.store.notifications.list(world.job.jobId, 9)).map(({ notification }) => notification.kind)
  const app = await createApi(apiPorts(world.ports))
  const send = async (method: 'POST' | 'DELETE', path: string): Promise<unknown> => {
    const url = `/muster/v1/jobs/default/${path}`
    return (await app.inject({ method, url, headers: { host: 'localhost' } })).json<unknown>()
  }
  expect(await send('POST', 'start')).toMatchObject({ status: 'Active', removalsWaiting: 4 })
  await world.clock.advance(1000)
  await world.run()
  expect(await send('DELETE', 'quarantine')).toMatchObject({ isLifted: true, status: 'Active', removalsWaiting: 4 })
  expect(await send('DELETE', 'quarantine')).toMatchObject({ isLifted: false })
  await world.clock.advance(1000)
  await world.run()
  expect(await job()).toMatchObject({
    quarantine: { reason: 'TooManyDeletes' },
    steadyStateLastAchievedAt: inStepAt,
  })
  expect(await told()).toEqual(['quarantineImposed'])

  // Somebody more is news after the start.
  await send('POST', 'start')
  await unassign(people.slice(4, 5))
  await world.clock.advance(1000)
  await world.run()
  expect(await told()).toEqual(['quarantineImposed', 'quarantineImposed'])
  await send('POST', 'removals/allow')
  await world.clock.advance(1000)
  const cycle = await world.run()
  expect((await told())[0]).toBe('quarantineLifted')
  expect(await job()).toMatchObject({ quarantine: null, steadyStateLastAchievedAt: cycle.endedAt })
  await app.close()
})

test('a restart that lifts a quarantine and allows removals has two entries that say different things', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  const app = await createApi(apiPorts(world.ports))
  const payload = { criteria: { resetScope: 'ForceDeletes' } }
  const url = '/muster/v1/jobs/default/restart'
  await app.inject({ method: 'POST', url, payload, headers: { host: 'localhost' } })
  const [lifted, restarted] = (await world.store.audit.query({ limit: 2 })).entries.map(({ entry }) => entry)
  expect([restarted?.activityDisplayName, lifted?.activityDisplayName]).toEqual([
    'Enable/restart provisioning configuration',
    'Quarantine',
  ])
  expect(lifted?.correlationId).toBe(restarted?.correlationId)
  await app.close()
})

test('a restart with ForceDeletes says how many removals it allows', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  const app = await createApi(apiPorts(world.ports))
  const force = async (): Promise<RestartReport> => {
    const payload = { criteria: { resetScope: 'ForceDeletes' } }
    const url = '/muster/v1/jobs/default/restart'
    return (await app.inject({ method: 'POST', url, payload, headers: { host: 'localhost' } })).json<RestartReport>()
  }
  expect(await force()).toMatchObject({ removalsAllowed: 4, isQuarantineLifted: true })
  expect(await force()).toMatchObject({ removalsAllowed: 0 })
  expect((await world.run()).counters.disabled).toBe(4)
  await app.close()
})

test('an answer holds for those it was given for: more who leave later wait for one of their own', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  await world.store.provisioning.approveRemovals(world.job.jobId)
  await world.setSettings({ deletionPrevention: { ...prevention, threshold: 1 } })
  await unassign(people.slice(4, 6))
  const cycle = await world.run()
  expect(cycle.counters).toMatchObject({ disabled: 4, skipped: { StagedDelete: 2 } })
  expect(active()).toBe(2)
})

test('69: that state, the users assigned again and the job restarted, no disable is sent', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  for (const person of people.slice(0, 4)) await world.assign(person)
  await world.restart()
  await world.run()
  expect(world.sent()).toEqual([])
  expect(active()).toBe(6)
  expect(await job()).toMatchObject({ status: 'Active', quarantine: null })
  expect(await world.store.provisioning.heldRemovals(world.job.jobId)).toEqual([])
})

test('who comes back after an answer was given, and before it is carried out, stays', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  await world.run()
  await world.store.provisioning.approveRemovals(world.job.jobId)
  await world.assign(people[0] ?? '')
  const cycle = await world.run()
  expect(cycle.counters.disabled).toBe(3)
  expect(active()).toBe(3)
})

test('70: threshold 3 and 2 disables in each of 3 cycles, no quarantine', async () => {
  const people = await aCrew()
  for (const start of [0, 2, 4]) {
    await unassign(people.slice(start, start + 2))
    const cycle = await world.run()
    expect(cycle.counters.disabled).toBe(2)
    expect(await job()).toMatchObject({ status: 'Active', quarantine: null })
  }
})

test('with a window, what went in the hours before counts too', async () => {
  const people = await aCrew({ ...prevention, windowHours: 24 })
  await unassign(people.slice(0, 2))
  await world.run()
  await unassign(people.slice(2, 4))
  await world.run()
  expect(active()).toBe(4)
  expect(await job()).toMatchObject({ quarantine: { reason: 'TooManyDeletes' } })
  await world.clock.advance(24 * 3_600_000 + 1)
  await world.run()
  expect(active()).toBe(2)
  expect(await job()).toMatchObject({ status: 'Active' })
})

test('groups to be deleted count like people', async () => {
  const people = await aCrew()
  const groups: string[] = []
  for (const name of ['Crew', 'Deck']) groups.push(await world.group(name, people))
  for (const group of groups) await world.assign(group)
  await world.run()
  world.target.forgetCalls()
  for (const group of groups) await world.softDelete(group)
  // The people keep their own assignment.
  await unassign(people.slice(0, 2))
  await world.run()
  expect(world.sent().filter((write) => write.kind === 'delete' || write.kind === 'disable')).toEqual([])
  expect(await job()).toMatchObject({ quarantine: { reason: 'TooManyDeletes' } })
})

test('a plan says who would be held back, and holds nobody', async () => {
  const people = await aCrew()
  await unassign(people.slice(0, 4))
  const { changes } = await world.plan()
  expect(changes.filter((change) => change.action === 'stagedDelete')).toHaveLength(4)
  expect(changes.filter((change) => change.action === 'disable')).toEqual([])
  expect(await world.store.provisioning.heldRemovals(world.job.jobId)).toEqual([])
})

test('8: deletion prevention without notification address, when saved, the admin is told that an address is needed', async () => {
  world = await aWorld()
  const app = await createApi(apiPorts(world.ports))
  const save = async (payload: object): Promise<SettingsReport> => {
    const url = '/muster/v1/jobs/default/settings'
    return (await app.inject({ method: 'PATCH', url, payload, headers: { host: 'localhost' } })).json<SettingsReport>()
  }
  const nobody = await save({ deletionPrevention: prevention })
  expect(nobody.settings.deletionPrevention).toEqual(prevention)
  expect(nobody.warnings).toEqual([expect.stringMatching(/nobody is named to be told.*--recipients ADDRESS/)])
  const recipients = 'night@example.com'
  expect(await save({ notifications: { isOn: true, recipients, webhookUrl: null } })).toMatchObject({ warnings: [] })
  expect((await save({ notifications: { isOn: false, recipients, webhookUrl: null } })).warnings).toHaveLength(1)
  expect(await save({ deletionPrevention: { ...prevention, isOn: false } })).toMatchObject({ warnings: [] })
  await app.close()
})
