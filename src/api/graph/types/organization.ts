/* The tenant itself and its domains: the part of Microsoft's resources that a service with one tenant has (graph-api.md 4.1). */
import {
  byName,
  complexes,
  complexType,
  instant,
  integer,
  text,
  texts,
  truth,
  type EntityType,
  type Property,
} from './property.ts'

const readOnly = { access: 'readOnly', isDefault: true } as const

const shown = (properties: readonly Property[]): ReadonlyMap<string, Property> =>
  byName(properties.map((property) => ({ ...property, ...readOnly })))

const verifiedDomain = complexType('verifiedDomain', [
  text('capabilities'),
  truth('isDefault'),
  truth('isInitial'),
  text('name'),
  text('type'),
])

const closed = { navigations: new Map(), elsewhere: new Set<string>(), isOpen: false } as const

export const organizationType: EntityType = {
  name: 'organization',
  set: 'organization',
  properties: shown([
    text('id'),
    instant('deletedDateTime'),
    texts('businessPhones'),
    text('city'),
    text('country'),
    text('countryLetterCode'),
    instant('createdDateTime'),
    text('displayName'),
    texts('marketingNotificationEmails'),
    instant('onPremisesLastSyncDateTime'),
    truth('onPremisesSyncEnabled'),
    text('postalCode'),
    text('preferredLanguage'),
    texts('securityComplianceNotificationMails'),
    texts('securityComplianceNotificationPhones'),
    text('state'),
    text('street'),
    texts('technicalNotificationMails'),
    complexes('verifiedDomains', verifiedDomain),
  ]),
  sortable: ['displayName'],
  ...closed,
}

export const domainType: EntityType = {
  name: 'domain',
  set: 'domains',
  properties: shown([
    text('id'),
    text('authenticationType'),
    text('availabilityStatus'),
    truth('isAdminManaged'),
    truth('isDefault'),
    truth('isInitial'),
    truth('isRoot'),
    truth('isVerified'),
    integer('passwordNotificationWindowInDays'),
    integer('passwordValidityPeriodInDays'),
    texts('supportedServices'),
  ]),
  sortable: ['id'],
  ...closed,
}
