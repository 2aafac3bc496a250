/* `muster undo`: plans to take back what was written; the plan is read and applied like any other. */
import type { Command } from 'commander'
import type { PlanClustersReport, PlannedWritesReport, UndoReport } from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { instantOf } from './instant.ts'
import { concernedText, planCountsText, planPath, printWrites, whoAsks } from './plans.ts'
import { clusterLines } from './schema-diff.ts'
import { count } from './words.ts'

interface UndoOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly cycle?: string
  readonly person?: string
  readonly since?: string
  readonly rows: string
}

export function undoCommand(program: Command): void {
  const command = program
    .command('undo')
    .description(
      'plan to take back what a cycle wrote, or what was written to one person, or since a time; writes nothing yet',
    )
    .addOption(jobOption())
    .option('--cycle <id>', 'what this cycle wrote: its id, the beginning or end of it, or "latest"')
    .option('--person <name>', 'only what was written to this person or group')
    .option('--since <time>', 'only what was written since then: an instant, or 30m, 2h, 3d')
    .option('--rows <number>', 'writes shown', '20')
  clientCommand(command, [
    'muster undo --cycle latest',
    'muster undo --person "Mira Okafor" --since 2h',
    'muster undo --since 2026-11-25T09:00Z',
  ])
  command.action(async (options: UndoOptions) => {
    const body = {
      cycle: options.cycle,
      person: options.person,
      since: options.since === undefined ? undefined : instantOf('--since', options.since),
      by: whoAsks(),
    }
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<UndoReport>('POST', jobPath(options.job, 'undo'), body)
      const { plan, writesUndone, conflicts } = report
      if (isJson) {
        printJson(report)
        return
      }
      if (plan === null) {
        print(
          writesUndone === 0
            ? 'Nothing of the kind was written that the log still knows: there is nothing to undo.'
            : `${count(writesUndone, 'write')} looked at: everything is as it was before already.`,
        )
        return
      }
      const page = (query: string): Promise<PlannedWritesReport> =>
        client.get<PlannedWritesReport>(planPath(options.job, plan.planId, `/writes?${query}`))
      const { clusters } = await client.get<PlanClustersReport>(
        planPath(options.job, plan.planId, '/clusters?examples=3'),
      )
      print(`${count(writesUndone, 'write')} to take back (${plan.origin}). Nothing is written yet.`)
      print(`It concerns ${concernedText(plan.counts)}: ${planCountsText(plan.counts)}.\n`)
      const width = Math.max(0, ...clusters.map((cluster) => cluster.count.toLocaleString('en-US').length))
      for (const cluster of clusters) for (const line of clusterLines(cluster, width)) print(line)
      print('')
      const limit = encodeURIComponent(options.rows)
      printWrites(
        await page(`outcome=open&limit=${limit}`),
        print,
        (after) => `muster plans show ${plan.planId} --after ${String(after)}`,
      )
      if (conflicts > 0) {
        print(`\nCannot be taken back (${String(conflicts)}):`)
        printWrites(
          await page(`outcome=void&limit=${limit}`),
          print,
          (after) => `muster plans show ${plan.planId} --outcome void --after ${String(after)}`,
        )
      }
      print(`\nIf it is meant: muster apply ${plan.planId}. If not: muster plans reject ${plan.planId}.`)
      print(
        'Applied, it pauses the job, so that the next cycle does not do it again; --keep-running refrains from that.',
      )
    })
  })
}
