/*
 * Accounts of people who sign in to Muster: administrators and auditors. They stand apart from the synchronized directory
 * (docs/decisions, "Accounts stand apart from the directory"). What a person may do follows from roles, not from the account.
 */

/** A key pair on a person's device or security key (WebAuthn); Muster knows the public half. */
export interface Passkey {
  /** The credential's id, base64url. */
  readonly credentialId: string
  readonly objectId: string
  /** COSE, base64url. */
  readonly publicKey: string
  /** Uses the authenticator counts; 0 where it does not. */
  readonly counter: number
  /** How the browser reaches it: `internal`, `usb`, ... */
  readonly transports: readonly string[]
  /** What its owner calls it. */
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** Who somebody is at another OpenID Connect provider: its `iss` and `sub`. */
export interface ExternalIdentity {
  readonly issuer: string
  readonly subject: string
}

export interface Account {
  /** The id of the directory's user with that userPrincipalName when there was one at creation, else its own. */
  readonly objectId: string
  /** Unique without case. */
  readonly userPrincipalName: string
  readonly displayName: string
  readonly isDisabled: boolean
  /** PHC string, parameters included; `null`: nobody signs in by password. Never leaves the service. */
  readonly passwordHash: string | null
  readonly externalIdentity: ExternalIdentity | null
  readonly createdAt: number
  readonly lastSignInAt: number | null
  /** Grows when the account is disabled or its password changes: sessions and tokens of an earlier epoch count no more. */
  readonly epoch: number
}

/** An account as the API shows it. */
export interface AccountReport extends Omit<Account, 'passwordHash' | 'epoch'> {
  readonly hasPassword: boolean
  readonly passkeys: readonly Omit<Passkey, 'objectId' | 'publicKey' | 'counter'>[]
  /** Until then passwords are not even looked at, because too many were wrong; `null`: they are. */
  readonly passwordsWaitUntil: number | null
}

export interface AccountsPage {
  readonly accounts: readonly AccountReport[]
  readonly total: number
  /** Continues after this page; `null` at the end. */
  readonly cursor: string | null
}

/** A link that lets whoever has it first choose a password or a passkey for an account. It is told once. */
export interface InvitationReport {
  readonly account: AccountReport
  /** Below the address of the service. */
  readonly path: string
  readonly expiresAt: number
}

/** Muster's own command line, as the service knows it: a program on a person's machine, which keeps no secret. */
export const commandLineAppId = '5f3c1d0e-8a52-4c6b-9f0e-2d7b6c1a4e83'

/** Who the service takes the caller for. */
export interface WhoAmI {
  readonly kind: 'operator' | 'application' | 'person'
  readonly displayName: string
  readonly userPrincipalName: string | null
  readonly objectId: string | null
}
