/* Secrets, sealed: a part of `store.ts`, with the same promises. */
import type {} from '../vocabulary/index.ts'

/** A text that only a key outside the database opens. */
export interface SealedSecret {
  /** A servicePrincipal, or a fixed name of the installation. */
  readonly ownerId: string
  /** `SecretToken`, `BaseAddress`, ... */
  readonly name: string
  /** Of the key it is sealed with. */
  readonly keyId: string
  readonly sealed: string
}

type SecretPlace = Pick<SealedSecret, 'ownerId' | 'name'>

/** The store never sees what is sealed. */
export interface SecretStore {
  /** In order of name. */
  list(ownerId: string): Promise<readonly SealedSecret[]>
  /** The owner has these from now on, and no others. */
  replace(ownerId: string, secrets: readonly Omit<SealedSecret, 'ownerId'>[]): Promise<void>
  /** The same, unless the owner's secrets are others than `known` by now: then nothing happens. Answers whether it did. */
  replaceIf(
    ownerId: string,
    known: readonly Pick<SealedSecret, 'name' | 'sealed'>[],
    secrets: readonly Omit<SealedSecret, 'ownerId'>[],
  ): Promise<boolean>
  /** All that are not sealed with this key, in order of owner and name, after the one named. */
  notSealedWith(
    keyId: string,
    request: { readonly after: SecretPlace | null; readonly limit: number },
  ): Promise<readonly SealedSecret[]>
  /** Sealed with each key, in order of its id. */
  countByKey(): Promise<readonly { readonly keyId: string; readonly count: number }[]>
  /** Puts another sealed text in place of the one named, unless that is another by now; answers how many were put. */
  reseal(changes: readonly (SealedSecret & { readonly before: string })[]): Promise<number>
  /** Forgets everything that is sealed with this key; answers how many. */
  removeSealedWith(keyId: string): Promise<number>
}
