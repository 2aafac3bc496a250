/* What `muster discover` and `muster drift` share: a reading with its progress, then pages of what it found. */
import type { Command } from 'commander'
import type { ReadingLine } from '../vocabulary/index.ts'
import { jobOption } from './command.ts'
import type { ServiceClient } from './client.ts'
import { csvText, writeCsv } from './csv-file.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

export interface ReadingOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly limit: string
  readonly offset: string
  readonly last?: boolean
  readonly csv?: string
}

const progressText = {
  source: 'people of the directory',
  target: 'accounts and groups of Slack read',
  links: 'accounts and groups compared',
} as const

/** Rows asked for at once when all are wanted. */
const rowsPerRequest = 1000

export function readingOptions(command: Command): Command {
  return command
    .addOption(jobOption())
    .option('--last', 'look through the last reading instead of reading Slack again')
    .option('--limit <number>', 'rows shown at most', '50')
    .option('--offset <number>', 'rows left out at the beginning', '0')
    .option('--csv <file>', 'write all rows that match into a file, or "-" for standard output')
}

export async function readTarget<Summary>(client: ServiceClient, path: string): Promise<Summary> {
  for await (const line of client.lines<ReadingLine<Summary>>(path, {})) {
    switch (line.type) {
      case 'progress':
        process.stderr.write(`${line.done.toLocaleString('en-US')} ${progressText[line.what]}\n`)
        break
      case 'error':
        throw new CommandError(exitCodes.failed, `Reading Slack broke off, and nothing was changed: ${line.message}`)
      case 'summary':
        return line.summary
    }
  }
  throw new CommandError(
    exitCodes.failed,
    'The service ended the reading without its result. Look at what it printed, then try again.',
  )
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number
  throw new CommandError(exitCodes.cannotBegin, `--${name} takes a whole number from 0 up, not "${text}".`)
}

interface Page<Row> {
  readonly total: number
  readonly rows: readonly Row[]
}

/** The rows wanted: a page of them, or all for a file. */
export async function pageOf<Row, P extends Page<Row>>(
  client: ServiceClient,
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  options: ReadingOptions,
): Promise<P> {
  const ask = (limit: number, offset: number): Promise<P> => {
    const query = new URLSearchParams({ limit: String(limit), offset: String(offset) })
    for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
    return client.get<P>(`${path}?${query.toString()}`)
  }
  if (options.csv === undefined)
    return await ask(
      Math.min(rowsPerRequest, wholeNumber('limit', options.limit)),
      wholeNumber('offset', options.offset),
    )
  const first = await ask(rowsPerRequest, 0)
  const rows = [...first.rows]
  while (rows.length < first.total) {
    const more = (await ask(rowsPerRequest, rows.length)).rows
    if (more.length === 0) break
    rows.push(...more)
  }
  return { ...first, rows }
}

/** Writes the rows where they are wanted as a file; `false` when they are to be shown. */
export function savedAsCsv<Row extends object>(
  options: ReadingOptions,
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): boolean {
  if (options.csv === undefined) return false
  writeCsv(options.csv, csvText(columns, rows))
  if (options.csv !== '-') process.stderr.write(`${rows.length.toLocaleString('en-US')} rows are in ${options.csv}.\n`)
  return true
}

export function shownText({ total, rows }: Page<unknown>, options: ReadingOptions): string | null {
  const first = Number(options.offset)
  if (rows.length === total) return null
  return `Rows ${String(first + 1)} to ${String(first + rows.length)} of ${total.toLocaleString('en-US')}; --offset ${String(first + rows.length)} --last goes on, a part of a name searches, --csv FILE has all.`
}
