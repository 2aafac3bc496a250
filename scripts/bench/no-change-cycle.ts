/*
 * A cycle in which nothing has changed, over 1,000, 10,000 and 100,000 linked people: no write, and a cost that does not
 * grow with their number.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { createDemandDesk, createProgressBoard, leaseMs, runJob, type CyclePorts } from '../../src/cycle/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import { systemClock } from '../../src/system-clock.ts'
import { createSimulator } from '../../simulator/index.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import type { BenchFigure } from './figure.ts'
import { median } from './median.ts'

export const name = 'no-change-cycle'

const sizes = [1000, 10_000, 100_000] as const
const repeats = 5
const goalMs = 1000
/** Cost over 100,000 people against 1,000: twice is still noise, ten times would be growth. */
const goalGrowth = 2

async function measure(
  users: number,
): Promise<{ readonly ms: number; readonly writes: number; readonly linked: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  const store = await openSqliteStore({ file: join(folder, 'muster.sqlite') })
  try {
    const job = await fillWithCompany(store, { users, groups: 50, seed: 7, now: Date.now() })
    const simulator = createSimulator({
      rateScale: 0,
      latencyMs: 0,
      latencyJitterMs: 0,
      consistency: { deactivateMs: 0, groupMs: 0, photoMs: 0 },
    })
    const target = createSlackTarget({
      baseUrl: 'http://slack.invalid',
      token: simulator.token,
      clock: systemClock,
      random: Math.random,
      rate: 'off',
      send: async (request) =>
        await simulator.handle({
          method: request.method,
          url: request.path,
          headers: { ...request.headers },
          body: request.body,
        }),
    })
    let ids = 0
    const ports: CyclePorts = {
      store,
      connect: () => ({
        source: createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId }),
        target: { ...target, close: () => Promise.resolve() },
      }),
      clock: systemClock,
      newId: () => `id-${String((ids += 1))}`,
      tenantId: 'bench',
      progress: createProgressBoard(systemClock),
      desk: createDemandDesk('bench'),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    }
    const cycle = async (): Promise<void> => {
      const claim = await store.jobs.claim({ owner: 'bench', leaseMs, now: Date.now(), jobId: job.jobId })
      if (claim === null) throw new Error('The job could not be claimed.')
      const end = await runJob(ports, claim, new AbortController().signal)
      if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
    }
    await cycle()
    const writesBefore = target.traffic().writes
    const times: number[] = []
    for (let round = 0; round < repeats; round += 1) {
      const began = performance.now()
      await cycle()
      times.push(performance.now() - began)
    }
    const linked = (await store.provisioning.countLinks(job.jobId)).reduce((sum, each) => sum + each.count, 0)
    return { ms: median(times), writes: target.traffic().writes - writesBefore, linked }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function run(): Promise<readonly BenchFigure[]> {
  const figures: BenchFigure[] = []
  let first = Number.NaN
  for (const users of sizes) {
    const { ms, writes, linked } = await measure(users)
    if (Number.isNaN(first)) first = ms
    const label = `no change, ${users.toLocaleString('en-US')} people`
    figures.push({
      name: `${label}: cycle`,
      value: Number(ms.toFixed(1)),
      unit: 'ms',
      goal: users === 10_000 ? `under ${String(goalMs)}` : null,
      met: users !== 10_000 || ms < goalMs,
    })
    figures.push({
      name: `${label}: writes to the target`,
      value: writes,
      unit: 'writes',
      goal: '0',
      met: writes === 0,
    })
    figures.push({ name: `${label}: linked`, value: linked, unit: 'objects', goal: null, met: true })
    if (users === 100_000) {
      const growth = ms / first
      figures.push({
        name: 'cost, 100,000 against 1,000',
        value: Number(growth.toFixed(2)),
        unit: 'ratio',
        goal: `at most ${String(goalGrowth)}`,
        met: growth <= goalGrowth,
      })
    }
  }
  return figures
}
