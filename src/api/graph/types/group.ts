/* The group resource (graph-api.md 3.2). */
import { computed, instantAttribute, listAttribute, textAttribute, truthAttribute } from './codecs.ts'
import { byName, instant, nameKey, text, texts, to, truth, type EntityType, type Property } from './property.ts'
import { deletedDateTime, emptyList, idProperty } from './user.ts'

type More = Parameters<typeof text>[1]

const kept = (name: string, more: More = {}): Property =>
  text(name, { codec: textAttribute(name), isDefault: true, ...more })
const keptTruth = (name: string, more: More = {}, attribute = name): Property =>
  truth(name, { codec: truthAttribute(attribute), isDefault: true, ...more })
const keptInstant = (name: string, more: More = {}): Property =>
  instant(name, { codec: instantAttribute(name), isDefault: true, ...more })
const keptTexts = (name: string, more: More = {}): Property =>
  texts(name, { codec: listAttribute(name), isDefault: true, ...more })
const defaultEmpty = (name: string): Property => ({ ...emptyList(name), isDefault: true })

const readOnly = { access: 'readOnly' } as const

const properties: readonly Property[] = [
  idProperty,
  { ...deletedDateTime, isDefault: true },
  kept('classification'),
  keptInstant('createdDateTime', readOnly),
  kept('description', { lengthMax: 1024, search: 'words' }),
  kept('displayName', { isNullable: false, lengthMax: 256, search: 'words' }),
  keptInstant('expirationDateTime', readOnly),
  keptTexts('groupTypes', { values: ['Unified', 'DynamicMembership'] }),
  keptTruth('isAssignableToRole', { access: 'createOnly' }),
  kept('mail', { ...readOnly, search: 'start' }),
  keptTruth('mailEnabled', { isNullable: false }),
  kept('mailNickname', { isNullable: false, lengthMax: 64, search: 'start' }),
  kept('membershipRule'),
  kept('membershipRuleProcessingState', { values: ['On', 'Paused'] }),
  kept('onPremisesDomainName', readOnly),
  keptInstant('onPremisesLastSyncDateTime', readOnly),
  kept('onPremisesNetBiosName', readOnly),
  kept('onPremisesSamAccountName', readOnly),
  kept('onPremisesSecurityIdentifier', readOnly),
  keptTruth('onPremisesSyncEnabled', readOnly, 'dirSyncEnabled'),
  kept('preferredDataLocation'),
  kept('preferredLanguage'),
  keptTexts('proxyAddresses', readOnly),
  keptInstant('renewedDateTime', readOnly),
  keptTruth('securityEnabled', { isNullable: false }),
  text('securityIdentifier', { ...readOnly, isDefault: true, codec: computed(() => null) }),
  kept('theme'),
  kept('uniqueName', { access: 'createOnly' }),
  kept('visibility', { values: ['Private', 'Public', 'HiddenMembership'] }),
  keptTexts('resourceBehaviorOptions', { access: 'createOnly' }),
  keptTexts('resourceProvisioningOptions'),
  defaultEmpty('onPremisesProvisioningErrors'),
  defaultEmpty('serviceProvisioningErrors'),
  emptyList('assignedLabels'),
  emptyList('assignedLicenses'),
  truth('isManagementRestricted', { ...readOnly, codec: computed(() => null) }),
  keptTruth('hideFromAddressLists', { isDefault: false }),
  keptTruth('hideFromOutlookClients', { isDefault: false }),
  keptTruth('allowExternalSenders', { isDefault: false }),
  keptTruth('autoSubscribeNewMembers', { isDefault: false }),
]

export const groupType: EntityType = {
  name: 'group',
  set: 'groups',
  properties: byName(properties),
  navigations: byName([
    to('members', ['user', 'group'], { isExpandable: true }),
    to('owners', ['user', 'servicePrincipal'], { isExpandable: true }),
    to('memberOf', ['group'], { isExpandable: true }),
    to('transitiveMembers', ['user', 'group']),
    to('transitiveMemberOf', ['group']),
    to('appRoleAssignments', ['appRoleAssignment'], { isExpandable: true }),
  ]),
  elsewhere: new Set(
    [
      'isSubscribedByMail',
      'unseenCount',
      'isArchived',
      'hasMembersWithLicenseErrors',
      'licenseProcessingState',
      'photo',
    ].map(nameKey),
  ),
  sortable: ['displayName'],
  isOpen: false,
}
