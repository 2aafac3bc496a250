/* `muster status`: where every job stands. */
import type { Command } from 'commander'
import type { Cycle, JobReport, ProgressReport, StatusReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { planCountsText } from './plans.ts'
import { leftText } from './progress-view.ts'
import { durationOf } from './run.ts'
import { hangingText } from './table.ts'
import { count, durationText, instantText } from './words.ts'

function cycleText(cycle: Cycle | null): string {
  if (cycle === null) return 'none yet'
  const took = durationOf(cycle)
  const { counters } = cycle
  const failed = Object.values(counters.failed).reduce((sum, each) => sum + each, 0)
  return (
    `${cycle.cycleId}: ${cycle.kind}, ${cycle.state}, ended ${instantText(cycle.endedAt)}${took === null ? '' : ` after ${durationText(took)}`}: ` +
    `${String(counters.created)} created, ${String(counters.updated)} updated, ${String(counters.disabled)} disabled, ${String(counters.deleted)} deleted, ${String(failed)} failed`
  )
}

function nextCycleText(job: JobReport, now: number): string {
  if (job.status === 'NotConfigured')
    return 'none: no Slack token (muster slack connect, muster slack token, or MUSTER_SLACK_TOKEN)'
  if (job.scheduleState === 'Paused') return 'none: the job is paused (muster start)'
  if (job.scheduleState === 'Disabled') return 'none before "muster start"'
  return job.nextRunAt <= now ? 'now' : `${instantText(job.nextRunAt)} (in ${durationText(job.nextRunAt - now)})`
}

/** Where the values begin, below each other. */
const valueAt = 16

/** Fewer pages than this say too little: 0 % until the only one is done. */
const pagesTellFrom = 10

function doneText({ percent, pagesDone, pagesKnown, objectsDone, objectsKnown }: ProgressReport): string {
  const objects = `${String(objectsDone)} of ${String(objectsKnown)} objects`
  if (pagesKnown >= pagesTellFrom)
    return `${String(percent)} % (${String(pagesDone)} of ${count(pagesKnown, 'page')}), ${objects}`
  return objectsKnown === 0 ? objects : `${objects} (${String(Math.floor((100 * objectsDone) / objectsKnown))} %)`
}

function printJob(job: JobReport, now: number, printLine: (text: string) => void): void {
  const print = (line: string): void => printLine(hangingText(line, valueAt))
  print(`\n${job.displayName} (${job.jobId})`)
  print(`  target        ${job.targetUrl}`)
  print(
    `  status        ${job.status}, schedule ${job.scheduleState}; scope ${job.settings.syncAll ? 'all users and groups' : job.settings.scopeWaitsForRestart ? 'all users and groups until muster restart, assigned ones then' : 'assigned users and groups'}`,
  )
  if (job.quarantine !== null) {
    const { reason, seriesBegan, error } = job.quarantine
    print(`  quarantine    ${reason} since ${instantText(seriesBegan)}`)
    if (error !== null) print(`                ${error.message}`)
    if (job.scheduleState === 'Disabled')
      print('                After 28 days the job was disabled: mend the cause, then "muster start".')
  }
  if (job.escrowsPruned)
    print(
      '  failures      So many failed in the first cycle that they are not retried: mend the cause, then "muster restart".',
    )
  if (job.targetChanges !== null) {
    const { at, changes } = job.targetChanges
    print(`  Slack changed ${instantText(at)}: it answers otherwise than before (muster slack probe)`)
    for (const { id, before, after } of changes) print(`                ${id} was "${before}" and is "${after}"`)
  }
  for (const { objectType, count: ever } of job.synchronized) {
    const now = job.managed.find((each) => each.objectType === objectType)
    const linked = now === undefined ? 0 : now.count
    print(
      `  managed       ${count(now?.active ?? 0, objectType.toLowerCase())} now; ${String(linked)} linked, ${String(ever)} synchronized to date`,
    )
  }
  print(`  retried       ${count(job.escrowed, 'failed object')}`)
  if (job.due > 0) print(`  due           ${count(job.due, 'object')} that a plan withheld or an undo took back`)
  if (job.progress !== null) {
    const { progress } = job
    print(
      `  running       ${progress.kind} cycle: ${doneText(progress)}, ${progress.objectsPerSecond.toFixed(1)}/s, ${leftText(progress)}${progress.secondsLeftFrom === 'budget' ? ' at the pace the target allows' : ''}`,
    )
  } else if (job.runningCycle !== null) {
    print(`  broken off    ${job.runningCycle.kind} cycle: ${job.runningCycle.error ?? 'waits to go on'}`)
  }
  if (job.waitingPlan !== null) {
    const { planId, createdAt, counts } = job.waitingPlan
    print(`  waits         plan ${planId} of ${instantText(createdAt)}: ${planCountsText(counts)}`)
    print('                muster plans show latest, then muster apply PLAN or muster plans reject PLAN')
  }
  print(`  last cycle    ${cycleText(job.lastCycle)}`)
  if (job.lastSuccessfulCycle?.cycleId !== job.lastCycle?.cycleId)
    print(`  last good one ${cycleText(job.lastSuccessfulCycle)}`)
  print(`  last writes   ${cycleText(job.lastSuccessfulCycleWithExports)}`)
  const { steadyStateFirstAchievedAt: first, steadyStateLastAchievedAt: latest } = job
  print(
    `  in step       ${latest === null ? 'not yet' : `${instantText(latest)}, for the first time ${instantText(first)}`}`,
  )
  print(`  next cycle    ${nextCycleText(job, now)}`)
}

export function statusCommand(program: Command): void {
  const command = program
    .command('status')
    .description('show every job: progress, last cycles, what it manages, when it runs next')
  clientCommand(command, ['muster status', "muster status --json | jq '.jobs[0].progress'"])
  command.action(async (options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<StatusReport>('/muster/v1/status')
      if (isJson) {
        printJson(report)
        return
      }
      print(`Muster ${report.version} at ${client.url}, database ${report.database}`)
      for (const each of report.directory) {
        print(
          `  directory     ${count(each.count, each.objectType.toLowerCase())} ${each.presence === 'present' ? 'present' : each.presence === 'softDeleted' ? 'in the recycle bin' : 'deleted'}`,
        )
      }
      for (const job of report.jobs) printJob(job, report.now, print)
    })
  })
}
