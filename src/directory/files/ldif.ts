/*
 * Reads an LDIF file: entries and `changetype: add` records become people and groups, everything else is left out or
 * refused with its line; signs that the server or the file stopped early are taken seriously.
 */
import {
  addPosixMembers,
  clearMissing,
  indexValues,
  isUsedAttribute,
  kindOfEntry,
  readGroupEntry,
  readUserEntry,
  type LdapEntry,
  type LdapFindings,
} from './ldap-entries.ts'
import type { Collector, Concern } from './collect-objects.ts'
import { DirectoryFileError } from './directory-file-error.ts'
import type { DirectoryFile, DirectoryFileFormat } from './directory-reading.ts'
import { createLdifReader, type LdifRecord, type LdifValue } from './ldif-records.ts'

interface Progress {
  readonly file: DirectoryFile
  readonly collector: Collector
  readonly findings: LdapFindings
  entries: number
  /** ldapsearch announces itself in comments and says at the end how many entries it gave. */
  isLdapsearch: boolean
  announcedEntries: number | undefined
  hasTrailer: boolean
  /** What ldapsearch says after a page; empty after the last one. */
  pageCookie: string
  lastEntryLine: number
}

/** Reads one file. Throws a `DirectoryFileError` when the file as a whole cannot be believed. */
export async function readLdif(
  file: DirectoryFile,
  pieces: AsyncIterable<string>,
  collector: Collector,
): Promise<DirectoryFileFormat> {
  const progress: Progress = {
    file,
    collector,
    findings: {
      users: [],
      groups: [],
      memberships: [],
      memberLists: new Map(),
      posixMembers: [],
      dnByUid: new Map(),
      memberOfSeen: new Set(),
      namesTakenFromMail: 0,
      namesTakenFromUid: 0,
    },
    entries: 0,
    isLdapsearch: false,
    announcedEntries: undefined,
    hasTrailer: false,
    pageCookie: '',
    lastEntryLine: 0,
  }
  let lastRecord: LdifRecord | undefined
  const reader = createLdifReader({
    record(record) {
      lastRecord = record
      if (record.isTerminated) takeRecord(record, progress)
    },
    comment: (text) => takeComment(text, progress),
    badLine(line, text) {
      const reason =
        'This line is neither "name: value" nor the continuation of one (which begins with a blank). Correct the line.'
      collector.refuse('any', { file: file.name, line, column: '', value: text, reason })
    },
  })
  for await (const piece of pieces) reader.write(piece)
  const endsWithLineBreak = reader.end()
  refuseCutFile(file, lastRecord, endsWithLineBreak)
  const isLastOpen = lastRecord?.isTerminated === false
  if (lastRecord !== undefined && isLastOpen) takeRecord(lastRecord, progress)
  judgeTrailer(progress)
  if (progress.entries === 0) {
    throw problemOfFile(
      file,
      0,
      '',
      'The file holds no entries. An empty answer is never taken for "everybody left": get the file once more.',
    )
  }
  if (progress.pageCookie !== '') {
    const reason = `${file.name} ends after a page of an answer (pagedresults) that goes on: the pages after it are missing.`
    for (const concern of ['users', 'groups'] as const) collector.markPartial(concern, file.name, reason)
  }
  if (isLastOpen && !progress.hasTrailer) {
    const reason = `${file.name} ends without a blank line after its last entry, so it cannot be told from a file that was cut off there.`
    collector.markPartial('any', file.name, reason)
  }
  handOver(progress, isLastOpen && !progress.hasTrailer ? progress.lastEntryLine : undefined)
  return 'ldif'
}

/** RFC 2849: every line ends with a line break; base64 comes in fours; a dn has attributes. */
function refuseCutFile(file: DirectoryFile, last: LdifRecord | undefined, endsWithLineBreak: boolean): void {
  const lastValue = last?.values.at(-1)
  const isBroken = last?.isTerminated === false && lastValue?.kind === 'broken'
  const isBare = last?.isTerminated === false && last.values.length === 1 && lastValue?.name === 'dn'
  if (endsWithLineBreak && !isBroken && !isBare) return
  const found = isBroken
    ? 'The base64 value here stops early'
    : isBare
      ? 'The entry that begins here has no attributes'
      : 'The last line has no line break'
  const reason = `${found}: the file was cut off. People missing from a cut file are not people who left: get the file once more.`
  throw problemOfFile(file, lastValue?.line ?? 0, lastValue?.name ?? '', reason)
}

function takeComment(text: string, progress: Progress): void {
  if (/^(extended LDIF|LDAPv3)$/iu.test(text)) progress.isLdapsearch = true
  const announced = /^numEntries: (\d+)$/iu.exec(text)?.[1]
  if (announced !== undefined) progress.announcedEntries = (progress.announcedEntries ?? 0) + Number(announced)
  if (/^numResponses: /iu.test(text)) progress.hasTrailer = true
  progress.pageCookie = readCookie(text) ?? progress.pageCookie
}

/** In a comment or, when LDIF is not asked for, in a line of its own. */
function readCookie(text: string): string | undefined {
  return /^(?:pagedresults: ?)?cookie=(.*)$/iu.exec(text)?.[1]
}

