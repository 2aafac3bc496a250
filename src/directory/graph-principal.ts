/*
 * "Microsoft Graph" as a service principal of the directory: the resource whose app roles are the permissions of programs. It
 * stands in every directory from the first start on (graph-api.md 2.5).
 */
import { randomUUID } from 'node:crypto'
import type { DirectoryReads, DirectoryStore } from '../store/store.ts'
import { assign, newAssignmentId } from './assignments.ts'
import { appPermissionTable, graphAppId, microsoftTenantId, type JsonObject } from '../vocabulary/index.ts'

const appRoles: readonly JsonObject[] = appPermissionTable.map(({ id, value, displayName }) => ({
  allowedMemberTypes: ['Application'],
  description: displayName,
  displayName,
  id,
  isEnabled: true,
  origin: 'Application',
  value,
}))

const properties: JsonObject = {
  accountEnabled: true,
  appDisplayName: 'Microsoft Graph',
  appOwnerOrganizationId: microsoftTenantId,
  appRoles,
  displayName: 'Microsoft Graph',
  servicePrincipalNames: [graphAppId, 'https://graph.microsoft.com'],
  servicePrincipalType: 'Application',
  signInAudience: 'AzureADMultipleOrgs',
}

/** Made when it is missing, and brought up to date with the permissions that this version knows. */
export async function ensureGraphPrincipal(directory: DirectoryStore, now: number): Promise<void> {
  const known = await graphPrincipal(directory)
  if (known !== null && JSON.stringify(known.properties['appRoles']) === JSON.stringify(appRoles)) return
  const createdDateTime = new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z')
  await directory.transaction(async (transaction) => {
    await transaction.putApplications([
      {
        objectId: known?.objectId ?? randomUUID(),
        objectType: 'ServicePrincipal',
        presence: 'present',
        deletedAt: null,
        appId: graphAppId,
        properties: { createdDateTime, ...properties, ...known?.properties, appRoles },
      },
    ])
  })
}

export async function graphPrincipal(directory: Pick<DirectoryReads, 'applicationsOf'>) {
  const all = await directory.applicationsOf(graphAppId)
  return all.find(({ objectType, presence }) => objectType === 'ServicePrincipal' && presence === 'present') ?? null
}

/** Permissions of a program by value, as they are granted now: assignments of its service principal to Graph's. */
export async function grantedPermissions(
  directory: Pick<DirectoryReads, 'applicationsOf' | 'assignments'>,
  servicePrincipalId: string,
): Promise<readonly string[]> {
  const graph = await graphPrincipal(directory)
  if (graph === null) return []
  const grants = (await directory.assignments(graph.objectId, [servicePrincipalId])).get(servicePrincipalId) ?? []
  return appPermissionTable
    .filter(({ id }) => grants.some(({ appRoleId }) => appRoleId === id))
    .map(({ value }) => value)
}

/** The same for everybody who has any, by the id of the service principal. */
export async function grantedTo(
  directory: Pick<DirectoryReads, 'applicationsOf' | 'listAssignments'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const graph = await graphPrincipal(directory)
  const granted = new Map<string, string[]>()
  for (const { principalId, appRoleId } of graph === null ? [] : await directory.listAssignments(graph.objectId)) {
    const value = appPermissionTable.find(({ id }) => id === appRoleId)?.value
    if (value !== undefined) granted.set(principalId, [...(granted.get(principalId) ?? []), value].sort())
  }
  return granted
}

/** Those it has already stay. */
export async function grantPermissions(
  directory: DirectoryStore,
  servicePrincipalId: string,
  permissions: readonly string[],
  now: number,
): Promise<void> {
  await ensureGraphPrincipal(directory, now)
  const graph = await graphPrincipal(directory)
  if (graph === null) throw new Error('Microsoft Graph was made in the directory, and is not there.')
  for (const { id, value, displayName } of appPermissionTable.filter((each) => permissions.includes(each.value))) {
    await assign(directory, {
      servicePrincipalId: graph.objectId,
      principal: { objectId: servicePrincipalId, objectType: 'ServicePrincipal' },
      assignmentId: newAssignmentId(servicePrincipalId),
      appRoleId: id,
      appRoleDisplayName: displayName,
      appRoleValue: value,
      now,
    })
  }
}

export async function revokePermission(
  directory: DirectoryStore,
  servicePrincipalId: string,
  permission: string,
): Promise<void> {
  const graph = await graphPrincipal(directory)
  if (graph === null) return
  const role = appPermissionTable.find(({ value }) => value === permission)
  await directory.transaction(async (transaction) => {
    const grants = (await transaction.assignments(graph.objectId, [servicePrincipalId])).get(servicePrincipalId) ?? []
    const going = grants.filter(({ appRoleId }) => appRoleId === role?.id)
    await transaction.deleteAssignments(going.map(({ assignmentId }) => assignmentId))
  })
}
