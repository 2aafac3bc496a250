/*
 * How long it takes from a change in the directory to Slack's answer when a thousand people a minute change, above what
 * Slack itself takes to answer the write: half of them, and all but the slowest hundredth.
 */
import type { Send } from '../../src/connectors/scim/index.ts'
import { startScheduler } from '../../src/cycle/index.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { BenchFigure } from './figure.ts'
import { aLinkedWorld } from './linked-world.ts'

export const name = 'event-to-slack'

const users = 10_000
const events = 1000
const everyMs = 60
/** What the simulated Slack takes for an answer when nothing else is said. */
const latencyMs = 40
const goalMs = { p50: 250, p99: 2000 } as const
/** After the last change: whoever has not arrived by then never will. */
const patienceMs = 30_000

export async function run(): Promise<readonly BenchFigure[]> {
  const titleOf = (number: number): string => `Event ${String(number)}`
  const changedAt = new Map<string, number>()
  const delays: number[] = []
  let slackMs = 0

  /** Sees each write that carries one of the titles. */
  const watched =
    (send: Send): Send =>
    async (request, sending) => {
      const sentAt = performance.now()
      const answer = await send(request, sending)
      const title = request.method === 'PATCH' ? /"(Event \d+)"/.exec(request.body ?? '')?.[1] : undefined
      const since = title === undefined ? undefined : changedAt.get(title)
      if (since !== undefined && answer.status === 200) {
        delays.push(sentAt - since)
        slackMs += performance.now() - sentAt
      }
      return answer
    }

  const world = await aLinkedWorld({ users, groups: 50, around: watched })
  world.setLatency(latencyMs)
  const people = await world.people(events)
  const scheduler = startScheduler(world.ports, 'bench', () => undefined)
  try {
    const began = performance.now()
    for (const [number, { sourceAnchor }] of people.entries()) {
      await systemClock.sleep(Math.max(0, began + number * everyMs - performance.now()))
      changedAt.set(titleOf(number), performance.now())
      await world.promote(sourceAnchor, titleOf(number))
      scheduler.wake()
    }
    const until = performance.now() + patienceMs
    while (delays.length < people.length && performance.now() < until) await systemClock.sleep(100)
  } finally {
    await scheduler.stop()
    await world.close()
  }
  const sorted = delays.toSorted((one, other) => one - other)
  const figure = (label: string, share: number, goal: number): BenchFigure => {
    const value = Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.POSITIVE_INFINITY)
    return { name: `event to Slack, ${label}`, value, unit: 'ms', goal: `at most ${String(goal)}`, met: value <= goal }
  }
  return [
    figure('half of them', 0.5, goalMs.p50),
    figure('all but one in a hundred', 0.99, goalMs.p99),
    {
      name: "Slack's own answer to the write",
      value: Math.round(slackMs / delays.length),
      unit: 'ms',
      goal: null,
      met: true,
    },
    {
      name: 'changes that arrived',
      value: delays.length,
      unit: `of ${String(people.length)}`,
      goal: String(people.length),
      met: delays.length === people.length,
    },
  ]
}
