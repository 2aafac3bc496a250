/* `muster pause` and `muster start`: no further cycles, and on from where the job stood. */
import type { Command } from 'commander'
import type { JobStatusReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'

interface PauseOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

function pauseText({ status, isCycleRunning }: JobStatusReport): string {
  if (status !== 'Paused') return `The job is ${status}; the next cycle begins now, where the last one ended.`
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
