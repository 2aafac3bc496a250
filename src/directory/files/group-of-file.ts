/*
 * Which group a member list belongs to when no column says it: the admin center's "Download members" writes no group
 * into the file, so the caller or the file's name has to.
 */
import { readGuid } from './check-value.ts'
import type { DirectoryFile, ObjectReference } from './directory-reading.ts'

const date = String.raw`\d{4}-\d{1,2}-\d{1,2}`

/** `members-Sales.csv`, `exportGroupMembers_2026-9-28-Sales.csv`, `Sales - exportGroupMembers_2026-9-28.csv`, `Sales-members.csv`. */
const namePatterns: readonly RegExp[] = [
  new RegExp(String.raw`^(?:export)?(?:group[ _-]?)?members?(?:[ _-]${date})?[ _-]+(?<group>.+)$`, 'isu'),
  new RegExp(String.raw`^(?<group>.+?)[ _-]+(?:export)?(?:group[ _-]?)?members?(?:[ _-]${date})?(?: \(\d+\))?$`, 'isu'),
]

/** The admin center's own name, which tells that it is a member list but not of which group. */
const namelessPattern = new RegExp(
  String.raw`^(?:export)?(?:group[ _-]?)?members?(?:[ _-]${date})?(?: \(\d+\))?$`,
  'iu',
)

export function groupOfFile(file: DirectoryFile): ObjectReference | undefined {
  const name = file.group ?? groupInName(file.name)
  if (name === undefined) return undefined
  const id = readGuid(name)
  return id === undefined ? { by: 'displayName', value: name } : { by: 'objectId', value: id }
}

/** Also when the name does not say whose members they are. */
export function isMemberListName(fileName: string): boolean {
  return namelessPattern.test(stem(fileName)) || groupInName(fileName) !== undefined
}

function groupInName(fileName: string): string | undefined {
  const name = stem(fileName)
  if (namelessPattern.test(name)) return undefined
  for (const pattern of namePatterns) {
    const group = pattern.exec(name)?.groups?.['group']?.trim()
    if (group !== undefined && group !== '') return group
  }
  return undefined
}

function stem(fileName: string): string {
  const last = fileName.split(/[/\\]/u).at(-1) ?? fileName
  return last.replace(/\.[a-z0-9]+$/iu, '')
}

/**
 * A display name as it may stand in a file's name: letters case-folded, everything that some file system forbids, and
 * what stands in its place, made one sign.
 */
export function foldForFileName(displayName: string): string {
  return (
    displayName
      .normalize('NFC')
      .toLowerCase()
      // Browsers send a quote in the name of an uploaded file this way.
      .replaceAll('%22', '"')
      .replace(/[<>:"/\\|?*_\s-]+/gu, '-')
      .replace(/^-|-$/gu, '')
  )
}
