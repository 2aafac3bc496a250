/*
 * Creating, changing, deleting, restoring people and groups one by one. The change feed learns of everybody who is concerned:
 * of a group that comes or goes, its members too (spec 3.1).
 */
import type { DirectoryApplication, DirectoryObject, DirectoryStore, DirectoryTransaction } from '../store/store.ts'
import { foldText, type ObjectTypeName, type SourceAttributes } from '../vocabulary/index.ts'
import { linkMembers, linkOwners } from './change-links.ts'
import { removeApplication } from './applications.ts'
import { isRestorable, recycleBinMs } from './recycle-bin.ts'
import { DirectoryRefusal, notThere } from './refusal.ts'

type Put = Omit<DirectoryObject, 'changeNumber'>

export interface NewObject {
  readonly objectId: string
  readonly objectType: ObjectTypeName
  readonly attributes: SourceAttributes
  readonly members?: readonly string[]
  readonly owners?: readonly string[]
}

export async function createObject(directory: DirectoryStore, request: NewObject): Promise<DirectoryObject> {
  const { objectId, objectType } = request
  return await directory.transaction(async (transaction) => {
    const attributes = cleared(withMail({}, request.attributes))
    await refuseTakenName(transaction, objectId, attributes)
    await transaction.putObjects([{ objectId, objectType, presence: 'present', deletedAt: null, attributes }])
    if (request.owners !== undefined) await linkOwners(transaction, objectId, request.owners)
    if (request.members !== undefined) await linkMembers(transaction, objectId, request.members)
    return await thePresent(transaction, objectId, objectType)
  })
}

/** `null` clears an attribute; what the changes do not name stays. */
export async function changeObject(
  directory: DirectoryStore,
  objectId: string,
  objectType: ObjectTypeName,
  changes: SourceAttributes,
  members: readonly string[] = [],
): Promise<void> {
  await directory.transaction(async (transaction) => {
    const before = await thePresent(transaction, objectId, objectType)
    const attributes = cleared({ ...before.attributes, ...withMail(before.attributes, changes) })
    await refuseTakenName(transaction, objectId, attributes)
    if (!isSame(before.attributes, attributes)) await transaction.putObjects([{ ...asPut(before), attributes }])
    // A group that becomes a security group, or is none any more, entitles its members otherwise than before (spec 3.1).
    if (before.attributes['securityEnabled'] !== attributes['securityEnabled'])
      await touchMembers(transaction, objectId)
    if (members.length > 0) await linkMembers(transaction, objectId, members)
  })
}

/** Groups that are no Microsoft 365 groups go for good at once (graph-api.md 3.3). */
export async function deleteObject(
  directory: DirectoryStore,
  objectId: string,
  objectType: ObjectTypeName,
  now: number,
): Promise<void> {
  await directory.transaction(async (transaction) => {
    const before = await thePresent(transaction, objectId, objectType)
    if (objectType === 'User' || isUnified(before)) {
      await transaction.putObjects([{ ...asPut(before), presence: 'softDeleted', deletedAt: now }])
      await touchMembers(transaction, objectId)
    } else await removeForGood(transaction, before, now)
  })
}

export async function restoreObject(
  directory: DirectoryStore,
  objectId: string,
  { now, newUserPrincipalName }: { readonly now: number; readonly newUserPrincipalName?: string },
): Promise<DirectoryObject> {
  return await directory.transaction(async (transaction) => {
    const before = await theDeleted(transaction, objectId, now)
    const attributes =
      newUserPrincipalName === undefined
        ? before.attributes
        : { ...before.attributes, userPrincipalName: newUserPrincipalName }
    await refuseTakenName(transaction, objectId, attributes, 'sameKey')
    await transaction.putObjects([{ ...asPut(before), attributes, presence: 'present', deletedAt: null }])
    await touchMembers(transaction, objectId)
    return await thePresent(transaction, objectId, before.objectType)
  })
}

/** Deletes for good what is in the recycle bin. */
export async function purgeObject(directory: DirectoryStore, objectId: string, now: number): Promise<void> {
  await directory.transaction(async (transaction) => {
    await removeForGood(transaction, await theDeleted(transaction, objectId, now), now)
  })
}

/** Deletes for good whatever was put into the recycle bin before that instant, so many at most; answers how many. */
export async function emptyRecycleBin(directory: DirectoryStore, before: number, limit: number): Promise<number> {
  const old: DirectoryObject[] = []
  for (const objectType of ['User', 'Group'] as const) {
    let after: string | null = null
    for (;;) {
      const rows = await directory.listObjects({ ...wholeBin, objectType, after })
      old.push(...rows.map(({ object }) => object).filter(({ deletedAt }) => (deletedAt ?? 0) <= before))
      after = rows.at(-1)?.position ?? null
      if (after === null || rows.length < wholeBin.limit || old.length >= limit) break
    }
  }
  const gone = old.slice(0, limit)
  const applications = await oldApplications(directory, before, limit - gone.length)
  await directory.transaction(async (transaction) => {
    for (const { objectId } of gone) {
      const [object] = await transaction.objects([objectId])
      if (object?.presence === 'softDeleted' && (object.deletedAt ?? 0) <= before)
        await removeForGood(transaction, object, before + recycleBinMs)
    }
    for (const application of await transaction.applications(applications))
      if (isOld(application, before)) await removeApplication(transaction, application)
  })
  return gone.length + applications.length
}

