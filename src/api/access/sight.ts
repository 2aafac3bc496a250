/*
 * What of a Graph answer the caller may see. Of people and groups that somebody may not read, who only come along with
 * something else (a group's members, an application's owners), there are type and id, as at Microsoft; applications and
 * assignments of others are left out.
 */
import type { Action } from '../../access/index.ts'
import type { Collection } from '../graph/collection.ts'
import type { Entity } from '../graph/odata/entity.ts'
import type { TypeName } from '../graph/types/index.ts'
import type { Asker } from './asker.ts'

export interface Sight {
  /** The entity, its id alone, or `null`. */
  show(entity: Entity): Entity | null
  /** Lists of such may hold something that is not, or not wholly, shown. */
  isClear(type: TypeName): boolean
}

const readActions = {
  user: 'microsoft.directory/users/standard/read',
  group: 'microsoft.directory/groups/standard/read',
  application: 'microsoft.directory/applications/standard/read',
  servicePrincipal: 'microsoft.directory/servicePrincipals/standard/read',
  appRoleAssignment: 'microsoft.directory/servicePrincipals/appRoleAssignedTo/read',
} as const satisfies Partial<Record<TypeName, Action>>

type GuardedType = keyof typeof readActions

const isGuarded = (type: TypeName): type is GuardedType => Object.hasOwn(readActions, type)

export async function sightOf(asker: Asker): Promise<Sight> {
  const reaches = new Map<GuardedType, 'everything' | ReadonlySet<string>>()
  for (const [type, action] of Object.entries(readActions))
    reaches.set(type as GuardedType, await asker.reach([action]))
  const isClear = (type: TypeName): boolean => !isGuarded(type) || reaches.get(type) === 'everything'
  return {
    isClear,
    show(entity) {
      const { name } = entity.type
      if (!isGuarded(name) || isClear(name)) return entity
      const reach = reaches.get(name)
      if (name === 'user' || name === 'group') return idAlone(entity)
      const id = name === 'appRoleAssignment' ? textOf(entity, 'resourceid') : entity.id
      return reach === 'everything' || (reach?.has(id) ?? false) ? entity : null
    },
  }
}

function textOf(entity: Entity, key: string): string {
  const property = entity.type.properties.get(key)
  const value = property === undefined ? null : entity.value(property)
  return typeof value === 'string' ? value : ''
}

/** Filters and searches find nothing in it either. */
const idAlone = (entity: Entity): Entity => ({
  ...entity,
  value: (property) => (property.name === 'id' ? entity.value(property) : property.isCollection ? [] : null),
})

/** The collection as it is shown. It cannot be sorted by what is not. */
export function shown(collection: Collection, sight: Sight): Collection {
  if (collection.types.every(({ name }) => sight.isClear(name))) return collection
  const isDropping = (entity: Entity): boolean => sight.show(entity) !== null
  return {
    ...collection,
    sortable: [],
    isShown: (entity) => isDropping(entity) && (collection.isShown?.(entity) ?? true),
    read: async (request) =>
      (await collection.read({ ...request, narrowing: null })).map(({ object, position }) => ({
        object: sight.show(object) ?? object,
        position,
      })),
    pick: async (ids) => (await collection.pick(ids)).flatMap((entity) => sight.show(entity) ?? []),
  }
}
