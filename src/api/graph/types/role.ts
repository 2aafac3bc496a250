/* Roles and who has them (Graph's role management of the directory). */
import { allShown, byName, complexes, complexType, text, texts, truth, type EntityType } from './property.ts'

const readOnly = { access: 'readOnly' } as const
const createOnly = { access: 'createOnly' } as const

const rolePermission = complexType('unifiedRolePermission', [
  texts('allowedResourceActions'),
  text('condition'),
  texts('excludedResourceActions'),
])

export const roleDefinitionType: EntityType = {
  name: 'unifiedRoleDefinition',
  set: 'roleManagement/directory/roleDefinitions',
  properties: byName(
    allShown([
      text('id', readOnly),
      text('description', { lengthMax: 1024 }),
      text('displayName', { isNullable: false, lengthMax: 128, search: 'words' }),
      truth('isBuiltIn', readOnly),
      truth('isEnabled'),
      texts('resourceScopes'),
      complexes('rolePermissions', rolePermission),
      text('templateId', createOnly),
      text('version'),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: ['displayName'],
  isOpen: false,
}

export const roleAssignmentType: EntityType = {
  name: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
  properties: byName(
    allShown([
      text('id', readOnly),
      text('appScopeId', createOnly),
      text('condition', createOnly),
      text('directoryScopeId', createOnly),
      text('principalId', createOnly),
      text('roleDefinitionId', createOnly),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}
