/* Spec section 12: what the provisioning log says of every operation. */
import { afterEach, expect, test } from 'vitest'
import type { ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const entriesOf = async (cycleId: string): Promise<readonly ProvisioningObjectSummary[]> =>
  (await world.store.provisioning.queryLog({ cycleId, limit: 100 })).entries

test('84: any operation has one entry with change id, cycle id, steps, status and old and new values', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  const bob = await world.user('Bob Baker')
  const cai = await world.user('Cai Cook')
  const crew = await world.group('Crew', [ana])
  await world.assign(crew)
  const first = await world.run()
  await world.change(ana, { jobTitle: 'Captain' })
  await world.unassign(bob)
  await world.hardDelete(cai)
  await world.members(crew, [])
  world.target.forgetCalls()
  const second = await world.run()

  const entries = await entriesOf(second.cycleId)
  const told = entries.map((entry) => [
    entry.sourceIdentity.displayName,
    entry.provisioningAction,
    entry.modifiedProperties,
  ])
  const anchor = (await world.link('User', ana))?.targetAnchor
  expect(told).toHaveLength(4)
  expect(told).toEqual(
    expect.arrayContaining([
      ['Ana Able', 'update', [{ displayName: 'title', oldValue: 'Mate', newValue: 'Captain' }]],
      ['Bob Baker', 'disable', [{ displayName: 'active', oldValue: 'True', newValue: 'False' }]],
      ['Cai Cook', 'delete', []],
      ['Crew', 'update', [{ displayName: 'members', oldValue: anchor, newValue: null }]],
    ]),
  )
  expect(world.sent()).toHaveLength(4)

  const all = [...entries, ...(await entriesOf(first.cycleId))]
  // Four objects were created, the group's members are a change of their own.
  expect(all).toHaveLength(9)
  expect(new Set(all.map((entry) => entry.id)).size).toBe(9)
  expect(new Set(all.map((entry) => entry.changeId)).size).toBe(9)
  for (const entry of all) {
    expect(entry.jobId).toBe(world.job.jobId)
    expect(entry.provisioningStatusInfo).toEqual({ status: 'success', errorInformation: null })
    expect(entry.provisioningSteps.map((step) => step.provisioningStepType)).toContain('export')
    expect(entry.initiatedBy.initiatorType).toBe('system')
    expect(entry.servicePrincipal).toEqual({ id: world.job.servicePrincipalId, displayName: 'Slack' })
    expect([entry.sourceSystem.displayName, entry.targetSystem.displayName]).toEqual([
      'Azure Active Directory',
      'Slack',
    ])
    expect(entry.sourceIdentity.identityType).toMatch(/^(User|Group)$/)
    expect(entry.targetIdentity.id).not.toBe('')
  }
})

test('84: entries cannot be edited', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const [entry] = await world.log(ana)
  if (entry === undefined) throw new Error('nothing was logged')
  const claim = await world.store.jobs.claim({ owner: 'test', leaseMs: 1000, now: 0, jobId: world.job.jobId })
  if (claim === null) throw new Error('the job is taken')
  const forged: ProvisioningObjectSummary = { ...entry, provisioningAction: 'delete' }
  await expect(world.store.provisioning.saveOutcomes(claim.lease, [{ logEntry: forged }])).rejects.toThrow()
  expect(await world.store.provisioning.getLogEntry(entry.id)).toEqual(entry)
})
