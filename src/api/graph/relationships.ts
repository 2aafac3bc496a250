/* Where each relationship of a resource leads: the one place that knows how the directory answers it. */
import type { DirectoryReads } from '../../store/store.ts'
import type { ObjectTypeName } from '../../vocabulary/index.ts'
import { assignmentCollection } from './assignment-collection.ts'
import type { Collection } from './collection.ts'
import { linkedCollection, presentEntities } from './directory-objects.ts'
import type { Relationship } from './expand.ts'
import type { Entity } from './odata/entity.ts'
import { idText } from './path.ts'
import { types } from './types/index.ts'

export function relationshipsOf(directory: DirectoryReads): (entity: Entity, name: string) => Relationship {
  return (entity, name) => {
    if (name === 'manager') return { kind: 'one', read: () => managerOf(directory, entity) }
    return { kind: 'many', collection: collectionOf(directory, entity, name) }
  }
}

export async function managerOf(directory: DirectoryReads, { object }: Entity): Promise<Entity | null> {
  const id = object?.attributes['manager']
  if (typeof id !== 'string') return null
  const [manager] = await presentEntities(directory, [id])
  return manager?.type.name === 'user' ? manager : null
}

function collectionOf(directory: DirectoryReads, entity: Entity, name: string): Collection {
  const { id } = entity
  const groupsOf = async (): Promise<readonly string[]> => (await directory.groupsOf([id])).get(id) ?? []
  switch (name) {
    case 'directReports':
      return reportCollection(directory, id)
    case 'members':
      return memberCollection(directory, async () => [id], null)
    case 'transitiveMembers':
      return memberCollection(directory, () => groupsWithin(directory, id), null)
    case 'memberOf':
      return linkedCollection(directory, ['group'], groupsOf)
    case 'transitiveMemberOf':
      return linkedCollection(directory, ['group'], () => groupsAround(directory, id))
    case 'owners':
      return linkedCollection(
        directory,
        ['user', 'servicePrincipal'],
        async () => (await directory.owners([id])).get(id) ?? [],
      )
    case 'ownedObjects':
      return linkedCollection(directory, ['group', 'application', 'servicePrincipal'], () => directory.ownedBy(id))
    case 'appRoleAssignments':
      return assignmentCollection(directory, { principalId: id }, `${entity.type.set}('${id}')/appRoleAssignments`)
    case 'appRoleAssignedTo':
      return assignmentCollection(
        directory,
        { servicePrincipalId: id },
        `${entity.type.set}('${id}')/appRoleAssignedTo`,
      )
    default:
      throw new Error(`Nobody knows where "${name}" leads.`)
  }
}

/** Members of these groups that are there, as one list. */
export function memberCollection(
  directory: DirectoryReads,
  groupIds: () => Promise<readonly string[]>,
  objectType: ObjectTypeName | null,
): Collection {
  return {
    types: objectType === null ? [types.user, types.group] : [objectType === 'User' ? types.user : types.group],
    set: 'directoryObjects',
    isTyped: true,
    sortable: [],
    async read({ after, limit }) {
      const ids = await directory.listMembers({ groupIds: await groupIds(), objectType, after, limit })
      return (await presentEntities(directory, ids)).map((entity) => ({ object: entity, position: entity.id }))
    },
    count: async () => await directory.countMembers({ groupIds: await groupIds(), objectType }),
    async pick(ids) {
      const wanted = ids.map(idText)
      const found = new Set<string>()
      for (const groupId of await groupIds())
        for (const id of await directory.membersAmong(groupId, wanted)) found.add(id)
      const entities = await presentEntities(directory, [...found].sort())
      return entities.filter(({ object }) => objectType === null || object?.objectType === objectType)
    },
  }
}

function reportCollection(directory: DirectoryReads, managerId: string): Collection {
  const reportsAmong = async (ids: readonly string[]): Promise<readonly Entity[]> =>
    (await presentEntities(directory, ids)).filter(({ object }) => object?.attributes['manager'] === managerId)
  return {
    types: [types.user],
    set: 'directoryObjects',
    isTyped: true,
    sortable: [],
    async read({ after, limit }) {
      const ids = await directory.listReports(managerId, after, limit)
      return (await presentEntities(directory, ids)).map((entity) => ({ object: entity, position: entity.id }))
    },
    async count() {
      let count = 0
      let after: string | null = null
      for (;;) {
        const ids = await directory.listReports(managerId, after, groupsAtOnce)
        count += ids.length
        after = ids.at(-1) ?? null
        if (after === null || ids.length < groupsAtOnce) return count
      }
    },
    pick: (ids) => reportsAmong(ids.map(idText)),
  }
}

const groupsAtOnce = 1000

/** The group and all groups within it; circles are walked once. */
async function groupsWithin(directory: DirectoryReads, groupId: string): Promise<readonly string[]> {
  const found = new Set([groupId])
  let level: readonly string[] = [groupId]
  while (level.length > 0) {
    const next: string[] = []
    let after: string | null = null
    for (;;) {
      const ids: readonly string[] = await directory.listMembers({
        groupIds: level,
        objectType: 'Group',
        after,
        limit: groupsAtOnce,
      })
      next.push(...ids.filter((id) => !found.has(id)))
      for (const id of ids) found.add(id)
      after = ids.at(-1) ?? null
      if (after === null || ids.length < groupsAtOnce) break
    }
    level = next
  }
  return [...found].sort()
}

/** All groups an object is in, directly or through others; a deleted group holds nobody. */
async function groupsAround(directory: DirectoryReads, objectId: string): Promise<readonly string[]> {
  const found = new Set<string>()
  let level: readonly string[] = [objectId]
  while (level.length > 0) {
    const ids = [...new Set([...(await directory.groupsOf(level)).values()].flat())].filter((id) => !found.has(id))
    const present = await presentEntities(directory, ids)
    level = present.map(({ id }) => id)
    for (const id of level) found.add(id)
  }
  return [...found].sort()
}
