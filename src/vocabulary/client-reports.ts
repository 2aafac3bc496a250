/* What `/muster/v1/clients` answers: programs with an access of their own. */

export interface ClientSecretReport {
  readonly keyId: string
  readonly displayName: string | null
  /** The first characters, to tell secrets apart. */
  readonly hint: string
  readonly startsAt: number | null
  readonly expiresAt: number | null
  /** It opens the door now. */
  readonly isInForce: boolean
}

export interface ClientCertificateReport {
  readonly keyId: string
  readonly displayName: string | null
  /** SHA-1, in hexadecimal, as Microsoft names certificates. */
  readonly thumbprint: string
  readonly expiresAt: number | null
  readonly isInForce: boolean
}

export interface ClientReport {
  /** The application's appId. */
  readonly clientId: string
  readonly displayName: string
  readonly applicationId: string
  readonly servicePrincipalId: string
  readonly isEnabled: boolean
  readonly permissions: readonly string[]
  readonly secrets: readonly ClientSecretReport[]
  readonly certificates: readonly ClientCertificateReport[]
  readonly createdAt: number | null
}

export interface ClientsPage {
  readonly clients: readonly ClientReport[]
  readonly total: number
  /** Where the next page goes on. */
  readonly cursor: string | null
}

/** The keys that access tokens are signed with. */
export interface SigningKeysReport {
  readonly keys: readonly { readonly keyId: string; readonly isSigning: boolean }[]
}

/** Told once: the secret is kept nowhere. */
export interface NewCredentialReport {
  readonly tenantId: string
  readonly clientId: string
  /** `null` where a certificate was handed in instead. */
  readonly clientSecret: string | null
  readonly keyId: string
  /** ISO 8601. */
  readonly expires: string
  readonly displayName: string
  readonly permissions: readonly string[]
  /** Below the address of the service. */
  readonly tokenPath: string
}
