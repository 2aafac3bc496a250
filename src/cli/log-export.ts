/* `muster log export`: the provisioning log, or what a filter leaves of it, as three tables or as JSON (spec 12.5). */
import type { Command } from 'commander'
import { logCsvHead, logCsvLines } from '../provisioning/index.ts'
import { logFileNames, type ProvisioningObjectSummary } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { exportIntoFiles } from './export-files.ts'
import { logQuery, withLogFilter, type LogFilterOptions } from './log-filter.ts'

interface ExportOptions extends LogFilterOptions {
  readonly format: string
  readonly out: string
}

const tables = logFileNames.map((name) => ({
  name,
  head: logCsvHead(name),
  lines: (entry: ProvisioningObjectSummary) => logCsvLines(name, entry),
}))

export function logExportCommand(log: Command): void {
  const command = log.command('export').description('write the log, or what a filter leaves of it, into files')
  withLogFilter(command)
    .option('--format <format>', 'csv: three tables joined by change id; json: everything', 'csv')
    .requiredOption('--out <path>', 'csv: a new folder; json: a new file')
  clientCommand(command, [
    'muster log export --out november --since 2026-11-01 --until 2026-12-01',
    'muster log export --status failure --format json --out failures.json',
  ])
  command.action(async (text: string | undefined, options: ExportOptions) => {
    await withClient(options, async (context) => {
      const query = logQuery(text, options)
      query.set('format', 'lines')
      const path = `/muster/v1/log/export?${query.toString()}`
      await exportIntoFiles(context, { path, format: options.format, out: options.out, tables })
    })
  })
}
