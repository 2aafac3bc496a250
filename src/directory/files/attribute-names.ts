/*
 * How the files name things: Entra admin center and Microsoft 365 CSV columns, Microsoft Graph properties and LDAP
 * attributes, each with the mapping source name it stands for (graph-api.md 3.1, first column).
 */

/** How a value is read before it is checked. */
export type ValueKind = 'text' | 'boolean' | 'invertedBoolean' | 'date' | 'list'

export interface AttributeName {
  readonly name: string
  readonly kind: ValueKind
  /** Of several columns for one attribute the one with the lowest rank counts: 0 is the attribute's own name. */
  readonly rank: number
}

function table(
  kind: ValueKind,
  names: Readonly<Record<string, readonly string[]>>,
): readonly [string, AttributeName][] {
  return Object.entries(names).flatMap(([name, spellings]) =>
    [name, ...spellings].map((spelling, rank): [string, AttributeName] => [plainName(spelling), { name, kind, rank }]),
  )
}

/** Column and property names are compared without case, blanks and punctuation: `Object Id`, `objectId`, `OBJECT_ID`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_\-./()[\]]+/gu, '')
}

const extensionAttributes = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [
    `extensionAttribute${index + 1}`,
    [`onPremisesExtensionAttributes.extensionAttribute${index + 1}`, `Custom attribute ${index + 1}`],
  ]),
)

/**
 * Columns of user lists: "Download users" of the Entra admin center in its older (`objectId`, `mobile`) and newer
 * (`id`, `mobilePhone`, `officeLocation`) form, its bulk templates (`User name [userPrincipalName] Required`), "Export
 * users" of the Microsoft 365 admin center (`User principal name`, `Title`, `Block credential`), and what exports by
 * PowerShell are called after: the Graph properties themselves, or those of `Get-ADUser`.
 */
const userColumns = new Map<string, AttributeName>([
  ...table('text', {
    objectId: ['id', 'objectGUID', 'Azure AD object id', 'Entra object id'],
    userPrincipalName: ['upn', 'User name'],
    displayName: ['Full name', 'Name', 'cn'],
    givenName: ['First name'],
    surname: ['Last name', 'sn'],
    mail: ['Email', 'E-mail', 'Email address', 'Primary email', 'Primary SMTP address'],
    mailNickname: ['Alias'],
    jobTitle: ['Title'],
    department: [],
    companyName: ['Company'],
    employeeId: ['Employee number'],
    employeeType: [],
    'employeeOrgData.costCenter': ['costCenter', 'Cost center'],
    'employeeOrgData.division': ['division'],
    streetAddress: ['Street'],
    city: [],
    state: ['State or province', 'State/Province'],
    postalCode: ['ZIP or postal code', 'ZIP', 'ZIP code'],
    country: ['Country or region', 'Country/Region', 'countryOrRegion'],
    usageLocation: [],
    telephoneNumber: ['Office phone', 'officePhone', 'Phone number', 'Phone', 'businessPhones', 'businessPhone'],
    mobile: ['mobilePhone', 'Mobile phone', 'Mobile number'],
    facsimileTelephoneNumber: ['faxNumber', 'Fax'],
    physicalDeliveryOfficeName: ['officeLocation', 'Office'],
    preferredLanguage: [],
    manager: ['managerId', 'managerObjectId', 'managerUserPrincipalName', 'managerUpn', 'managerMail', 'managerEmail'],
    userType: [],
    creationType: [],
    externalUserState: ['invitationState'],
    ageGroup: [],
    consentProvidedForMinor: [],
    legalAgeGroupClassification: [],
    onPremisesSamAccountName: ['sAMAccountName'],
    onPremisesDistinguishedName: ['distinguishedName', 'dn'],
    onPremisesDomainName: [],
    onPremisesUserPrincipalName: [],
    onPremisesImmutableId: ['immutableId'],
    onPremisesSecurityIdentifier: [],
    ...extensionAttributes,
  }),
  ...table('boolean', { accountEnabled: ['enabled'], dirSyncEnabled: ['directorySynced', 'onPremisesSyncEnabled'] }),
  ...table('invertedBoolean', { accountEnabled: ['blockCredential', 'blockSignIn', 'signInBlocked'] }).filter(
    ([spelling]) => spelling !== 'accountenabled',
  ),
  ...table('date', {
    createdDateTime: ['When created', 'creationTime'],
    employeeHireDate: ['Hire date'],
    employeeLeaveDateTime: [],
    externalUserStateChangeDateTime: [],
    onPremisesLastSyncDateTime: ['Last dirsync time', 'lastDirSyncTime'],
  }),
  ...table('list', {
    otherMails: ['alternateEmailAddress', 'Alternate email addresses', 'alternateEmailAddresses'],
    proxyAddresses: [],
  }),
])

