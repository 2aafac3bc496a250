/*
 * The nouns of the simulated workspace: people, groups, tokens, settings (slack.md sections 1.5, 3, 4, 7).
 * Everything here is plain data, so that it can be written to disk and read back as it is.
 */

export type Plan = 'business_plus' | 'free' | 'pro' | 'enterprise'

export type Role =
  | 'primary_owner'
  | 'owner'
  | 'admin'
  | 'member'
  | 'multi_channel_guest'
  | 'single_channel_guest'
  | 'bot'
  | 'org_owner'
  | 'org_admin'

/** The fields of the extended shape (slack.md 3.1). Null is "never set or cleared". */
export interface Profile {
  readonly honorificPrefix: string | null
  readonly streetAddress: string | null
  readonly locality: string | null
  readonly region: string | null
  readonly postalCode: string | null
  readonly country: string | null
  readonly primaryPhone: string | null
  readonly mobilePhone: string | null
  readonly userType: string | null
  readonly roleText: string | null
  readonly preferredLanguage: string | null
  readonly locale: string | null
  readonly employeeNumber: string | null
  readonly costCenter: string | null
  readonly organization: string | null
  readonly division: string | null
  readonly department: string | null
  readonly managerId: string | null
  readonly startDate: string | null
}

export type ProfileKey = keyof Profile

export const emptyProfile: Profile = {
  honorificPrefix: null,
  streetAddress: null,
  locality: null,
  region: null,
  postalCode: null,
  country: null,
  primaryPhone: null,
  mobilePhone: null,
  userType: null,
  roleText: null,
  preferredLanguage: null,
  locale: null,
  employeeNumber: null,
  costCenter: null,
  organization: null,
  division: null,
  department: null,
  managerId: null,
  startDate: null,
}

export const profileKeys: readonly ProfileKey[] = Object.keys(emptyProfile) as ProfileKey[]

export interface Person {
  readonly id: string
  readonly createdAt: number
  readonly role: Role
  readonly active: boolean
  /** Reads show a deactivation only from this instant on (slack.md 2.1 and 10.2, consistency). */
  readonly inactiveShownAt: number
  readonly userName: string
  /** '' shows the userName instead (slack.md 3.2). */
  readonly displayName: string
  readonly givenName: string
  readonly familyName: string
  readonly title: string
  readonly timezone: string
  /** '' is the Slack profile page, which follows the userName. */
  readonly profileUrl: string
  readonly email: string
  readonly secondaryEmail: string
  readonly photo: string
  readonly nextPhoto: { readonly value: string; readonly shownAt: number } | null
  /** Null until the first profile field is synced: the basic shape. */
  readonly profile: Profile | null
  readonly guestExpiration: string | null
  readonly externalId: string
  readonly samlNameId: string | null
  /** Erased under the GDPR: nothing may change any more. */
  readonly isErased: boolean
}

export interface Token {
  readonly value: string
  readonly kind: 'user' | 'bot'
  readonly installerId: string
  readonly scopes: readonly string[]
  readonly isOrgWide: boolean
  /** Whether the installer could grant the scope at that time (slack.md 1.5). */
  readonly isGranted: boolean
  readonly isRevoked: boolean
  /** Null lives for ever; with token rotation a token dies after twelve hours. */
  readonly expiresAt: number | null
  readonly refreshToken: string | null
  /** The app it was issued to; null for a token handed out by the simulator itself. */
  readonly clientId: string | null
  /** Where calls may come from; null is anywhere, or what the app says (slack.md 1.2). */
  readonly allowedAddresses: readonly string[] | null
}

export interface OauthApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUrls: readonly string[]
  readonly name: string
  readonly hasTokenRotation: boolean
  /** At most ten IPv4 addresses or CIDR ranges its tokens may be used from; absent is anywhere (slack.md 1.2). */
  readonly allowedAddresses?: readonly string[]
  /** Public distribution: without it an app cannot be installed on a whole organisation (slack.md 1.3). Absent is yes. */
  readonly isDistributed?: boolean
}

export interface OauthCode {
  readonly value: string
  readonly clientId: string
  readonly userId: string
  readonly scopes: readonly string[]
  readonly redirectUri: string | null
  readonly codeChallenge: string | null
  readonly isOrgWide: boolean
  readonly issuedAt: number
  readonly isUsed: boolean
}

/** How the workspace trusts an identity provider (slack.md 9.1, 9.2). */
export interface SamlSettings {
  /** Where people are sent to sign in. */
  readonly ssoUrl: string
  readonly idpIssuer: string
  /** PEM: an X.509 certificate, or a bare public key. */
  readonly certificate: string
  /** The audience; the workspace's address when one identity provider serves several workspaces. */
  readonly spIssuer: string
  /** Null is Slack's own address of this workspace; a local one lets a browser come back here. */
  readonly acsUrl: string | null
  readonly areResponsesSigned: boolean
  readonly areAssertionsSigned: boolean
  /** Entra fails unless none is sent (AADSTS75011). */
  readonly authnContext: 'PasswordProtectedTransport' | null
  /** Signs the request people are sent to the identity provider with; the SP metadata has the certificate. */
  readonly signsRequests: boolean
  /** Just-in-time creation of people nobody provisioned. */
  readonly jit: boolean
}

export const usualSaml: Omit<SamlSettings, 'ssoUrl' | 'idpIssuer' | 'certificate'> = {
  spIssuer: 'https://slack.com',
  acsUrl: null,
  areResponsesSigned: false,
  areAssertionsSigned: false,
  authnContext: 'PasswordProtectedTransport',
  signsRequests: false,
  jit: true,
}

/** What an administrator can set (slack.md section 7). */
export interface WorkspaceSettings {
  readonly plan: Plan
  readonly salesforceOrgConnected: boolean
  readonly profileSync: boolean
  readonly allowDisplayNameChange: boolean
  readonly allowEmailChange: boolean
  readonly ssoMode: 'optional' | 'partly' | 'required'
  /** Custom fields made by hand; those made by SCIM come on top of them. */
  readonly customProfileFields: number
  readonly hiddenFields: readonly string[]
  /** 0 signs out when the browser closes (slack.md 9.5). */
  readonly sessionDurationHours: number
  readonly teamId: string
  readonly teamName: string
  readonly domain: string
  readonly enterpriseId: string | null
  readonly saml: SamlSettings | null
}

export const usualSettings: WorkspaceSettings = {
  plan: 'business_plus',
  salesforceOrgConnected: false,
  profileSync: true,
  allowDisplayNameChange: false,
  allowEmailChange: true,
  ssoMode: 'optional',
  customProfileFields: 0,
  hiddenFields: [],
  sessionDurationHours: 0,
  teamId: '',
  teamName: 'Acme',
  domain: 'acme',
  enterpriseId: null,
  saml: null,
}
