/*
 * `npm start`: the service and, unless a real Slack is named, the workspace simulator as a process of its own. Shows the
 * first cycle's progress and result, then stays up.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { closingTable } from '../src/cli/closing-table.ts'
import { connect, type ServiceClient } from '../src/cli/client.ts'
import { CommandError, exitCodes } from '../src/cli/exit-codes.ts'
import { followCycle } from '../src/cli/follow-cycle.ts'
import { createProgressView } from '../src/cli/progress-view.ts'
import { count, durationText } from '../src/cli/words.ts'
import { readSettings, SettingsError, type Settings } from '../src/settings.ts'
import type { JobProgress, StatusReport } from '../src/vocabulary/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** How often the running service is asked whether a cycle has written something. */
const lookEveryMs = 2000

interface Child {
  readonly process: ChildProcess
  /** Words of the line that said it is ready. */
  readonly ready: Promise<readonly string[]>
}

const children: ChildProcess[] = []
let isStopping = false

/** Starts a program of this clone and waits for its ready line; its other output goes on to ours. */
function start(name: string, readyLine: RegExp, args: readonly string[], environment: NodeJS.ProcessEnv): Child {
  const child = spawn(process.execPath, args, {
    cwd: process.cwd(),
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C on a terminal reaches its whole process group: here only this program, which stops the others in order.
    detached: process.platform !== 'win32',
  })
  children.push(child)
  const ready = new Promise<readonly string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = readyLine.exec(line)
      process.stdout.write(`${line}\n`)
      if (match !== null) resolve(match.slice(1))
    })
    child.once('error', (error) =>
      reject(new CommandError(exitCodes.cannotBegin, `${name} could not be started: ${error.message}`)),
    )
    child.once('exit', (code, signal) => {
      reject(
        new CommandError(
          code === exitCodes.cannotBegin ? exitCodes.cannotBegin : exitCodes.failed,
          `${name} has ended (${signal ?? `code ${String(code)}`}).`,
        ),
      )
      if (!isStopping) void stopAll(code === 0 ? exitCodes.failed : (code ?? exitCodes.failed))
    })
  })
  ready.catch(() => undefined)
  return { process: child, ready }
}

/** The service first, so that its last writes still find Slack. */
async function stopAll(exitCode: number): Promise<never> {
  if (!isStopping && exitCode === exitCodes.ok) process.stdout.write('Stopping, after the objects in flight.\n')
  isStopping = true
  for (const child of [...children].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    await ended
  }
  process.exit(exitCode)
}

async function startSlack(settings: Settings): Promise<{ readonly url: string; readonly token: string }> {
  const simulator = start(
    'The Slack workspace simulator',
    /^slack ready (\S+) token (\S+)$/,
    [join(root, 'simulator', 'main.ts'), '--data', join(settings.data, 'slack-simulator')],
    process.env,
  )
  const [url = '', token = ''] = await simulator.ready
  return { url, token }
}

function whereNext(client: ServiceClient, settings: Settings, slackUrl: string | null): string {
  const port = new URL(client.url).port
  const prefix = settings.port === Number(port) ? '' : `MUSTER_PORT=${port} `
  return [
    '',
    `Muster stays up at ${client.url} and looks for changes${slackUrl === null ? '' : `; the simulated Slack workspace is at ${slackUrl}`}.`,
    'Try, in another terminal in this folder:',
    `  ${prefix}npx muster status                 where the job stands`,
    `  ${prefix}npx muster people "Slack users"   everything known about a person or group`,
    `  ${prefix}npx muster log --steps            what was done, step by step, and why`,
    `  ${prefix}npx muster import FILE...         your own directory (CSV of Entra, Graph JSON, LDIF)`,
    `  ${prefix}npx muster plan                   what the next cycle would do`,
    'Ctrl-C stops everything; the next start goes on where this one stopped.',
    '',
  ].join('\n')
}

