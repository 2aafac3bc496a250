/*
 * How wide a table is: as its content, and in a terminal no wider than that. The widest columns give way first, words are
 * kept whole as long as they can be, and nothing is cut.
 */
import Table from 'cli-table3'

/** Signs of two cells, as terminals show them. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

const widthOf = (text: string): number => [...text].reduce((sum, sign) => sum + (wide.test(sign) ? 2 : 1), 0)

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf))

/** A word that is longer than a line goes on in the next. */
function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word]
  const found: string[] = []
  let piece = ''
  for (const sign of word) {
    if (piece !== '' && widthOf(piece + sign) > width) {
      found.push(piece)
      piece = sign
    } else piece += sign
  }
  return [...found, piece]
}

function lineFitted(line: string, width: number): readonly string[] {
  if (widthOf(line) <= width) return [line]
  const lines: string[] = []
  let begun = ''
  for (const piece of line.split(' ').flatMap((word) => pieces(word, width))) {
    if (begun !== '' && widthOf(begun) + 1 + widthOf(piece) > width) {
      lines.push(begun)
      begun = piece
    } else begun = begun === '' ? piece : `${begun} ${piece}`
  }
  return [...lines, begun]
}

const fittedTo = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => lineFitted(line, width))
    .join('\n')

/** The widths of the columns within that sum: the widest give way first, down to their longest word, then further. */
function columnWidths(columns: readonly (readonly string[])[], sum: number): readonly number[] {
  const widths = columns.map((texts) => widest(texts.flatMap((text) => text.split('\n'))))
  const words = columns.map((texts) => widest(texts.flatMap((text) => text.split(/\s+/))))
  const total = (): number => widths.reduce((before, each) => before + each, 0)
  for (const floors of [words, columns.map(() => 1)]) {
    while (total() > sum) {
      const at = widths.reduce((best, width, index) => {
        if (width <= (floors[index] ?? 1)) return best
        return best === -1 || width > (widths[best] ?? 0) ? index : best
      }, -1)
      if (at === -1) break
      widths[at] = (widths[at] ?? 1) - 1
    }
  }
  return widths
}

/** Blanks beside a cell, and the line after it. */
const aroundCell = 3

/** `head` may be empty. Without a terminal every row is as wide as it is. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: number | undefined = process.stdout.columns,
): string {
  const table = new Table({ head: [], style: { head: [], border: [] } })
  const all = head.length === 0 ? rows : [head, ...rows]
  const count = Math.max(0, ...all.map((row) => row.length))
  const columns = Array.from({ length: count }, (_, at) => all.map((row) => row[at] ?? ''))
  const sum = terminal === undefined ? Number.POSITIVE_INFINITY : terminal - 1 - aroundCell * count
  const widths = columnWidths(columns, sum)
  for (const row of all) table.push(row.map((cell, at) => fittedTo(cell, widths[at] ?? 1)))
  return table.toString()
}

/** A line, and what of it does not fit the terminal below it, as far in. */
export function hangingText(
  line: string,
  indent: number,
  terminal: number | undefined = process.stdout.columns,
): string {
  if (terminal === undefined || widthOf(line) <= terminal) return line
  const room = Math.max(20, terminal - indent)
  const [first = '', ...more] = lineFitted(line.slice(indent), room)
  return [`${line.slice(0, indent)}${first}`, ...more.map((each) => `${' '.repeat(indent)}${each}`)].join('\n')
}
