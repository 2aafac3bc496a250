/*
 * Keeps the workspace in a directory: a snapshot, and a journal of the changes since. A change is written before it is
 * answered, so that a killed process loses nothing it has acknowledged; a torn last line was never acknowledged.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync, writeSync, fsyncSync } from 'node:fs'
import { join } from 'node:path'
import { lockDirectory } from './directory-lock.ts'
import type { DirectoryLock } from './directory-lock.ts'
import type { Change, Journal, JournalEntry, StoreSnapshot } from './store.ts'

interface KeptState {
  readonly generation: number
  readonly token: string
  readonly snapshot: StoreSnapshot
}

export interface KeptWorkspace extends Journal {
  /** Null when the directory was empty. */
  readonly found: {
    readonly token: string
    readonly snapshot: StoreSnapshot
    readonly later: readonly JournalEntry[]
  } | null
  /** Replaces all that was kept. */
  keep(token: string, snapshot: StoreSnapshot): void
  close(): void
}

const stateFile = 'workspace.json'

export function openDirectory(directory: string): KeptWorkspace {
  mkdirSync(directory, { recursive: true })
  const lock = lockDirectory(directory)
  try {
    return openJournal(directory, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

function openJournal(directory: string, lock: DirectoryLock): KeptWorkspace {
  const state = readState(directory)
  const found =
    state === null
      ? null
      : { token: state.token, snapshot: state.snapshot, later: readJournal(journalPath(directory, state.generation)) }
  let generation = state?.generation ?? 0
  let journal: number | null = null

  return {
    found,
    append(entry) {
      if (journal === null) throw new Error('The workspace is closed; nothing can be written to it any more.')
      writeAll(journal, Buffer.from(`${JSON.stringify(entry)}\n`))
    },
    keep(token, snapshot) {
      // The new journal exists before the snapshot that names it; the old pair stays valid until then.
      const next = generation + 1
      const nextJournal = openSync(journalPath(directory, next), 'w')
      const temporary = join(directory, `${stateFile}.new`)
      const file = openSync(temporary, 'w')
      writeFileSync(file, JSON.stringify({ generation: next, token, snapshot } satisfies KeptState))
      fsyncSync(file)
      closeSync(file)
      renameSync(temporary, join(directory, stateFile))
      if (journal !== null) closeSync(journal)
      journal = nextJournal
      generation = next
      removeOldJournals(directory, generation)
    },
    close() {
      if (journal !== null) closeSync(journal)
      journal = null
      lock.release()
    },
  }
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written)
}

function journalPath(directory: string, generation: number): string {
  return join(directory, `journal-${generation}.ndjson`)
}

function readState(directory: string): KeptState | null {
  const path = join(directory, stateFile)
  if (!existsSync(path)) return null
  const state = JSON.parse(readFileSync(path, 'utf8')) as KeptState
  // Workspaces kept before there was an audit trail on disk have none.
  return { ...state, snapshot: { ...state.snapshot, audit: (state.snapshot as Partial<StoreSnapshot>).audit ?? [] } }
}

function readJournal(path: string): readonly JournalEntry[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  const torn = lines.pop()
  const entries = lines.map(readLine)
  return torn === undefined || torn === '' ? entries : [...entries, ...completeLine(torn)]
}

/** A line was only the list of changes before it also said when and for whom. */
function readLine(line: string): JournalEntry {
  const entry = JSON.parse(line) as JournalEntry | readonly Change[]
  return 'changes' in entry ? entry : { at: 0, actorId: null, changes: entry }
}

/** A line without its end counts when it is whole: only the newline was lost. */
function completeLine(line: string): readonly JournalEntry[] {
  try {
    return [readLine(line)]
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

function removeOldJournals(directory: string, generation: number): void {
  for (const name of readdirSync(directory)) {
    const match = /^journal-(\d+)\.ndjson$/.exec(name)
    if (match !== null && Number(match[1]) !== generation) rmSync(join(directory, name), { force: true })
  }
}
