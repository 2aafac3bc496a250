/* Actions that go together, wherever a role or an app permission has all of them. */
import type { Action } from './actions.ts'

export const readPeople: readonly Action[] = [
  'microsoft.directory/users/standard/read',
  'microsoft.directory/groups/standard/read',
  'microsoft.directory/groups/members/read',
]

export const readApplications: readonly Action[] = [
  'microsoft.directory/applications/standard/read',
  'microsoft.directory/servicePrincipals/standard/read',
  'microsoft.directory/servicePrincipals/appRoleAssignedTo/read',
]

export const manageUsers: readonly Action[] = [
  'microsoft.directory/users/standard/read',
  'microsoft.directory/users/create',
  'microsoft.directory/users/delete',
  'microsoft.directory/users/basic/update',
  'microsoft.directory/users/manager/update',
  'microsoft.directory/deletedItems.users/restore',
  'microsoft.directory/deletedItems.users/delete',
]

export const manageGroups: readonly Action[] = [
  'microsoft.directory/groups/standard/read',
  'microsoft.directory/groups/members/read',
  'microsoft.directory/groups/create',
  'microsoft.directory/groups/delete',
  'microsoft.directory/groups/basic/update',
  'microsoft.directory/groups/members/update',
  'microsoft.directory/groups/owners/update',
  'microsoft.directory/deletedItems.groups/restore',
  'microsoft.directory/deletedItems.groups/delete',
]

export const makeApplications: readonly Action[] = [
  'microsoft.directory/applications/create',
  'microsoft.directory/servicePrincipals/create',
  'microsoft.directory/applicationTemplates/instantiate',
]

/** Of applications that are there; whoever owns one may do it to his own. */
export const manageApplications: readonly Action[] = [
  ...readApplications,
  'microsoft.directory/applications/delete',
  'microsoft.directory/applications/basic/update',
  'microsoft.directory/applications/credentials/update',
  'microsoft.directory/applications/owners/update',
  'microsoft.directory/deletedItems.applications/restore',
  'microsoft.directory/deletedItems.applications/delete',
  'microsoft.directory/servicePrincipals/delete',
  'microsoft.directory/servicePrincipals/basic/update',
  'microsoft.directory/servicePrincipals/credentials/update',
  'microsoft.directory/servicePrincipals/owners/update',
]

export const assignToApplications: readonly Action[] = [
  'microsoft.directory/servicePrincipals/standard/read',
  'microsoft.directory/servicePrincipals/appRoleAssignedTo/read',
  'microsoft.directory/servicePrincipals/appRoleAssignedTo/update',
]

export const readProvisioning: readonly Action[] = [
  'microsoft.directory/servicePrincipals/synchronization/standard/read',
]

/** Everything Microsoft keeps under `/synchronization`, and what Muster adds to it. */
export const manageProvisioning: readonly Action[] = [
  ...readProvisioning,
  'microsoft.directory/servicePrincipals/synchronizationJobs/manage',
  'microsoft.directory/servicePrincipals/synchronizationSchema/manage',
  'microsoft.directory/servicePrincipals/synchronizationCredentials/manage',
  'muster/plans/create',
  'muster/plans/apply',
  'muster/undo/create',
  'muster/removals/allow',
  'muster/links/delete',
  'muster/targetAccounts/read',
]

export const readLogs: readonly Action[] = [
  'microsoft.directory/provisioningLogs/allProperties/read',
  'microsoft.directory/auditLogs/allProperties/read',
]

export const readRoles: readonly Action[] = [
  'microsoft.directory/roleDefinitions/standard/read',
  'microsoft.directory/roleAssignments/standard/read',
]
