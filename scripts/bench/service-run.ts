/*
 * Service and simulator as processes of their own, as an administrator runs them, with the limits off: one initial cycle of
 * an imported company, and what it cost.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '../../src/cli/client.ts'
import { readSettings } from '../../src/settings.ts'
import type { Cycle, JobProgress, StatusReport } from '../../src/vocabulary/index.ts'
import { companyOfShortNames } from '../../test/builders/company-of-short-names.ts'
import { writeCompany, type CompanyOptions } from '../seed/index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Running {
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

export async function stop({ process: child }: Running): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await ended
}

export const startSimulator = (): Promise<Running> =>
  start(
    [join(root, 'simulator/main.ts'), '--port', '0', '--rate-scale', '0', '--latency', '0'],
    /^slack ready (\S+) token (\S+)$/,
    {},
  )

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

export interface InitialCycle {
  readonly cycle: Cycle
  /** Objects created a second. */
  readonly rate: number
  /** The highest the service has been; `null` where the system does not tell. */
  readonly memoryMib: number | null
}

export type ImportedFile = Readonly<{ name: string; content: Buffer }>

/** A company in which no name collides and no group is too large. */
export function companyFiles(options: CompanyOptions): readonly ImportedFile[] {
  return writeCompany(companyOfShortNames(options), 'graph-json').map((file) => ({
    name: file.name,
    content: Buffer.from(file.text),
  }))
}

export async function initialCycle(files: readonly ImportedFile[]): Promise<InitialCycle> {
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
