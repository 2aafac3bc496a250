/*
 * How passwords are kept (argon2id, RFC 9106, as a PHC string with its parameters) and which are taken. Work is the same
 * whether or not there is an account, and bounded however many ask at once.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { foldText, type Account } from '../vocabulary/index.ts'

interface Argon2Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's first choice for argon2id: 19 MiB, two passes. */
const cost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const saltBytes = 16
const tagBytes = 32

export const passwordLengthMin = 12
const passwordLengthMax = 256

const derive = promisify(argon2)

/** More at once would take memory and threads from the work people wait for. */
const derivedAtOnce = 2
const waitingMax = 64
let deriving = 0
const waiting: (() => void)[] = []

/** Too many passwords at once: thrown instead of letting the queue grow. */
export class PasswordsBusyError extends Error {
  override readonly name = 'PasswordsBusyError'
}

async function tagOf(password: string, salt: Buffer, { memory, passes, parallelism }: Argon2Cost): Promise<Buffer> {
  if (deriving >= derivedAtOnce) {
    if (waiting.length >= waitingMax) throw new PasswordsBusyError('Too many people sign in at once.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else deriving += 1
  try {
    return await derive('argon2id', {
      // The same password typed on another keyboard may be composed otherwise (RFC 8265 section 4.2).
      message: password.normalize('NFC'),
      nonce: salt,
      parallelism,
      tagLength: tagBytes,
      memory,
      passes,
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) deriving -= 1
    else next()
  }
}

const plain = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** `$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const tag = await tagOf(password, salt, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${String(memory)},t=${String(passes)},p=${String(parallelism)}$${plain(salt)}$${plain(tag)}`
}

interface KeptPassword {
  readonly cost: Argon2Cost
  readonly salt: Buffer
  readonly tag: Buffer
}

function readHash(text: string): KeptPassword {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text)
  const [, memory, passes, parallelism, salt, tag] = match ?? []
  if (salt === undefined || tag === undefined)
    throw new Error('The hash of a password is not one of ours: set the password again.')
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/** What is compared with where there is no password to compare with. */
const nobodys: KeptPassword = { cost, salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) }

/** `null`: there is no such password, which takes as long to find out. */
export async function isRightPassword(password: string, hash: string | null): Promise<boolean> {
  const kept = hash === null ? nobodys : readHash(hash)
  // What is too long is no password of anybody, and costs nothing to say.
  const tag = await tagOf(password.slice(0, passwordLengthMax + 1), kept.salt, kept.cost)
  return tag.length === kept.tag.length && timingSafeEqual(tag, kept.tag) && hash !== null
}

/** Why a password is not taken, as a sentence; `null`: it is. */
export function passwordFault(
  password: string,
  { userPrincipalName, displayName }: Pick<Account, 'userPrincipalName' | 'displayName'>,
): string | null {
  const length = [...password.normalize('NFC')].length
  if (length < passwordLengthMin)
    return `The password has ${String(length)} characters, and short ones can be guessed: take at least ${String(passwordLengthMin)}, for instance four words.`
  if (length > passwordLengthMax)
    return `The password has ${String(length)} characters, more than the ${String(passwordLengthMax)} that are compared: take a shorter one.`
  if (new Set(password).size < 5)
    return 'The password repeats a few characters, and such ones are guessed first: take another one.'
  const folded = foldText(password)
  const names = [userPrincipalName, userPrincipalName.split('@')[0] ?? '', displayName].map(foldText)
  if (names.some((name) => name.length > 3 && folded.replaceAll(name, '').length < passwordLengthMin / 2))
    return 'The password is little more than the name of the account, and names are guessed first: take another one.'
  return null
}
