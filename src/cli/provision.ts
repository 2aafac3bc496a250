/* `muster provision NAME`: one person, or one group, through all steps at once. */
import type { Command } from 'commander'
import type { OnDemandLine, OnDemandObject, OnDemandReport, OnDemandStep } from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient, type CommandContext } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count, shortened } from './words.ts'

interface ProvisionOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly members?: string
  readonly group?: boolean
  readonly user?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
}

const titles: Record<OnDemandStep['name'], string> = {
  testConnection: '1 test connection',
  importObject: '2 import',
  determineScope: '3 determine scope',
  matchObject: '4 match',
  performAction: '5 perform action',
}

const statusText = { success: 'ok', warning: 'ok, but', skipped: 'skipped', failure: 'FAILED' } as const

/** Details are many; those of one step fit a screen. */
const detailsShown = 40
const detailWidth = 100
const textWidth = 300

/** The clauses of all filters, each with its answer, in place of the JSON that Graph wants them in. */
function readable([name, value]: readonly [string, string]): readonly (readonly [string, string])[] {
  if (value === '') return []
  if (name !== 'ScopeEvaluationResult') return [[name, value]]
  const clauses: unknown = JSON.parse(value)
  return typeof clauses !== 'object' || clauses === null
    ? []
    : Object.entries(clauses).map(([clause, held]) => [held === true ? '+ holds' : '- does not hold', clause])
}

function stepLines(step: OnDemandStep): readonly string[] {
  const details = Object.entries(step.details).flatMap(readable)
  const width = Math.max(0, ...details.map(([name]) => Math.min(name.length, 58)))
  return [
    `  ${titles[step.name].padEnd(19)}${statusText[step.status].padEnd(9)}${shortened(step.description, textWidth)}`,
    ...details
      .slice(0, detailsShown)
      .map(([name, value]) => `      ${name.padEnd(width)}  ${shortened(value, detailWidth)}`),
    ...(details.length > detailsShown ? [`      ... and ${String(details.length - detailsShown)} more (--json)`] : []),
  ]
}

function resultLine(object: OnDemandObject): string {
  const code = object.errorCode === null ? '' : ` ${object.errorCode}:`
  const message = object.errorMessage === null ? '' : ` ${shortened(object.errorMessage, textWidth)}`
  return `${object.result}${code}${message}`
}

/** A member of the group that was asked for: its steps are in the log. */
const memberLine = (object: OnDemandObject, number: number, all: number): string =>
  `  ${`${String(number)} of ${String(all)}`.padEnd(12)}${shortened(object.displayName, 30).padEnd(32)}${resultLine(object)}`

function printObject(object: OnDemandObject, print: (text: string) => void): void {
  print(`${object.displayName} (${object.objectType}, ${object.sourceId})`)
  for (const step of object.steps) for (const line of stepLines(step)) print(line)
  print(`  ${resultLine(object)}`)
}

function closingLine(report: OnDemandReport): string {
  const of = (result: OnDemandObject['result']): number =>
    report.objects.filter((object) => object.result === result).length
  const counts = `${count(of('Success'), 'object')} done, ${String(of('Skipped'))} skipped, ${String(of('Failure'))} failed.`
  return report.isDryRun
    ? `${counts} This was a dry run: nothing was written.`
    : `${counts} The log has it: muster log --cycle ${report.cycleId}`
}

async function provision(
  { client, isJson, print }: CommandContext,
  name: string,
  options: ProvisionOptions,
  removals: number,
): Promise<OnDemandReport> {
  const body = {
    name,
    type: options.group === true ? 'Group' : options.user === true ? 'User' : undefined,
    members: options.members
      ?.split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    dryRun: options.dryRun === true,
    removals,
    lines: true,
  }
  let members: number | null = null
  let done = 0
  for await (const line of client.lines<OnDemandLine>(jobPath(options.job, 'provisionOnDemand'), body)) {
    switch (line.type) {
      case 'begin':
        members = line.objectType === 'Group' ? line.objects - 1 : null
        break
      case 'object':
        if (isJson) break
        if (members === null || line.object.objectType === 'Group') printObject(line.object, print)
        else print(memberLine(line.object, (done += 1), members))
        break
      case 'report':
        return line.report
      case 'error':
        throw new CommandError(exitCodes.failed, line.message)
    }
  }
  throw new CommandError(
    exitCodes.failed,
    'The service broke its answer off in the middle. Look at what it printed, then try again.',
  )
}

function removalsOf(error: unknown): number | null {
  const isRefused = error instanceof CommandError && error.exitCode === exitCodes.notConfirmed
  const removals = isRefused ? error.details['removals'] : undefined
  return typeof removals === 'number' ? removals : null
}

/** Asks when somebody would lose the account; the answer holds for as many as were named. */
async function provisionAsking(
  context: CommandContext,
  name: string,
  options: ProvisionOptions,
): Promise<OnDemandReport> {
  try {
    return await provision(context, name, options, 0)
  } catch (error) {
    const removals = removalsOf(error)
    if (removals === null) throw error
    const names = ((error as CommandError).details['names'] as readonly string[]).join(', ')
    await confirm(
      `${count(removals, 'of those asked for is', 'of those asked for are')} out of scope and will be removed from Slack (people are disabled, groups deleted): ${names}.`,
      options.yes === true,
    )
    return await provision(context, name, options, removals)
  }
}

export function provisionCommand(program: Command): void {
  const command = program
    .command('provision')
    .description('one person, or one group with its members, through all steps at once, also while a cycle runs')
    .argument('<name>', 'name, address or id of a person or group')
    .option('--members <names>', 'of a group only these members, five at the most, with commas between')
    .option('--group', 'a group is meant')
    .option('--user', 'a person is meant')
    .option('--dry-run', 'show the same steps and write nothing')
    .option('--yes', 'take accounts away without asking, where somebody is out of scope')
    .addOption(jobOption())
  clientCommand(command, [
    'muster provision "Mira Okafor"',
    'muster provision mira@example.com --dry-run',
    'muster provision Sales --members "mira@example.com,otto@example.com"',
    'muster provision Sales --group',
  ])
  command.action(async (name: string, options: ProvisionOptions) => {
    await withClient(options, async (context) => {
      const report = await provisionAsking(context, name, options)
      if (context.isJson) context.printJson(report)
      else if (report.connection !== null) for (const line of stepLines(report.connection)) context.print(line)
      else context.print(closingLine(report))
      if (report.result === 'Failure') process.exitCode = exitCodes.failed
    })
  })
}
