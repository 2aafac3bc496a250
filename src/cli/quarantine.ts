/* `muster quarantine`: why a job is tried less often, and what comes next; an administrator imposes and lifts it (spec 9). */
import type { Command } from 'commander'
import type { QuarantineLiftReport, QuarantineReport } from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { stillWaitingText } from './removals.ts'
import { count, instantText } from './words.ts'

interface QuarantineOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly because?: string
}

function printReport(report: QuarantineReport, print: (text: string) => void): void {
  const { quarantine, thresholds } = report
  if (quarantine === null) print('The job is healthy.')
  else {
    print(
      `${quarantine.reason} since ${instantText(quarantine.seriesBegan)}, found ${quarantine.seriesCount === 1 ? 'once' : `${String(quarantine.seriesCount)} times`}.`,
    )
    if (quarantine.error !== null) print(`  ${quarantine.error.message}`)
    if (report.scheduleState === 'Disabled')
      print('  After 28 days it was given up: mend the cause, then "muster start".')
    else if (report.scheduleState === 'Paused') print('  The job is paused: "muster start" lifts this and goes on.')
    else if (quarantine.reason === 'TooManyDeletes') {
      print(
        `  What to do    ${count(report.removalsWaiting, 'removal waits', 'removals wait')}: "muster removals" shows whom it concerns. "muster removals allow" if they are meant; if not, mend the cause.`,
      )
      print('                Joiners and changes go on at the usual pace meanwhile.')
      print(`  Given up      ${instantText(report.givenUpAt)}`)
    } else {
      print(`  Next attempt  ${instantText(report.nextRunAt)}; one that succeeds ends the quarantine`)
      print(`  Given up      ${instantText(report.givenUpAt)}`)
    }
  }
  print(
    `Failures of one cycle: from ${String(thresholds.failuresMin)} on, more than ${String(thresholds.failedShareMax * 100)} % of all events or more than ${String(thresholds.failuresMax)} are a quarantine; so are more than ${String(thresholds.totalMax)} with failed references (muster settings).`,
  )
}

function liftText({ isLifted, status, removalsWaiting }: QuarantineLiftReport): string {
  if (!isLifted) return `The job is not in quarantine, so nothing was lifted; it is ${status}.`
  const lifted = `The quarantine is lifted; the job is ${status}.`
  return removalsWaiting > 0 ? `${lifted}\n${stillWaitingText(removalsWaiting)}` : lifted
}

export function quarantineCommand(program: Command): void {
  const command = program
    .command('quarantine')
    .description('why a job is tried less often, and when next; impose it, or lift it')

  const show = command
    .command('show', { isDefault: true })
    .description('the reason, the next attempt and the thresholds')
    .addOption(jobOption())
  clientCommand(show, ['muster quarantine', 'muster quarantine --json'])
  show.action(async (options: QuarantineOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<QuarantineReport>(jobPath(options.job, 'quarantine'))
      if (isJson) printJson(report)
      else printReport(report, print)
    })
  })

  const impose = command
    .command('impose')
    .description(
      'try the job after 6, 12 and 24 hours and then daily, until an attempt succeeds; a running cycle ends first',
    )
    .option('--because <text>', 'what whoever is told should know')
    .addOption(jobOption())
  clientCommand(impose, ['muster quarantine impose --because "the HR export looks wrong"'])
  impose.action(async (options: QuarantineOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const body = options.because === undefined ? {} : { because: options.because }
      const report = await client.send<QuarantineReport>('POST', jobPath(options.job, 'quarantine'), body)
      if (isJson) printJson(report)
      else printReport(report, print)
    })
  })

  const lift = command
    .command('lift')
    .description('end the quarantine; the next cycle begins at once')
    .addOption(jobOption())
  clientCommand(lift, ['muster quarantine lift'])
  lift.action(async (options: QuarantineOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<QuarantineLiftReport>('DELETE', jobPath(options.job, 'quarantine'))
      if (isJson) printJson(report)
      else print(liftText(report))
    })
  })
}
