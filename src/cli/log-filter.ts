/* The options by which the log is narrowed, alike for the list, the export and the live stream. */
import type { Command } from 'commander'
import { givenOf, timeHelp } from './instant.ts'

export interface LogFilterOptions extends Readonly<Record<string, unknown>> {
  readonly limit?: string
}

/** Each is called the same in the API. */
const parameters = ['status', 'action', 'id', 'system', 'error', 'cycle', 'change', 'job', 'since', 'until'] as const

export function withLogFilter(command: Command): Command {
  return command
    .argument('[text]', 'part of a name or id on either side')
    .option('--status <status>', 'success, failure, skipped or warning')
    .option('--action <action>', 'create, update, disable, delete, stagedDelete or other')
    .option('--id <id>', 'the exact id of a person, group or account, on either side')
    .option('--system <name>', 'part of the name or id of the source or target system')
    .option('--error <code>', 'entries with this error code, e.g. DuplicateTargetEntries')
    .option('--cycle <id>', 'entries of one cycle: its id, the beginning or end of it, or "latest"')
    .option('--change <id>', 'the entry of one change')
    .option('--job <id>', 'entries of one job')
    .option('--since <time>', timeHelp)
    .option('--until <time>', 'likewise')
}

export function logQuery(text: string | undefined, options: LogFilterOptions): URLSearchParams {
  const query = new URLSearchParams()
  if (text !== undefined) query.set('text', text)
  for (const [name, value] of givenOf(options, parameters)) query.set(name, value)
  return query
}
