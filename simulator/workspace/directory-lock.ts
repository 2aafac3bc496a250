/*
 * Decides whether a data directory may be used: by one simulator at a time, since two would overwrite each other.
 * The lock is an exclusive transaction held on an empty SQLite file. The system gives it back when the process ends,
 * however it ends; a process id alone would be trusted after a kill, once it belongs to another process.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export class DirectoryInUse extends Error {}

export interface DirectoryLock {
  /** Can be repeated. */
  release(): void
}

const lockFile = 'lock.sqlite'
/** Who holds the lock, for people to read; it decides nothing. */
const holderFile = 'in-use-by'

/** The lock lasts while what is returned is referred to. */
export function lockDirectory(directory: string): DirectoryLock {
  const database = new DatabaseSync(join(directory, lockFile), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) throw new DirectoryInUse(describeHolder(directory))
    throw error
  }
  writeFileSync(join(directory, holderFile), String(process.pid))
  return {
    release() {
      // Both files stay: whoever removed one could remove that of the next holder.
      if (database.isOpen) database.close()
    },
  }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}

function describeHolder(directory: string): string {
  const path = join(directory, holderFile)
  const holder = existsSync(path) ? `process ${readFileSync(path, 'utf8')}` : 'another process'
  return `The data directory ${directory} is in use by ${holder}; stop it, or choose another with --data.`
}
