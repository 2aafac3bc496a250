/*
 * Reads comma-separated values as RFC 4180 describes them and as spreadsheets write them: rows with the line they
 * begin on, a bad row without losing the rows after it, and whether the file ended the way a whole file ends.
 */

export interface CsvRow {
  readonly cells: readonly string[]
  /** The line the row begins on, counted from 1. */
  readonly line: number
  /** A line break followed. Only the last row of a file can be without. */
  readonly isTerminated: boolean
}

export interface CsvReceiver {
  row(row: CsvRow): void
  /** A row whose quotes contradict themselves; reading goes on with the next line. */
  badRow(line: number, cellIndex: number, found: string): void
}

/** How the text ended: `openQuote` means that the file stops inside a quoted cell which began on `line`. */
export type CsvEnding = { readonly kind: 'ended' } | { readonly kind: 'openQuote'; readonly line: number }

export interface CsvReader {
  /** `false` when a quoted cell has grown beyond any sense: nothing more will be read. */
  write(text: string): boolean
  end(): CsvEnding
}

/** A row longer than this is a quote that was never closed. */
const rowLengthMax = 4_000_000

type RowReading = { readonly next: number } | 'unfinished' | 'openQuote'

/**
 * Pushes rows to the receiver while text comes in. A quote inside an unquoted cell is taken as it stands, as
 * spreadsheets do; text after a closing quote makes a bad row. Line breaks are LF, CRLF or CR.
 */
export function createCsvReader(delimiter: string, receiver: CsvReceiver): CsvReader {
  let buffer = ''
  let line = 1
  let isStuck = false
  let hasLoneReturns = false

  function readRow(from: number, isLast: boolean): RowReading {
    const cells: string[] = []
    let at = from
    let lineNow = line
    for (;;) {
      let cell: string
      if (buffer.charCodeAt(at) === 34) {
        const quoted = readQuoted(at + 1)
        if (quoted === undefined) return isLast ? 'openQuote' : 'unfinished'
        cell = quoted.text
        at = quoted.next
        lineNow += countLineBreaks(cell)
        // A closing quote at the end of a piece may be the first half of a doubled one.
        if (at >= buffer.length && !isLast) return 'unfinished'
        if (at < buffer.length && !isCellEnd(at)) return skipBadRow(at, lineNow, cells.length, isLast)
      } else {
        const end = endOfPlainCell(at)
        if (end >= buffer.length && !isLast) return 'unfinished'
        cell = buffer.slice(at, end)
        at = end
      }
      cells.push(cell)
      if (buffer.startsWith(delimiter, at)) {
        at += delimiter.length
        continue
      }
      const next = afterLineBreak(at, isLast)
      if (next === undefined) return 'unfinished'
      receiver.row({ cells, line, isTerminated: isTerminatedAt(at, next) })
      line = lineNow + 1
      return { next }
    }
  }

  function readQuoted(from: number): { text: string; next: number } | undefined {
    let text = ''
    let start = from
    for (;;) {
      const quote = buffer.indexOf('"', start)
      if (quote === -1) return undefined
      if (buffer.charCodeAt(quote + 1) !== 34) return { text: text + buffer.slice(start, quote), next: quote + 1 }
      text += buffer.slice(start, quote + 1)
      start = quote + 2
    }
  }

  function skipBadRow(at: number, lineNow: number, cellIndex: number, isLast: boolean): RowReading {
    let end = at
    while (end < buffer.length && !isLineBreak(buffer.charCodeAt(end))) end += 1
    const next = end >= buffer.length && !isLast ? undefined : afterLineBreak(end, isLast)
    if (next === undefined) return 'unfinished'
    receiver.badRow(line, cellIndex, buffer.slice(at, end))
    line = lineNow + 1
    return { next }
  }

  function endOfPlainCell(from: number): number {
    const delimiterCode = delimiter.charCodeAt(0)
    let at = from
    for (; at < buffer.length; at += 1) {
      const code = buffer.charCodeAt(at)
      if (code === delimiterCode || code === 10 || code === 13) break
    }
    return at
  }

  function isCellEnd(at: number): boolean {
    return buffer.startsWith(delimiter, at) || isLineBreak(buffer.charCodeAt(at))
  }

  /** The place behind the line break at `at`; `at` itself at the end of the text; undefined when more text must come first. */
  function afterLineBreak(at: number, isLast: boolean): number | undefined {
    if (at >= buffer.length) return isLast ? at : undefined
    if (buffer.charCodeAt(at) === 10) return at + 1
    if (at + 1 >= buffer.length && !isLast) return undefined
    return buffer.charCodeAt(at + 1) === 10 ? at + 2 : at + 1
  }

  /** A carriage return at the very end is half of a CRLF, unless the file ends its rows with carriage returns alone. */
  function isTerminatedAt(at: number, next: number): boolean {
    const isLoneReturn = next === at + 1 && buffer.charCodeAt(at) === 13
    if (isLoneReturn && next < buffer.length) hasLoneReturns = true
    return next > at && (!isLoneReturn || hasLoneReturns)
  }

  function readAll(isLast: boolean): CsvEnding {
    let at = 0
    while (at < buffer.length) {
      const result = readRow(at, isLast)
      if (result === 'openQuote') return { kind: 'openQuote', line }
      if (result === 'unfinished') break
      at = result.next
    }
    buffer = buffer.slice(at)
    return { kind: 'ended' }
  }

  return {
    write(text) {
      if (isStuck) return false
      buffer += text
      readAll(false)
      isStuck = buffer.length > rowLengthMax
      return !isStuck
    },
    end() {
      return isStuck ? { kind: 'openQuote', line } : readAll(true)
    },
  }
}

function isLineBreak(code: number): boolean {
  return code === 10 || code === 13
}

/** Line breaks inside a quoted cell; CRLF is one. */
function countLineBreaks(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count += 1
  }
  return count
}
