/*
 * A log into files, in one pass and with one page in memory. It is written under another name and gets its own when it is
 * whole, so that a half export never looks like one.
 */
import { mkdir, open, readdir, rename, rm, rmdir, type FileHandle } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LogExportEnd } from '../vocabulary/index.ts'
import type { CommandContext } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count } from './words.ts'

/** A table of an export: its name, its first line, and the lines of an entry. */
export interface CsvFile<Entry> {
  readonly name: string
  readonly head: string
  readonly lines: (entry: Entry) => string
}

/** Text gathered before it is written. */
const gatheredMax = 64 * 1024
/** Entries between two signs of life. */
const toldEvery = 10_000

interface Writer<Entry> {
  write(entry: Entry): Promise<void>
  /** Closes the files, whole on the disk. */
  end(): Promise<void>
  /** Closes them as they are. */
  giveUp(): Promise<void>
}

interface TextFile {
  write(text: string): Promise<void>
  end(): Promise<void>
  giveUp(): Promise<void>
}

async function textFile(path: string): Promise<TextFile> {
  const file: FileHandle = await open(path, 'wx', 0o600)
  let gathered = ''
  async function flush(): Promise<void> {
    const text = gathered
    gathered = ''
    if (text !== '') await file.appendFile(text)
  }
  return {
    async write(text) {
      gathered += text
      if (gathered.length >= gatheredMax) await flush()
    },
    async end() {
      await flush()
      await file.sync()
      await file.close()
    },
    giveUp: () => file.close(),
  }
}

async function csvWriter<Entry>(folder: string, tables: readonly CsvFile<Entry>[]): Promise<Writer<Entry>> {
  await mkdir(folder, { mode: 0o700 })
  const files = await Promise.all(
    tables.map(async (table) => ({ table, file: await textFile(join(folder, `${table.name}.csv`)) })),
  )
  for (const { table, file } of files) await file.write(table.head)
  return {
    async write(entry) {
      for (const { table, file } of files) await file.write(table.lines(entry))
    },
    async end() {
      for (const { file } of files) await file.end()
    },
    async giveUp() {
      await Promise.allSettled(files.map(({ file }) => file.giveUp()))
    },
  }
}

async function jsonWriter<Entry>(path: string): Promise<Writer<Entry>> {
  const file = await textFile(path)
  let separator = '[\n'
  return {
    async write(entry) {
      await file.write(`${separator}${JSON.stringify(entry)}`)
      separator = ',\n'
    },
    async end() {
      await file.write(separator === '[\n' ? '[]\n' : '\n]\n')
      await file.end()
    },
    giveUp: () => file.giveUp(),
  }
}

async function refuseExisting(out: string): Promise<void> {
  const found = await readdir(out).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    if (code === 'ENOTDIR') return ['']
    throw error
  })
  if (found === null) return
  if (found.length === 0) await rmdir(out)
  else
    throw new CommandError(
      exitCodes.cannotBegin,
      `${out} is there already, and an export does not mix with an earlier one. Name another place with --out, or remove it.`,
    )
}

/** Every entry goes to the writer; the number says that none is missing. */
async function copyEntries<Entry extends object>(
  lines: AsyncIterable<Entry | LogExportEnd>,
  writer: Writer<Entry>,
): Promise<number> {
  let written = 0
  let end: LogExportEnd | null = null
  for await (const line of lines) {
    if ('exported' in line) {
      end = line
      continue
    }
    await writer.write(line)
    written += 1
    if (written % toldEvery === 0) process.stderr.write(`${count(written, 'entry', 'entries')} so far\n`)
  }
  if (end?.exported === written) return written
  throw new CommandError(
    exitCodes.failed,
    `The service broke the export off after ${count(written, 'entry', 'entries')}. Look at what it printed, then export again.`,
  )
}

export async function exportIntoFiles<Entry extends object>(
  { client, isJson, print, printJson }: CommandContext,
  request: {
    readonly path: string
    readonly format: string
    readonly out: string
    readonly tables: readonly CsvFile<Entry>[]
  },
): Promise<void> {
  const { format, tables } = request
  if (format !== 'csv' && format !== 'json')
    throw new CommandError(
      exitCodes.cannotBegin,
      `--format is "${format}", but it is csv or json. Nothing was exported.`,
    )
  const out = resolve(request.out)
  const unfinished = `${out}.unfinished-${String(process.pid)}`
  try {
    await refuseExisting(out)
    const writer = await (format === 'csv' ? csvWriter(unfinished, tables) : jsonWriter<Entry>(unfinished))
    let exported: number
    try {
      exported = await copyEntries(client.lines<Entry | LogExportEnd>(request.path), writer)
      await writer.end()
    } catch (error) {
      await writer.giveUp()
      throw error
    }
    await rename(unfinished, out)
    if (isJson) printJson({ exported, out })
    else print(`${count(exported, 'entry', 'entries')} exported to ${out}`)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof CommandError || code === undefined) throw error
    throw new CommandError(
      exitCodes.failed,
      `${out} cannot be written (${code}), and nothing is left of the export. Name another place with --out.`,
    )
  }
}
