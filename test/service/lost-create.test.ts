/*
 * A create took effect, no answer came, and before Slack could be asked again the person or group has left the scope: what
 * Muster made must go with them, and what others made must stay.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let slack: SlackWorld
beforeEach(async () => {
  slack = await aSlackWorld()
})
afterEach(() => slack.close())

const address = 'nina.berg@example.com'

/** Creates take effect unseen, and nobody can be looked up, for one cycle. */
async function aCycleInTheDark(path: string): Promise<void> {
  slack.simulator.addFault({ kind: 'timeoutAfter', method: '^POST$', path })
  const { simulator } = slack
  const before = simulator.people().length + simulator.groups().length
  const end = slack.runWhenDue()
  // The look-ups before the create are answered, those after it are not.
  while (simulator.people().length + simulator.groups().length === before) await nextTurn()
  simulator.addFault({ kind: 'reset', path: 'filter=(email|displayName|userName)' })
  expect(await end).toMatchObject({ kind: 'ended', cycle: { state: 'EntryLevelErrors' } })
  simulator.clearFaults()
}

test.each(['softDelete', 'unassign', 'disable in the source'] as const)(
  '%s: the account of a person who leaves is disabled',
  async (how) => {
    const { muster, simulator } = slack
    const nina = await muster.user('Nina Berg')
    await aCycleInTheDark('/Users$')
    expect(simulator.person(address)?.active).toBe(true)
    expect(await muster.link('User', nina)).toBeUndefined()

    if (how === 'softDelete') await muster.softDelete(nina)
    else if (how === 'unassign') await muster.unassign(nina)
    else await muster.change(nina, { accountEnabled: false })
    expect(await slack.cycle()).toMatchObject({ state: 'Succeeded', counters: { disabled: 1 } })
    expect(simulator.person(address)?.active).toBe(false)
    const [entry] = await muster.log(nina)
    expect(entry).toMatchObject({ provisioningAction: 'disable', provisioningStatusInfo: { status: 'success' } })
    // Who comes back has the same account again.
    if (how === 'softDelete') await muster.restore(nina)
    else if (how === 'unassign') await muster.assign(nina)
    else await muster.change(nina, { accountEnabled: true })
    expect(await slack.cycle()).toMatchObject({ state: 'Succeeded', counters: { created: 0 } })
    expect(simulator.person(address)?.active).toBe(true)
  },
)

test('a group that leaves is deleted', async () => {
  const { muster, simulator } = slack
  const crew = await muster.group('Crew', [])
  await muster.assign(crew)
  await aCycleInTheDark('/Groups$')
  expect(simulator.group('Crew')).toBeDefined()
  await muster.unassign(crew)
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded', counters: { deleted: 1 } })
  expect(simulator.group('Crew')).toBeUndefined()
})

test('an account that others made after a create was refused is left alone', async () => {
  const { muster, simulator } = slack
  const nina = await muster.user('Nina Berg')
  const refusal = '{"Errors":{"description":"invalid_display_name","code":400}}'
  simulator.addFault({ kind: 'status', status: 400, body: refusal, method: '^POST$' })
  expect(await slack.cycle()).toMatchObject({ state: 'EntryLevelErrors' })
  simulator.clearFaults()
  simulator.addPerson({ userName: 'nina.berg', email: address })
  await muster.softDelete(nina)
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded', counters: { disabled: 0 } })
  expect(simulator.person(address)?.active).toBe(true)
})

test('an account that was there while nobody could be looked up is left alone', async () => {
  const { muster, simulator } = slack
  // From the second cycle on everybody is looked up one by one.
  await slack.cycle()
  const nina = await muster.user('Nina Berg')
  simulator.addPerson({ userName: 'nina.berg', email: address })
  simulator.addFault({ kind: 'reset', path: 'filter=email' })
  expect(await slack.cycle()).toMatchObject({ state: 'EntryLevelErrors' })
  simulator.clearFaults()
  await muster.softDelete(nina)
  expect(await slack.cycle()).toMatchObject({ state: 'Succeeded', counters: { disabled: 0 } })
  expect(simulator.person(address)?.active).toBe(true)
})
