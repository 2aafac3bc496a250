/* One line of a table for people with spreadsheets; quoting is RFC 4180's. */

export type CsvCell = string | number | null

export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`
}

/**
 * A name that begins like a formula would be calculated by the spreadsheet that opens the file, and names come from people:
 * an apostrophe makes it text.
 */
function cellText(cell: CsvCell): string {
  const plain = cell === null ? '' : String(cell)
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${plain}` : plain
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
