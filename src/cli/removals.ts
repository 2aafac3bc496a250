/* `muster removals`: who waits because more removals were due than the threshold allows, and the administrator's answer. */
import type { Command } from 'commander'
import type { DeletionPrevention, RemovalsReport, SettingsReport } from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { count, shortened } from './words.ts'

interface RemovalOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly yes?: boolean
}

interface ThresholdOptions extends RemovalOptions {
  readonly count?: string
  readonly share?: string
  readonly window?: string
  readonly off?: boolean
  readonly on?: boolean
}

export function preventionText(prevention: DeletionPrevention): string {
  if (!prevention.isOn) return 'off: any number of removals is carried out'
  const limits = [
    ...(prevention.threshold === null
      ? []
      : [
          `more than ${count(prevention.threshold, 'removal')} ${prevention.windowHours === null ? 'in one cycle' : `within ${String(prevention.windowHours)} hours`}`,
        ]),
    ...(prevention.percentage === null
      ? []
      : [`more than ${String(prevention.percentage)} % of all accounts (and more than ten)`]),
  ]
  return limits.length === 0 ? 'on, without a limit' : `${limits.join(', or ')} wait for an administrator`
}

function printReport(report: RemovalsReport, print: (text: string) => void): void {
  print(`Threshold: ${preventionText(report.deletionPrevention)}.`)
  if (report.quarantine?.reason === 'TooManyDeletes') print(report.quarantine.error?.message ?? '')
  if (report.removals.length > 0) {
    const table: string[][] = []
    for (const each of report.removals)
      table.push([
        `${shortened(each.displayName, 40)} (${each.objectType})`,
        each.kind === 'disable' ? 'disabled in Slack' : 'deleted in Slack',
        each.state === 'approved' ? 'allowed' : 'waits',
      ])
    print(tableText(['who', 'what would happen', 'state'], table))
  }
  print(
    report.staged + report.approved === 0
      ? 'No removal waits.'
      : `${count(report.staged, 'removal')} waiting, ${String(report.approved)} allowed and due in the next cycle.`,
  )
}

/** So many are named before an answer; "muster removals" lists all. */
const namedMax = 10

/** What allowing the removals that wait would do, and to whom. */
export function allowedText({ staged, removals }: RemovalsReport): string {
  const waiting = removals.filter((each) => each.state === 'staged')
  const names = waiting.slice(0, namedMax).map((each) => shortened(each.displayName, 40))
  const others = staged - names.length
  return `${count(staged, 'person or group is', 'people and groups are')} removed from Slack in the next cycle, which begins at once: ${names.join(', ')}${others > 0 ? ` and ${count(others, 'other')} (muster removals)` : ''}.`
}

/** For whoever starts a job whose removals wait: that alone does not carry them out. */
export const stillWaitingText = (waiting: number): string =>
  `${count(waiting, 'removal still waits', 'removals still wait')} for an answer (muster removals shows whom it concerns): "muster removals allow" if they are meant; if not, mend the cause. Until then nobody is removed, and the job goes back into quarantine.`

/** A whole number from 0 up; `none` takes the limit away. */
function limitOf(name: string, text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  if (text === 'none') return null
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new CommandError(
    exitCodes.cannotBegin,
    `--${name} is "${text}", but a whole number from 0 up is needed, or "none" for no limit. Nothing was changed.`,
  )
}

export function removalsCommand(program: Command): void {
  const command = program
    .command('removals')
    .description('removals that wait because there are too many: list them, allow them, set the threshold')

  const list = command
    .command('list', { isDefault: true })
    .description('show the threshold, and whom waiting removals concern')
    .argument('[text]', 'part of a name or id')
    .addOption(jobOption())
  clientCommand(list, ['muster removals', 'muster removals list okafor', 'muster removals list --json'])
  list.action(async (text: string | undefined, options: RemovalOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<RemovalsReport>(
        jobPath(options.job, `removals?text=${encodeURIComponent(text ?? '')}`),
      )
      if (isJson) printJson(report)
      else printReport(report, print)
      if (!isJson && text !== undefined && report.removals.length === 0) print(`No waiting removal fits "${text}".`)
    })
  })

  const reject = command
    .command('reject')
    .description('say how to keep the people whose removals wait: nothing is done here')
    .argument('[name]', 'ignored: it is the cause that decides')
  clientCommand(reject, ['muster removals reject'])
  reject.action(() => {
    throw new CommandError(
      exitCodes.cannotBegin,
      'A removal cannot be rejected by itself: the next cycle would find the same cause and want it again. Nothing was changed. Remove the cause first (muster why NAME says what it is: assign them again with muster assign, restore them in the directory, or take back the change of filters or scope), and only then: muster restart. A restart before that brings the removals back.',
    )
  })

  const allow = command
    .command('allow')
    .description('carry out the removals that wait; says first how many people it concerns')
    .addOption(jobOption())
    .option('--yes', 'do it without asking')
  clientCommand(allow, ['muster removals allow', 'muster removals allow --yes'])
  allow.action(async (options: RemovalOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const before = await client.send<RemovalsReport>('POST', jobPath(options.job, 'removals/allow?dryRun=true'))
      if (before.staged > 0) await confirm(allowedText(before), options.yes === true)
      const report = await client.send<RemovalsReport>('POST', jobPath(options.job, 'removals/allow'))
      if (isJson) printJson(report)
      else
        print(
          before.staged === 0
            ? 'No removal waits, so nothing was done.'
            : `${count(before.staged, 'removal')} allowed.`,
        )
    })
  })

  const threshold = command
    .command('threshold')
    .description('from how many removals on an administrator is asked')
    .addOption(jobOption())
    .option('--count <number>', 'removals in one cycle, or "none"')
    .option('--share <percent>', 'percent of all managed accounts, or "none"')
    .option('--window <hours>', 'count the removals of so many hours together, or "none" for one cycle')
    .option('--on', 'ask when there are more')
    .option('--off', 'carry out any number without asking')
  clientCommand(threshold, [
    'muster removals threshold --count 20',
    'muster removals threshold --share 5 --window 24',
    'muster removals threshold --off',
  ])
  threshold.action(async (options: ThresholdOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const current = await client.get<RemovalsReport>(jobPath(options.job, 'removals'))
      const given = {
        threshold: limitOf('count', options.count),
        percentage: limitOf('share', options.share),
        windowHours: limitOf('window', options.window),
        isOn: options.off === true ? false : options.on === true ? true : undefined,
      }
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const deletionPrevention = { ...current.deletionPrevention, ...changed }
      const saved =
        Object.keys(changed).length === 0
          ? null
          : await client.send<SettingsReport>('PATCH', jobPath(options.job, 'settings'), { deletionPrevention })
      if (isJson) {
        printJson(deletionPrevention)
        return
      }
      print(`Threshold: ${preventionText(deletionPrevention)}.`)
      for (const warning of saved?.warnings ?? []) print(`! ${warning}`)
    })
  })
}
