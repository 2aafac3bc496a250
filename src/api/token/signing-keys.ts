/*
 * The keys that access tokens are signed with: made when the first is needed, kept sealed in the store, replaced at will. A
 * key that was replaced stays published until the last token it signed has expired.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { Clock, SecretPair } from '../../vocabulary/index.ts'

/** Microsoft's own tokens of the v2.0 endpoint are signed with it too; no other is accepted. */
export const signingAlgorithm = 'RS256'

/** Under these names they are kept. */
const ownerId = 'tokens'
const keysName = 'signingKeys'

export interface KeptPairs {
  readonly pairs: readonly SecretPair[]
}

/** What is kept, and a change that is made only while nobody else has changed it. */
export interface SealedKeys<Known extends KeptPairs> {
  read(ownerId: string): Promise<Known>
  replaceIf(ownerId: string, known: Known, pairs: readonly SecretPair[]): Promise<Known | null>
}

/** Another process may have replaced the key meanwhile; a token of an unknown key is looked up at once. */
const believedMs = 30_000

interface StoredKey {
  readonly kid: string
  readonly madeAt: number
  /** Published until then; `null` for the key in use. */
  readonly expiresAt: number | null
  readonly privateKey: JWK
}

interface SigningKey {
  readonly kid: string
  readonly key: CryptoKey | Uint8Array
}

export interface SigningKeys {
  current(): Promise<SigningKey>
  /** The public key of that id, while tokens of it may be about. */
  find(kid: string): Promise<CryptoKey | Uint8Array | null>
  /** RFC 7517 section 5: public parts alone. */
  published(): Promise<readonly JWK[]>
  /** Tokens are signed by a fresh key from now on. */
  replace(): Promise<void>
}

export function createSigningKeys<Known extends KeptPairs>(
  secrets: SealedKeys<Known>,
  clock: Pick<Clock, 'now'>,
  tokenLifetimeMs: number,
): SigningKeys {
  let believed: { readonly keys: readonly StoredKey[]; readonly readAt: number } | null = null
  let making: Promise<readonly StoredKey[]> | null = null
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()

  function keysIn({ pairs }: Known): readonly StoredKey[] {
    const text = pairs.find(({ key }) => key === keysName)?.value
    return text === undefined ? [] : (JSON.parse(text) as readonly StoredKey[])
  }

  async function read(): Promise<readonly StoredKey[]> {
    const keys = keysIn(await secrets.read(ownerId))
    believed = { keys, readAt: clock.now() }
    return keys
  }

  async function make(): Promise<readonly StoredKey[]> {
    const now = clock.now()
    const { privateKey } = await generateKeyPair(signingAlgorithm, { modulusLength: 2048, extractable: true })
    const jwk = await exportJWK(privateKey)
    const made: StoredKey = {
      kid: await calculateJwkThumbprint(jwk),
      madeAt: now,
      expiresAt: null,
      privateKey: jwk,
    }
    const known = await secrets.read(ownerId)
    const before = keysIn(known).filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    const retired = before.map((key) => ({ ...key, expiresAt: key.expiresAt ?? now + tokenLifetimeMs }))
    // Where another process was quicker, its key is as fresh.
    await secrets.replaceIf(ownerId, known, [{ key: keysName, value: JSON.stringify([made, ...retired]) }])
    return await read()
  }

  /** One at a time: what two make, one of them would lose. */
  const makeOnce = (): Promise<readonly StoredKey[]> => {
    making ??= make().finally(() => (making = null))
    return making
  }

  async function live(isUnknownKey = false): Promise<readonly StoredKey[]> {
    const now = clock.now()
    const isFresh = believed !== null && Math.abs(now - believed.readAt) < believedMs && !isUnknownKey
    const keys = isFresh && believed !== null ? believed.keys : await read()
    return keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  }

  async function currentKey(): Promise<StoredKey> {
    const used = (keys: readonly StoredKey[]): StoredKey | undefined => keys.find(({ expiresAt }) => expiresAt === null)
    const key = used(await live()) ?? used(await makeOnce())
    if (key === undefined) throw new Error('A signing key was made, and is not there.')
    return key
  }

  function usable(name: string, jwk: JWK): Promise<CryptoKey | Uint8Array> {
    const known = imported.get(name)
    if (known !== undefined) return known
    const key = importJWK(jwk, signingAlgorithm)
    imported.set(name, key)
    return key
  }

  return {
    async current() {
      const { kid, privateKey } = await currentKey()
      return { kid, key: await usable(`${kid} private`, privateKey) }
    },
    async find(kid) {
      const ofKid = (keys: readonly StoredKey[]): StoredKey | undefined => keys.find((key) => key.kid === kid)
      const key = ofKid(await live()) ?? ofKid(await live(true))
      return key === undefined ? null : await usable(kid, publicPart(key))
    },
    async published() {
      await currentKey()
      return (await live()).map((key) => publicPart(key))
    },
    async replace() {
      await makeOnce()
    },
  }
}

/** Named one by one: what is secret is never passed on by a copy of the rest. */
const publicPart = ({ kid, privateKey: { kty, n, e } }: StoredKey): JWK =>
  ({ kty, use: 'sig', alg: signingAlgorithm, kid, n, e }) as JWK
