/* `muster apply`: carries a plan out, exactly that and nothing else, and says what has moved since it was made. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type {
  Cycle,
  JobProgress,
  PlanAppliedReport,
  PlannedWritesReport,
  PlanReport,
  SealedPlan,
} from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { closingTable } from './closing-table.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { concernedText, failUnlessWhole, planCountsText, planPath, printWrites, whoAsks } from './plans.ts'
import { createProgressView } from './progress-view.ts'
import { durationOf } from './run.ts'
import { count } from './words.ts'

interface ApplyOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly yes?: boolean
  readonly keepRunning?: boolean
}

const askEveryMs = 250
/** Void parts named one by one; the rest is found with "muster plans show". */
const namedMax = 50

function consequence({ counts, kind }: SealedPlan, warnings: readonly string[], keepRunning: boolean): string {
  const are = counts.people + counts.groups === 1 ? 'is' : 'are'
  return [
    ...warnings,
    `${concernedText(counts)} ${are} written in Slack now: ${planCountsText(counts)}. Nothing else is done.`,
    ...(kind === 'undo' && !keepRunning ? ['The job is paused with it.'] : []),
  ].join(' ')
}

/** Until the plan's own cycle has ended; throws when it breaks off. */
async function followPlan(client: ServiceClient, job: string, plan: SealedPlan, cycleId: string): Promise<Cycle> {
  const view = createProgressView(process.stderr)
  try {
    for (;;) {
      const { progress, runningCycle, nextRunAt } = await client.get<JobProgress>(jobPath(job, 'progress'))
      if (progress !== null && progress.cycleId === cycleId) view.show(progress)
      if (runningCycle?.cycleId !== cycleId) {
        const { cycle } = await client.get<PlanReport>(planPath(job, plan.planId))
        if (cycle !== null && cycle.endedAt !== null) return cycle
      } else if (runningCycle.error !== null && nextRunAt > (plan.decidedAt ?? 0)) {
        throw new CommandError(
          exitCodes.failed,
          `The plan broke off: ${runningCycle.error} It goes on as the same plan when it is tried again (muster status shows when); muster run tries at once.`,
        )
      }
      await wait(askEveryMs)
    }
  } finally {
    view.end()
  }
}

export function applyCommand(program: Command): void {
  const command = program
    .command('apply')
    .description('carry out a kept plan: exactly that, once; says first how many people it concerns')
    .argument('<plan>', 'its id, the beginning or end of it, or "latest" (muster plans)')
    .addOption(jobOption())
    .option('--yes', 'do it without asking')
    .option('--keep-running', 'after an undo: do not pause the job')
  clientCommand(command, ['muster apply latest', 'muster apply 0199f2c8 --yes', 'muster apply latest --yes --json'])
  command.action(async (name: string, options: ApplyOptions) => {
    const keepRunning = options.keepRunning === true
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const asked = await client.send<PlanAppliedReport>('POST', planPath(options.job, name, '/apply?dryRun=true'))
      await confirm(consequence(asked.plan, asked.warnings, keepRunning), options.yes === true)
      const { plan, cycleId } = await client.send<PlanAppliedReport>(
        'POST',
        planPath(options.job, asked.plan.planId, '/apply'),
        { by: whoAsks(), keepRunning },
      )
      const cycle = await followPlan(client, options.job, plan, cycleId ?? '')
      const report = await client.get<PlanReport>(planPath(options.job, plan.planId))
      const outcomes = ['void', 'failed'] as const
      const left = await Promise.all(
        outcomes.map((outcome) =>
          client.get<PlannedWritesReport>(
            planPath(options.job, plan.planId, `/writes?outcome=${outcome}&limit=${String(namedMax)}`),
          ),
        ),
      )
      if (isJson) printJson({ ...report, void: left[0]?.writes ?? [], failed: left[1]?.writes ?? [] })
      else {
        print(closingTable({ counters: cycle.counters, durationMs: durationOf(cycle) }))
        for (const [index, outcome] of outcomes.entries()) {
          const writes = left[index]
          if (writes === undefined || writes.total === 0) continue
          print(
            outcome === 'void'
              ? `\nVoid, because something has moved since the plan was made (${String(writes.total)}):`
              : `\nRefused by Slack (${String(writes.total)}):`,
          )
          printWrites(
            writes,
            print,
            (after) => `muster plans show ${plan.planId} --outcome ${outcome} --after ${String(after)}`,
          )
        }
        const unplanned = cycle.counters.skipped['NotPlanned'] ?? 0
        if (unplanned > 0)
          print(
            `${count(unplanned, 'write')} withheld, of which the plan has nothing: the next cycle takes what is due then.`,
          )
      }
      if (plan.kind === 'undo' && !keepRunning && !isJson)
        print(
          '\nTHE JOB IS PAUSED: the next cycle would do again what was taken back, as long as its cause is there. Mend the cause (directory, mapping, scope), look at "muster plan", then "muster start".',
        )
      failUnlessWhole(report)
    })
  })
}
