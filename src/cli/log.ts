/* `muster log`: the provisioning log, searched. */
import type { Command } from 'commander'
import type { ProvisioningObjectSummary } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { logExportCommand } from './log-export.ts'
import { followLog } from './log-follow.ts'
import { logQuery, withLogFilter, type LogFilterOptions } from './log-filter.ts'
import { tableText } from './table.ts'
import { shortened } from './words.ts'

interface LogPage {
  readonly entries: readonly ProvisioningObjectSummary[]
  readonly cursor: string | null
}

export function logTable(entries: readonly ProvisioningObjectSummary[]): string {
  const table: string[][] = []
  for (const entry of entries) {
    const { status, errorInformation } = entry.provisioningStatusInfo
    const changed = entry.modifiedProperties.map((each) => each.displayName).join(', ')
    const what = errorInformation === null ? changed : `${errorInformation.errorCode}: ${errorInformation.reason}`
    table.push([
      entry.activityDateTime.slice(0, 19).replace('T', ' '),
      entry.provisioningAction,
      status,
      shortened(entry.sourceIdentity.displayName, 24),
      shortened(what, 240),
    ])
  }
  return tableText(['when (UTC)', 'action', 'status', 'who', 'what'], table)
}

/** One line, for a stream of them. */
function entryLine(entry: ProvisioningObjectSummary): string {
  const { status, errorInformation } = entry.provisioningStatusInfo
  const changed = entry.modifiedProperties.map((each) => each.displayName).join(', ')
  const what = errorInformation === null ? changed : `${errorInformation.errorCode}: ${errorInformation.reason}`
  return `${entry.activityDateTime}  ${entry.provisioningAction}  ${status}  ${entry.sourceIdentity.displayName}  ${what}`
}

export function entryText(entry: ProvisioningObjectSummary): string {
  const { errorInformation } = entry.provisioningStatusInfo
  return [
    `${entry.activityDateTime}  ${entry.provisioningAction}  ${entry.provisioningStatusInfo.status}  ${entry.sourceIdentity.displayName} (${entry.sourceIdentity.id})`,
    `  cycle ${entry.cycleId}, change ${entry.changeId}`,
    ...(errorInformation === null
      ? []
      : [
          `  ${errorInformation.errorCode}: ${errorInformation.reason}`,
          ...(errorInformation.recommendedAction === '' ? [] : [`  do: ${errorInformation.recommendedAction}`]),
        ]),
    ...entry.provisioningSteps.map(
      (step, index) => `  ${String(index + 1)}. ${step.provisioningStepType} ${step.status}: ${step.description}`,
    ),
    ...entry.modifiedProperties.map(
      (each) => `  ${each.displayName}: ${each.oldValue ?? '(none)'} → ${each.newValue ?? '(none)'}`,
    ),
  ].join('\n')
}

interface LogOptions extends LogFilterOptions {
  readonly steps?: boolean
  readonly follow?: boolean
}

export function logCommand(program: Command): void {
  const log = program.command('log').description('search the provisioning log, newest first; export it; follow it')
  const command = log.command('list', { isDefault: true }).description('search the log, newest first')
  withLogFilter(command)
    .option('--limit <number>', 'entries at the most', '50')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--follow', 'go on with the entries as they are written, until Ctrl-C')
    .option('--steps', 'show each entry with its steps and changed values')
  clientCommand(command, [
    'muster log',
    'muster log --status failure --steps',
    'muster log "Mira" --since 2026-11-25',
    'muster log --follow --status failure',
    'muster log --error DuplicateTargetEntries',
    "muster log --json | jq '.entries[].changeId'",
  ])
  command.action(async (text: string | undefined, options: LogOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const query = logQuery(text, options)
      if (options.follow === true) {
        await followLog(client, query, (entry) =>
          print(isJson ? JSON.stringify(entry) : options.steps === true ? entryText(entry) : entryLine(entry)),
        )
      }
      for (const name of ['limit', 'cursor'] as const) {
        const value = options[name]
        if (typeof value === 'string') query.set(name, value)
      }
      const page = await client.get<LogPage>(`/muster/v1/log?${query.toString()}`)
      if (isJson) {
        printJson(page)
        return
      }
      if (page.entries.length === 0) print('No entry fits.')
      else print(options.steps === true ? page.entries.map(entryText).join('\n\n') : logTable(page.entries))
      if (page.cursor !== null) print(`There are older ones: --cursor ${page.cursor}`)
    })
  })
  logExportCommand(log)
}
