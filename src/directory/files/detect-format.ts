/*
 * Decides from its first characters what a file is: names lie, and `users.txt` may be anything. An empty file and
 * files that are known to be something else are refused here.
 */
import { DirectoryFileError } from './directory-file-error.ts'
import type { DirectoryFile } from './directory-reading.ts'

export interface DetectedFile {
  readonly kind: 'csv' | 'json' | 'ldif'
  /** The first lines, from the first that is not blank. */
  readonly firstLines: readonly string[]
  /** The whole text, from its beginning. */
  readonly pieces: AsyncIterable<string>
}

/** A first line longer than this decides as it stands: JSON is often a single line. */
const headLengthMax = 64_000
/** Above the headings of a CSV file one or two other lines may stand. */
const linesWanted = 3

export async function detectFormat(file: DirectoryFile, text: AsyncGenerator<string>): Promise<DetectedFile> {
  const read: string[] = []
  let head = ''
  let lineBreaks = 0
  while (lineBreaks < linesWanted && head.length < headLengthMax) {
    const next = await text.next()
    if (next.done === true) break
    read.push(next.value)
    head = (head + next.value).trimStart()
    lineBreaks = head.split('\n', linesWanted + 1).length - 1
  }
  if (head === '') {
    throw problemOfFile(
      file,
      'The file is empty. An empty file is never taken for "everybody left": get the file once more.',
      '',
    )
  }
  const firstLines = head.slice(0, headLengthMax).split(/\r?\n|\r/u, linesWanted)
  return { kind: kindOf(file, firstLines[0] ?? ''), firstLines, pieces: continueText(read, text) }
}

async function* continueText(read: readonly string[], text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield* read
  yield* text
}

function kindOf(file: DirectoryFile, firstLine: string): DetectedFile['kind'] {
  if (firstLine.includes('\0')) {
    throw problemOfFile(
      file,
      'The file holds NUL characters: it is binary, or UTF-16 without a byte order mark. Save it as UTF-8, or name its encoding (--encoding utf-16le).',
      '',
    )
  }
  if (firstLine.startsWith('{') || firstLine.startsWith('[')) return 'json'
  if (/^(version:\s*\d+\s*$|dn::?(\s|$)|#(?!TYPE ))/iu.test(firstLine)) return 'ldif'
  if (firstLine.startsWith('<') || firstLine.startsWith('%PDF')) {
    throw problemOfFile(
      file,
      'The file is neither CSV nor JSON nor LDIF; it may be a web page that was saved in the place of the download. Get the file once more.',
      firstLine.slice(0, 40),
    )
  }
  return 'csv'
}

function problemOfFile(file: DirectoryFile, reason: string, value: string): DirectoryFileError {
  return new DirectoryFileError('file', [{ file: file.name, line: 0, column: '', value, reason }])
}
