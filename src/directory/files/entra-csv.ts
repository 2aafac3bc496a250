/*
 * Reads the CSV files of the Entra and Microsoft 365 admin centers: users, groups, and member lists. Which of them a
 * file is, its headings say; which group a member list belongs to, a column or the file's name says.
 */
import type { SourceValue } from '../../vocabulary/index.ts'
import { isSecretColumn, plainName, readColumnName, type AttributeName, type CsvTable } from './attribute-names.ts'
import { checkText } from './check-value.ts'
import type { Collector, Concern } from './collect-objects.ts'
import { createCsvReader, type CsvRow } from './csv-rows.ts'
import { addGroupRow, addMemberRow, addUserRow, type CsvLine } from './csv-objects.ts'
import { DirectoryFileError } from './directory-file-error.ts'
import type { DirectoryFile, DirectoryFileFormat } from './directory-reading.ts'
import { groupOfFile, isMemberListName } from './group-of-file.ts'

interface Column {
  readonly heading: string
  readonly attribute: AttributeName | undefined
}

interface Header {
  readonly table: CsvTable
  readonly columns: readonly Column[]
}

const formats: Readonly<Record<CsvTable, DirectoryFileFormat>> = {
  users: 'csv users',
  groups: 'csv groups',
  members: 'csv group members',
}

const concerns: Readonly<Record<CsvTable, Concern>> = { users: 'users', groups: 'groups', members: 'memberships' }

/** Reads one CSV file into the collector. Throws a `DirectoryFileError` when the file as a whole cannot be believed. */
export async function readEntraCsv(
  file: DirectoryFile,
  pieces: AsyncIterable<string>,
  firstLines: readonly string[],
  collector: Collector,
): Promise<DirectoryFileFormat> {
  const delimiter = chooseDelimiter(firstLines)
  let header: Header | undefined
  let rows = 0
  let heldRow: CsvRow | undefined
  let lastIsTerminated = true
  const groupsListed = new Set<string>()
  /** Columns that PowerShell filled with the names of types. */
  const unreadable = new Set<string>()

  function take(row: CsvRow): void {
    if (header === undefined) header = readHeader(file, row, collector)
    else if (row.cells.some((cell) => cell.trim() !== '')) {
      rows += 1
      takeRow(header, row)
    }
  }

  function takeRow({ table, columns }: Header, row: CsvRow): void {
    if (row.cells.length !== columns.length) {
      const reason =
        `The row has ${row.cells.length} cells, the heading has ${columns.length}. ` +
        'A value with a comma or a line break must stand in quotes: correct the row.'
      collector.refuse(concerns[table], {
        file: file.name,
        line: row.line,
        column: '',
        value: row.cells.join(delimiter),
        reason,
      })
      return
    }
    if (isExampleRow(row)) {
      collector.note(`${file.name}, line ${row.line}: the example row of the bulk template was left out.`)
      return
    }
    const line = checkRow(file, table, columns, row, unreadable, collector)
    if (line === undefined) return
    switch (table) {
      case 'users':
        addUserRow(line, collector)
        return
      case 'groups':
        addGroupRow(line, collector)
        return
      case 'members':
        addMemberRow(line, groupOfFile(file), groupsListed, collector)
        return
      default:
        table satisfies never
    }
  }

  const reader = createCsvReader(delimiter, {
    row(row) {
      if (!row.isTerminated) lastIsTerminated = false
      // The last row is looked at once the file's end is known: a cut one is no bad row but a cut file.
      if (heldRow !== undefined) take(heldRow)
      heldRow = isLeadingRow(row, header === undefined) ? undefined : row
    },
    badRow(line, cellIndex, found) {
      if (heldRow !== undefined) take(heldRow)
      heldRow = undefined
      rows += 1
      const reason =
        'Text follows the closing quote of a cell, so nobody can tell where the cell ends. Double the quotes inside it.'
      const column = header?.columns[cellIndex]?.heading ?? ''
      collector.refuse(concerns[header?.table ?? 'users'], { file: file.name, line, column, value: found, reason })
    },
  })

  for await (const piece of pieces) if (!reader.write(piece)) break
  const ending = reader.end()
  if (ending.kind === 'openQuote') {
    const reason =
      'A quote is opened in this row and never closed: the file was cut off, or the quote does not belong. ' +
      'Get the file once more, or double the quote.'
    throw problemOfFile(file, ending.line, '', reason)
  }
  if (heldRow !== undefined) {
    refuseCutRow(file, header, heldRow)
    take(heldRow)
  }
  if (header === undefined || rows === 0) {
    const reason =
      'The file has a heading at most, but no rows. An empty file is never taken for "everybody left": get the file once more. ' +
      'For a group that really has no members, remove the members in the directory.'
    throw problemOfFile(file, 0, '', reason)
  }
  if (unreadable.size > 0) {
    collector.note(
      `${file.name}: columns ignored because they hold names of types in the place of values: ${[...unreadable].join(', ')}. ` +
        'Export them as text.',
    )
  }
  if (!lastIsTerminated) {
    const reason = `${file.name} ends without a line break, so it cannot be told from a file that was cut off in its last row.`
    collector.markPartial(concerns[header.table], file.name, reason)
  }
  return formats[header.table]
}

