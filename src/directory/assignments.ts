/*
 * Assigning people and groups to the application, and taking the assignment back. The change feed learns of everybody
 * whose entitlement may have moved: the principal itself and, for a group, its direct members (spec 3.1).
 */
import { randomBytes } from 'node:crypto'
import { defaultAccessRoleId, type JsonObject } from '../vocabulary/index.ts'
import { asAssigned } from './app-roles.ts'
import type { DirectoryAssignment, DirectoryStore, DirectoryTransaction } from '../store/store.ts'

/** Whom an assignment is of. */
export interface Principal {
  readonly objectId: string
  readonly objectType: DirectoryAssignment['principalType']
}

export interface AssignRequest {
  readonly servicePrincipalId: string
  readonly principal: Principal
  readonly assignmentId: string
  readonly appRoleId?: string
  readonly appRoleDisplayName?: string
  readonly appRoleValue?: string | null
  readonly now?: number
}

export interface AssignmentChange {
  /** `false` when nothing had to be done. */
  readonly isChanged: boolean
  /** People whose entitlement may have moved. */
  readonly people: number
}

/** Answers how many people it may have moved. */
export async function touchPrincipal(transaction: DirectoryTransaction, principal: Principal): Promise<number> {
  // A program is nobody's account, and in no change feed.
  if (principal.objectType === 'ServicePrincipal') return 0
  if (principal.objectType === 'User') {
    await transaction.touch([principal.objectId])
    return 1
  }
  const members = (await transaction.members([principal.objectId])).get(principal.objectId) ?? []
  const objects = await transaction.objects(members)
  // In the order they had: an import puts managers before those they manage.
  const inOrder = [...objects].sort((one, other) => one.changeNumber - other.changeNumber)
  await transaction.touch([...inOrder.map((object) => object.objectId), principal.objectId])
  return objects.filter((object) => object.objectType === 'User').length
}

/** Assigning somebody twice with the same role changes nothing. */
export async function assign(directory: DirectoryStore, request: AssignRequest): Promise<AssignmentChange> {
  const { servicePrincipalId, principal } = request
  const appRoleId = request.appRoleId ?? defaultAccessRoleId
  return await directory.transaction(async (transaction) => {
    const existing = await transaction.assignments(servicePrincipalId, [principal.objectId])
    const isThere = (existing.get(principal.objectId) ?? []).some((each) => each.appRoleId === appRoleId)
    if (isThere) return { isChanged: false, people: 0 }
    const assignment: DirectoryAssignment = {
      assignmentId: request.assignmentId,
      servicePrincipalId,
      principalId: principal.objectId,
      principalType: principal.objectType,
      appRoleId,
      appRoleDisplayName: request.appRoleDisplayName ?? 'Default Access',
      appRoleValue: request.appRoleValue ?? null,
      createdAt: request.now ?? null,
    }
    await transaction.putAssignments([assignment])
    return { isChanged: true, people: await touchPrincipal(transaction, principal) }
  })
}

/** Takes all assignments of the principal itself back; those through groups stay. */
export async function unassign(
  directory: DirectoryStore,
  servicePrincipalId: string,
  principal: Principal,
): Promise<AssignmentChange> {
  return await directory.transaction(async (transaction) => {
    const existing = await transaction.assignments(servicePrincipalId, [principal.objectId])
    const own = existing.get(principal.objectId) ?? []
    if (own.length === 0) return { isChanged: false, people: 0 }
    await transaction.deleteAssignments(own.map((each) => each.assignmentId))
    return { isChanged: true, people: await touchPrincipal(transaction, principal) }
  })
}

/** Takes one assignment back, whoever it is of; `false` when it is not there. */
export async function withdrawAssignment(directory: DirectoryStore, assignmentId: string): Promise<boolean> {
  return await directory.transaction(async (transaction) => {
    const assignment = await transaction.getAssignment(assignmentId)
    if (assignment === null) return false
    await transaction.deleteAssignments([assignmentId])
    const [principal] = await transaction.objects([assignment.principalId])
    if (principal !== undefined) await touchPrincipal(transaction, principal)
    return true
  })
}

/** Assignments carry the words of their role: where it was renamed, whoever holds it is looked at again. */
export async function renameAssignedRoles(
  transaction: DirectoryTransaction,
  servicePrincipalId: string,
  roles: readonly JsonObject[],
): Promise<void> {
  const words = new Map(roles.map(asAssigned).map((role) => [role.appRoleId, role]))
  const renamed = (await transaction.listAssignments(servicePrincipalId)).flatMap((assignment) => {
    const role = words.get(assignment.appRoleId)
    const isSame =
      role === undefined ||
      (role.appRoleDisplayName === assignment.appRoleDisplayName && role.appRoleValue === assignment.appRoleValue)
    return isSame ? [] : [{ ...assignment, ...role }]
  })
  await transaction.putAssignments(renamed)
  for (const principal of await transaction.objects(renamed.map(({ principalId }) => principalId)))
    await touchPrincipal(transaction, principal)
}

/**
 * 43 characters: base64url of 32 bytes, of which the first 16 are the principal's id as .NET writes it (graph-api.md 3.6).
 */
export function newAssignmentId(principalId: string): string {
  const hex = principalId.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) return randomBytes(32).toString('base64url')
  const bytes = Buffer.from(hex, 'hex')
  const parts = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((part) =>
    Buffer.from(part.toReversed()),
  )
  return Buffer.concat([...parts, bytes.subarray(8), randomBytes(16)]).toString('base64url')
}
