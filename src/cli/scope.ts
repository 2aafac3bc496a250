/* `muster assign`, `unassign`, `scope`: who is in scope. What takes people out asks first and says how many. */
import type { Command } from 'commander'
import type { AssignmentReport, SettingsReport } from '../vocabulary/index.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { entryLine } from './people.ts'
import { count } from './words.ts'

interface ScopeOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly yes?: boolean
  readonly group?: boolean
  readonly user?: boolean
  readonly role?: string
  readonly later?: boolean
}

const typeOf = (options: ScopeOptions): 'User' | 'Group' | undefined =>
  options.group === true ? 'Group' : options.user === true ? 'User' : undefined

export const losingText = (losing: number, groups = 0): string =>
  `${count(losing, 'person with a Slack account leaves', 'people with Slack accounts leave')} the scope and will be disabled in Slack.` +
  (groups > 0 ? ` ${count(groups, 'group leaves', 'groups leave')} it and will be deleted there.` : '')

function assignmentCommand(
  program: Command,
  name: 'assign' | 'unassign',
  description: string,
  examples: readonly string[],
): Command {
  const command = program
    .command(name)
    .description(description)
    .argument('<name>', 'name, address or id of a person or group')
    .option('--group', 'a group is meant')
    .option('--user', 'a person is meant')
    .option('--job <id>', 'the job, when there are several', 'default')
  return clientCommand(command, examples)
}

export function scopeCommands(program: Command): void {
  const assign = assignmentCommand(
    program,
    'assign',
    'assign a person or group to Slack; the direct members of a group come along',
    [
      'muster assign --group "Slack users"',
      'muster assign mira@example.com',
      'muster assign mira@example.com --role User',
    ],
  )
  assign.option('--role <role>', 'name, value or id of an app role (muster roles); without one it is Default Access')
  assign.action(async (name: string, options: ScopeOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<AssignmentReport>(
        'POST',
        `/muster/v1/jobs/${encodeURIComponent(options.job)}/assignments`,
        { name, type: typeOf(options), role: options.role },
      )
      if (isJson) printJson(report)
      else
        print(
          report.isChanged
            ? `${entryLine(report.entry)} is assigned; ${count(report.people, 'person', 'people')} evaluated in the next cycle, which begins now.`
            : `${entryLine(report.entry)} was assigned already${options.role === undefined ? '' : ' in this role'}.`,
        )
    })
  })

  const unassign = assignmentCommand(
    program,
    'unassign',
    'take an assignment back; says first how many people leave the scope',
    ['muster unassign --group "Slack users"', 'muster unassign mira@example.com --yes'],
  )
  unassign.option('--yes', 'do it without asking')
  unassign.action(async (name: string, options: ScopeOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const type = typeOf(options)
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/assignments?name=${encodeURIComponent(name)}${type === undefined ? '' : `&type=${type}`}`
      const preview = await client.send<AssignmentReport>('DELETE', `${path}&dryRun=true`)
      if (preview.losing > 0)
        await confirm(`${entryLine(preview.entry)}: ${losingText(preview.losing)}`, options.yes === true)
      const report = await client.send<AssignmentReport>('DELETE', path)
      if (isJson) printJson(report)
      else
        print(
          report.isChanged
            ? `${entryLine(report.entry)} is no longer assigned; ${String(report.losing)} leave the scope in the next cycle, which begins now.`
            : `${entryLine(report.entry)} was not assigned itself.`,
        )
    })
  })

  const scope = program
    .command('scope')
    .description('provision all users and groups, or only assigned ones')
    .argument('<scope>', '"assigned" or "all"')
    .option('--job <id>', 'the job, when there are several', 'default')
    .option('--later', '"assigned" only: store it; it holds after the next muster restart')
    .option('--yes', 'do it without asking')
  clientCommand(scope, ['muster scope all', 'muster scope assigned --yes', 'muster scope assigned --later'])
  scope.action(async (wanted: string, options: ScopeOptions) => {
    if (wanted !== 'all' && wanted !== 'assigned')
      throw new CommandError(exitCodes.cannotBegin, `The scope is "assigned" or "all", not "${wanted}".`)
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/settings`
      const change = { syncAll: wanted === 'all' }
      const preview = await client.send<SettingsReport>('PATCH', `${path}?dryRun=true`, change)
      if (preview.losing + preview.losingGroups > 0)
        await confirm(losingText(preview.losing, preview.losingGroups), options.yes === true)
      const report = await client.send<SettingsReport>('PATCH', path, change)
      const isWaiting = report.settings.scopeWaitsForRestart && options.later === true
      // Narrowed, the scope holds after a restart (spec section 11): the one that was just agreed to.
      if (report.settings.scopeWaitsForRestart && !isWaiting)
        await client.send('POST', jobPath(options.job, 'restart'), { criteria: { resetScope: 'Watermark' } })
      if (isJson) printJson(report)
      else if (isWaiting)
        print(
          `The scope will be assigned users and groups after the next muster restart; until then everybody stays in it, and ${String(report.losing)} leave it then.`,
        )
      else
        print(
          `The scope is ${wanted === 'all' ? 'all users and groups' : 'assigned users and groups'}; ${String(report.losing)} leave it. Everybody is evaluated in the next cycle.`,
        )
    })
  })
}
