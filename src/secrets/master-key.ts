/*
 * What a master key looks like: 32 random bytes, written as base64 or hexadecimal. Its id is made of the key itself, so that
 * nobody has to keep names and keys together.
 */
import { createHash, randomBytes } from 'node:crypto'

export interface MasterKey {
  /** Eight hexadecimal digits; tells nothing about the key. */
  readonly id: string
  readonly bytes: Buffer
}

const keyBytes = 32

/** Keys that cannot be used: where they were found, and what is wrong. Never quotes them. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError'
}

const idOf = (bytes: Buffer): string =>
  createHash('sha256').update('muster master key').update(bytes).digest('hex').slice(0, 8)

/** As it stands in a key file: base64. */
export const masterKeyText = ({ bytes }: MasterKey): string => bytes.toString('base64')

export function newMasterKey(): MasterKey {
  const bytes = randomBytes(keyBytes)
  return { id: idOf(bytes), bytes }
}

function decoded(word: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(word)) return null
  const bytes = Buffer.from(word, 'base64')
  return bytes.length === keyBytes ? bytes : null
}

/**
 * Keys with blanks, line ends or commas between, the newest first; a line that begins with `#` is a remark. `place` names
 * where the text comes from, for the message.
 */
export function readMasterKeys(text: string, place: string): readonly MasterKey[] {
  const words = text
    .split(/\r?\n/)
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((word) => word !== '')
  if (words.length === 0) throw new MasterKeyError(`${place} holds no key. ${whatAKeyIs}`)
  const keys = words.map((word, at) => {
    const bytes = decoded(word)
    if (bytes !== null) return { id: idOf(bytes), bytes }
    throw new MasterKeyError(
      `Key ${String(at + 1)} of ${String(words.length)} in ${place} is no key: it has ${String(word.length)} characters, or others than base64 and hexadecimal have. ${whatAKeyIs}`,
    )
  })
  return keys.filter(({ id }, at) => keys.findIndex((other) => other.id === id) === at)
}

const whatAKeyIs = 'A key is 32 random bytes in base64 or hexadecimal, as "openssl rand -base64 32" prints them.'
