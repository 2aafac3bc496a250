/*
 * What the directory mirrors is changed in the tenant, and nowhere else: a change made here would be undone by the next reading,
 * or worse, stay. People and groups that are not of the tenant can still be changed and deleted, but none are added.
 */
import type { DirectoryObject, DirectoryStore, DirectoryTransaction } from '../../store/store.ts'
import { DirectoryRefusal } from '../refusal.ts'

export interface MirrorGuard {
  /** The tenant, for the refusal. */
  readonly tenant: string
  /** The applications whose assignments are the tenant's; none where assignments are made here. */
  readonly servicePrincipalIds: () => Promise<readonly string[]>
}

export function guardMirror(directory: DirectoryStore, guard: MirrorGuard): DirectoryStore {
  return {
    ...directory,
    transaction: (work) => directory.transaction((transaction) => work(guarded(transaction, guard))),
  }
}

function refusal({ tenant }: MirrorGuard, subject: string, what: string): DirectoryRefusal {
  return new DirectoryRefusal(
    'mirrored',
    subject,
    `${what} is kept as the tenant ${tenant} has it, so nothing was changed here. Change it in Microsoft Entra: it arrives with the next reading of the tenant (muster source show).`,
  )
}

function guarded(transaction: DirectoryTransaction, guard: MirrorGuard): DirectoryTransaction {
  async function mirrored(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const users = await transaction.mirrorRounds('User', ids)
    const groups = await transaction.mirrorRounds('Group', ids)
    return new Set([...users.keys(), ...groups.keys()])
  }
  async function refuseObjects(objects: readonly Pick<DirectoryObject, 'objectId' | 'attributes'>[]): Promise<void> {
    const ids = objects.map((object) => object.objectId)
    const ofTenant = await mirrored(ids)
    const here = new Set((await transaction.objects(ids)).map((object) => object.objectId))
    const refused = objects.find(({ objectId }) => ofTenant.has(objectId) || !here.has(objectId))
    if (refused === undefined) return
    const { displayName } = refused.attributes
    throw refusal(guard, refused.objectId, typeof displayName === 'string' ? `"${displayName}"` : refused.objectId)
  }
  async function refuseGroup(groupId: string): Promise<void> {
    if ((await mirrored([groupId])).has(groupId)) throw refusal(guard, groupId, 'The membership of this group')
  }
  async function refuseAssignments(
    assignments: readonly { readonly servicePrincipalId: string; readonly principalId: string }[],
  ): Promise<void> {
    if (assignments.length === 0) return
    const applications = await guard.servicePrincipalIds()
    const concerned = assignments.filter((each) => applications.includes(each.servicePrincipalId))
    const ofTenant = await mirrored(concerned.map((each) => each.principalId))
    const refused = concerned.find((each) => ofTenant.has(each.principalId))
    if (refused !== undefined) throw refusal(guard, refused.principalId, 'The assignment')
  }
  return {
    ...transaction,
    async putObjects(objects) {
      await refuseObjects(objects)
      await transaction.putObjects(objects)
    },
    async replaceMembers(groupId, memberIds) {
      await refuseGroup(groupId)
      await transaction.replaceMembers(groupId, memberIds)
    },
    async changeMembers(groupId, change) {
      await refuseGroup(groupId)
      await transaction.changeMembers(groupId, change)
    },
    async putAssignments(assignments) {
      await refuseAssignments(assignments)
      await transaction.putAssignments(assignments)
    },
    async deleteAssignments(assignmentIds) {
      const assignments = await Promise.all(assignmentIds.map((id) => transaction.getAssignment(id)))
      await refuseAssignments(assignments.filter((each) => each !== null))
      await transaction.deleteAssignments(assignmentIds)
    },
  }
}