/** Columns of the Entra admin center's "Download groups" and of the Graph properties. */
const groupColumns = new Map<string, AttributeName>([
  ...table('text', {
    objectId: ['id'],
    displayName: ['Name', 'Group name'],
    description: [],
    mail: ['Email', 'Email address', 'Group email', 'Primary SMTP address'],
    mailNickname: ['Alias'],
    groupType: ['Group type'],
    membershipType: [],
    source: [],
    membershipRule: [],
    visibility: ['Privacy', 'Group privacy'],
    classification: [],
  }),
  ...table('boolean', {
    securityEnabled: [],
    mailEnabled: [],
    isAssignableToRole: [],
    dirSyncEnabled: ['onPremisesSyncEnabled', 'directorySynced'],
  }),
  ...table('date', { createdDateTime: [] }),
  ...table('list', { proxyAddresses: [], groupTypes: [] }),
])

/** Columns of member lists. `member` may hold either an object id or a userPrincipalName (`memberObjectIdOrUpn`). */
const memberColumns = new Map<string, AttributeName>(
  table('text', {
    memberObjectId: ['id', 'objectId', 'memberId'],
    memberUserPrincipalName: ['userPrincipalName', 'upn', 'User name'],
    memberMail: ['mail', 'email', 'Email address'],
    member: ['memberObjectIdOrUpn', 'Member object ID or user principal name'],
    memberDisplayName: ['displayName', 'Display name', 'Name'],
    memberType: ['objectType', 'Member type', '@odata.type'],
    isGroup: [],
    isUser: [],
    isGuest: [],
    userType: [],
    groupId: ['groupObjectId', 'Group object id'],
    groupDisplayName: ['groupName', 'Group name', 'Group'],
    groupMail: ['Group email'],
  }),
)

/** Columns that are known, carry nothing Muster uses, and are never echoed because they may hold a secret. */
const secretColumns: ReadonlySet<string> = new Set(['passwordprofile', 'initialpassword', 'password'])

export type CsvTable = 'users' | 'groups' | 'members'

const csvTables: Readonly<Record<CsvTable, ReadonlyMap<string, AttributeName>>> = {
  users: userColumns,
  groups: groupColumns,
  members: memberColumns,
}

/**
 * The meaning of a CSV column heading, or undefined when it has none here. In the bulk templates the name in brackets
 * counts, except that "Block sign in (Yes/No) [accountEnabled]" says the opposite of `accountEnabled`.
 */
export function readColumnName(tableName: CsvTable, heading: string): AttributeName | undefined {
  const known = csvTables[tableName]
  const bracketed = /^(.*?)\[([^\]]+)\]/u.exec(heading)
  if (bracketed === null) return known.get(plainName(heading))
  const words = plainName(bracketed[1] ?? '')
  const found = known.get(plainName(bracketed[2] ?? '')) ?? known.get(words)
  return found?.name === 'accountEnabled' && words.startsWith('block')
    ? { name: found.name, kind: 'invertedBoolean', rank: found.rank }
    : found
}

export function isSecretColumn(heading: string): boolean {
  const inBrackets = /\[([^\]]+)\]/u.exec(heading)?.[1]
  return secretColumns.has(plainName(inBrackets ?? heading))
}

/** Graph properties of a user whose mapping source name is another (graph-api.md 3.1); all others keep their own. */
const userPropertyNames: Readonly<Record<string, string>> = {
  id: 'objectId',
  mobilePhone: 'mobile',
  faxNumber: 'facsimileTelephoneNumber',
  officeLocation: 'physicalDeliveryOfficeName',
  onPremisesSyncEnabled: 'dirSyncEnabled',
}

