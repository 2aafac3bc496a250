/*
 * The chain of the audit log: SHA-256 over the canonical JSON of an entry, its number and the hash of the entry before.
 * Whoever changes, removes or inserts an entry breaks it there.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type AuditCheckpoint, type DirectoryAudit } from '../vocabulary/index.ts'

/** Stands for the entry before the first one. */
export const chainBegin: AuditCheckpoint = { number: 0, hash: '0'.repeat(64) }

export function sealHash(number: number, previousHash: string, entry: DirectoryAudit): string {
  return createHash('sha256').update(canonicalJson({ entry, number, previousHash })).digest('hex')
}

/** An entry as it lies in the store: its text, and the columns it is listed and searched by. */
export interface StoredAudit {
  readonly number: number
  readonly previousHash: string
  readonly hash: string
  readonly text: string
  readonly columns: Readonly<Record<string, string | number>>
}

export interface ChainFault {
  readonly number: number
  readonly id: string | null
  readonly found: string
}

/** What is wrong with an entry that should follow `before`; `null` when nothing is. */
export function chainFault(
  before: AuditCheckpoint,
  stored: StoredAudit,
  columnsOf: (entry: DirectoryAudit) => Readonly<Record<string, string | number>>,
): ChainFault | null {
  const due = before.number + 1
  if (stored.number !== due) {
    const found = `Entry ${String(due)} is missing; the next one there is ${String(stored.number)}.`
    return { number: due, id: null, found }
  }
  const entry = readEntry(stored.text)
  if (entry === null) return { number: due, id: null, found: 'Its text is no longer JSON.' }
  const about = { number: due, id: typeof entry.id === 'string' ? entry.id : null }
  if (stored.previousHash !== before.hash) {
    const found = `It was sealed after an entry with hash ${stored.previousHash}, and the one before it has ${before.hash}: one of them was replaced.`
    return { ...about, found }
  }
  const hash = sealHash(due, stored.previousHash, entry)
  const differing = differingColumns(stored, entry, columnsOf)
  if (hash !== stored.hash) {
    const found = `Its content gives hash ${hash}, and it was sealed with ${stored.hash}: it was changed after it was written.${differing}`
    return { ...about, found }
  }
  return differing === '' ? null : { ...about, found: `What it is listed by was changed.${differing}` }
}

function differingColumns(
  { columns }: StoredAudit,
  entry: DirectoryAudit,
  columnsOf: (entry: DirectoryAudit) => Readonly<Record<string, string | number>>,
): string {
  let own: Readonly<Record<string, string | number>>
  try {
    own = columnsOf(entry)
  } catch (error) {
    // Whoever rewrote it may have left out what every entry has.
    if (error instanceof TypeError) return ' A part that every entry has is missing.'
    throw error
  }
  return Object.entries(own)
    .filter(([name, value]) => columns[name] !== value)
    .map(([name, value]) => {
      const [listed, said] = [String(columns[name]).split('\n'), String(value).split('\n')]
      const only = (lines: readonly string[], others: readonly string[]): string =>
        lines.filter((line) => !others.includes(line)).join(', ')
      return ` Listed with ${name} "${only(listed, said)}", it says "${only(said, listed)}".`
    })
    .join('')
}

function readEntry(text: string): DirectoryAudit | null {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? (read as DirectoryAudit) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
