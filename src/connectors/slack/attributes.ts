/*
 * Where each of the mapping's thirty target attributes lives in a Slack user (slack.md section 8), the same for both
 * versions of the API.
 */

export type AddressPart = 'streetAddress' | 'locality' | 'region' | 'postalCode' | 'country'
export type EnterpriseField = 'department' | 'employeeNumber' | 'costCenter' | 'organization' | 'division'

export type Placement =
  | { readonly kind: 'active' }
  | { readonly kind: 'scalar'; readonly key: string; readonly isLocale?: true }
  | { readonly kind: 'name'; readonly key: 'givenName' | 'familyName' | 'honorificPrefix' }
  | { readonly kind: 'workEmail' }
  | { readonly kind: 'address'; readonly key: AddressPart }
  | { readonly kind: 'phone'; readonly slot: 'mobile' | 'work' }
  | { readonly kind: 'role' }
  | { readonly kind: 'photo' }
  | { readonly kind: 'enterprise'; readonly key: EnterpriseField }
  | { readonly kind: 'manager' }

export const workEmail = 'emails[type eq "work"].value'
export const mobilePhone = 'phoneNumbers[type eq "mobile"].value'
export const workPhone = 'phoneNumbers[type eq "work"].value'
export const role = 'roles[primary eq "True"].value'
export const photo = 'photos[type eq "photo"].value'

/** How the mapping writes the sub-attributes of Slack's one address. */
export function addressAttribute(part: AddressPart): string {
  return `addresses[type eq "untyped"].${part}`
}

export const addressParts: readonly AddressPart[] = ['streetAddress', 'locality', 'region', 'postalCode', 'country']
export const enterpriseFields: readonly EnterpriseField[] = [
  'department',
  'employeeNumber',
  'costCenter',
  'organization',
  'division',
]
export const nameParts = ['givenName', 'familyName', 'honorificPrefix'] as const
/** Singular attributes that are written and read as they are. */
export const plainScalars = ['displayName', 'title', 'timezone', 'userType'] as const
/** Free text in Slack, but sometimes spelt with a hyphen, sometimes with an underscore (slack.md 3.2). */
export const localeScalars = ['locale', 'preferredLanguage'] as const

/**
 * Attributes that are never read back as they were sent: externalId comes back empty, photos come back with an address of
 * Slack's, profileUrl follows the userName (slack.md 3.2). They are never compared.
 */
export const neverCompared: readonly string[] = ['externalId', photo, 'profileUrl']

/** Updates of these are ignored (slack.md 3.2). */
export const createOnly: readonly string[] = ['externalId', 'profileUrl']

/**
 * How the mapping names fields of the enterprise block, whichever version of the API carries them: a job keeps its mapping
 * when it changes the version.
 */
export const enterprisePrefix = 'urn:scim:schemas:extension:enterprise:1.0.'

const unchanged = ['externalId', 'userName', 'nickName', 'profileUrl', ...plainScalars]

/** The thirty target attributes of the mapping. */
export const placements: ReadonlyMap<string, Placement> = new Map<string, Placement>([
  ['active', { kind: 'active' }],
  ...unchanged.map((key): [string, Placement] => [key, { kind: 'scalar', key }]),
  ...localeScalars.map((key): [string, Placement] => [key, { kind: 'scalar', key, isLocale: true }]),
  ...nameParts.map((key): [string, Placement] => [`name.${key}`, { kind: 'name', key }]),
  [workEmail, { kind: 'workEmail' }],
  ...addressParts.map((key): [string, Placement] => [addressAttribute(key), { kind: 'address', key }]),
  [mobilePhone, { kind: 'phone', slot: 'mobile' }],
  [workPhone, { kind: 'phone', slot: 'work' }],
  [role, { kind: 'role' }],
  [photo, { kind: 'photo' }],
  ...enterpriseFields.map((key): [string, Placement] => [enterprisePrefix + key, { kind: 'enterprise', key }]),
  [`${enterprisePrefix}manager`, { kind: 'manager' }],
])
