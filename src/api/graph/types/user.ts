/* The user resource (graph-api.md 3.1). */
import {
  computed,
  firstOfList,
  instantAttribute,
  listAttribute,
  notKept,
  partsAttribute,
  plainInstant,
  textAttribute,
  truthAttribute,
} from './codecs.ts'
import {
  byName,
  complex,
  complexes,
  complexType,
  instant,
  nameKey,
  text,
  texts,
  to,
  truth,
  type EntityType,
  type Property,
} from './property.ts'

type More = Parameters<typeof text>[1]

const kept = (name: string, more: More = {}, attribute = name): Property =>
  text(name, { codec: textAttribute(attribute), ...more })
const keptTruth = (name: string, more: More = {}, attribute = name): Property =>
  truth(name, { codec: truthAttribute(attribute), ...more })
const keptInstant = (name: string, more: More = {}): Property =>
  instant(name, { codec: instantAttribute(name), ...more })
const keptTexts = (name: string, more: More = {}): Property => texts(name, { codec: listAttribute(name), ...more })

export const idProperty: Property = text('id', {
  access: 'readOnly',
  isDefault: true,
  codec: computed(({ objectId }) => objectId),
})

export const deletedDateTime: Property = instant('deletedDateTime', {
  access: 'readOnly',
  codec: computed(({ deletedAt }) => (deletedAt === null ? null : plainInstant(deletedAt))),
})

const extensionNumbers = Array.from({ length: 15 }, (_, at) => `extensionAttribute${String(at + 1)}`)

export const onPremisesExtensionAttributes = complex(
  'onPremisesExtensionAttributes',
  complexType(
    'onPremisesExtensionAttributes',
    extensionNumbers.map((name) => text(name, { lengthMax: 1024 })),
  ),
  { codec: partsAttribute(Object.fromEntries(extensionNumbers.map((name) => [name, name]))) },
)

/** Always empty here: Muster knows no licences and has no second store that could fail. */
export const emptyList = (name: string): Property =>
  complexes(name, complexType(name, []), { access: 'readOnly', codec: computed(() => []) })
const alwaysNull = (name: string): Property => text(name, { access: 'readOnly', codec: computed(() => null) })

const readOnly = { access: 'readOnly' } as const

const properties: readonly Property[] = [
  idProperty,
  deletedDateTime,
  keptTruth('accountEnabled', { isNullable: false }),
  kept('ageGroup'),
  texts('businessPhones', { isDefault: true, lengthMax: 64, codec: firstOfList('telephoneNumber') }),
  kept('city', { lengthMax: 128 }),
  kept('companyName', { lengthMax: 64 }),
  kept('consentProvidedForMinor'),
  kept('country', { lengthMax: 128 }),
  keptInstant('createdDateTime', readOnly),
  kept('creationType', readOnly),
  kept('department', { lengthMax: 64, search: 'start' }),
  kept('displayName', { isDefault: true, isNullable: false, lengthMax: 256, search: 'words' }),
  keptInstant('employeeHireDate'),
  kept('employeeId', { lengthMax: 16 }),
  keptInstant('employeeLeaveDateTime'),
  complex('employeeOrgData', complexType('employeeOrgData', [text('costCenter'), text('division')]), {
    codec: partsAttribute({ costCenter: 'employeeOrgData.costCenter', division: 'employeeOrgData.division' }),
  }),
  kept('employeeType'),
  kept('externalUserState', { values: ['PendingAcceptance', 'Accepted'] }),
  keptInstant('externalUserStateChangeDateTime'),
  kept('faxNumber', {}, 'facsimileTelephoneNumber'),
  kept('givenName', { isDefault: true, lengthMax: 64, search: 'start' }),
  texts('imAddresses', { ...readOnly, codec: computed(() => []) }),
  keptTruth('isResourceAccount', readOnly),
  kept('jobTitle', { isDefault: true, lengthMax: 128, search: 'start' }),
  alwaysNull('lastPasswordChangeDateTime'),
  kept('legalAgeGroupClassification', readOnly),
  kept('mail', { isDefault: true, search: 'start' }),
  kept('mailNickname', { isNullable: false, lengthMax: 64, search: 'start' }),
  kept('mobilePhone', { isDefault: true, lengthMax: 64 }, 'mobile'),
  kept('officeLocation', { isDefault: true, lengthMax: 128 }, 'physicalDeliveryOfficeName'),
  kept('onPremisesDistinguishedName', readOnly),
  kept('onPremisesDomainName', readOnly),
  onPremisesExtensionAttributes,
  kept('onPremisesImmutableId'),
  keptInstant('onPremisesLastSyncDateTime', readOnly),
  kept('onPremisesSamAccountName', readOnly),
  kept('onPremisesSecurityIdentifier', readOnly),
  keptTruth('onPremisesSyncEnabled', readOnly, 'dirSyncEnabled'),
  kept('onPremisesUserPrincipalName', readOnly),
  keptTexts('otherMails', { search: 'start' }),
  kept('passwordPolicies'),
  complex(
    'passwordProfile',
    complexType('passwordProfile', [
      truth('forceChangePasswordNextSignIn'),
      truth('forceChangePasswordNextSignInWithMfa'),
      text('password', { access: 'writeOnly' }),
    ]),
    { codec: notKept },
  ),
  kept('postalCode', { lengthMax: 40 }),
  kept('preferredDataLocation'),
  kept('preferredLanguage', { isDefault: true }),
  keptTexts('proxyAddresses', { ...readOnly, search: 'start' }),
  alwaysNull('securityIdentifier'),
  keptTruth('showInAddressList'),
  alwaysNull('signInSessionsValidFromDateTime'),
  kept('state', { lengthMax: 128 }),
  kept('streetAddress', { lengthMax: 1024 }),
  kept('surname', { isDefault: true, lengthMax: 64, search: 'start' }),
  kept('usageLocation', { lengthMax: 2 }),
  kept('userPrincipalName', { isDefault: true, isNullable: false, search: 'start' }),
  kept('userType', { values: ['Member', 'Guest'] }),
  ...['assignedLicenses', 'assignedPlans', 'licenseAssignmentStates', 'onPremisesProvisioningErrors'].map(emptyList),
  ...['provisionedPlans', 'serviceProvisioningErrors'].map(emptyList),
]

export const userType: EntityType = {
  name: 'user',
  set: 'users',
  properties: byName(properties),
  navigations: byName([
    to('manager', ['user'], { isCollection: false, isExpandable: true }),
    to('directReports', ['user'], { isExpandable: true }),
    to('memberOf', ['group'], { isExpandable: true }),
    to('transitiveMemberOf', ['group']),
    to('ownedObjects', ['group', 'application', 'servicePrincipal'], { isExpandable: true }),
    to('appRoleAssignments', ['appRoleAssignment'], { isExpandable: true }),
  ]),
  elsewhere: new Set(
    [
      ...['aboutMe', 'birthday', 'hireDate', 'interests', 'mailboxSettings', 'mySite', 'pastProjects', 'preferredName'],
      ...['responsibilities', 'schools', 'skills', 'signInActivity', 'deviceEnrollmentLimit', 'print'],
      ...['customSecurityAttributes', 'authorizationInfo', 'identities', 'photo'],
    ].map(nameKey),
  ),
  sortable: ['displayName', 'userPrincipalName'],
  isOpen: true,
}