/** Graph properties of users that are taken, in Graph's spelling. */
const userProperties: Readonly<Record<ValueKind, readonly string[]>> = {
  text: [
    ...['id', 'userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'jobTitle'],
    ...['department', 'companyName', 'employeeId', 'employeeType', 'streetAddress', 'city', 'state', 'postalCode'],
    ...['country', 'usageLocation', 'mobilePhone', 'faxNumber', 'officeLocation', 'preferredLanguage', 'userType'],
    ...['creationType', 'externalUserState', 'ageGroup', 'consentProvidedForMinor', 'legalAgeGroupClassification'],
    ...['onPremisesSecurityIdentifier', 'onPremisesImmutableId', 'onPremisesSamAccountName', 'onPremisesDomainName'],
    ...['onPremisesDistinguishedName', 'onPremisesUserPrincipalName'],
  ],
  boolean: ['accountEnabled', 'onPremisesSyncEnabled'],
  invertedBoolean: [],
  date: [
    ...['createdDateTime', 'employeeHireDate', 'employeeLeaveDateTime', 'externalUserStateChangeDateTime'],
    ...['onPremisesLastSyncDateTime'],
  ],
  list: ['proxyAddresses', 'otherMails'],
}

const groupProperties: Readonly<Record<ValueKind, readonly string[]>> = {
  text: [
    ...['id', 'displayName', 'description', 'mail', 'mailNickname', 'visibility', 'classification', 'membershipRule'],
    ...['membershipRuleProcessingState'],
  ],
  boolean: ['mailEnabled', 'securityEnabled', 'isAssignableToRole', 'onPremisesSyncEnabled'],
  invertedBoolean: [],
  date: ['createdDateTime'],
  list: ['proxyAddresses', 'groupTypes'],
}

function propertyTable(
  properties: Readonly<Record<ValueKind, readonly string[]>>,
  renamed: Readonly<Record<string, string>>,
): ReadonlyMap<string, AttributeName> {
  const kinds: readonly ValueKind[] = ['text', 'boolean', 'date', 'list']
  return new Map(
    kinds.flatMap((kind) =>
      properties[kind].map((property): [string, AttributeName] => [
        property.toLowerCase(),
        { name: renamed[property] ?? property, kind, rank: 0 },
      ]),
    ),
  )
}

/** Graph properties by their lower-cased name: PowerShell's `ConvertTo-Json` writes `UserPrincipalName`. */
export const graphUserProperties = propertyTable(userProperties, userPropertyNames)
export const graphGroupProperties = propertyTable(groupProperties, userPropertyNames)

/**
 * LDAP attributes in lower case, most trusted first: the first one an entry has gives the value. inetOrgPerson (RFC 2798, RFC 4519),
 * Active Directory, and the operational ids of OpenLDAP, 389 Directory Server and FreeIPA.
 */
export const ldapUserAttributes: readonly (readonly [string, readonly string[]])[] = [
  ['userPrincipalName', ['userprincipalname']],
  ['displayName', ['displayname', 'cn']],
  ['givenName', ['givenname', 'gn']],
  ['surname', ['sn', 'surname']],
  ['mail', ['mail', 'rfc822mailbox']],
  ['mailNickname', ['mailnickname']],
  ['jobTitle', ['title']],
  ['department', ['department', 'ou', 'organizationalunitname']],
  ['companyName', ['company', 'o', 'organizationname']],
  ['employeeId', ['employeeid', 'employeenumber']],
  ['employeeType', ['employeetype']],
  ['employeeOrgData.division', ['division']],
  ['streetAddress', ['streetaddress', 'street']],
  ['city', ['l', 'localityname']],
  ['state', ['st', 'stateorprovincename']],
  ['postalCode', ['postalcode']],
  ['country', ['co', 'friendlycountryname']],
  ['usageLocation', ['c', 'countryname', 'msexchusagelocation']],
  ['telephoneNumber', ['telephonenumber']],
  ['mobile', ['mobile', 'mobiletelephonenumber']],
  ['facsimileTelephoneNumber', ['facsimiletelephonenumber', 'fax']],
  ['physicalDeliveryOfficeName', ['physicaldeliveryofficename', 'roomnumber']],
  ['preferredLanguage', ['preferredlanguage']],
  ['onPremisesSamAccountName', ['samaccountname']],
  ...Array.from({ length: 15 }, (_, index): [string, readonly string[]] => [
    `extensionAttribute${index + 1}`,
    [`extensionattribute${index + 1}`],
  ]),
]

export const ldapGroupAttributes: readonly (readonly [string, readonly string[]])[] = [
  ['displayName', ['displayname', 'cn']],
  ['description', ['description']],
  ['mail', ['mail']],
  ['mailNickname', ['mailnickname']],
  ['onPremisesSamAccountName', ['samaccountname']],
]
