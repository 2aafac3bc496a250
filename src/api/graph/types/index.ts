/* Every resource type, by name; and the properties that can be asked of several at once. */
import { applicationTemplateType, applicationType, appRoleAssignmentType, servicePrincipalType } from './application.ts'
import { directoryAuditType, provisioningObjectSummaryType } from './audit-logs.ts'
import { groupType } from './group.ts'
import { domainType, organizationType } from './organization.ts'
import { byName, instant, nameKey, text, type EntityType, type Property, type TypeName } from './property.ts'
import { textAttribute } from './codecs.ts'
import { roleAssignmentType, roleDefinitionType } from './role.ts'
import {
  filterOperatorType,
  mappingFunctionType,
  synchronizationJobType,
  synchronizationTemplateType,
} from './synchronization.ts'
import { userType } from './user.ts'

export * from './property.ts'

/** What every object of the directory has. */
const directoryObjectType: EntityType = {
  name: 'directoryObject',
  set: 'directoryObjects',
  properties: byName([text('id', { isDefault: true }), instant('deletedDateTime', { isDefault: true })]),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}

export const types: Readonly<Record<TypeName, EntityType>> = {
  user: userType,
  group: groupType,
  application: applicationType,
  servicePrincipal: servicePrincipalType,
  appRoleAssignment: appRoleAssignmentType,
  applicationTemplate: applicationTemplateType,
  directoryObject: directoryObjectType,
  unifiedRoleDefinition: roleDefinitionType,
  unifiedRoleAssignment: roleAssignmentType,
  synchronizationJob: synchronizationJobType,
  synchronizationTemplate: synchronizationTemplateType,
  filterOperatorSchema: filterOperatorType,
  attributeMappingFunctionSchema: mappingFunctionType,
  provisioningObjectSummary: provisioningObjectSummaryType,
  directoryAudit: directoryAuditType,
  organization: organizationType,
  domain: domainType,
}

/** `extension_{appId without dashes}_{name}`, a directory extension; spelt as its application spelt it. */
const extensionName = /^extension_[0-9a-f]{32}_[A-Za-z0-9_]{1,120}$/i

/** The property of that name, without regard to case. */
export function propertyOf(type: EntityType, name: string): Property | undefined {
  const known = type.properties.get(nameKey(name))
  if (known !== undefined) return known
  return type.isOpen && extensionName.test(name) ? text(name, { codec: textAttribute(name) }) : undefined
}