/** Says in one line what each later cycle wrote, and when one breaks off. */
async function watch(client: ServiceClient, jobId: string, lastCycleId: string | null): Promise<never> {
  let told = lastCycleId
  let toldError: string | null = null
  for (;;) {
    await new Promise<void>((resolve) => void setTimeout(resolve, lookEveryMs))
    const job = await client.get<JobProgress>(`/muster/v1/jobs/${encodeURIComponent(jobId)}/progress`)
    const error = job.runningCycle?.error ?? null
    if (error !== null && error !== toldError) process.stdout.write(`A cycle broke off and is tried again: ${error}\n`)
    toldError = error
    const last = job.lastCycle
    if (last === null || last.cycleId === told) continue
    told = last.cycleId
    const { counters } = last
    const failed = Object.values(counters.failed).reduce((sum, each) => sum + each, 0)
    if (counters.countExported === 0 && failed === 0) continue
    const took = last.endedAt === null ? '' : ` in ${durationText(last.endedAt - last.beganAt)}`
    process.stdout.write(
      `${last.kind} cycle${took}: ${String(counters.created)} created, ${String(counters.updated)} updated, ${String(counters.disabled)} disabled, ${String(counters.deleted)} deleted, ${String(failed)} failed\n`,
    )
  }
}

async function main(): Promise<void> {
  const settings = readSettings({})
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll(exitCodes.ok))

  // A real Slack never meets the example people: they are loaded for the simulator alone.
  const slack = settings.slackToken === undefined ? await startSlack(settings) : null
  const example = join(root, 'examples', 'company')
  const startedAt = Date.now()
  const service = start(
    'The service',
    /^muster ready (\S+)$/,
    [
      join(root, 'bin', 'muster.mjs'),
      'serve',
      ...(slack === null || !existsSync(example) ? [] : ['--example', example]),
    ],
    slack === null ? process.env : { ...process.env, MUSTER_SLACK_URL: slack.url, MUSTER_SLACK_TOKEN: slack.token },
  )
  const [url = ''] = await service.ready
  const client = connect({ ...settings, url })
  const status = await client.get<StatusReport>('/muster/v1/status')
  const [job] = status.jobs
  if (job === undefined) throw new CommandError(exitCodes.failed, 'The service has no provisioning job.')
  const people = status.directory
    .filter((each) => each.objectType === 'User' && each.presence === 'present')
    .reduce((sum, each) => sum + each.count, 0)
  process.stdout.write(
    `The directory has ${count(people, 'person', 'people')}. ${job.watermark === null ? 'The first cycle provisions those assigned to Slack.' : 'Going on from the last cycle.'}\n`,
  )

  // A first cycle, or one that was stopped, is watched to its end; otherwise a quick look for changes.
  const isWaiting = job.runningCycle === null ? job.lastCycle !== null : job.runningCycle.error !== null
  const asked = isWaiting
    ? await client.send<{ readonly requestedAt: number }>(
        'POST',
        `/muster/v1/jobs/${encodeURIComponent(job.jobId)}/run`,
      )
    : { requestedAt: startedAt }
  let lastCycleId: string | null = null
  try {
    const cycle = await followCycle(client, job.jobId, asked.requestedAt, createProgressView(process.stdout))
    if (cycle === null) process.stdout.write('A planned cycle waits for an answer: npx muster plans show latest\n')
    lastCycleId = cycle?.cycleId ?? null
    if (cycle !== null)
      process.stdout.write(
        `${closingTable({ counters: cycle.counters, durationMs: cycle.endedAt === null ? null : cycle.endedAt - cycle.beganAt })}\n`,
      )
    if (cycle?.state === 'EntryLevelErrors')
      process.stdout.write('Some objects failed and are tried again: npx muster log --status failure says why.\n')
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    process.stdout.write(`${error.message}\n`)
  }
  process.stdout.write(whereNext(client, settings, slack?.url ?? null))
  await watch(client, job.jobId, lastCycleId)
}

try {
  await main()
} catch (error) {
  if (!isStopping) {
    if (!(error instanceof CommandError) && !(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    await stopAll(error instanceof CommandError ? error.exitCode : exitCodes.cannotBegin)
  }
}
