/* `muster pause` and `muster start`: no further cycles, and on from where the job stood. */
import type { Command } from 'commander'
import type { JobStatusReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { stillWaitingText } from './removals.ts'

interface PauseOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

function startText({ status, removalsWaiting }: JobStatusReport): string {
  const from = status === 'NotRun' ? 'and evaluates everybody' : 'where the last one ended'
  const started = `The job is ${status}; the next cycle begins now${status === 'NotRun' ? '' : ','} ${from}.`
  return removalsWaiting > 0 ? `${started}\n${stillWaitingText(removalsWaiting)}` : started
}

function pauseText(report: JobStatusReport): string {
  const { status, isCycleRunning } = report
  if (status !== 'Paused') return startText(report)
  return isCycleRunning
    ? 'The job is paused: the running cycle comes to its end, and no further one begins.'
    : 'The job is paused: no cycle begins until muster start.'
}

export function pauseCommands(program: Command): void {
  const descriptions = {
    pause: 'let the running cycle end and begin no further one; nothing is forgotten',
    start: 'go on where a paused or quarantined job stopped',
  } as const
  for (const [name, description] of Object.entries(descriptions)) {
    const command = program
      .command(name)
      .description(description)
      .option('--job <id>', 'the job, when there are several', 'default')
    clientCommand(command, [`muster ${name}`])
    command.action(async (options: PauseOptions) => {
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/${name}`
        const report = await client.send<JobStatusReport>('POST', path)
        if (isJson) printJson(report)
        else print(pauseText(report))
      })
    })
  }
}
