/*
 * Turns the bytes of a file into text: UTF-8 with or without byte order mark, UTF-16 with one, or the encoding the
 * caller names. A byte that does not belong is refused with its line, never replaced: a replaced letter would be
 * provisioned as somebody's name.
 */
import { TextDecoder } from 'node:util'

import type { DirectoryFile, RefusedRow } from './directory-reading.ts'
import { DirectoryFileError } from './directory-file-error.ts'

const lineFeed = 0x0a

/** The text of a file piece by piece. Throws a `DirectoryFileError` when the bytes are not in the encoding. */
export async function* decodeText(file: DirectoryFile, encoding?: string): AsyncGenerator<string> {
  const chunks = withFirstBytes(bytesOf(file.content))
  let decoder: ByteDecoder | undefined
  for await (const chunk of chunks) {
    decoder ??= chooseDecoder(file.name, chunk, encoding)
    const text = decoder.write(chunk)
    if (text !== '') yield text
  }
  const rest = decoder?.end() ?? ''
  if (rest !== '') yield rest
}

interface ByteDecoder {
  write(bytes: Uint8Array): string
  end(): string
}

async function* bytesOf(content: DirectoryFile['content']): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content
  else yield* content
}

/** Makes sure that the first chunk is long enough to hold a byte order mark. */
async function* withFirstBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0)
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < 3) continue
    yield head
    head = undefined
  }
  if (head !== undefined && head.length > 0) yield head
}

/** Files people hand over in the place of the text that is inside them. */
const containers: readonly { readonly magic: readonly number[]; readonly what: string; readonly advice: string }[] = [
  {
    magic: [0x50, 0x4b, 0x03],
    what: 'a ZIP archive or an Excel workbook',
    advice: 'Unpack it, or save the sheet as "CSV UTF-8".',
  },
  { magic: [0xd0, 0xcf, 0x11], what: 'an old Excel workbook', advice: 'Save the sheet as "CSV UTF-8".' },
  { magic: [0x1f, 0x8b, 0x08], what: 'a gzip archive', advice: 'Unpack it (gunzip).' },
]

function chooseDecoder(fileName: string, head: Uint8Array, encoding: string | undefined): ByteDecoder {
  const container = containers.find(({ magic }) => magic.every((byte, index) => head[index] === byte))
  if (container !== undefined) {
    const reason = `This is ${container.what}, not text. ${container.advice}`
    throw fileError({ file: fileName, line: 0, column: '', value: '', reason })
  }
  if (head[0] === 0xff && head[1] === 0xfe) return streamDecoder(fileName, 'utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return streamDecoder(fileName, 'utf-16be')
  if (encoding === undefined || /^utf-?8$/iu.test(encoding)) return utf8Decoder(fileName)
  return streamDecoder(fileName, encoding)
}

/** A line longer than this is decoded in parts: a whole directory may stand in one line. */
const heldBytesMax = 64 * 1024

/**
 * UTF-8 is decoded in whole lines: a line feed is never part of another character, so a piece that ends with one is
 * whole, and the first line that cannot be decoded is the line to name. A very long line is cut between two characters.
 */
function utf8Decoder(fileName: string): ByteDecoder {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let linesBefore = 0
  let isFirst = true

  function hold(bytes: Uint8Array): void {
    if (bytes.length > 0) held.push(bytes)
    heldBytes += bytes.length
  }

  /** All that is held, and these. */
  function take(bytes: Uint8Array): Uint8Array {
    const all = held.length === 0 ? bytes : Buffer.concat([...held, bytes])
    held = []
    heldBytes = 0
    return all
  }

  function decode(bytes: Uint8Array): string {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: !isFirst })
    isFirst = false
    try {
      const text = decoder.decode(bytes)
      linesBefore += countLineFeeds(bytes)
      return text
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw wrongEncoding(fileName, linesBefore, bytes)
    }
  }

  return {
    write(bytes) {
      const end = bytes.lastIndexOf(lineFeed) + 1
      const lines = end === 0 ? '' : decode(take(bytes.subarray(0, end)))
      hold(bytes.subarray(end))
      if (heldBytes < heldBytesMax) return lines
      const part = take(new Uint8Array(0))
      const whole = part.length - unfinishedBytes(part)
      hold(part.subarray(whole))
      return lines + decode(part.subarray(0, whole))
    },
    end() {
      const rest = take(new Uint8Array(0))
      return rest.length === 0 ? '' : decode(rest)
    },
  }
}

/** How many bytes at the end begin a character that goes on after them (RFC 3629 section 3). */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

function wrongEncoding(fileName: string, linesBefore: number, bytes: Uint8Array): DirectoryFileError {
  let start = 0
  let line = linesBefore + 1
  while (start < bytes.length) {
    const end = bytes.indexOf(lineFeed, start)
    const lineBytes = bytes.subarray(start, end === -1 ? bytes.length : end)
    const found = new TextDecoder('utf-8').decode(lineBytes)
    const at = found.indexOf('\ufffd')
    if (at !== -1 && !isUtf8(lineBytes))
      return encodingProblem(fileName, line, found.slice(Math.max(0, at - 20), at + 10))
    if (end === -1) break
    start = end + 1
    line += 1
  }
  return encodingProblem(fileName, line, '')
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function encodingProblem(fileName: string, line: number, value: string): DirectoryFileError {
  return fileError({
    file: fileName,
    line,
    column: '',
    value,
    reason:
      'The bytes here are not UTF-8, so names would be read wrongly. Save the file as UTF-8 (in Excel "CSV UTF-8"), ' +
      'or name its encoding (--encoding windows-1252).',
  })
}

/** UTF-16 and named encodings: the decoder keeps an unfinished character until the next piece. */
function streamDecoder(fileName: string, encoding: string): ByteDecoder {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw fileError({
      file: fileName,
      line: 0,
      column: '',
      value: encoding,
      reason: 'This encoding is not known. Use a WHATWG label such as utf-8, utf-16le, windows-1252 or shift_jis.',
    })
  }
  let lines = 1

  function decode(bytes: Uint8Array | undefined): string {
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
      return text
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw fileError({
        file: fileName,
        line: lines,
        column: '',
        value: '',
        reason: `From this line on the bytes are not ${encoding}, or the file was cut off. Get the file once more, or save it as UTF-8.`,
      })
    }
  }
  return { write: (bytes) => decode(bytes), end: () => decode(undefined) }
}

function countLineFeeds(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) count += 1
  return count
}

function fileError(problem: RefusedRow): DirectoryFileError {
  return new DirectoryFileError('file', [problem])
}
