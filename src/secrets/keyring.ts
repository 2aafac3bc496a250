/*
 * Seals and opens texts with AES-256-GCM: the first key of the ring seals, all of them open. What a text is for (whose, under
 * which name) and the id of its key are authenticated with it, so a sealed text is good for nothing in another place.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { MasterKey } from './master-key.ts'

export interface Keyring {
  /** The id of the key that seals. */
  readonly sealsWith: () => string
  /** The one that seals first. */
  readonly keyIds: () => readonly string[]
  /** `context` says what the text is for; the same is needed to open it. */
  readonly seal: (text: string, context: string) => { readonly keyId: string; readonly sealed: string }
  /** Throws a `SealError`. */
  readonly open: (sealed: string, context: string) => string
  /** Others from now on, the one that seals first. */
  readonly change: (keys: readonly MasterKey[]) => void
}

/** A sealed text that cannot be opened. Quotes neither the text nor a key. */
export class SealError extends Error {
  override readonly name = 'SealError'
  /** The key is not in the ring; or the text was altered, or sealed for something else. */
  readonly found: 'unknownKey' | 'damaged'
  constructor(found: SealError['found'], message: string) {
    super(message)
    this.found = found
  }
}

const algorithm = 'aes-256-gcm'
/** NIST SP 800-38D 5.2.1.1: 96 bits, random for each text. */
const nonceBytes = 12
const tagBytes = 16
const form = /^v1\.([0-9a-f]{8})\.([\w-]+)$/

const authenticated = (keyId: string, context: string): Buffer => Buffer.from(`muster v1\n${keyId}\n${context}`, 'utf8')

/** What a secret of this name of this owner is sealed for. */
export const secretContext = (ownerId: string, name: string): string => JSON.stringify([ownerId, name])

/** `reload` is asked once for a key that is not in the ring: another process may have made it meanwhile. */
export function createKeyring(first: readonly MasterKey[], reload: () => readonly MasterKey[] = () => []): Keyring {
  let keys = first

  function keyNamed(keyId: string): MasterKey | undefined {
    const known = keys.find(({ id }) => id === keyId)
    if (known !== undefined) return known
    const found = reload().find(({ id }) => id === keyId)
    if (found !== undefined) keys = [...keys, found]
    return found
  }

  return {
    sealsWith: () => sealingKey(keys).id,
    keyIds: () => keys.map(({ id }) => id),
    change: (others) => {
      keys = others
    },
    seal(text, context) {
      const key = sealingKey(keys)
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key.bytes, nonce).setAAD(authenticated(key.id, context))
      const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { keyId: key.id, sealed: `v1.${key.id}.${body.toString('base64url')}` }
    },
    open(sealed, context) {
      const [, keyId = '', text = ''] = form.exec(sealed) ?? []
      const body = Buffer.from(text, 'base64url')
      if (body.length < nonceBytes + tagBytes)
        throw new SealError(
          'damaged',
          'A sealed secret is cut off or is none at all, so it cannot be opened; enter it anew.',
        )
      const key = keyNamed(keyId)
      if (key === undefined)
        throw new SealError(
          'unknownKey',
          `A secret is sealed with the key ${keyId}, which this process does not have (it has ${keys.map(({ id }) => id).join(', ')}); add that key and start the service again.`,
        )
      const decipher = createDecipheriv(algorithm, key.bytes, body.subarray(0, nonceBytes), { authTagLength: tagBytes })
        .setAAD(authenticated(keyId, context))
        .setAuthTag(body.subarray(-tagBytes))
      try {
        const opened = [decipher.update(body.subarray(nonceBytes, -tagBytes)), decipher.final()]
        return Buffer.concat(opened).toString('utf8')
      } catch {
        // Node says no more than that the tag does not fit.
        throw new SealError(
          'damaged',
          'A sealed secret was altered or belongs to another place, so it cannot be opened; enter it anew.',
        )
      }
    },
  }
}

function sealingKey([key]: readonly MasterKey[]): MasterKey {
  if (key === undefined) throw new Error('A keyring without a key can seal nothing.')
  return key
}
