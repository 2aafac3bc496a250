/* The roles everybody has from the beginning (spec section 16), with Microsoft's ids and names; and what ownership gives. */
import type { RoleDefinition } from '../vocabulary/index.ts'
import {
  assignToApplications,
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
import { actionNames, type Action } from './actions.ts'

export interface BuiltInRole extends RoleDefinition {
  readonly allowedResourceActions: readonly Action[]
  /** The short word for it in Muster (spec section 16, DECISION). */
  readonly shortName: string | null
}

const once = (...groups: readonly (readonly Action[])[]): readonly Action[] => [...new Set(groups.flat())]

const role = (
  roleDefinitionId: string,
  displayName: string,
  description: string,
  allowedResourceActions: readonly Action[],
  shortName: string | null = null,
): BuiltInRole => ({ roleDefinitionId, displayName, description, isEnabled: true, allowedResourceActions, shortName })

const administerApplications = once(
  readPeople,
  makeApplications,
  manageApplications,
  assignToApplications,
  manageProvisioning,
  readLogs,
)

const ownerName = 'Application Owner'

/** On one application, and nowhere else (acceptance 90); he may add owners. */
export const ownerActions: readonly Action[] = once(manageApplications, assignToApplications, manageProvisioning, [
  'microsoft.directory/provisioningLogs/allProperties/read',
])

/**
 * Whoever owns an enterprise application has it there without being given it. Given, it holds on one application: for accounts
 * of administrators who are nobody in the directory. Microsoft has no such role, so the id is ours.
 */
export const ownerRole: BuiltInRole = role(
  '6f3a1d5e-9c42-4b8e-8d57-2a90c1f0e7b4',
  ownerName,
  'May configure provisioning of one application, assign people and groups to it, add owners, and read its log.',
  ownerActions,
  'owner',
)

export const builtInRoles: readonly BuiltInRole[] = [
  role('62e90394-69f5-4237-9190-012177145e10', 'Global Administrator', 'May do everything.', actionNames),
  role(
    'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
    'Global Reader',
    'May read everything, the provisioning configuration included, and change nothing.',
    once(readPeople, readApplications, readProvisioning, readLogs, readRoles, [
      'muster/targetAccounts/read',
      'muster/accounts/standard/read',
      'muster/keys/standard/read',
    ]),
  ),
  role(
    '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
    'Application Administrator',
    'May configure provisioning of all applications, assign people and groups, and read the logs.',
    administerApplications,
    'admin',
  ),
  role(
    '158c047a-c907-4556-b7ef-446551a6b5f7',
    'Cloud Application Administrator',
    'May do what an Application Administrator may.',
    administerApplications,
  ),
  role(
    'fe930be7-5e62-47db-91af-98c3a49a38b1',
    'User Administrator',
    'May manage people and groups, and assign them to applications.',
    once(manageUsers, manageGroups, assignToApplications, ['muster/accounts/standard/read']),
    'assigner',
  ),
  role(
    '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2',
    'Hybrid Identity Administrator',
    'May fill the directory from files and compare it with the accounts of the target.',
    once(readPeople, ['muster/directory/import', 'muster/targetAccounts/read']),
  ),
  role('4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader', 'May read the logs.', readLogs, 'auditor'),
  role('5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader', 'May read the logs.', readLogs),
  role('5f2222b1-57c3-48ba-8ad5-d4759f1fde6f', 'Security Operator', 'May read the logs.', readLogs),
  role('194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator', 'May read the logs.', readLogs),
  ownerRole,
]
