/*
 * An initial cycle of 10,000 people and 50 groups into the simulator with Slack's published limits, on a virtual clock:
 * how near it comes to the least time that the buckets allow ((N-20)/3 s, slack.md 6.3). Repeatable: one run says it.
 */
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { createDemandDesk, createProgressBoard, leaseMs, runJob } from '../../src/cycle/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import { createSimulator } from '../../simulator/index.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import { createVirtualClock } from '../../test/builders/virtual-clock.ts'
import type { BenchFigure } from './figure.ts'

export const name = 'initial-cycle-paced'

const users = 10_000
const groups = 50
const goalRatio = 1.03
const goalRejected = 5

export async function run(): Promise<readonly BenchFigure[]> {
  const clock = createVirtualClock()
  const store = await openSqliteStore({ file: ':memory:' })
  const job = await fillWithCompany(store, { users, groups, seed: 7, now: clock.now() })
  const simulator = createSimulator({ clock, seed: 7 })
  const target = createSlackTarget({
    baseUrl: 'http://slack.invalid',
    token: simulator.token,
    clock,
    random: () => 0.5,
    rateShare: 1,
    send: async (request) =>
      await simulator.handle({
        method: request.method,
        url: request.path,
        headers: { ...request.headers },
        body: request.body,
      }),
  })
  const claim = await store.jobs.claim({ owner: 'bench', leaseMs, now: clock.now(), jobId: job.jobId })
  if (claim === null) throw new Error('The job could not be claimed.')
  let ids = 0
  const beganAt = clock.now()
  const end = await clock.runUntilDone(
    runJob(
      {
        store,
        connect: () => ({
          source: createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId }),
          target,
        }),
        clock,
        newId: () => `id-${String((ids += 1))}`,
        tenantId: 'bench',
        progress: createProgressBoard(clock),
        desk: createDemandDesk('bench'),
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
      claim,
      new AbortController().signal,
    ),
  )
  if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
  const tookSeconds = (clock.now() - beganAt) / 1000
  const { counters } = end.cycle
  const createdUsers =
    (await store.provisioning.countLinks(job.jobId)).find((each) => each.objectType === 'User')?.count ?? 0
  const leastSeconds = (createdUsers - 20) / 3
  await store.close()
  const ratio = tookSeconds / leastSeconds
  return [
    { name: 'people created', value: createdUsers, unit: 'accounts', goal: null, met: true },
    { name: 'time, virtual', value: Math.round(tookSeconds), unit: 's', goal: null, met: true },
    { name: 'least time the buckets allow', value: Math.round(leastSeconds), unit: 's', goal: null, met: true },
    {
      name: 'time against the least',
      value: Number(ratio.toFixed(4)),
      unit: 'ratio',
      goal: `at most ${String(goalRatio)}`,
      met: ratio <= goalRatio,
    },
    {
      name: 'requests answered 429',
      value: counters.throttled,
      unit: 'requests',
      goal: `at most ${String(goalRejected)}`,
      met: counters.throttled <= goalRejected,
    },
    {
      name: 'objects failed',
      value: Object.values(counters.failed).reduce((sum, each) => sum + each, 0),
      unit: 'objects',
      goal: null,
      met: true,
    },
  ]
}
