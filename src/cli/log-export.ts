/*
 * `muster log export`: the log into files, in one pass and with one page in memory. It is written under another name and
 * gets its own when it is whole, so that a half export never looks like one.
 */
import { mkdir, open, readdir, rename, rm, rmdir, type FileHandle } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { logCsvHead, logCsvLines } from '../provisioning/index.ts'
import { logFileNames, type LogExportEnd, type ProvisioningObjectSummary } from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { logQuery, withLogFilter, type LogFilterOptions } from './log-filter.ts'
import { count } from './words.ts'

interface ExportOptions extends LogFilterOptions {
  readonly format: string
  readonly out: string
}

type Line = ProvisioningObjectSummary | LogExportEnd

/** Text gathered before it is written. */
const gatheredMax = 64 * 1024
/** Entries between two signs of life. */
const toldEvery = 10_000

interface LogWriter {
  write(entry: ProvisioningObjectSummary): Promise<void>
  /** Closes the files, whole on the disk. */
  end(): Promise<void>
  /** Closes them as they are. */
  giveUp(): Promise<void>
}

async function textFile(path: string): Promise<{
  readonly write: (text: string) => Promise<void>
  readonly end: () => Promise<void>
  readonly giveUp: () => Promise<void>
}> {
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

async function csvWriter(folder: string): Promise<LogWriter> {
  await mkdir(folder, { mode: 0o700 })
  const files = await Promise.all(
    logFileNames.map(async (name) => ({ name, file: await textFile(join(folder, `${name}.csv`)) })),
  )
  for (const { name, file } of files) await file.write(logCsvHead(name))
  return {
    async write(entry) {
      for (const { name, file } of files) await file.write(logCsvLines(name, entry))
    },
    async end() {
      for (const { file } of files) await file.end()
    },
    async giveUp() {
      await Promise.allSettled(files.map(({ file }) => file.giveUp()))
    },
  }
}

async function jsonWriter(path: string): Promise<LogWriter> {
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
async function copyEntries(client: ServiceClient, query: URLSearchParams, writer: LogWriter): Promise<number> {
  let written = 0
  let end: LogExportEnd | null = null
  for await (const line of client.lines<Line>(`/muster/v1/log/export?${query.toString()}`)) {
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

export function logExportCommand(log: Command): void {
  const command = log.command('export').description('write the log, or what a filter leaves of it, into files')
  withLogFilter(command)
    .option('--format <format>', 'csv: three tables joined by change id; json: everything', 'csv')
    .requiredOption('--out <path>', 'csv: a new folder; json: a new file')
  clientCommand(command, [
    'muster log export --out november --since 2026-11-01 --until 2026-12-01',
    'muster log export --status failure --format json --out failures.json',
  ])
  command.action(async (text: string | undefined, options: ExportOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      if (options.format !== 'csv' && options.format !== 'json')
        throw new CommandError(
          exitCodes.cannotBegin,
          `--format is "${options.format}", but it is csv or json. Nothing was exported.`,
        )
      const out = resolve(options.out)
      await refuseExisting(out)
      const unfinished = `${out}.unfinished-${String(process.pid)}`
      const query = logQuery(text, options)
      query.set('format', 'lines')
      try {
        const writer = await (options.format === 'csv' ? csvWriter(unfinished) : jsonWriter(unfinished))
        let exported: number
        try {
          exported = await copyEntries(client, query, writer)
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
    })
  })
}
