/* `muster settings`: how a job decides; each has a name, a value and a meaning. */
import type { Command } from 'commander'
import { parseDuration } from '../settings.ts'
import type { JobReport, JobSettings, ProvisioningMode, ReviewSettings, SettingsReport } from '../vocabulary/index.ts'
import { clientCommand, jobOption, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { losingText } from './scope.ts'
import { tableText } from './table.ts'

interface JobOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly yes?: boolean
}

/** Those without a command of their own, and the scope, which has one. */
const meanings: Readonly<Record<string, string>> = {
  syncAll: 'everybody is in scope, not only who is assigned (muster scope)',
  defaultAccessIsEntitled: 'the role Default Access permits an account',
  skipOutOfScopeDeletions: 'accounts of people who leave the scope are left alone',
  repairsReferences:
    'a manager or member who comes later is written then; false: only after a restart, as at Microsoft',
  cycleEveryMs:
    'time between the starts of two cycles, e.g. 40m or 1h (a start of the service sets it from MUSTER_CYCLE_EVERY)',
  'quarantineThresholds.failuresMin':
    'below so many failures in a cycle the share does not count; small companies lower it',
  'quarantineThresholds.failedShareMax': 'a larger share of failures (0 to 1) puts the job into quarantine',
  'quarantineThresholds.failuresMax': 'more failures in a cycle do so whatever the share',
  'quarantineThresholds.totalMax': 'so do more failures and failed references together',
  'review.mode':
    'off; always: every cycle that would write is planned and waits for muster apply; aboveThreshold: only one that would do more than the numbers below',
  'review.createsMax': 'more accounts and groups to be created than this wait; none: any number may go',
  'review.updatesMax': 'more people and groups to be changed than this wait; none: any number',
  'review.membershipChangesMax': 'more members put into groups or taken out than this wait; none: any number',
  'review.disablesMax':
    'more people to be disabled than this wait; none: any number (muster removals has its own limit)',
  'review.deletesMax': 'more people and groups to be deleted than this wait; none: any number',
  'review.shareMax':
    'so does a larger percentage of all accounts to be changed, disabled or deleted (and more than ten); none: any share',
  'review.afterConfigurationChange':
    'the first cycle after a change of mappings, filters or scope waits, whatever the mode',
  'review.letsDisablesThrough':
    'while something waits, people who leave are disabled all the same; false: they wait too and keep their accounts',
}

const reviewModes: readonly string[] = ['off', 'always', 'aboveThreshold'] satisfies readonly ReviewSettings['mode'][]

/** `none`: no limit. */
const isLimit = (name: string): boolean => /^review\..*Max$/.test(name)
const valueText = (value: unknown): string =>
  value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value)

/** Told apart from the others: it has two words, and goes one way only (spec 2.1). */
const modeName = 'provisioningMode'
const modes: Readonly<Record<string, ProvisioningMode>> = { manual: 'Manual', automatic: 'Automatic' }

/** In the largest unit that says it whole, as MUSTER_CYCLE_EVERY takes it. */
function durationValue(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (ms % size === 0) return `${String(ms / size)}${unit}`
  return `${String(ms)}ms`
}

const isDuration = (name: string): boolean => name.endsWith('Ms')

const shownValue = (name: string, value: unknown): string =>
  isDuration(name) && typeof value === 'number' ? durationValue(value) : valueText(value)

function valueAt(settings: JobSettings, name: string): unknown {
  return name.split('.').reduce<unknown>((value, part) => (value as Readonly<Record<string, unknown>>)[part], settings)
}

/** The change as the API takes it: groups of settings are sent whole. */
function changeOf(settings: JobSettings, name: string, value: unknown): Readonly<Record<string, unknown>> {
  const [first = '', second] = name.split('.')
  if (second === undefined) return { [first]: value }
  return { [first]: { ...(valueAt(settings, first) as object), [second]: value } }
}

function parsed(name: string, text: string): unknown {
  if (name === modeName) {
    const mode = modes[text.toLowerCase()]
    if (mode !== undefined) return mode
    throw new CommandError(exitCodes.cannotBegin, `${modeName} is Manual or Automatic, not "${text}".`)
  }
  if (name === 'review.mode') {
    if (reviewModes.includes(text)) return text
    throw new CommandError(exitCodes.cannotBegin, `review.mode is ${reviewModes.join(', ')}, not "${text}".`)
  }
  if (text === 'none' && isLimit(name)) return null
  if (isDuration(name)) {
    const ms = /^\d+$/.test(text) ? Number(text) : parseDuration(text)
    if (ms !== undefined) return ms
    throw new CommandError(
      exitCodes.cannotBegin,
      `${name} takes a duration such as 30s, 40m or 2h, or milliseconds, not "${text}". Nothing was changed.`,
    )
  }
  if (text === 'true' || text === 'false') return text === 'true'
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  throw new CommandError(
    exitCodes.cannotBegin,
    `${name} takes true, false or a number, not "${text}". Nothing was changed.`,
  )
}

export function settingsCommand(program: Command): void {
  const command = program.command('settings').description('how a job decides: list its settings, change one')

  const list = command.command('list', { isDefault: true }).description('show every setting').addOption(jobOption())
  clientCommand(list, ['muster settings', 'muster settings --json'])
  list.action(async (options: JobOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { settings, provisioningMode } = await client.get<JobReport>(
        `/muster/v1/jobs/${encodeURIComponent(options.job)}`,
      )
      if (isJson) {
        printJson(settings)
        return
      }
      const table: string[][] = []
      table.push([modeName, provisioningMode, 'accounts are kept by this job; never manual again once automatic'])
      for (const [name, meaning] of Object.entries(meanings))
        table.push([name, shownValue(name, valueAt(settings, name)), meaning])
      print(tableText(['setting', 'value', ''], table))
      print('Removals: muster removals. Who is told: muster notifications. User names: muster names.')
    })
  })

  const set = command
    .command('set')
    .description('change one setting; says first how many people it takes out of scope')
    .argument('<name>', 'as "muster settings" lists it')
    .argument('<value>', 'true, false, a number, a duration such as 40m, or a word that is listed with it')
    .addOption(jobOption())
    .option('--yes', 'do it without asking')
  clientCommand(set, [
    'muster settings set defaultAccessIsEntitled false',
    'muster settings set quarantineThresholds.failuresMin 50',
    'muster settings set review.mode aboveThreshold',
    'muster settings set cycleEveryMs 40m',
  ])
  set.action(async (name: string, text: string, options: JobOptions) => {
    if (name !== modeName && !(name in meanings))
      throw new CommandError(
        exitCodes.cannotBegin,
        `There is no setting "${name}". Known are ${Object.keys(meanings).join(', ')}.`,
      )
    const value = parsed(name, text)
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}`
      const { settings } = await client.get<JobReport>(path)
      const change = changeOf(settings, name, value)
      const preview = await client.send<SettingsReport>('PATCH', `${path}/settings?dryRun=true`, change)
      if (preview.losing + preview.losingGroups > 0)
        await confirm(losingText(preview.losing, preview.losingGroups), options.yes === true)
      const report = await client.send<SettingsReport>('PATCH', `${path}/settings`, change)
      if (isJson) {
        printJson(report)
        return
      }
      print(`${name} is ${shownValue(name, value)}.`)
      if (name === 'syncAll' && report.settings.scopeWaitsForRestart) print('! It holds after the next muster restart.')
      for (const warning of report.warnings) print(`! ${warning}`)
    })
  })
}
