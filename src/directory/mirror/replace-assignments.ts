/*
 * The assignments of a tenant's application, taken over whole. Whoever calls has made sure that the reading is whole: here
 * what it lacks goes.
 */
import type { DirectoryAssignment, DirectoryReads, DirectoryTransaction } from '../../store/store.ts'
import { touchPrincipal } from '../assignments.ts'

export type MirroredAssignment = Omit<DirectoryAssignment, 'servicePrincipalId'>

/** Each application of Muster's own has the tenant's assignments under ids of its own. */
export const mirroredAssignmentId = (assignmentId: string, servicePrincipalId: string): string =>
  `${assignmentId}.${servicePrincipalId}`

const isSame = (one: DirectoryAssignment, other: DirectoryAssignment): boolean =>
  one.principalId === other.principalId &&
  one.appRoleId === other.appRoleId &&
  one.appRoleDisplayName === other.appRoleDisplayName &&
  one.appRoleValue === other.appRoleValue

/** What a reading of the tenant's assignments means for one application of Muster's own. */
interface Difference {
  readonly puts: readonly DirectoryAssignment[]
  readonly gone: readonly DirectoryAssignment[]
  readonly known: number
}

/**
 * Those of people and groups that are not of the tenant stay, and those of who is gone: whether their account is deleted depends
 * on them (spec 7.1 rows 5 and 6).
 */
async function differenceOf(
  reads: DirectoryReads,
  servicePrincipalId: string,
  reading: readonly MirroredAssignment[],
): Promise<Difference> {
  const before = await reads.listAssignments(servicePrincipalId)
  const known = new Map(before.map((each) => [each.assignmentId, each]))
  const wanted = new Map(
    reading.map((each): [string, DirectoryAssignment] => {
      const assignmentId = mirroredAssignmentId(each.assignmentId, servicePrincipalId)
      return [assignmentId, { ...each, assignmentId, servicePrincipalId }]
    }),
  )
  const puts = [...wanted.values()].filter((each) => {
    const was = known.get(each.assignmentId)
    return was === undefined || !isSame(was, each)
  })
  const principals = [...new Set(before.map((each) => each.principalId))]
  const ofTenant = await tenants(reads, principals)
  const rows = new Map((await reads.objects(principals)).map((row) => [row.objectId, row]))
  const counted = before.filter(({ principalId, assignmentId }) => {
    const presence = rows.get(principalId)?.presence ?? 'present'
    return presence === 'present' && (ofTenant.has(principalId) || assignmentId.endsWith(`.${servicePrincipalId}`))
  })
  return { puts, gone: counted.filter((each) => !wanted.has(each.assignmentId)), known: counted.length }
}

export async function replaceAssignments(
  transaction: DirectoryTransaction,
  servicePrincipalIds: readonly string[],
  reading: readonly MirroredAssignment[],
): Promise<number> {
  let changed = 0
  for (const servicePrincipalId of servicePrincipalIds) {
    const { puts, gone } = await differenceOf(transaction, servicePrincipalId, reading)
    await transaction.putAssignments(puts)
    await transaction.deleteAssignments(gone.map((each) => each.assignmentId))
    const concerned = [...new Set([...puts, ...gone].map((each) => each.principalId))]
    for (const principal of await transaction.objects(concerned)) await touchPrincipal(transaction, principal)
    changed += puts.length + gone.length
  }
  return changed
}

export interface LackingAssignments {
  /** How many were known before. */
  readonly known: number
  /** The tenant's ids of those the reading lacks. */
  readonly lacking: readonly string[]
}

/** What would go if the reading were believed, of the application that loses most. */
export async function lackingAssignments(
  reads: DirectoryReads,
  servicePrincipalIds: readonly string[],
  reading: readonly MirroredAssignment[],
): Promise<LackingAssignments> {
  let most: LackingAssignments = { known: 0, lacking: [] }
  for (const servicePrincipalId of servicePrincipalIds) {
    const { gone, known } = await differenceOf(reads, servicePrincipalId, reading)
    const suffix = `.${servicePrincipalId}`
    const lacking = gone.map(({ assignmentId }) =>
      assignmentId.endsWith(suffix) ? assignmentId.slice(0, -suffix.length) : assignmentId,
    )
    if (lacking.length >= most.lacking.length) most = { known, lacking }
  }
  return most
}

async function tenants(reads: DirectoryReads, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const users = await reads.mirrorRounds('User', ids)
  const groups = await reads.mirrorRounds('Group', ids)
  return new Set([...users.keys(), ...groups.keys()])
}
