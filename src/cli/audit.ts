/* `muster audit`: who changed the configuration, what was before and after, and the proof that nothing of it was rewritten. */
import type { Command } from 'commander'
import { auditCsvHead, auditCsvLine } from '../provisioning/index.ts'
import { auditInitiatorName, type AuditVerification, type SealedAudit } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { givenOf, timeHelp } from './instant.ts'
import { exportIntoFiles } from './export-files.ts'
import { tableText } from './table.ts'
import { count, shortened } from './words.ts'

interface AuditPage {
  readonly entries: readonly SealedAudit[]
  readonly cursor: number | null
}

interface FilterOptions extends Readonly<Record<string, unknown>> {
  readonly details?: boolean
}

interface ExportOptions extends FilterOptions {
  readonly format: string
  readonly out: string
}

const changesOf = ({ entry }: SealedAudit): readonly string[] =>
  entry.targetResources.flatMap(({ modifiedProperties }) =>
    modifiedProperties.map(
      (each) => `${each.displayName}: ${each.oldValue ?? '(none)'} → ${each.newValue ?? '(none)'}`,
    ),
  )

const targetsOf = ({ entry }: SealedAudit): string =>
  entry.targetResources.map(({ displayName, id }) => displayName ?? id ?? '').join(', ')

function auditTable(entries: readonly SealedAudit[]): string {
  const table: string[][] = []
  for (const sealed of entries) {
    const { entry, number } = sealed
    const what = entry.result === 'success' ? '' : `refused: ${entry.resultReason}`
    table.push([
      String(number),
      entry.activityDateTime.slice(0, 19).replace('T', ' '),
      shortened(auditInitiatorName(entry.initiatedBy), 14),
      entry.activityDisplayName,
      shortened([targetsOf(sealed), what, ...changesOf(sealed)].filter((text) => text !== '').join('\n'), 400),
    ])
  }
  return tableText(['#', 'when (UTC)', 'who', 'what', 'about'], table)
}

function entryText(sealed: SealedAudit): string {
  const { entry, number, hash } = sealed
  return [
    `${String(number)}  ${entry.activityDateTime}  ${entry.activityDisplayName}  ${entry.result}  by ${auditInitiatorName(entry.initiatedBy)}`,
    ...(entry.resultReason === '' ? [] : [`  ${entry.resultReason}`]),
    ...(entry.targetResources.length === 0 ? [] : [`  about ${targetsOf(sealed)}`]),
    ...changesOf(sealed).map((text) => `  ${text}`),
    ...entry.additionalDetails.map(({ key, value }) => `  ${key}: ${value}`),
    `  hash ${hash}`,
  ].join('\n')
}

const filterNames = ['activity', 'result', 'initiator', 'since', 'until'] as const

function withFilter(command: Command): Command {
  return command
    .argument('[text]', 'part of anything an entry says: a name, a setting, a value')
    .option('--activity <name>', 'entries of this activity, e.g. "Update attribute mappings or scope"')
    .option('--initiator <name>', 'part of the name of whoever did it')
    .option('--result <result>', 'success or failure')
    .option('--since <time>', timeHelp)
    .option('--until <time>', 'likewise')
}

function queryOf(text: string | undefined, options: FilterOptions, names: readonly string[]): string {
  const query = new URLSearchParams()
  if (text !== undefined) query.set('text', text)
  for (const [name, value] of givenOf(options, names)) query.set(name, value)
  return query.toString()
}

function verificationText(report: AuditVerification): string {
  const { checkpoint, head, entries, broken } = report
  const from = checkpoint === null ? 'the first' : `number ${String(checkpoint.number + 1)}, where retention has cut`
  if (broken !== null) {
    const which = `entry ${String(broken.number)}${broken.id === null ? '' : ` (${broken.id})`}`
    return `The chain is broken at ${which}. ${broken.found}\n${count(entries, 'entry', 'entries')} before it, from ${from} on, are as they were written.`
  }
  if (head === null) return 'There is no entry yet.'
  return `${count(entries, 'entry', 'entries')}, from ${from} on, are as they were written.\nThe newest is number ${String(head.number)} with hash ${head.hash}\nNote it elsewhere: "muster audit verify --noted HASH" proves later that nothing before it was rewritten.`
}

export function auditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('who changed the configuration, what and when; search, export, prove that nothing was rewritten')

  const list = withFilter(audit.command('list', { isDefault: true }).description('search the audit log, newest first'))
    .option('--limit <number>', 'entries at the most', '50')
    .option('--cursor <number>', 'go on after an earlier page')
    .option('--details', 'show each entry whole')
  clientCommand(list, [
    'muster audit',
    'muster audit threshold --details',
    'muster audit --activity "Update attribute mappings or scope" --since 2026-11-01',
  ])
  list.action(async (text: string | undefined, options: FilterOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const query = queryOf(text, options, [...filterNames, 'limit', 'cursor'])
      const page = await client.get<AuditPage>(`/muster/v1/audit?${query}`)
      if (isJson) {
        printJson(page)
        return
      }
      if (page.entries.length === 0) print('No entry fits.')
      else print(options.details === true ? page.entries.map(entryText).join('\n\n') : auditTable(page.entries))
      if (page.cursor !== null) print(`There are older ones: --cursor ${String(page.cursor)}`)
    })
  })

  const exporting = withFilter(audit.command('export').description('write the audit log into files, with its hashes'))
    .option('--format <format>', 'csv: a table; json: everything', 'csv')
    .requiredOption('--out <path>', 'csv: a new folder; json: a new file')
  clientCommand(exporting, [
    'muster audit export --out audit-2026',
    'muster audit export --format json --out audit.json',
  ])
  exporting.action(async (text: string | undefined, options: ExportOptions) => {
    await withClient(options, async (context) => {
      await exportIntoFiles<SealedAudit>(context, {
        path: `/muster/v1/audit/export?${queryOf(text, options, filterNames)}`,
        format: options.format,
        out: options.out,
        tables: [{ name: 'AuditLogs', head: auditCsvHead, lines: auditCsvLine }],
      })
    })
  })

  const verify = audit
    .command('verify')
    .description('prove the chain: every entry is as it was written, and none is missing')
    .option('--noted <hash>', 'a hash noted earlier: it must still be in the chain')
  clientCommand(verify, ['muster audit verify', 'muster audit verify --noted 5feceb66ffc86f38...'])
  verify.action(async (options: { readonly noted?: string } & Readonly<Record<string, unknown>>) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const asked = options.noted === undefined ? '' : `?noted=${encodeURIComponent(options.noted)}`
      const report = await client.get<AuditVerification>(`/muster/v1/audit/verify${asked}`)
      if (isJson) printJson(report)
      else {
        print(verificationText(report))
        if (typeof report.noted === 'number') print(`The noted hash is that of entry ${String(report.noted)}.`)
      }
      if (!report.isIntact)
        throw new CommandError(
          exitCodes.failed,
          'Somebody has changed the audit log past Muster. Keep the database as it is, and compare with an earlier export or backup.',
        )
      if (report.noted === null)
        throw new CommandError(
          exitCodes.failed,
          'No entry has the noted hash: it is older than the retention, or the log was replaced since.',
        )
    })
  })
}
