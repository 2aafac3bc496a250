/*
 * Turns a directory row into the object mappings read: guests by their plain address, members and manager as anchors.
 */
import type { AssignmentPath, SourceAttributes, SourceObject } from '../../vocabulary/index.ts'
import type { DirectoryObject } from '../../store/store.ts'

/**
 * The plain address of a guest: `alias_domain#EXT#@tenant` becomes `alias@domain` (spec 3.5); everything else is returned
 * as it is. The last underscore is the one that stood for `@`.
 */
export function plainUserPrincipalName(userPrincipalName: string): string {
  const marker = userPrincipalName.toUpperCase().indexOf('#EXT#')
  if (marker < 0) return userPrincipalName
  const alias = userPrincipalName.slice(0, marker)
  const at = alias.lastIndexOf('_')
  return at < 0 ? alias : `${alias.slice(0, at)}@${alias.slice(at + 1)}`
}

function sourceAttributes(row: DirectoryObject, members: readonly string[]): SourceAttributes {
  if (row.objectType === 'Group') return { ...row.attributes, members }
  const raw = row.attributes['userPrincipalName']
  if (typeof raw !== 'string') return row.attributes
  return { ...row.attributes, userPrincipalName: plainUserPrincipalName(raw), originalUserPrincipalName: raw }
}

export function toSourceObject(
  row: DirectoryObject,
  members: readonly string[],
  assignments: readonly AssignmentPath[],
): SourceObject {
  return {
    objectType: row.objectType,
    anchor: row.objectId,
    presence: row.presence,
    attributes: sourceAttributes(row, members),
    assignments,
  }
}
