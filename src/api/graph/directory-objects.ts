/* Finding people, groups, applications by key; lists of them as collections. */
import type { DirectoryObject, DirectoryReads } from '../../store/store.ts'
import { foldText, type ObjectTypeName } from '../../vocabulary/index.ts'
import { smallCollection, type Collection } from './collection.ts'
import { notThere } from './graph-problem.ts'
import { entityOfApplication } from './application-entity.ts'
import { entityOfObject, type Entity } from './odata/entity.ts'
import { idText, type Key } from './path.ts'
import { nameKey, types, type TypeName } from './types/index.ts'

/** People by id or userPrincipalName, groups by id; those that are present. */
export async function objectByKey(
  directory: DirectoryReads,
  objectType: ObjectTypeName,
  key: Key,
): Promise<DirectoryObject> {
  const by = nameKey(key.by)
  const isFit = (object: DirectoryObject | undefined): object is DirectoryObject =>
    object?.presence === 'present' && object.objectType === objectType
  if (by === 'id') {
    const [object] = await directory.objects([idText(key.value)])
    if (isFit(object)) return object
  }
  if (objectType === 'User' && (by === 'id' || by === 'userprincipalname') && key.value.includes('@')) {
    const wanted = foldText(key.value)
    const found = (await directory.lookUp(key.value)).filter((object) => {
      const name = object.attributes['userPrincipalName']
      return isFit(object) && typeof name === 'string' && foldText(name) === wanted
    })
    const [only] = found
    if (only !== undefined) return only
  }
  throw notThere(key.value)
}

/** Everybody of a type who is there, or in the recycle bin. */
export function objectCollection(
  directory: DirectoryReads,
  objectType: ObjectTypeName,
  presence: 'present' | 'softDeleted' = 'present',
  isShown?: (object: DirectoryObject) => boolean,
): Collection {
  const type = objectType === 'User' ? types.user : types.group
  return {
    types: [type],
    set: presence === 'present' ? type.set : `directoryObjects`,
    isTyped: presence === 'softDeleted',
    sortable: type.sortable,
    ...(isShown === undefined ? {} : { isShown: ({ object }) => object !== undefined && isShown(object) }),
    async read({ order, narrowing, after, limit }) {
      const rows = await directory.listObjects({
        objectType,
        presence,
        order:
          order?.property === 'displayName' || order?.property === 'userPrincipalName' ? order.property : 'objectId',
        isDescending: order?.isDescending ?? false,
        narrowing,
        after,
        limit,
      })
      return rows.map(({ object, position }) => ({ object: entityOfObject(object), position }))
    },
    count: () => directory.countObjects(objectType, presence),
    pick: async (ids) => {
      const rows = await directory.objects(ids.map(idText))
      return rows.filter((row) => row.objectType === objectType && row.presence === presence).map(entityOfObject)
    },
  }
}

/** These objects, whatever they are, in the order of the ids; the absent and the deleted are left out. */
export async function presentEntities(directory: DirectoryReads, ids: readonly string[]): Promise<readonly Entity[]> {
  const objects = await directory.objects(ids)
  const byId = new Map<string, Entity>()
  for (const object of objects) if (object.presence === 'present') byId.set(object.objectId, entityOfObject(object))
  const others = ids.filter((id) => !byId.has(id))
  for (const application of await directory.applications(others))
    if (application.presence === 'present') byId.set(application.objectId, entityOfApplication(application))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** A few objects of several types, by their ids. */
export const linkedCollection = (
  directory: DirectoryReads,
  typeNames: readonly TypeName[],
  ids: () => Promise<readonly string[]>,
): Collection =>
  smallCollection({
    types: typeNames.map((name) => types[name]),
    set: 'directoryObjects',
    isTyped: true,
    entities: async () => {
      const entities = await presentEntities(directory, await ids())
      return entities.filter(({ type }) => typeNames.includes(type.name))
    },
  })
