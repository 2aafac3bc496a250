/*
 * An initial cycle of 10,000 people and 50 groups with the limits off, service and simulator as processes of their own:
 * objects per second as a share of what a bare keep-alive client reaches against the same simulator in the same run, and
 * the service's peak memory.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { connect } from '../../src/cli/client.ts'
import { readSettings } from '../../src/settings.ts'
import type { Cycle, JobProgress, StatusReport } from '../../src/vocabulary/index.ts'
import { companyOfShortNames } from '../../test/builders/company-of-short-names.ts'
import { writeCompany } from '../seed/index.ts'
import type { BenchFigure } from './figure.ts'
import { median } from './median.ts'

export const name = 'throughput'

const root = fileURLToPath(new URL('../..', import.meta.url))
const users = 10_000
const groups = 50
const repeats = 5
const bareConnections = 16
const goalShare = 0.4
const goalMemoryMib = 600

interface Running {
  readonly process: ChildProcess
  readonly words: readonly string[]
}

async function start(
  args: readonly string[],
  readyLine: RegExp,
  environment: Readonly<Record<string, string>>,
): Promise<Running> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const words = await new Promise<readonly string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = readyLine.exec(line)
      if (match !== null) resolve(match.slice(1))
    })
    child.once('exit', (code) => reject(new Error(`${args[0] ?? ''} ended with ${String(code)} before it was ready.`)))
  })
  return { process: child, words }
}

async function stop({ process: child }: Running): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await ended
}

const startSimulator = (): Promise<Running> =>
  start(
    [join(root, 'simulator/main.ts'), '--port', '0', '--rate-scale', '0', '--latency', '0'],
    /^slack ready (\S+) token (\S+)$/,
    {},
  )

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

/** The high-water mark of the process's resident memory, in MiB; `null` where the system does not tell. */
function peakMemoryMib(pid: number | undefined): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))
    return match?.[1] === undefined ? null : Number(match[1]) / 1024
  } catch {
    // No /proc on this system: the figure is left out, which the caller says.
    return null
  }
}

async function musterRun(
  files: readonly { readonly name: string; readonly content: Buffer }[],
): Promise<{ readonly rate: number; readonly memoryMib: number | null; readonly cycle: Cycle }> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  const simulator = await startSimulator()
  const [slackUrl = '', token = ''] = simulator.words
  const environment = {
    MUSTER_SLACK_URL: slackUrl,
    MUSTER_SLACK_TOKEN: token,
    MUSTER_DATA: folder,
    MUSTER_PORT: '0',
    MUSTER_RATE: 'off',
  }
  try {
    const service = await start([join(root, 'bin/muster.mjs'), 'serve'], /^muster ready (\S+)$/, environment)
    try {
      const client = connect({ ...readSettings({}, {}), url: service.words[0] })
      const [job] = (await client.get<StatusReport>('/muster/v1/status')).jobs
      const path = `/muster/v1/jobs/${encodeURIComponent(job?.jobId ?? '')}`
      await client.send('PATCH', `${path}/settings`, { syncAll: true })
      await client.upload('/muster/v1/directory/import', files)
      for (;;) {
        await wait(100)
        const report = await client.get<JobProgress>(`${path}/progress`)
        const last = report.lastCycle
        if (last !== null && last.endedAt !== null && last.counters.countExported > 0) {
          const seconds = (last.endedAt - last.beganAt) / 1000
          await client.close()
          return { rate: last.counters.created / seconds, memoryMib: peakMemoryMib(service.process.pid), cycle: last }
        }
      }
    } finally {
      await stop(service)
    }
  } finally {
    await stop(simulator)
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function run(): Promise<readonly BenchFigure[]> {
  const files = writeCompany(companyOfShortNames({ users, groups, seed: 7 }), 'graph-json').map((file) => ({
    name: file.name,
    content: Buffer.from(file.text),
  }))
  const bare: number[] = []
  const muster: number[] = []
  const memory: number[] = []
  const shares: number[] = []
  for (let round = 0; round < repeats; round += 1) {
    const bareNow = await bareRate()
    const musterNow = await musterRun(files)
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
