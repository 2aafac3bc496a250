/* The options by which the log is narrowed, alike for the list, the export and the live stream. */
import type { Command } from 'commander'

export interface LogFilterOptions extends Readonly<Record<string, unknown>> {
  readonly limit?: string
}

/** The option's name and the parameter it becomes. */
const parameters = {
  status: 'status',
  action: 'action',
  id: 'id',
  system: 'system',
  error: 'error',
  cycle: 'cycle',
  change: 'change',
  job: 'job',
  since: 'since',
  until: 'until',
} as const

export function withLogFilter(command: Command): Command {
  return command
    .argument('[text]', 'part of a name or id on either side')
    .option('--status <status>', 'success, failure, skipped or warning')
    .option('--action <action>', 'create, update, disable, delete, stagedDelete or other')
    .option('--id <id>', 'the exact id of a person, group or account, on either side')
    .option('--system <name>', 'part of the name or id of the source or target system')
    .option('--error <code>', 'entries with this error code, e.g. DuplicateTargetEntries')
    .option('--cycle <id>', 'entries of one cycle')
    .option('--change <id>', 'the entry of one change')
    .option('--job <id>', 'entries of one job')
    .option('--since <time>', 'ISO 8601, e.g. 2026-11-25T08:00:00Z')
    .option('--until <time>', 'ISO 8601')
}

export function logQuery(text: string | undefined, options: LogFilterOptions): URLSearchParams {
  const query = new URLSearchParams()
  if (text !== undefined) query.set('text', text)
  for (const [option, parameter] of Object.entries(parameters)) {
    const value = options[option]
    if (typeof value === 'string') query.set(parameter, value)
  }
  return query
}
