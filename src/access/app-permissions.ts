/* What a program may by each app permission of Microsoft Graph (graph-api.md 2.5). A permission that is missing here gives nothing. */
import {
  makeApplications,
  manageApplications,
  manageGroups,
  manageProvisioning,
  manageUsers,
  readApplications,
  readLogs,
  readPeople,
  readProvisioning,
  readRoles,
} from './action-groups.ts'
import type { Action } from './actions.ts'

export interface PermissionActions {
  readonly everywhere: readonly Action[]
  /** On applications that the program owns, and nowhere else. */
  readonly owned?: readonly Action[]
}

/** A program that makes an application owns it; all of them it may list (Microsoft's description of the permission). */
const ownedApplications: PermissionActions = {
  everywhere: [...makeApplications, ...readApplications],
  owned: [...manageApplications, ...manageProvisioning],
}

export const appPermissions: Readonly<Record<string, PermissionActions>> = {
  'Synchronization.Read.All': { everywhere: readProvisioning },
  'Synchronization.ReadWrite.All': { everywhere: manageProvisioning },
  'Application.Read.All': { everywhere: readApplications },
  'Application.ReadWrite.All': {
    everywhere: [...makeApplications, ...manageApplications],
    // Whatever OwnedBy gives, it gives too.
    owned: ownedApplications.owned ?? [],
  },
  'Application.ReadWrite.OwnedBy': ownedApplications,
  'AppRoleAssignment.ReadWrite.All': {
    everywhere: [
      'microsoft.directory/servicePrincipals/appRoleAssignedTo/read',
      'microsoft.directory/servicePrincipals/appRoleAssignedTo/update',
    ],
  },
  'User.Read.All': { everywhere: ['microsoft.directory/users/standard/read'] },
  'User.ReadWrite.All': { everywhere: manageUsers },
  'Group.Read.All': {
    everywhere: ['microsoft.directory/groups/standard/read', 'microsoft.directory/groups/members/read'],
  },
  'Group.ReadWrite.All': { everywhere: manageGroups },
  'GroupMember.Read.All': {
    everywhere: ['microsoft.directory/groups/standard/read', 'microsoft.directory/groups/members/read'],
  },
  'Directory.Read.All': { everywhere: [...readPeople, ...readApplications, ...readRoles] },
  // Microsoft's excludes deleting people and groups.
  'Directory.ReadWrite.All': {
    everywhere: [
      ...readPeople,
      ...readApplications,
      ...readRoles,
      'microsoft.directory/users/create',
      'microsoft.directory/users/basic/update',
      'microsoft.directory/users/manager/update',
      'microsoft.directory/groups/create',
      'microsoft.directory/groups/basic/update',
      'microsoft.directory/groups/members/update',
      'microsoft.directory/groups/owners/update',
      'microsoft.directory/deletedItems.users/restore',
      'microsoft.directory/deletedItems.groups/restore',
      'microsoft.directory/applications/create',
      'microsoft.directory/applications/basic/update',
      'microsoft.directory/servicePrincipals/create',
      'microsoft.directory/servicePrincipals/basic/update',
      'microsoft.directory/applicationTemplates/instantiate',
    ],
  },
  'AuditLog.Read.All': { everywhere: readLogs },
  'ProvisioningLog.Read.All': { everywhere: ['microsoft.directory/provisioningLogs/allProperties/read'] },
  'RoleManagement.Read.Directory': { everywhere: readRoles },
  'RoleManagement.ReadWrite.Directory': {
    everywhere: [
      ...readRoles,
      'microsoft.directory/roleDefinitions/allProperties/allTasks',
      'microsoft.directory/roleAssignments/allProperties/allTasks',
    ],
  },
}
