/*
 * Finds out whom the files mean: people by the ids the directory has for them, managers and members by address, name or
 * distinguished name.
 */
import type { DirectoryObject, DirectoryTransaction } from '../store/store.ts'
import type { ObjectTypeName } from '../vocabulary/index.ts'
import type { DirectoryFileReading, ImportedUser, ObjectReference } from './files/index.ts'

const batchMax = 1000

/** Pages of a size the store takes at once. */
export function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / batchMax) }, (_, index) =>
    items.slice(index * batchMax, (index + 1) * batchMax),
  )
}

export async function existingObjects(
  transaction: DirectoryTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DirectoryObject>> {
  const found = new Map<string, DirectoryObject>()
  for (const batch of batches([...new Set(ids)])) {
    for (const object of await transaction.objects(batch)) found.set(object.objectId, object)
  }
  return found
}

/** Finds what a reference of a file means in the directory; each text is looked up once. */
export function referenceFinder(
  transaction: DirectoryTransaction,
): (reference: ObjectReference, objectType: ObjectTypeName | undefined) => Promise<string | null> {
  const found = new Map<string, Promise<string | null>>()
  const attributeOf = {
    userPrincipalName: 'userPrincipalName',
    mail: 'mail',
    dn: 'onPremisesDistinguishedName',
    displayName: 'displayName',
    objectId: null,
  } as const
  async function find(reference: ObjectReference, objectType: ObjectTypeName | undefined): Promise<string | null> {
    const hits = (await transaction.lookUp(reference.value)).filter((object) => {
      if (object.presence === 'hardDeleted') return false
      if (objectType !== undefined && object.objectType !== objectType) return false
      const attribute = attributeOf[reference.by]
      const value = attribute === null ? object.objectId : object.attributes[attribute]
      return typeof value === 'string' && value.toLowerCase() === reference.value.toLowerCase()
    })
    return hits.length === 1 ? (hits[0]?.objectId ?? null) : null
  }
  return (reference, objectType) => {
    const key = `${objectType ?? ''} ${reference.by} ${reference.value.toLowerCase()}`
    const earlier = found.get(key)
    if (earlier !== undefined) return earlier
    const finding = find(reference, objectType)
    found.set(key, finding)
    return finding
  }
}

/** Managers the files name by something that only the directory knows. */
export async function resolveManagers(
  transaction: DirectoryTransaction,
  users: readonly ImportedUser[],
): Promise<readonly ImportedUser[]> {
  const find = referenceFinder(transaction)
  const resolved: ImportedUser[] = []
  for (const user of users) {
    if (user.managerKey === undefined || typeof user.attributes['manager'] === 'string') {
      resolved.push(user)
      continue
    }
    const manager = await find(user.managerKey, 'User')
    resolved.push(manager === null ? user : { ...user, attributes: { ...user.attributes, manager } })
  }
  return resolved
}

/**
 * Ids the directory already has for people whom a file names by another one: a first export without object ids, a later one
 * with them (or the reverse) means the same person by the same userPrincipalName, never a second one.
 */
export async function knownIds(
  transaction: DirectoryTransaction,
  users: readonly ImportedUser[],
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  if ((await transaction.presentIds('User')).length === 0) return known
  const find = referenceFinder(transaction)
  for (const page of batches(users)) {
    const stored = await existingObjects(
      transaction,
      page.map((user) => user.objectId),
    )
    for (const user of page) {
      const name = user.attributes['userPrincipalName']
      if (stored.has(user.objectId) || typeof name !== 'string') continue
      const id = await find({ by: 'userPrincipalName', value: name }, 'User')
      if (id !== null) known.set(user.objectId, id)
    }
  }
  return known
}

/** The reading with these people under the ids the directory knows them by, wherever they are named. */
export function underKnownIds(reading: DirectoryFileReading, known: ReadonlyMap<string, string>): DirectoryFileReading {
  if (known.size === 0) return reading
  const idOf = (id: string): string => known.get(id) ?? id
  return {
    ...reading,
    users: reading.users.map((user) => {
      const { manager } = user.attributes
      const attributes = typeof manager === 'string' ? { ...user.attributes, manager: idOf(manager) } : user.attributes
      return { ...user, objectId: idOf(user.objectId), attributes }
    }),
    memberships: reading.memberships.map((each) =>
      each.memberObjectId === undefined ? each : { ...each, memberObjectId: idOf(each.memberObjectId) },
    ),
  }
}
