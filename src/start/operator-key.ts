/* The operator key: made at the first start, kept in the data folder, and laid into the home folder while the service runs. */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { homeKeyFile, operatorKeyFile } from '../operator-key.ts'
import { ServiceStartError } from '../service-error.ts'

/** Text that fits a header, and that nobody guesses. */
const usableKey = /^[\x21-\x7e]{32,200}$/

const newKey = (): string => `muster_operator_${randomBytes(32).toString('base64url')}`

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whole or not at all, and never readable to others, not even for a moment. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const half = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(half, text, { mode: 0o600, flag: 'wx' })
  renameSync(half, file)
}

/** The key in the data folder; made when there is none. */
export function openOperatorKey(dataFolder: string): string {
  const file = operatorKeyFile(dataFolder)
  try {
    const stored = readKey(file)
    // An empty file is what a full disk leaves behind.
    if (stored !== null && stored !== '') {
      if (!usableKey.test(stored))
        throw new ServiceStartError(
          `The operator key in ${file} is none: 32 to 200 letters, digits and signs without a blank are needed, so that nobody guesses it. Delete the file, and this start makes a new one.`,
        )
      chmodSync(file, 0o600)
      return stored
    }
    const made = newKey()
    writePrivately(file, `${made}\n`)
    return made
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof ServiceStartError || code === undefined) throw error
    throw new ServiceStartError(
      `The operator key in ${file} can be neither read nor made (${code}), and without it no command on this machine is let in. Let the user that Muster runs as own this folder, or name another with MUSTER_DATA.`,
    )
  }
}

/** Lays the key where commands find it by the port alone. Answers what takes it away again. */
export function layIntoHome(key: string, port: string): () => void {
  const file = homeKeyFile(port)
  try {
    writePrivately(file, `${key}\n`)
  } catch (error) {
    // A service user may have no home, or one that nobody can write to: the data folder has the key.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return () => undefined
  }
  return () => {
    // Another service may have taken the port over by now.
    if (readKey(file) === key) rmSync(file, { force: true })
  }
}
