/* Who leaves is disabled at once, however many wait to join (slack.md section 6); but never more than may go at once. */
import { afterEach, expect, test } from 'vitest'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

const email = (name: string): string => `${name.toLowerCase().replace(' ', '.')}@example.com`
/** Names without digits: the builder makes addresses of letters. */
const joiner = (number: number): string =>
  `Joiner ${[...String(number)].map((digit) => 'abcdefghij'.charAt(Number(digit))).join('')}`

/**
 * Ahead of their turn, which is minutes away. The virtual time goes on while the machine is busy with what has no time of its
 * own, so the exact figure is the bench's (`npm run bench`: leaver).
 */
const soon = 15_000

/** How long after `happened` the account was disabled. */
function disabledAfter(name: string, happened: number): number {
  const id = slack.simulator.person(email(name))?.id ?? ''
  const request = slack.simulator
    .requests()
    .find(
      ({ method, url, requestBody }) =>
        method === 'PATCH' && url.includes(id) && requestBody?.includes('"active":false') === true,
    )
  return (request?.at ?? Number.POSITIVE_INFINITY) - happened
}

test('a leaver in the feed, and one who leaves meanwhile, go ahead of hundreds of joiners', async () => {
  slack = await aSlackWorld({ latencyMs: 0, latencyJitterMs: 0 })
  const { muster, simulator } = slack
  const mira = await muster.user('Mira Okafor')
  const tom = await muster.user('Tom Hill')
  await slack.cycle()

  for (let number = 0; number < 900; number += 1) await muster.user(joiner(number))
  // Behind all joiners of the feed.
  await muster.softDelete(mira)
  let leftAt = 0
  const leaves = (async () => {
    await muster.clock.sleep(100_000)
    leftAt = muster.clock.now()
    await muster.softDelete(tom)
  })()
  await muster.store.jobs.setNextRun(muster.job.jobId, muster.clock.now())
  const beganAt = muster.clock.now()
  const cycle = await slack.cycle()
  await leaves
  expect(cycle.state).toBe('Succeeded')
  expect((cycle.endedAt ?? 0) - beganAt).toBeGreaterThan(300_000)
  expect(disabledAfter('Mira Okafor', beganAt)).toBeLessThan(soon)
  expect(leftAt).toBeGreaterThan(0)
  expect(disabledAfter('Tom Hill', leftAt)).toBeLessThan(soon)
  expect(simulator.people().filter((person) => person.email.endsWith('@example.com') && person.active)).toHaveLength(
    900,
  )

  // Each was disabled once, and has one entry that says so.
  await slack.cycle()
  for (const id of [mira, tom])
    expect((await muster.log(id)).filter((entry) => entry.provisioningAction === 'disable')).toHaveLength(1)
})

test('who has an account and changes while hundreds join does not wait for the end of the cycle', async () => {
  slack = await aSlackWorld({ latencyMs: 0, latencyJitterMs: 0 })
  const { muster, simulator } = slack
  const mira = await muster.user('Mira Okafor')
  await slack.cycle()
  for (let number = 0; number < 300; number += 1) await muster.user(joiner(number))
  let changedAt = 0
  const changes = (async () => {
    await muster.clock.sleep(20_000)
    changedAt = muster.clock.now()
    await muster.change(mira, { jobTitle: 'Captain' })
  })()
  await muster.store.jobs.setNextRun(muster.job.jobId, muster.clock.now())
  const cycle = await slack.cycle()
  await changes
  const written = simulator.requests().find(({ requestBody }) => requestBody?.includes('"Captain"') === true)
  expect((written?.at ?? Number.POSITIVE_INFINITY) - changedAt).toBeLessThan(soon)
  expect((cycle.endedAt ?? 0) - changedAt).toBeGreaterThan(2 * soon)

  // It is written once, and has one entry that says so.
  await slack.cycle()
  expect(simulator.requests().filter(({ requestBody }) => requestBody?.includes('"Captain"') === true)).toHaveLength(1)
  expect((await muster.log(mira)).filter((entry) => entry.provisioningAction === 'update')).toHaveLength(1)
})

test('more leavers than may go at once wait for an answer, in a long cycle too', async () => {
  slack = await aSlackWorld({ latencyMs: 0, latencyJitterMs: 0, rateScale: 0 })
  const { muster, simulator } = slack
  const before = (await muster.store.jobs.get(muster.job.jobId))?.settings.deletionPrevention
  if (before === undefined) throw new Error('The job has no settings.')
  await muster.setSettings({ deletionPrevention: { ...before, isOn: true, threshold: 3, windowHours: null } })
  const leavers: string[] = []
  for (let number = 0; number < 4; number += 1) leavers.push(await muster.user(joiner(number)))
  await slack.cycle()
  for (let number = 100; number < 200; number += 1) await muster.user(joiner(number))
  for (const id of leavers) await muster.softDelete(id)
  await slack.cycle()
  expect(leavers).toHaveLength(4)
  expect(simulator.people().filter((person) => person.email.endsWith('@example.com') && !person.active)).toEqual([])
  expect((await muster.store.jobs.get(muster.job.jobId))?.quarantine?.reason).toBe('TooManyDeletes')
})
