/*
 * Directory files out of text, and what the reader makes of them: the reading, or the error.
 */
import {
  DirectoryFileError,
  readDirectoryFiles,
  type DirectoryFile,
  type DirectoryFileReading,
} from '../../src/directory/files/index.ts'

export type FileTexts = Readonly<Record<string, string | Uint8Array>>

export function directoryFiles(texts: FileTexts): readonly DirectoryFile[] {
  return Object.entries(texts).map(([name, text]) => ({
    name,
    content: typeof text === 'string' ? Buffer.from(text, 'utf8') : text,
  }))
}

export function readTexts(texts: FileTexts, keepGoing = false): Promise<DirectoryFileReading> {
  return readDirectoryFiles(directoryFiles(texts), { keepGoing })
}

/** The error the files are refused with; fails when they are not. */
export async function refusalOf(texts: FileTexts, keepGoing = false): Promise<DirectoryFileError> {
  const outcome: unknown = await readTexts(texts, keepGoing).catch((reason: unknown) => reason)
  if (outcome instanceof DirectoryFileError) return outcome
  throw new Error(`The files were read, but a refusal was expected: ${JSON.stringify(outcome)}`)
}
