/*
 * Rows of the built-in directory become objects and back. Decides which of an object's attributes are looked up, and
 * which are searched.
 */
import type { AssignmentPath, ObjectTypeName, SourceAttributes, SourcePresence } from '../../vocabulary/index.ts'
import type { DirectoryAssignment, DirectoryObject } from '../store.ts'
import { foldForIndex, foldTogether } from './folded-text.ts'
import { attributesFromText, attributesToText } from './json-columns.ts'
import type { Row } from './tables.ts'

/** Names and addresses, as the mapping spells them (graph-api.md 3.1). */
const searchedAttributes = [
  'displayName',
  'givenName',
  'surname',
  'userPrincipalName',
  'mail',
  'mailNickname',
  'otherMails',
  'proxyAddresses',
]

export const directoryObjectColumns = [
  'object_id',
  'object_type',
  'presence',
  'deleted_at',
  'attributes',
  'change_number',
] as const satisfies readonly (keyof Row<'directory_object'>)[]

type ObjectRow = Pick<Row<'directory_object'>, (typeof directoryObjectColumns)[number]>

export function toDirectoryObject(row: ObjectRow): DirectoryObject {
  return {
    objectId: row.object_id,
    objectType: row.object_type as ObjectTypeName,
    presence: row.presence as SourcePresence,
    deletedAt: row.deleted_at,
    attributes: attributesFromText(row.attributes),
    changeNumber: row.change_number,
  }
}

export function fromDirectoryObject(object: DirectoryObject): Row<'directory_object'> {
  const { attributes } = object
  const displayName = textsOf(attributes, 'displayName')[0] ?? null
  return {
    object_id: object.objectId,
    object_type: object.objectType,
    presence: object.presence,
    deleted_at: object.deletedAt,
    change_number: object.changeNumber,
    display_name: displayName?.replaceAll('\0', '') ?? null,
    manager_id: textsOf(attributes, 'manager')[0]?.replaceAll('\0', '') ?? null,
    folded_id: foldForIndex(object.objectId),
    folded_display_name: foldForIndex(displayName ?? ''),
    folded_principal_name: foldForIndex(textsOf(attributes, 'userPrincipalName')[0] ?? ''),
    folded_mail: foldForIndex(textsOf(attributes, 'mail')[0] ?? ''),
    folded_names: foldTogether(searchedAttributes.flatMap((name) => textsOf(attributes, name))),
    attributes: attributesToText(attributes),
  }
}

/** What `lookUp` compares, in full length. */
export function lookedUpTexts(object: DirectoryObject): readonly string[] {
  return [
    object.objectId,
    ...['userPrincipalName', 'mail', 'displayName'].flatMap((name) => textsOf(object.attributes, name)),
  ]
}

function textsOf(attributes: SourceAttributes, name: string): readonly string[] {
  const value = attributes[name]
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? (value as readonly string[]) : []
}

export function toAssignment(row: Row<'directory_assignment'>): DirectoryAssignment {
  return {
    assignmentId: row.assignment_id,
    servicePrincipalId: row.service_principal_id,
    principalId: row.principal_id,
    principalType: row.principal_type as DirectoryAssignment['principalType'],
    appRoleId: row.app_role_id,
    appRoleDisplayName: row.app_role_display_name,
    appRoleValue: row.app_role_value,
    createdAt: row.created_at,
  }
}

export function fromAssignment(assignment: DirectoryAssignment): Row<'directory_assignment'> {
  return {
    assignment_id: assignment.assignmentId,
    service_principal_id: assignment.servicePrincipalId,
    principal_id: assignment.principalId,
    principal_type: assignment.principalType,
    app_role_id: assignment.appRoleId,
    app_role_display_name: assignment.appRoleDisplayName,
    app_role_value: assignment.appRoleValue,
    created_at: assignment.createdAt,
  }
}

/** `group_id` is null on a direct path. */
export interface PathRow {
  readonly group_id: string | null
  readonly group_display_name: string | null
  readonly app_role_id: string
  readonly app_role_display_name: string
  readonly app_role_value: string | null
}

export function toAssignmentPath(row: PathRow): AssignmentPath {
  const role = {
    appRoleId: row.app_role_id,
    appRoleDisplayName: row.app_role_display_name,
    appRoleValue: row.app_role_value,
  }
  if (row.group_id === null) return { kind: 'direct', ...role }
  return { kind: 'group', groupId: row.group_id, groupDisplayName: row.group_display_name ?? '', ...role }
}
