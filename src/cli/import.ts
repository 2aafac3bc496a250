/* `muster import FILE...`: takes people and groups from files into the directory. */
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count } from './words.ts'

interface Counts {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  readonly restored: number
  readonly softDeleted: number
}

interface Refused {
  readonly file: string
  readonly line: number
  readonly column: string
  readonly value: string
  readonly reason: string
}

interface Outcome {
  readonly users: Counts
  readonly groups: Counts
  readonly membersAdded: number
  readonly membersRemoved: number
  readonly softDeletedNames: readonly string[]
  readonly notes: readonly string[]
  readonly refused: readonly Refused[]
}

interface ImportOptions extends Readonly<Record<string, unknown>> {
  readonly full?: boolean
  readonly keepGoing?: boolean
  readonly dryRun?: boolean
  readonly allowRemovals?: string
  readonly encoding?: string
}

async function filesNamed(
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly content: Buffer }[]> {
  const files: { name: string; content: Buffer }[] = []
  for (const name of names) {
    try {
      const paths = (await stat(name)).isDirectory()
        ? (await readdir(name)).sort().map((entry) => join(name, entry))
        : [name]
      for (const path of paths) files.push({ name: basename(path), content: await readFile(path) })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      throw new CommandError(
        exitCodes.cannotBegin,
        `${name} cannot be read (${code}). Nothing was imported. Name files, or a folder of files.`,
      )
    }
  }
  return files
}

function countsText(what: string, counts: Counts): string {
  const parts = [
    `${String(counts.created)} new`,
    `${String(counts.changed)} changed`,
    `${String(counts.unchanged)} unchanged`,
    ...(counts.restored > 0 ? [`${String(counts.restored)} restored`] : []),
    ...(counts.softDeleted > 0 ? [`${String(counts.softDeleted)} put into the recycle bin`] : []),
  ]
  return `${what}: ${parts.join(', ')}`
}

export function refusedText(row: Refused): string {
  const place = [
    row.file,
    ...(row.line > 0 ? [`line ${String(row.line)}`] : []),
    ...(row.column === '' ? [] : [`column ${row.column}`]),
  ]
  return `${place.join(', ')}: ${row.value === '' ? '' : `${JSON.stringify(row.value)}: `}${row.reason}`
}

export function importCommand(program: Command): void {
  const command = program
    .command('import')
    .description('take people and groups from files into the directory')
    .argument(
      '<file...>',
      'Entra CSV (users, groups, members-GROUP.csv), Graph JSON or JSON Lines, LDIF; or a folder of them',
    )
    .option('--full', 'the files hold everybody: who is missing from them goes into the recycle bin')
    .option('--keep-going', 'leave bad rows out, list them, and import the rest')
    .option('--dry-run', 'say what would be imported and removed, and store nothing')
    .option('--allow-removals <number>', 'with --full: this many removals are meant')
    .option('--encoding <label>', 'for files that are neither UTF-8 nor UTF-16, e.g. windows-1252')
  clientCommand(command, [
    'muster import exportUsers.csv exportGroups.csv members-Sales.csv',
    'muster import --full --dry-run users.json',
    'muster import --keep-going people.ldif',
  ])
  command.action(async (names: readonly string[], options: ImportOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const files = await filesNamed(names)
      const query = new URLSearchParams()
      for (const name of ['full', 'keepGoing', 'dryRun'] as const) if (options[name] === true) query.set(name, 'true')
      if (options.allowRemovals !== undefined) query.set('allowRemovals', options.allowRemovals)
      if (options.encoding !== undefined) query.set('encoding', options.encoding)
      const outcome = await client.upload<Outcome>(`/muster/v1/directory/import?${query.toString()}`, files)
      if (isJson) printJson(outcome)
      else {
        if (options.dryRun === true) print('A dry run: nothing was stored.')
        print(countsText('people', outcome.users))
        print(countsText('groups', outcome.groups))
        print(`memberships: ${String(outcome.membersAdded)} added, ${String(outcome.membersRemoved)} removed`)
        if (outcome.softDeletedNames.length > 0) print(`into the recycle bin: ${outcome.softDeletedNames.join(', ')}`)
        for (const note of outcome.notes) print(`note: ${note}`)
        if (outcome.refused.length > 0) print(`${count(outcome.refused.length, 'row was', 'rows were')} refused:`)
        for (const row of outcome.refused) print(`  ${refusedText(row)}`)
      }
      if (outcome.refused.length > 0) process.exitCode = exitCodes.failed
    })
  })
}
