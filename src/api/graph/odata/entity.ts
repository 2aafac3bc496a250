/* One resource as queries see it: its type, its id, and the value of each property. */
import type { DirectoryObject } from '../../../store/store.ts'
import type { JsonObject, JsonValue } from '../../../vocabulary/index.ts'
import { types, valueOrFallback, type EntityType, type Property } from '../types/index.ts'

export interface Entity {
  readonly type: EntityType
  readonly id: string
  value(property: Property): JsonValue
  /** The row behind a person or group. */
  readonly object?: DirectoryObject
  /** When an application was put into the recycle bin. */
  readonly deletedAt?: number | null
}

export function entityOfObject(object: DirectoryObject): Entity {
  return {
    type: object.objectType === 'User' ? types.user : types.group,
    id: object.objectId,
    object,
    value: (property) => valueOrFallback(property, property.codec?.read(object) ?? undefined),
  }
}

export function entityOfValues(type: EntityType, id: string, values: JsonObject): Entity {
  return {
    type,
    id,
    value: (property) =>
      valueOrFallback(property, Object.hasOwn(values, property.name) ? values[property.name] : undefined),
  }
}
