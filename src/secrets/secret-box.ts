/* Secrets by owner and name, sealed on the way into the store and opened on the way out. */
import type { SealedSecret, SecretStore } from '../store/store.ts'
import type { SecretPair } from '../vocabulary/index.ts'
import { secretContext, type Keyring } from './keyring.ts'

export interface SecretBox {
  /** In order of key. Throws a `SealError` when one cannot be opened. */
  list(ownerId: string): Promise<readonly SecretPair[]>
  /** The owner has these from now on, and no others. */
  replace(ownerId: string, pairs: readonly SecretPair[]): Promise<void>
  /** The same, unless the owner's secrets are others than `known` by now; answers whether it was done. */
  replaceIf(ownerId: string, known: KnownSecrets, pairs: readonly SecretPair[]): Promise<KnownSecrets | null>
  /** Opened, and as they lie in the store, to tell later whether they are the same. */
  read(ownerId: string): Promise<KnownSecrets>
  /** One of them; `null` when the owner has none of this name. */
  get(ownerId: string, key: string): Promise<string | null>
}

export interface KnownSecrets {
  readonly pairs: readonly SecretPair[]
  readonly sealed: readonly Pick<SealedSecret, 'name' | 'sealed'>[]
}

export function createSecretBox(store: SecretStore, keyring: Keyring): SecretBox {
  const sealedOf = (ownerId: string, pairs: readonly SecretPair[]): readonly Omit<SealedSecret, 'ownerId'>[] =>
    pairs.map(({ key, value }) => ({ name: key, ...keyring.seal(value, secretContext(ownerId, key)) }))

  async function read(ownerId: string): Promise<KnownSecrets> {
    const sealed = await store.list(ownerId)
    const pairs = sealed.map(({ name, sealed: text }) => ({
      key: name,
      value: keyring.open(text, secretContext(ownerId, name)),
    }))
    return { pairs, sealed }
  }

  return {
    read,
    list: async (ownerId) => (await read(ownerId)).pairs,
    replace: (ownerId, pairs) => store.replace(ownerId, sealedOf(ownerId, pairs)),
    async replaceIf(ownerId, known, pairs) {
      const sealed = sealedOf(ownerId, pairs)
      return (await store.replaceIf(ownerId, known.sealed, sealed)) ? { pairs, sealed } : null
    },
    async get(ownerId, key) {
      const found = (await store.list(ownerId)).find(({ name }) => name === key)
      return found === undefined ? null : keyring.open(found.sealed, secretContext(ownerId, key))
    },
  }
}