const isOld = (each: Pick<DirectoryApplication, 'presence' | 'deletedAt'>, before: number): boolean =>
  each.presence === 'softDeleted' && (each.deletedAt ?? 0) <= before

async function oldApplications(directory: DirectoryStore, before: number, limit: number): Promise<readonly string[]> {
  const found: string[] = []
  for (const objectType of ['Application', 'ServicePrincipal'] as const) {
    const rows = await directory.listApplications({ objectType, presence: 'softDeleted', after: null, limit: 1000 })
    found.push(...rows.filter((row) => isOld(row, before)).map(({ objectId }) => objectId))
  }
  return found.slice(0, limit)
}

const wholeBin = {
  presence: 'softDeleted',
  order: 'objectId',
  isDescending: false,
  narrowing: null,
  limit: 1000,
} as const

/**
 * The tombstone keeps no personal data. Assignments of a person stay until their account is dealt with: whether it is deleted
 * in the target depends on them (spec 7.1 rows 5 and 6), and they entitle nobody.
 */
export async function removeForGood(
  transaction: DirectoryTransaction,
  object: DirectoryObject,
  now: number,
): Promise<void> {
  const { objectId, objectType } = object
  await touchMembers(transaction, objectId)
  const memberIds = (await transaction.members([objectId])).get(objectId) ?? []
  await transaction.putObjects([{ objectId, objectType, presence: 'hardDeleted', deletedAt: now, attributes: {} }])
  await transaction.changeMembers(objectId, { added: [], removed: memberIds })
  const groupIds = (await transaction.groupsOf([objectId])).get(objectId) ?? []
  for (const groupId of groupIds) await transaction.changeMembers(groupId, { added: [], removed: [objectId] })
  await transaction.touch(groupIds)
  const ownerIds = (await transaction.owners([objectId])).get(objectId) ?? []
  await transaction.changeOwners(objectId, { added: [], removed: ownerIds })
  for (const ownedId of await transaction.ownedBy(objectId))
    await transaction.changeOwners(ownedId, { added: [], removed: [objectId] })
}

export async function touchMembers(transaction: DirectoryTransaction, groupId: string): Promise<void> {
  const memberIds = (await transaction.members([groupId])).get(groupId) ?? []
  await transaction.touch(memberIds)
}

async function thePresent(
  transaction: DirectoryTransaction,
  objectId: string,
  objectType: ObjectTypeName,
): Promise<DirectoryObject> {
  const [object] = await transaction.objects([objectId])
  if (object?.presence === 'present' && object.objectType === objectType) return object
  throw notThere(objectId)
}

async function theDeleted(transaction: DirectoryTransaction, objectId: string, now: number): Promise<DirectoryObject> {
  const [object] = await transaction.objects([objectId])
  if (object !== undefined && isRestorable(object, now)) return object
  throw notThere(objectId)
}

/** A userPrincipalName names one person among those present. */
async function refuseTakenName(
  transaction: DirectoryTransaction,
  objectId: string,
  attributes: SourceAttributes,
  kind: 'conflict' | 'sameKey' = 'conflict',
): Promise<void> {
  const name = attributes['userPrincipalName']
  if (typeof name !== 'string') return
  const holders = await transaction.lookUp(name)
  const taken = holders.some((holder) => {
    const other = holder.attributes['userPrincipalName']
    return (
      holder.presence === 'present' &&
      holder.objectId !== objectId &&
      typeof other === 'string' &&
      foldText(other) === foldText(name)
    )
  })
  if (taken)
    throw new DirectoryRefusal(
      kind,
      'userPrincipalName',
      'Another object with the same value for property userPrincipalName already exists.',
    )
}

const isUnified = ({ attributes }: Pick<Put, 'attributes'>): boolean => {
  const kinds = attributes['groupTypes']
  return Array.isArray(kinds) && kinds.includes('Unified')
}

/** The address of a person is also the first of the proxy addresses (graph-api.md 3.1). */
function withMail(before: SourceAttributes, changes: SourceAttributes): SourceAttributes {
  const { mail } = changes
  if (mail === undefined || mail === before['mail'] || changes['proxyAddresses'] !== undefined) return changes
  const had = before['proxyAddresses']
  const others = (Array.isArray(had) ? (had as readonly string[]) : []).filter(
    (address) => !address.startsWith('SMTP:') && address.toLowerCase() !== `smtp:${String(mail).toLowerCase()}`,
  )
  return { ...changes, proxyAddresses: mail === null ? others : [`SMTP:${String(mail)}`, ...others] }
}

const asPut = ({ changeNumber: _, ...object }: DirectoryObject): Put => object

/** Without what is empty, in order of name. */
export const cleared = (attributes: SourceAttributes): SourceAttributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== null)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

const asText = (attributes: SourceAttributes): string =>
  JSON.stringify(Object.entries(cleared(attributes)), (_, value: unknown) =>
    typeof value === 'bigint' ? `${String(value)}n` : value,
  )

export const isSame = (one: SourceAttributes, other: SourceAttributes): boolean => asText(one) === asText(other)
