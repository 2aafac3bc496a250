/*
 * An initial cycle of 100,000 people and 50 groups with the limits off, service and simulator as processes of their own: how
 * much memory the service needs at most.
 */
import type { BenchFigure } from './figure.ts'
import { companyFiles, initialCycle } from './service-run.ts'

export const name = 'large-company'

const users = 100_000
const groups = 50
const goalMemoryMib = 700

export async function run(): Promise<readonly BenchFigure[]> {
  const { cycle, rate, memoryMib } = await initialCycle(companyFiles({ users, groups, seed: 7 }))
  const figures: BenchFigure[] = [
    { name: 'created in one cycle', value: cycle.counters.created, unit: 'objects', goal: null, met: true },
    { name: 'created a second', value: Math.round(rate), unit: '/s', goal: null, met: true },
  ]
  if (memoryMib === null) return figures
  const goal = `under ${String(goalMemoryMib)}`
  const title = 'peak memory of the service at 100,000 people'
  return [...figures, { name: title, value: Math.round(memoryMib), unit: 'MiB', goal, met: memoryMib < goalMemoryMib }]
}
