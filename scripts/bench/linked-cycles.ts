/*
 * Cycles over 1,000, 10,000 and 100,000 people who are linked already: nothing has changed, 100 people have, or everybody is
 * evaluated anew. The first two may not cost more where more people are linked; the last may write nothing.
 */
import type { BenchFigure } from './figure.ts'
import { aLinkedWorld, type LinkedWorld } from './linked-world.ts'
import { median } from './median.ts'

export const name = 'linked-cycles'

const sizes = [1000, 10_000, 100_000] as const
const changes = 100
const repeats = 5
const restarts = 3
const goalMs = 1000
/** Cost over 100,000 people against 1,000: twice is still noise, ten times would be growth. */
const goalGrowth = 2

interface Cost {
  readonly ms: number
  /** Milliseconds of the processor, which others on the machine do not lengthen. */
  readonly cpuMs: number
  readonly writes: number
}

/** The median of several cycles, each after what `prepare` does. */
async function costOf(world: LinkedWorld, times: number, prepare: (time: number) => Promise<void>): Promise<Cost> {
  const ms: number[] = []
  const cpuMs: number[] = []
  let writes = 0
  for (let time = 0; time < times; time += 1) {
    await prepare(time)
    const writesBefore = world.writes()
    const cpuBefore = process.cpuUsage()
    const began = performance.now()
    await world.cycle()
    ms.push(performance.now() - began)
    const { user, system } = process.cpuUsage(cpuBefore)
    cpuMs.push((user + system) / 1000)
    writes += world.writes() - writesBefore
  }
  return { ms: median(ms), cpuMs: median(cpuMs), writes }
}

async function promoteSome(world: LinkedWorld, time: number): Promise<void> {
  for (const { sourceAnchor } of await world.people(changes))
    await world.promote(sourceAnchor, `Promoted for the ${String(time)}. time`)
}

interface Goal {
  readonly goal: string
  readonly met: boolean
}

function figure(title: string, value: number, unit: string, { goal, met }: Partial<Goal> = {}): BenchFigure {
  return { name: title, value: Number(value.toFixed(1)), unit, goal: goal ?? null, met: met ?? true }
}

function cycleFigures(label: string, quiet: Cost, changed: Cost, goal: Partial<Goal>): readonly BenchFigure[] {
  const each = changed.writes / repeats
  return [
    figure(`no change, ${label}: cycle`, quiet.ms, 'ms', goal),
    figure(`no change, ${label}: writes to the target`, quiet.writes, 'writes', {
      goal: '0',
      met: quiet.writes === 0,
    }),
    figure(`${String(changes)} changes, ${label}: cycle`, changed.ms, 'ms'),
    figure(`${String(changes)} changes, ${label}: writes to the target`, each, 'writes', {
      goal: String(changes),
      met: each === changes,
    }),
  ]
}

async function restartFigures(world: LinkedWorld, label: string): Promise<readonly BenchFigure[]> {
  const cost = await costOf(world, restarts, () => world.store.jobs.clearWatermark(world.jobId))
  const people = await world.linked('User')
  return [
    figure(`restart, ${label}: evaluated`, people / (cost.ms / 1000), 'people/s'),
    figure(`restart, ${label}: processor time`, (cost.cpuMs / people) * 1000, 'µs/person'),
    figure(`restart, ${label}: writes to the target`, cost.writes, 'writes', { goal: '0', met: cost.writes === 0 }),
  ]
}

/** In processor time: a cycle of some milliseconds is as long as the machine is busy. */
function growthFigure(what: string, costs: readonly Cost[]): BenchFigure {
  const growth = (costs.at(-1)?.cpuMs ?? Number.NaN) / (costs[0]?.cpuMs ?? Number.NaN)
  const goal = { goal: `at most ${String(goalGrowth)}`, met: growth <= goalGrowth }
  return figure(`${what}: processor time, 100,000 people against 1,000`, growth, 'ratio', goal)
}

export async function run(): Promise<readonly BenchFigure[]> {
  const figures: BenchFigure[] = []
  const quiet: Cost[] = []
  const changed: Cost[] = []
  for (const users of sizes) {
    const label = `${users.toLocaleString('en-US')} people`
    const world = await aLinkedWorld({ users, groups: 50 })
    try {
      const without = await costOf(world, repeats, () => Promise.resolve())
      const withSome = await costOf(world, repeats, (time) => promoteSome(world, time))
      quiet.push(without)
      changed.push(withSome)
      const goal = users === 10_000 ? { goal: `under ${String(goalMs)}`, met: without.ms < goalMs } : {}
      figures.push(...cycleFigures(label, without, withSome, goal))
      if (users === sizes.at(-1)) figures.push(...(await restartFigures(world, label)))
    } finally {
      await world.close()
    }
  }
  return [...figures, growthFigure('no change', quiet), growthFigure(`${String(changes)} changes`, changed)]
}