/** A last row with too few cells and no line break is where the file was cut. */
function refuseCutRow(file: DirectoryFile, header: Header | undefined, row: CsvRow): void {
  if (row.isTerminated || header === undefined || row.cells.length >= header.columns.length) return
  const reason =
    `The file stops in the middle of this row (${row.cells.length} of ${header.columns.length} cells, no line break): it was cut off. ` +
    'People missing from a cut file are not people who left: get the file once more.'
  throw problemOfFile(file, row.line, '', reason)
}

/** `version:v1.0` of the bulk templates, `sep=;` of Excel and `#TYPE` of PowerShell may stand above the headings. */
const leadingLine = /^(version:v[\d.]+[,;\t ]*$|sep=.?$|#TYPE )/iu

function isLeadingRow(row: CsvRow, isBeforeHeader: boolean): boolean {
  if (row.cells.every((cell) => cell.trim() === '')) return true
  return isBeforeHeader && leadingLine.test(row.cells[0] ?? '')
}

function isExampleRow(row: CsvRow): boolean {
  return row.cells[0]?.startsWith('Example: ') === true
}

function chooseDelimiter(firstLines: readonly string[]): string {
  const separator = firstLines.map((line) => /^sep=(.)$/iu.exec(line)?.[1]).find((sign) => sign !== undefined)
  if (separator !== undefined) return separator
  const headings = firstLines.find((line) => !leadingLine.test(line)) ?? ''
  const withoutQuoted = headings.replace(/"[^"]*"/gu, '')
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: withoutQuoted.split(delimiter).length }))
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

const groupColumns = ['groupId', 'groupDisplayName', 'groupMail']

/** Decides by its headings what the file lists. */
function readHeader(file: DirectoryFile, row: CsvRow, collector: Collector): Header {
  const headings = row.cells.map((cell) => cell.trim())
  const table = chooseTable(file, headings)
  if (table === undefined) {
    const reason =
      'These headings are of no list known here. Needed is a column userPrincipalName (users), displayName with groupType or ' +
      'securityEnabled (groups), or memberObjectIdOrUpn (group members).'
    throw problemOfFile(file, row.line, '', reason, headings.join(','))
  }
  const columns = chooseColumns(file, table, row.line, headings)
  const seen = new Set(columns.flatMap(({ attribute }) => (attribute === undefined ? [] : [attribute.name])))
  if (table === 'members' && groupOfFile(file) === undefined && !groupColumns.some((name) => seen.has(name))) {
    const reason =
      'This is a member list, but nothing says of which group. Name the file members-<group id or display name>.csv, ' +
      'or add a column groupId.'
    throw problemOfFile(file, row.line, '', reason, headings.join(','))
  }
  noteIgnoredColumns(file, columns, collector)
  return { table, columns }
}