function takeRecord(record: LdifRecord, progress: Progress): void {
  const [first, ...others] = record.values
  if (first === undefined) return
  if (first.name === 'version') {
    if (others.length > 0) takeRecord({ ...record, values: others, line: others[0]?.line ?? record.line }, progress)
    return
  }
  if (first.name === 'search' || first.name === 'result' || first.name === 'ref') {
    takeAnswerEnd(record, progress)
    return
  }
  if (first.name === 'dn') takeEntry(record, first, others, progress)
  else refuse(progress, first, 'An entry begins with its dn. Add the dn, or remove these lines.')
}

/** What ldapsearch prints after the entries: `search: 2`, `result: 0 Success`; and references to other servers. */
function takeAnswerEnd(record: LdifRecord, progress: Progress): void {
  const { file, collector } = progress
  for (const { name, text, line } of record.values) {
    if (name === 'ref')
      collector.note(`${file.name}, line ${line}: the server refers to ${text}; what is there is not in the file.`)
    if (name === 'pagedresults') progress.pageCookie = readCookie(text) ?? ''
    if (name !== 'result' || text.startsWith('0 ')) continue
    const reason =
      'The server ended its answer with an error, so entries are missing. Search again, with paging (-E pr=1000/noprompt) when a limit was met.'
    throw problemOfFile(file, line, text, reason)
  }
}

function takeEntry(record: LdifRecord, dn: LdifValue, others: readonly LdifValue[], progress: Progress): void {
  progress.entries += 1
  progress.lastEntryLine = record.line
  if (dn.kind !== 'text' || dn.text.trim() === '') {
    refuse(progress, dn, 'The dn is empty or not text. It names the entry: correct it.')
    return
  }
  const secondDn = others.find(({ name }) => name === 'dn')
  if (secondDn !== undefined) {
    refuse(progress, secondDn, 'A second dn in one entry: a blank line must stand between entries. Put it in.')
    return
  }
  const changeType = others.find(({ name }) => name === 'changetype')
  if (changeType !== undefined && changeType.text.trim().toLowerCase() !== 'add') {
    refuse(
      progress,
      changeType,
      'This record changes an entry. A file says what there is: export entries, or only changetype: add.',
    )
    return
  }
  const entry: LdapEntry = {
    dn: dn.text.trim(),
    line: record.line,
    file: progress.file.name,
    values: others,
    valuesByName: indexValues(others),
  }
  const kind = kindOfEntry(entry)
  const unusable =
    kind === 'other'
      ? undefined
      : others.find(({ kind, name }) => (kind === 'broken' || kind === 'url') && isUsedAttribute(name))
  if (unusable !== undefined) {
    refuse(
      progress,
      unusable,
      unusable.kind === 'url'
        ? 'The value stands in another file, which is not opened. Write it into the LDIF.'
        : 'This is no base64. Export the entry once more.',
      kind === 'group' ? 'groups' : 'users',
    )
    return
  }
  switch (kind) {
    case 'user':
      readUserEntry(entry, progress.findings, progress.collector)
      return
    case 'group':
      readGroupEntry(entry, progress.findings, progress.collector)
      return
    case 'other': {
      const objectClass = others.filter(({ name }) => name === 'objectclass').at(-1)?.text ?? 'no objectClass'
      progress.collector.leaveOut(progress.file.name, record.line, objectClass)
      return
    }
    default:
      kind satisfies never
  }
}

/** A file that ldapsearch began with its comments ends with them too, and the count there is the count here. */
function judgeTrailer({ file, isLdapsearch, hasTrailer, announcedEntries, entries }: Progress): void {
  if (isLdapsearch && !hasTrailer) {
    throw problemOfFile(
      file,
      0,
      '',
      'ldapsearch ends its answer with "# numResponses", which is missing here: the file was cut off. Get it once more.',
    )
  }
  if (announcedEntries !== undefined && announcedEntries !== entries) {
    const reason = `ldapsearch announces ${announcedEntries} entries, the file holds ${entries}: something is missing. Get the file once more.`
    throw problemOfFile(file, 0, '', reason)
  }
}

function handOver({ file, collector, findings }: Progress, cutLine: number | undefined): void {
  const { users, groups } = findings
  clearMissing(users, cutLine)
  clearMissing(groups, cutLine)
  for (const user of users) collector.addUser(user)
  for (const group of groups) collector.addGroup(group)
  addPosixMembers(findings)
  for (const membership of findings.memberships) collector.addMembership(membership)
  for (const list of findings.memberLists.values()) collector.addMemberList(list)
  if (findings.namesTakenFromMail > 0) {
    collector.note(
      `${file.name}: ${findings.namesTakenFromMail} people have no userPrincipalName; their mail address was taken for it.`,
    )
  }
  if (findings.namesTakenFromUid > 0) {
    collector.note(
      `${file.name}: ${findings.namesTakenFromUid} people have neither userPrincipalName nor mail; uid@domain was taken for it.`,
    )
  }
}

function refuse(
  { file, collector }: Progress,
  { name, text, line }: LdifValue,
  reason: string,
  concern: Concern = 'any',
): void {
  collector.refuse(concern, { file: file.name, line, column: name, value: text, reason })
}

function problemOfFile(file: DirectoryFile, line: number, value: string, reason: string): DirectoryFileError {
  return new DirectoryFileError('file', [{ file: file.name, line, column: '', value, reason }])
}
