/*
 * What can be done here, by name: the actions that roles and app permissions consist of, and that routes require. Microsoft's
 * fine-grained names where it has one (spec section 16; "Microsoft Entra built-in roles"), `muster/...` where it has none.
 */

export const actions = {
  'microsoft.directory/users/standard/read': 'read people',
  'microsoft.directory/users/create': 'create people',
  'microsoft.directory/users/delete': 'delete people, who can be restored for 30 days',
  'microsoft.directory/users/basic/update': 'change people',
  'microsoft.directory/users/manager/update': 'set and clear the manager of people',
  'microsoft.directory/deletedItems.users/restore': 'restore deleted people',
  'microsoft.directory/deletedItems.users/delete': 'delete people for good',

  'microsoft.directory/groups/standard/read': 'read groups',
  'microsoft.directory/groups/members/read': 'read who is a member of groups',
  'microsoft.directory/groups/create': 'create groups',
  'microsoft.directory/groups/delete': 'delete groups',
  'microsoft.directory/groups/basic/update': 'change groups',
  'microsoft.directory/groups/members/update': 'put members into groups and take them out',
  'microsoft.directory/groups/owners/update': 'add and remove owners of groups',
  'microsoft.directory/deletedItems.groups/restore': 'restore deleted groups',
  'microsoft.directory/deletedItems.groups/delete': 'delete groups for good',

  'microsoft.directory/applications/standard/read': 'read applications',
  'microsoft.directory/applications/create': 'create applications',
  'microsoft.directory/applications/delete': 'delete applications',
  'microsoft.directory/applications/basic/update': 'change applications',
  'microsoft.directory/applications/credentials/update': 'add and remove secrets and certificates of applications',
  'microsoft.directory/applications/owners/update': 'add and remove owners of applications',
  'microsoft.directory/deletedItems.applications/restore': 'restore deleted applications',
  'microsoft.directory/deletedItems.applications/delete': 'delete applications for good',
  'microsoft.directory/applicationTemplates/instantiate': 'make an application of the gallery one of the company',

  'microsoft.directory/servicePrincipals/standard/read': 'read enterprise applications',
  'microsoft.directory/servicePrincipals/create': 'create enterprise applications',
  'microsoft.directory/servicePrincipals/delete': 'delete enterprise applications',
  'microsoft.directory/servicePrincipals/basic/update': 'change enterprise applications and their app roles',
  'microsoft.directory/servicePrincipals/credentials/update':
    'add and remove secrets and certificates of enterprise applications',
  'microsoft.directory/servicePrincipals/owners/update': 'add and remove owners of enterprise applications',
  'microsoft.directory/servicePrincipals/appRoleAssignedTo/read': 'read who is assigned to an enterprise application',
  'microsoft.directory/servicePrincipals/appRoleAssignedTo/update': 'assign people and groups, and take that back',

  'microsoft.directory/servicePrincipals/synchronization/standard/read':
    'read the provisioning configuration: jobs, settings, mappings, plans, why somebody is provisioned',
  'microsoft.directory/servicePrincipals/synchronizationJobs/manage':
    'start, pause and restart jobs, change their settings, provision on demand',
  'microsoft.directory/servicePrincipals/synchronizationSchema/manage':
    'create and delete jobs, change mappings and filters',
  'microsoft.directory/servicePrincipals/synchronizationCredentials/manage':
    'set and test the credentials of the target',

  'microsoft.directory/provisioningLogs/allProperties/read': 'read the provisioning log',
  'microsoft.directory/auditLogs/allProperties/read': 'read the audit log',

  'microsoft.directory/roleDefinitions/standard/read': 'read roles',
  'microsoft.directory/roleDefinitions/allProperties/allTasks': 'make, change and delete custom roles',
  'microsoft.directory/roleAssignments/standard/read': 'read who has which role',
  'microsoft.directory/roleAssignments/allProperties/allTasks': 'give and take roles, within what one may oneself',

  'muster/plans/create': 'keep plans to be applied later',
  'muster/plans/apply': 'apply and reject kept plans',
  'muster/undo/create': 'plan to take back what was written',
  'muster/removals/allow': 'allow removals that wait because there are too many',
  'muster/links/delete': 'forget which account belongs to whom',
  'muster/targetAccounts/read': 'read the accounts of the target: discovery and drift',
  'muster/accounts/standard/read': 'read accounts of those who sign in to Muster',
  'muster/accounts/manage': 'make, change and delete accounts of those who sign in to Muster',
  'muster/keys/standard/read': 'read which master keys there are',
  'muster/keys/rotate': 'replace the master key that secrets are sealed with',
  'muster/directory/import': 'take people and groups from files into the directory',
} as const satisfies Readonly<Record<string, string>>

export type Action = keyof typeof actions

export const actionNames = Object.keys(actions) as readonly Action[]

export const isAction = (name: string): name is Action => Object.hasOwn(actions, name)