/** Where several columns stand for one attribute, the one that is called most like it counts: `objectId` before `id`. */
function chooseColumns(
  file: DirectoryFile,
  table: CsvTable,
  line: number,
  headings: readonly string[],
): readonly Column[] {
  const found = headings.map((heading) => ({ heading, attribute: readColumnName(table, heading) }))
  return found.map(({ heading, attribute }) => {
    if (attribute === undefined) return { heading, attribute }
    const rivals = found.filter((other) => other.attribute?.name === attribute.name)
    const lowest = Math.min(...rivals.map((rival) => rival.attribute?.rank ?? 0))
    if (rivals.filter((rival) => rival.attribute?.rank === lowest).length > 1) {
      const reason = `Several columns stand for ${attribute.name}, so it is unclear which counts. Remove all but one.`
      throw problemOfFile(file, line, heading, reason)
    }
    return attribute.rank === lowest ? { heading, attribute } : { heading, attribute: undefined }
  })
}

function chooseTable(file: DirectoryFile, headings: readonly string[]): CsvTable | undefined {
  const plain = new Set(headings.map((heading) => plainName(/\[([^\]]+)\]/u.exec(heading)?.[1] ?? heading)))
  const has = (...names: readonly string[]): boolean => names.some((name) => plain.has(name))
  const names = (table: CsvTable): ReadonlySet<string | undefined> =>
    new Set(headings.map((heading) => readColumnName(table, heading)?.name))
  const saysMembers =
    has(
      'memberobjectidorupn',
      'groupid',
      'groupobjectid',
      'groupdisplayname',
      'groupname',
      'objecttype',
      'membertype',
      'isgroup',
    ) && !has('grouptype', 'membershiptype')
  const users = names('users')
  const looksLikePeople = ['accountEnabled', 'jobTitle', 'department', 'givenName', 'surname'].some((name) =>
    users.has(name),
  )
  if (saysMembers || file.group !== undefined || (isMemberListName(file.name) && !looksLikePeople)) {
    const members = names('members')
    const canName = ['memberObjectId', 'memberUserPrincipalName', 'memberMail', 'member'].some((name) =>
      members.has(name),
    )
    return canName ? 'members' : undefined
  }
  if (users.has('userPrincipalName')) return 'users'
  return names('groups').has('displayName') &&
    has('grouptype', 'membershiptype', 'securityenabled', 'mailenabled', 'groupname')
    ? 'groups'
    : undefined
}

function noteIgnoredColumns(file: DirectoryFile, columns: readonly Column[], collector: Collector): void {
  const ignored = columns.filter(({ attribute }) => attribute === undefined).map(({ heading }) => heading)
  const named = ignored.filter((heading) => heading !== '' && !isSecretColumn(heading))
  if (named.length > 0) collector.note(`${file.name}: columns ignored: ${named.join(', ')}.`)
  if (ignored.some(isSecretColumn))
    collector.note(`${file.name}: a column with passwords was ignored; do not keep such files.`)
}

/** PowerShell's Export-Csv writes the name of the type where a value is a list or an object. */
const typeName =
  /^(System\.[A-Za-z]+\[\]|System\.Collections\.\S+|Microsoft\.(Graph\.PowerShell\.Models|ActiveDirectory\.Management)\.\S+)$/u

/** The row with its values checked, or undefined when one of them was refused. */
function checkRow(
  file: DirectoryFile,
  table: CsvTable,
  columns: readonly Column[],
  row: CsvRow,
  unreadable: Set<string>,
  collector: Collector,
): CsvLine | undefined {
  const attributes: Record<string, SourceValue> = {}
  let isGood = true
  for (const [index, { heading, attribute }] of columns.entries()) {
    if (attribute === undefined) continue
    const raw = row.cells[index] ?? ''
    if (typeName.test(raw)) {
      unreadable.add(heading)
      continue
    }
    const checked = checkText(attribute, raw)
    if ('value' in checked) attributes[attribute.name] = checked.value
    else {
      isGood = false
      const place = { file: file.name, line: row.line, column: heading, value: raw }
      collector.refuse(concerns[table], { ...place, reason: checked.reason })
    }
  }
  return isGood ? { file: file.name, line: row.line, attributes } : undefined
}

function problemOfFile(
  file: DirectoryFile,
  line: number,
  column: string,
  reason: string,
  value = '',
): DirectoryFileError {
  return new DirectoryFileError('file', [{ file: file.name, line, column, value, reason }])
}
