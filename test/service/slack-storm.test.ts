/*
 * Slack in trouble at random, for cycle after cycle, while the company goes on changing: when it is over, everybody is there
 * once, as the company is by then, and nothing more is written.
 */
import { expect, test } from 'vitest'
import { ageCompany, generateCompany, writeCompany, type Company } from '../../scripts/seed/index.ts'
import { createRandom } from '../../scripts/seed/random.ts'
import type { FaultSeed, Simulator } from '../../simulator/index.ts'
import { assign, importReading, readDirectoryFiles } from '../../src/directory/index.ts'
import { withShortNames } from '../builders/company-of-short-names.ts'
import { directoryFiles } from '../builders/directory-files.ts'
import { differencesFrom, expectedSlack } from '../builders/expected-slack.ts'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'
import { testSeed } from '../test-seed.ts'

/** What may come from a service in trouble. Success that is none is left out: nobody could tell. */
const troubles: readonly FaultSeed[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, headers: { 'retry-after': '20' } },
  { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
  { kind: 'html502' },
  { kind: 'truncatedJson' },
  { kind: 'timeoutBefore' },
  { kind: 'timeoutAfter' },
  { kind: 'reset' },
  { kind: 'resetAfter' },
  { kind: 'slow', delayMs: 8000 },
]

async function importCompany({ muster }: SlackWorld, company: Company): Promise<void> {
  const texts = Object.fromEntries(writeCompany(company, 'graph-json').map(({ name, text }) => [name, text]))
  const reading = await readDirectoryFiles(directoryFiles(texts), { keepGoing: false })
  const { store, clock } = muster
  await importReading(store.directory, { reading, full: true, now: clock.now(), removalsMax: 1000, dryRun: false })
  await store.jobs.setNextRun(muster.job.jobId, clock.now())
}

async function assignGroups({ muster }: SlackWorld, company: Company): Promise<void> {
  for (const { objectId } of company.groups) {
    const [principal] = await muster.store.directory.objects([objectId])
    if (principal === undefined) throw new Error(`No group ${objectId} was imported.`)
    const { servicePrincipalId } = muster.job
    await assign(muster.store.directory, { servicePrincipalId, principal, assignmentId: `assignment-${objectId}` })
  }
}

/** Runs cycles until one has nothing left to try again. */
async function untilCalm(slack: SlackWorld): Promise<void> {
  for (let cycles = 0; cycles < 4; cycles += 1) {
    const cycle = await slack.cycle()
    if (cycle.state === 'Succeeded' && cycle.counters.countExported === 0) return
  }
}

const writesOf = (simulator: Simulator): number => simulator.requests().filter(({ method }) => method !== 'GET').length

async function weather(seed: number): Promise<void> {
  const random = createRandom(seed)
  const slack = await aSlackWorld({ seed, rateScale: random.pick([0, 1]) })
  const { simulator, muster } = slack
  const others = new Set(simulator.people().map(({ id }) => id))
  const first = withShortNames(generateCompany({ users: 40, groups: 6, seed }))
  const assigned = first.groups.map(({ displayName }) => displayName)
  const storm = (): void => {
    simulator.clearFaults()
    for (const trouble of troubles) simulator.addFault({ ...trouble, probability: random.pick([0, 0.03, 0.1, 0.3]) })
  }

  await importCompany(slack, first)
  await assignGroups(slack, first)
  for (let cycles = 0; cycles < 2; cycles += 1) {
    storm()
    await slack.runWhenDue()
  }
  const later = withShortNames(ageCompany(first, { changes: 15, seed }).company)
  await importCompany(slack, later)
  for (let cycles = 0; cycles < 2; cycles += 1) {
    storm()
    await slack.runWhenDue()
  }

  simulator.clearFaults()
  await untilCalm(slack)
  const view = { people: simulator.people(), groups: simulator.groups() }
  expect(differencesFrom(expectedSlack(later, assigned, first), view, others), `seed ${seed}`).toEqual([])
  expect(slack.operatorLines.join('\n')).not.toContain(simulator.token)

  await muster.restart()
  await muster.store.jobs.setNextRun(muster.job.jobId, muster.clock.now())
  simulator.clearRequests()
  expect(await slack.cycle(), `seed ${seed}`).toMatchObject({ kind: 'initial', state: 'Succeeded' })
  expect(writesOf(simulator), `seed ${seed}`).toBe(0)
  await slack.close()
}

test('after any storm everybody is there once, as the company is by then', { timeout: 120_000 }, async () => {
  const firstSeed = testSeed
  console.log(`slack-storm.test.ts: MUSTER_TEST_SEED=${firstSeed} repeats this weather`)
  for (let seed = firstSeed; seed < firstSeed + 10; seed += 1) await weather(seed)
})
