/* Reads a file with a schema as administrators have it: UTF-8, or UTF-16 as Windows PowerShell writes it. */
import { readFile } from 'node:fs/promises'
import { readSchemaText, schemaBytesMax } from '../provisioning/index.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

/** The text, whatever it says. */
export async function readSchemaFile(file: string): Promise<string> {
  const refuse = (what: string): CommandError =>
    new CommandError(
      exitCodes.cannotBegin,
      `${file} ${what} Name a file with a schema, as "muster schema export" writes.`,
    )
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
  if (bytes.length > schemaBytesMax) {
    const found = (bytes.length / 1024 ** 2).toFixed(1)
    throw refuse(`has ${found} MB; a schema has at most ${String(schemaBytesMax / 1024 ** 2)}.`)
  }
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw refuse(`is no text in ${encoding.toUpperCase()}.`)
  }
}

/** The document, once its text is JSON that could be a schema. */
export async function readSchemaJson(file: string): Promise<unknown> {
  const text = await readSchemaFile(file)
  const read = readSchemaText(text)
  if (read.kind === 'problems' && read.problems.some((problem) => problem.place === '')) {
    throw new CommandError(exitCodes.cannotBegin, `${file} is no schema.`, { problems: read.problems })
  }
  return JSON.parse(text) as unknown
}

function encodingOf([first, second]: Buffer): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
