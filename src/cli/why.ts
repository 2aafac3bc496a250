/* `muster why NAME`: why somebody is, or is not, in Slack: now, or at an earlier cycle. */
import type { Command } from 'commander'
import { isDueCode } from '../provisioning/index.ts'
import {
  type DirectoryEntry,
  type FilterAnswer,
  type ObjectExplanation,
  type OnDemandObject,
  type WhyNow,
  type WhyReport,
  type WhyThen,
} from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { instantOf, timeHelp } from './instant.ts'
import { entryText } from './log.ts'
import { entryLine } from './people.ts'
import { instantText, wrapped } from './words.ts'

interface WhyOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly cycle?: string
  readonly at?: string
  readonly group?: boolean
  readonly user?: boolean
}

type Print = (text: string) => void

const lineWidth = 100
const yesNo = (value: boolean): string => (value ? 'yes' : 'no')

/** A title on the left, the text in lines beside it. */
function titled(print: Print, title: string, text: string): void {
  for (const [index, line] of wrapped(text, lineWidth - 16).entries())
    print(`  ${(index === 0 ? title : '').padEnd(14)}${line}`)
}

const operandText = (operand: readonly string[]): string =>
  operand.length === 0 ? '' : ` ${operand.map((value) => JSON.stringify(value)).join(', ')}`

function printFilter(filter: FilterAnswer, number: number, print: Print): void {
  const name = filter.name === null || filter.name === '' ? String(number) : `"${filter.name}"`
  titled(print, number === 1 ? 'filters' : '', `${name} ${filter.held ? 'holds' : 'does not hold'}`)
  for (const { attribute, operator, operand, seen, held } of filter.clauses)
    print(
      `  ${''.padEnd(14)}  ${held ? '+' : '-'} ${attribute} ${operator}${operandText(operand)}   found ${seen === null ? 'nothing' : JSON.stringify(seen)}`,
    )
}

function printScope({ inScope, scope, paths, reasons, turn }: ObjectExplanation, print: Print): void {
  titled(print, 'in scope', yesNo(inScope))
  if (scope !== null) {
    const assigned = paths.map(
      (path) =>
        `${path.kind === 'direct' ? 'itself' : `through group ${path.groupDisplayName ?? path.groupId ?? ''}`}, role ${path.appRoleDisplayName}`,
    )
    titled(print, 'active', yesNo(scope.isActive))
    titled(print, 'assigned', assigned.length > 0 ? assigned.join('; ') : scope.isAssigned ? 'everybody is' : 'no')
    if (scope.isAssigned && !scope.hasRole) titled(print, 'role', 'none that permits provisioning')
    for (const [index, filter] of scope.filters.entries()) printFilter(filter, index + 1, print)
  }
  for (const [index, reason] of reasons.entries()) titled(print, index === 0 ? 'because' : '', reason)
  for (const [index, way] of turn.ways.entries()) titled(print, index === 0 ? 'it would be' : '  or', way)
  if (turn.none !== null) titled(print, 'to turn it', turn.none)
}

function printWould(would: OnDemandObject, inScope: boolean, print: Print): void {
  const matching = would.steps.find((step) => step.name === 'matchObject')
  if (matching !== undefined) titled(print, 'match', matching.description)
  const [action] = would.entries.filter((entry) => entry.provisioningAction !== 'other')
  const code = would.errorCode === null ? '' : `${would.errorCode}: `
  // Why nothing is written about who is out of scope has been said above.
  const because = inScope || would.result === 'Failure' ? ` ${code}${would.errorMessage ?? ''}` : ''
  titled(
    print,
    'would',
    action === undefined || would.result === 'Failure'
      ? `${would.result === 'Failure' ? 'fail.' : 'write nothing.'}${because}`
      : `${action.provisioningAction} in Slack`,
  )
  for (const { displayName, oldValue, newValue } of would.entries.flatMap((entry) => entry.modifiedProperties))
    print(`  ${''.padEnd(14)}  ${displayName}: ${oldValue ?? '(none)'} → ${newValue ?? '(none)'}`)
}

const heldText = {
  held: 'its removal is due, and the next cycle decides',
  staged: 'its removal waits for an administrator, because there are too many: muster removals',
  approved: 'its removal was allowed, and is due in the next cycle',
} as const

