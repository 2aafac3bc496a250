/*
 * Reads all files of one import: finds out what each is, gathers users, groups and memberships, joins them up, and
 * decides whether the whole may be used: a file that cannot be believed never, refused rows only on request.
 */
import { createCollector, type Collection, type Collector } from './collect-objects.ts'
import { decodeText } from './decode-text.ts'
import { detectFormat } from './detect-format.ts'
import { DirectoryFileError } from './directory-file-error.ts'
import type {
  DirectoryFile,
  DirectoryFileFormat,
  DirectoryFileReading,
  FileSummary,
  ReadDirectoryOptions,
  ReadingCompleteness,
  RefusedRow,
} from './directory-reading.ts'
import { readEntraCsv } from './entra-csv.ts'
import { readGraphJson } from './graph-json.ts'
import { readLdif } from './ldif.ts'
import { addImpliedGroups } from './implied-groups.ts'
import { resolveReferences } from './resolve-references.ts'

/**
 * Reads the files as one directory. Throws a `DirectoryFileError` when a file is empty, cut off, of unknown form or in
 * another encoding (`scope: 'file'`), or when a row was refused and `keepGoing` is not set (`scope: 'rows'`); the error
 * lists every problem of every file.
 */
export async function readDirectoryFiles(
  files: readonly DirectoryFile[],
  options: ReadDirectoryOptions,
): Promise<DirectoryFileReading> {
  const collector = createCollector()
  const formats: FileSummary[] = []
  const fileProblems: RefusedRow[] = []
  for (const file of files) {
    try {
      formats.push(await readFile(file, options, collector))
    } catch (error) {
      if (!(error instanceof DirectoryFileError)) throw error
      fileProblems.push(...error.problems)
    }
  }
  addImpliedGroups(collector)
  const { collection } = collector
  const refused = collection.refused.map(({ concern: _, ...row }): RefusedRow => row)
  if (fileProblems.length > 0) throw new DirectoryFileError('file', [...fileProblems, ...refused])
  if (refused.length > 0 && !options.keepGoing) throw new DirectoryFileError('rows', refused)
  const { users, groups, memberships, memberListsOf, notes } = resolveReferences(collection)
  return {
    formats,
    users,
    groups,
    memberships,
    refused,
    notes: [...collection.notes, ...sayLeftOut(collection), ...notes],
    completeness: { ...judgeCompleteness(collection), memberListsOf },
  }
}

async function readFile(
  file: DirectoryFile,
  options: ReadDirectoryOptions,
  collector: Collector,
): Promise<FileSummary> {
  const { users, groups, memberships } = collector.collection
  const before = { users: users.length, groups: groups.length, memberships: memberships.length }
  const format = await readAsDetected(file, options, collector)
  return {
    file: file.name,
    format,
    users: users.length - before.users,
    groups: groups.length - before.groups,
    memberships: memberships.length - before.memberships,
  }
}

async function readAsDetected(
  file: DirectoryFile,
  options: ReadDirectoryOptions,
  collector: Collector,
): Promise<DirectoryFileFormat> {
  const detected = await detectFormat(file, decodeText(file, options.encoding))
  switch (detected.kind) {
    case 'csv':
      return readEntraCsv(file, detected.pieces, detected.firstLines, collector)
    case 'json':
      return readGraphJson(file, detected.pieces, collector)
    case 'ldif':
      return readLdif(file, detected.pieces, collector)
    default:
      return detected.kind satisfies never
  }
}

function sayLeftOut({ leftOut }: Collection): readonly string[] {
  return [...leftOut.values()].map(
    ({ file, kind, firstLine, count }) =>
      `${file}: ${count} ${kind} left out, because only users and groups are imported (first: line ${firstLine}).`,
  )
}

function judgeCompleteness({
  users,
  groups,
  refused,
  partial,
}: Collection): Omit<ReadingCompleteness, 'memberListsOf'> {
  const reasons = new Set(partial.map(({ reason }) => reason))
  if (refused.length > 0) reasons.add(`${refused.length} ${refused.length === 1 ? 'row was' : 'rows were'} refused.`)
  const signs = new Set([...refused, ...partial].map(({ concern }) => concern))
  function judge(concern: 'users' | 'groups', count: number): ReadingCompleteness['users'] {
    if (count === 0 && !refused.some((row) => row.concern === concern)) return 'absent'
    return signs.has(concern) || signs.has('any') ? 'partial' : 'whole'
  }
  return { users: judge('users', users.length), groups: judge('groups', groups.length), reasons: [...reasons] }
}
