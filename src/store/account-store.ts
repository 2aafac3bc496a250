/*
 * Who may sign in, what they prove themselves by, and the secrets handed out to them: a part of `store.ts`, with the same
 * promises. Secrets are kept as hashes only.
 */
import type { Account, Passkey } from '../vocabulary/index.ts'

/** What is kept of a secret that was handed to a person or to a program acting for one. */
export interface HandedSecret {
  /** SHA-256 of the secret, base64url: whoever reads the store cannot sign in with it. */
  readonly secretHash: string
  readonly kind: 'invitation' | 'session' | 'code' | 'refresh' | 'challenge' | 'external'
  /** Whose it is; `''` where nobody is known yet. */
  readonly objectId: string
  /** What was handed out one after the other for the same sign-in: all of it ends together. */
  readonly familyId: string
  readonly expiresAt: number
  /** When it was used up; `null`: it was not. */
  readonly usedAt: number | null
  /** What belongs to it, as JSON; no secret in the clear but those that are worthless without it. */
  readonly content: string
}

/** Wrong passwords for one name, whether or not there is such an account. */
export interface SignInAttempts {
  readonly failures: number
  readonly waitsUntil: number
}

export interface AccountChange {
  readonly displayName?: string
  readonly isDisabled?: boolean
  readonly passwordHash?: string | null
  readonly externalIdentity?: Account['externalIdentity']
  readonly lastSignInAt?: number
}

export interface AccountStore {
  /** `false`: the id, the name or the external identity is taken, and nothing happened. */
  create(account: Account): Promise<boolean>
  get(objectId: string): Promise<Account | null>
  /** Without case. */
  byPrincipalName(name: string): Promise<Account | null>
  byExternalIdentity(issuer: string, subject: string): Promise<Account | null>
  /** In order of userPrincipalName without case; `text` is part of a name or the id, without case. */
  list(request: {
    readonly text: string
    readonly after: string | null
    readonly limit: number
  }): Promise<{ readonly accounts: readonly Account[]; readonly total: number; readonly cursor: string | null }>
  /**
   * `false`: there is none. With `endsSessions` the epoch grows, and every secret handed out to the account is void, all in one
   * transaction.
   */
  change(objectId: string, change: AccountChange, options?: { readonly endsSessions: boolean }): Promise<boolean>
  /** With its passkeys and secrets; `false`: there is none. */
  delete(objectId: string): Promise<boolean>

  /** In order of creation, by account. */
  passkeys(objectIds: readonly string[]): Promise<ReadonlyMap<string, readonly Passkey[]>>
  passkey(credentialId: string): Promise<Passkey | null>
  /** `false`: the credential is known already. */
  addPasskey(passkey: Passkey): Promise<boolean>
  notePasskeyUse(credentialId: string, use: { readonly counter: number; readonly at: number }): Promise<void>
  removePasskey(objectId: string, credentialId: string): Promise<boolean>

  handOut(secret: HandedSecret): Promise<void>
  handed(secretHash: string): Promise<HandedSecret | null>
  /**
   * Uses it up. Answers it as it was before, so that of any number of callers at once exactly one finds `usedAt: null`; `null`:
   * there is none.
   */
  useUp(secretHash: string, at: number): Promise<HandedSecret | null>
  /** Everything of this family is void. */
  endFamily(familyId: string): Promise<void>
  /** Answers how many went; so many at most. */
  purgeSecrets(expiredBefore: number, limit: number): Promise<number>

  attempts(key: string): Promise<SignInAttempts | null>
  /**
   * Counts an attempt before it is looked at, so that many at once do not pass: answers `null` and counts nothing while attempts
   * wait, else what is counted now.
   */
  beginAttempt(
    key: string,
    now: number,
    waitsUntil: (failures: number) => number,
  ): Promise<{ readonly failures: number } | null>
  forgetAttempts(key: string): Promise<void>
  /** Attempts that have waited to an end before that instant. */
  purgeAttempts(endedBefore: number, limit: number): Promise<number>
}
