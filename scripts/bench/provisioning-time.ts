/*
 * How long it takes until 100, 1,000, 10,000 and 100,000 people are in Slack, with 10 to 2,000 groups and a manager for
 * each, against the arithmetic of the published limits (slack.md 6.3: `(people - 20) / 3 + (groups - 20) / 3` seconds).
 */
import { fillWithCompany } from '../../test/builders/company-store.ts'
import type { BenchFigure } from './figure.ts'
import { aPacedWorld, countLinked } from './paced-world.ts'

export const name = 'provisioning-time'

const sizes = [
  { users: 100, groups: 10 },
  { users: 1000, groups: 50 },
  { users: 10_000, groups: 300 },
  { users: 100_000, groups: 2000 },
] as const
const goalRatio = 1.02
const goalRejected = 5

const burst = 20
const perSecond = 3
const seconds = (calls: number): number => Math.max(0, calls - burst) / perSecond

export async function run(): Promise<readonly BenchFigure[]> {
  const figures: BenchFigure[] = []
  for (const { users, groups } of sizes) {
    const world = await aPacedWorld({ rateShare: 1 })
    const { store, clock } = world
    const job = await fillWithCompany(store, { users, groups, seed: 7, now: clock.now() })
    const beganAt = clock.now()
    const end = await world.cycle(job)
    if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
    const took = (clock.now() - beganAt) / 1000
    const people = await countLinked(store, job.jobId, 'User')
    const made = await countLinked(store, job.jobId, 'Group')
    await world.close()
    const least = seconds(people) + seconds(made)
    const { throttled, failed } = end.cycle.counters
    const label = `${people.toLocaleString('en-US')} people, ${made.toLocaleString('en-US')} groups`
    const ratio = took / least
    figures.push(
      { name: `${label}: time, virtual`, value: Number(took.toFixed(1)), unit: 's', goal: null, met: true },
      {
        name: `${label}: against the arithmetic`,
        value: Number(ratio.toFixed(4)),
        unit: 'ratio',
        goal: `at most ${String(goalRatio)}`,
        met: ratio <= goalRatio,
      },
      {
        name: `${label}: requests answered 429`,
        value: throttled,
        unit: 'requests',
        goal: `at most ${String(goalRejected)}`,
        met: throttled <= goalRejected,
      },
      {
        name: `${label}: objects failed`,
        value: Object.values(failed).reduce((sum, each) => sum + each, 0),
        unit: 'objects',
        goal: null,
        met: true,
      },
    )
  }
  return figures
}
