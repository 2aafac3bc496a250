/*
 * An initial cycle of 10,000 people and 50 groups with the limits off, service and simulator as processes of their own:
 * objects per second as a share of what a bare keep-alive client reaches against the same simulator in the same run, and
 * the service's peak memory.
 */
import { Pool } from 'undici'
import type { BenchFigure } from './figure.ts'
import { median } from './median.ts'
import { companyFiles, initialCycle, startSimulator, stop } from './service-run.ts'

export const name = 'throughput'

const users = 10_000
const groups = 50
const repeats = 5
const bareConnections = 16
const goalShare = 0.4
const goalMemoryMib = 600

/** People a second that a client creates which does nothing else. */
async function bareRate(): Promise<number> {
  const simulator = await startSimulator()
  try {
    const [url = '', token = ''] = simulator.words
    const pool = new Pool(url, { connections: bareConnections })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    let next = 0
    const began = performance.now()
    const lane = async (): Promise<void> => {
      while (next < users) {
        next += 1
        const body = JSON.stringify({
          schemas: ['urn:scim:schemas:core:1.0'],
          userName: `bare${String(next)}`,
          name: { givenName: 'Bare', familyName: `Client ${String(next)}` },
          emails: [{ value: `bare${String(next)}@example.com`, type: 'work', primary: true }],
        })
        const answer = await pool.request({ method: 'POST', path: '/scim/v1/Users', headers, body })
        await answer.body.text()
        if (answer.statusCode !== 201)
          throw new Error(`The simulator answered ${String(answer.statusCode)} to the bare client.`)
      }
    }
    await Promise.all(Array.from({ length: bareConnections }, lane))
    const rate = users / ((performance.now() - began) / 1000)
    await pool.close()
    return rate
  } finally {
    await stop(simulator)
  }
}

export async function run(): Promise<readonly BenchFigure[]> {
  const files = companyFiles({ users, groups, seed: 7 })
  const bare: number[] = []
  const muster: number[] = []
  const memory: number[] = []
  const shares: number[] = []
  for (let round = 0; round < repeats; round += 1) {
    const bareNow = await bareRate()
    const musterNow = await initialCycle(files)
    bare.push(bareNow)
    muster.push(musterNow.rate)
    shares.push(musterNow.rate / bareNow)
    if (musterNow.memoryMib !== null) memory.push(musterNow.memoryMib)
  }
  const share = median(shares)
  const figures: BenchFigure[] = [
    { name: 'bare client, people created', value: Math.round(median(bare)), unit: '/s', goal: null, met: true },
    { name: 'initial cycle, objects created', value: Math.round(median(muster)), unit: '/s', goal: null, met: true },
    {
      name: 'share of the bare client',
      value: Number(share.toFixed(3)),
      unit: 'ratio',
      goal: `at least ${String(goalShare)}`,
      met: share >= goalShare,
    },
  ]
  if (memory.length > 0) {
    const peak = median(memory)
    figures.push({
      name: 'peak memory of the service',
      value: Math.round(peak),
      unit: 'MiB',
      goal: `under ${String(goalMemoryMib)}`,
      met: peak < goalMemoryMib,
    })
  }
  return figures
}
