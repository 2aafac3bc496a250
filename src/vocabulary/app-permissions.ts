/*
 * The app permissions that a program can be given, as app roles of the "Microsoft Graph" service principal: Microsoft's names
 * and ids, so that existing scripts that grant them run unchanged (graph-api.md 2.5; Microsoft's permissions reference).
 */

/** Microsoft Graph's own app id, the same in every tenant. */
export const graphAppId = '00000003-0000-0000-c000-000000000000'

/** The tenant that Microsoft's own applications belong to. */
export const microsoftTenantId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

export interface AppPermission {
  /** `User.Read.All` */
  readonly value: string
  /** Of the app role. */
  readonly id: string
  readonly displayName: string
}

const permission = (value: string, id: string, displayName: string): AppPermission => ({ value, id, displayName })

export const appPermissionTable: readonly AppPermission[] = [
  permission('Application.Read.All', '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', 'Read all applications'),
  permission('Application.ReadWrite.All', '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'Read and write all applications'),
  permission(
    'Application.ReadWrite.OwnedBy',
    '18a4783c-866b-4cc7-a460-3d5e5662c884',
    'Manage apps that this app creates or owns',
  ),
  permission(
    'AppRoleAssignment.ReadWrite.All',
    '06b708a9-e830-4db3-a914-8e69da51d44f',
    'Manage app permission grants and app role assignments',
  ),
  permission('AuditLog.Read.All', 'b0afded3-3588-46d8-8b3d-9842eff778da', 'Read all audit log data'),
  permission('Directory.Read.All', '7ab1d382-f21e-4acd-a863-ba3e13f7da61', 'Read directory data'),
  permission('Directory.ReadWrite.All', '19dbc75e-c2e2-444c-a770-ec69d8559fc7', 'Read and write directory data'),
  permission('Group.Read.All', '5b567255-7703-4780-807c-7be8301ae99b', 'Read all groups'),
  permission('Group.ReadWrite.All', '62a82d76-70ea-41e2-9197-370581804d09', 'Read and write all groups'),
  permission('GroupMember.Read.All', '98830695-27a2-44f7-8c18-0c3ebc9698f6', 'Read all group memberships'),
  permission('ProvisioningLog.Read.All', '091937d3-3e38-47a1-8649-b2f99d3035f1', 'Read all provisioning log data'),
  permission(
    'RoleManagement.Read.Directory',
    '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
    'Read all directory RBAC settings',
  ),
  permission(
    'RoleManagement.ReadWrite.Directory',
    '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
    'Read and write all directory RBAC settings',
  ),
  permission('Synchronization.Read.All', '5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce', 'Read all synchronization data'),
  permission(
    'Synchronization.ReadWrite.All',
    '9b50c33d-700f-43b1-b2eb-87e89b703581',
    'Read and write all synchronization data',
  ),
  permission('User.Read.All', 'df021288-bdef-4463-88db-98f22de89214', "Read all users' full profiles"),
  permission('User.ReadWrite.All', '741f803b-c850-494e-b5df-cde7c675a1ca', "Read and write all users' full profiles"),
]
