import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createCsvReader, type CsvEnding, type CsvRow } from './csv-rows.ts'

interface Outcome {
  readonly rows: readonly CsvRow[]
  readonly bad: readonly (readonly [number, number, string])[]
  readonly ending: CsvEnding
}

function read(pieces: readonly string[], delimiter = ','): Outcome {
  const rows: CsvRow[] = []
  const bad: [number, number, string][] = []
  const reader = createCsvReader(delimiter, {
    row: (row) => void rows.push(row),
    badRow: (line, cellIndex, found) => void bad.push([line, cellIndex, found]),
  })
  for (const piece of pieces) reader.write(piece)
  return { rows, bad, ending: reader.end() }
}

const cellsOf = ({ rows }: Outcome): readonly (readonly string[])[] => rows.map(({ cells }) => cells)

describe('rows', () => {
  test('cells may hold quotes, commas and line breaks; rows know the line they begin on', () => {
    const outcome = read(['a,b\r\n"1,""x""","line\r\nbreak"\n3,4'])
    expect(outcome.rows).toEqual([
      { cells: ['a', 'b'], line: 1, isTerminated: true },
      { cells: ['1,"x"', 'line\r\nbreak'], line: 2, isTerminated: true },
      { cells: ['3', '4'], line: 4, isTerminated: false },
    ])
    expect(outcome.ending).toEqual({ kind: 'ended' })
  })

  test('LF, CRLF and CR end a row, also mixed', () => {
    expect(cellsOf(read(['a\nb\r\nc\rd']))).toEqual([['a'], ['b'], ['c'], ['d']])
  })

  test('a carriage return at the end is half a line break, except in a file of carriage returns', () => {
    const isLastTerminated = (text: string): boolean | undefined => read([text]).rows.at(-1)?.isTerminated
    expect(isLastTerminated('a,b\r\n1,2\r')).toBe(false)
    expect(isLastTerminated('a,b\r1,2\r')).toBe(true)
  })

  test('a quote inside an unquoted cell is a letter, as in spreadsheets', () => {
    expect(cellsOf(read(['1,Jim "J" Smith,3\n']))).toEqual([['1', 'Jim "J" Smith', '3']])
  })

  test('an empty last cell is a cell', () => {
    expect(cellsOf(read(['a,b,']))).toEqual([['a', 'b', '']])
  })

  test('other delimiters', () => {
    expect(cellsOf(read(['a;"b;c"\n'], ';'))).toEqual([['a', 'b;c']])
  })
})

describe('rows that contradict themselves', () => {
  test('text after a closing quote makes a bad row, and the next row is read', () => {
    const outcome = read(['a,b\n1,"x"y,2\n3,4\n'])
    expect(outcome.bad).toEqual([[2, 1, 'y,2']])
    expect(cellsOf(outcome)).toEqual([
      ['a', 'b'],
      ['3', '4'],
    ])
    expect(outcome.rows.at(-1)?.line).toBe(3)
  })

  test('a quote that is never closed is told with the line of its row', () => {
    const outcome = read(['a,b\n1,"x\ny\n3,4\n'])
    expect(outcome.ending).toEqual({ kind: 'openQuote', line: 2 })
    expect(cellsOf(outcome)).toEqual([['a', 'b']])
  })

  test('a quote that is never closed stops the reading before it has swallowed the machine', () => {
    const reader = createCsvReader(',', { row: () => undefined, badRow: () => undefined })
    const piece = 'x,y\n'.repeat(250_000)
    reader.write('"')
    const answers = Array.from({ length: 8 }, () => reader.write(piece))
    expect(answers.at(-1)).toBe(false)
    expect(reader.end()).toEqual({ kind: 'openQuote', line: 1 })
  })
})

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', '\u2028'), maxLength: 8 }),
)
const rowsOfCells = fc
  .integer({ min: 2, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))

function writeCsv(rows: readonly (readonly string[])[], lineBreak: string): string {
  const quote = (text: string): string => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return rows.map((cells) => cells.map(quote).join(',') + lineBreak).join('')
}

function cut(text: string, places: readonly number[]): readonly string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((first, second) => first - second)
  return [0, ...ends].map((start, index) => text.slice(start, ends[index] ?? text.length))
}

test('property: what is written is read, wherever the text is cut into pieces', () => {
  fc.assert(
    fc.property(
      rowsOfCells,
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 6 }),
      (rows, lineBreak, places) => {
        const outcome = read(cut(writeCsv(rows, lineBreak), places))
        expect(cellsOf(outcome)).toEqual(rows)
        expect(outcome.bad).toEqual([])
      },
    ),
  )
})

test('property: agrees with csv-parse', () => {
  fc.assert(
    fc.property(rowsOfCells, (rows) => {
      const text = writeCsv(rows, '\r\n')
      expect(cellsOf(read([text]))).toEqual(parse(text, { record_delimiter: '\r\n', relax_quotes: true }))
    }),
  )
})
