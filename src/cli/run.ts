/* `muster run`: a cycle now, watched to its end. */
import type { Command } from 'commander'
import type { Cycle, JobProgress } from '../vocabulary/index.ts'
import { closingTable } from './closing-table.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { followCycle } from './follow-cycle.ts'
import { waitingText } from './plans.ts'
import { createProgressView } from './progress-view.ts'

export function durationOf(cycle: Cycle): number | null {
  return cycle.endedAt === null ? null : cycle.endedAt - cycle.beganAt
}

export function runCommand(program: Command): void {
  const command = program
    .command('run')
    .description('run a cycle now and show its progress and result')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(command, ['muster run', 'muster run --json'])
  command.action(async (options: { readonly job: string } & Readonly<Record<string, unknown>>) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const asked = await client.send<{ readonly jobId: string; readonly requestedAt: number }>(
        'POST',
        `/muster/v1/jobs/${encodeURIComponent(options.job)}/run`,
      )
      const cycle = await followCycle(client, asked.jobId, asked.requestedAt, createProgressView(process.stderr))
      if (cycle === null) {
        const { waitingPlan } = await client.get<JobProgress>(jobPath(asked.jobId, 'progress'))
        if (isJson) printJson({ waitingPlan })
        else if (waitingPlan !== null) print(waitingText(waitingPlan))
        return
      }
      if (isJson) printJson(cycle)
      else {
        print(closingTable({ counters: cycle.counters, durationMs: durationOf(cycle) }))
        if (cycle.state === 'EntryLevelErrors')
          print('Some objects failed and are tried again: muster log --status failure says why.')
      }
      if (cycle.state !== 'Succeeded') process.exitCode = exitCodes.failed
    })
  })
}
