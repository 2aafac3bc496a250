/* Writes a table as CSV (RFC 4180) into a file, or to standard output for `-`. */
import { writeFileSync } from 'node:fs'
import { CommandError, exitCodes } from './exit-codes.ts'

/** A spreadsheet would run what begins like a formula, and names in Slack are whatever people typed. */
function cell(value: string | boolean | null): string {
  const text = value === null ? '' : String(value)
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

export function csvText<Row extends object>(columns: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column] as string | boolean | null)).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

export function writeCsv(path: string, text: string): void {
  if (path === '-') {
    process.stdout.write(text)
    return
  }
  try {
    writeFileSync(path, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new CommandError(
      exitCodes.cannotBegin,
      `${path} cannot be written (${code}). Name another file with --csv, or "-" for standard output.`,
    )
  }
}
