/*
 * Keeps the workspace in a directory: a snapshot, and a journal of the changes since. A change is written before it is
 * answered, so that a killed process loses nothing it has acknowledged; a torn last line was never acknowledged.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync, writeSync, fsyncSync } from 'node:fs'
import { join } from 'node:path'
import { lockDirectory } from './directory-lock.ts'
import type { DirectoryLock } from './directory-lock.ts'
import type { Change, Journal, StoreSnapshot } from './store.ts'

interface KeptState {
  readonly generation: number
  readonly token: string
  readonly snapshot: StoreSnapshot
}

export interface KeptWorkspace extends Journal {
  /** Null when the directory was empty. */
  readonly found: { readonly token: string; readonly snapshot: StoreSnapshot; readonly later: readonly Change[] } | null
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
    append(changes) {
      if (journal === null) throw new Error('The workspace is closed; nothing can be written to it any more.')
      writeAll(journal, Buffer.from(`${JSON.stringify(changes)}\n`))
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
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptState) : null
}

function readJournal(path: string): readonly Change[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  const torn = lines.pop()
  const changes = lines.flatMap((line) => JSON.parse(line) as readonly Change[])
  return torn === undefined || torn === '' ? changes : [...changes, ...completeLine(torn)]
}

/** A line without its end counts when it is whole: only the newline was lost. */
function completeLine(line: string): readonly Change[] {
  try {
    return JSON.parse(line) as readonly Change[]
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
