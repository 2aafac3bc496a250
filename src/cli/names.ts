/* `muster names`: whether new people are named as their mapping says, or allotted names that never collide. */
import type { Command } from 'commander'
import type { NamesReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count } from './words.ts'

interface NamesOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly avoid?: string
  readonly dryRun?: boolean
}

const modes: Readonly<Record<string, NamesReport['mode']>> = { allot: 'allotted', 'as-mapped': 'asMapped' }

function namesText(report: NamesReport, isDryRun: boolean): string {
  const isAllotted = report.mode === 'allotted'
  const rule = isAllotted
    ? 'allotted: at most 20 characters, spelt as Slack takes them, numbered where somebody has the name already'
    : 'as mapped: one value for each person, who fails with Conflict where somebody has it already'
  const lines = [
    `User names of new people ${isDryRun ? 'would be' : 'are'} ${rule}.`,
    `${count(report.unnamed, 'person', 'people')} in scope without an account ${report.unnamed === 1 ? 'is' : 'are'} concerned; ${count(report.named, 'person keeps the name of the account', 'people keep the names of the accounts')} already there.`,
  ]
  if (isAllotted && report.avoided.length > 0) lines.push(`Nobody is named ${report.avoided.join(', ')}.`)
  if (report.isChanged) lines.push('Everybody is evaluated in the next cycle, which begins now.')
  return lines.join('\n')
}

export function namesCommand(program: Command): void {
  const command = program
    .command('names')
    .description('how new people get their user names: "allot" names that never collide, or "as-mapped"')
    .argument('[rule]', '"allot" or "as-mapped"; without it, says what holds')
    .option('--avoid <names>', 'names nobody is allotted, such as those of channels: general,sales')
    .option('--dry-run', 'only say how many people it concerns')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(command, [
    'muster names',
    'muster names allot --avoid sales,engineering',
    'muster names as-mapped --dry-run',
  ])
  command.action(async (rule: string | undefined, options: NamesOptions) => {
    const mode = modes[rule ?? '']
    if (rule !== undefined && mode === undefined)
      throw new CommandError(exitCodes.cannotBegin, `The rule is "allot" or "as-mapped", not "${rule}".`)
    if (options.avoid !== undefined && mode !== 'allotted')
      throw new CommandError(exitCodes.cannotBegin, '--avoid goes with "allot": only allotted names can avoid others.')
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/names`
      const isDryRun = options.dryRun === true
      const report =
        mode === undefined
          ? await client.get<NamesReport>(path)
          : await client.send<NamesReport>('PATCH', `${path}${isDryRun ? '?dryRun=true' : ''}`, {
              mode,
              ...(options.avoid === undefined ? {} : { avoided: options.avoid.split(',') }),
            })
      if (isJson) printJson(report)
      else print(namesText(report, isDryRun && mode !== undefined))
    })
  })
}