function printWaiting({ escrow, held, plans, waitsFor }: ObjectExplanation, print: Print): void {
  if (escrow !== null && isDueCode(escrow.errorCode)) titled(print, 'due', escrow.reason)
  else if (escrow !== null) {
    titled(print, 'failing', `${escrow.errorCode}: ${escrow.reason}`)
    titled(
      print,
      '',
      `${String(escrow.attempts)} attempts since ${instantText(escrow.firstFailedAt)}, next ${instantText(escrow.nextAttemptAt)}`,
    )
  }
  if (held !== null) titled(print, 'waits', heldText[held.state])
  for (const { planId, origin, writes } of plans)
    titled(print, 'waits', `plan ${planId} (${origin}) waits for an answer: ${writes.join('; ')}`)
  for (const { attribute, displayName } of waitsFor) titled(print, 'waits for', `${attribute}: ${displayName}`)
}

function printNow(report: WhyNow, print: Print): void {
  const { explanation, would, unknown } = report
  print(`  Job ${explanation.jobId}, ${report.jobStatus}, schema ${explanation.schemaVersion}`)
  printScope(explanation, print)
  const { link, lastRemoval } = explanation
  titled(
    print,
    'account',
    link === null
      ? 'none'
      : `${link.targetAnchor}, ${link.isActive ? 'active' : 'disabled'}${link.isManaged ? '' : ', no longer managed'}`,
  )
  if (would !== null) printWould(would, explanation.inScope, print)
  if (unknown !== null) titled(print, 'would', `not known: ${unknown}`)
  printWaiting(explanation, print)
  if (lastRemoval !== null)
    titled(
      print,
      'last removal',
      `${lastRemoval.action} of ${lastRemoval.targetId} at ${lastRemoval.at.slice(0, 19).replace('T', ' ')} UTC, cycle ${lastRemoval.cycleId}`,
    )
}

function printThen(report: WhyThen, print: Print): void {
  const { found, cycle, schemaVersion, clauses } = report
  if (cycle !== null)
    titled(
      print,
      'cycle',
      `${cycle.cycleId}, ${cycle.kind}, ${instantText(cycle.beganAt)} to ${instantText(cycle.endedAt)}`,
    )
  if (found === null) return
  titled(print, 'schema', schemaVersion ?? 'not noted at that time')
  titled(print, 'entry', `${found.id}, cycle ${found.cycleId}`)
  for (const [index, { text, seen, held }] of clauses.entries())
    print(
      `  ${(index === 0 ? 'filters' : '').padEnd(14)}${held ? '+' : '-'} ${text}   found ${seen === null ? 'nothing' : JSON.stringify(seen)}`,
    )
  print(entryText(found))
}

function printReport(report: WhyReport, print: Print): void {
  for (const line of wrapped(report.headline, lineWidth)) print(line)
  print('')
  print(entryLine(report.entry))
  if (report.kind === 'now') printNow(report, print)
  else printThen(report, print)
}

export function whyCommand(program: Command): void {
  const command = program
    .command('why')
    .description('why somebody is, or is not, in Slack: scope, match, what would be written, and what would turn it')
    .argument('<name>', 'name, address or id of a person or group')
    .option('--cycle <id>', 'how it stood in that cycle, from the log: its id, the beginning or end of it, or "latest"')
    .option('--at <time>', `how it stood then: ${timeHelp}`)
    .option('--group', 'a group is meant')
    .option('--user', 'a person is meant')
    .addOption(jobOption())
  clientCommand(command, [
    'muster why "Mira Okafor"',
    'muster why mira@example.com --at 2026-11-25T08:00:00Z',
    'muster why mira@example.com --cycle latest',
    'muster why Sales --group --json',
  ])
  command.action(async (name: string, options: WhyOptions) => {
    if (options.cycle !== undefined && options.at !== undefined)
      throw new CommandError(exitCodes.cannotBegin, 'Give --cycle or --at, not both: each names a moment.')
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const query = new URLSearchParams({ name })
      if (options.group === true) query.set('type', 'Group')
      else if (options.user === true) query.set('type', 'User')
      if (options.cycle !== undefined) query.set('cycle', options.cycle)
      if (options.at !== undefined) query.set('at', instantOf('--at', options.at))
      try {
        const report = await client.get<WhyReport>(jobPath(options.job, `why?${query.toString()}`))
        if (isJson) printJson(report)
        else printReport(report, print)
      } catch (error) {
        const matches = error instanceof CommandError && !isJson ? error.details['matches'] : undefined
        if (Array.isArray(matches)) for (const entry of matches as readonly DirectoryEntry[]) print(entryLine(entry))
        throw error
      }
    })
  })
}
