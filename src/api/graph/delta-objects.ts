/* What a delta tells of an object: the properties and relationships it follows, and how each is written down. */
import type { DirectoryObject, DirectoryReads } from '../../store/store.ts'
import type { JsonObject, JsonValue, ObjectTypeName } from '../../vocabulary/index.ts'
import { presentEntities } from './directory-objects.ts'
import { noSuchProperty } from './graph-problem.ts'
import { entityOfObject } from './odata/entity.ts'
import { readSelect, selectedProperties } from './odata/read-options.ts'
import type { DeltaToken } from './paging-token.ts'
import { typeAnnotation } from './represent.ts'
import { nameKey, type Property } from './types/index.ts'
import { typeOfObject } from './write-rules.ts'

export interface DeltaPage {
  readonly items: readonly JsonObject[]
  /** Where the next page, or the next round, goes on. */
  readonly next: DeltaToken
  readonly isLast: boolean
}

export interface DeltaRequest {
  readonly directory: DirectoryReads
  readonly objectType: ObjectTypeName
  readonly token: DeltaToken
  readonly tracked: Tracked
}

/** What is followed. */
export interface Tracked {
  readonly properties: readonly Property[]
  readonly manager: boolean
  readonly members: boolean
  readonly owners: boolean
}

const relationshipsOf: Readonly<Record<ObjectTypeName, readonly string[]>> = {
  User: ['manager'],
  Group: ['members', 'owners'],
}

/** The names in `$select`, as the types spell them; relationships may stand among them. */
export function trackedNames(select: string | undefined, objectType: ObjectTypeName): string[] | null {
  if (select === undefined) return null
  const type = typeOfObject(objectType)
  const relationships = relationshipsOf[objectType]
  const { names } = readSelect(select, [type], relationships)
  if (names === null) return null
  const asked = select.split(',').map((name) => nameKey(name.trim()))
  return [...names, ...relationships.filter((name) => asked.includes(nameKey(name)))]
}

/** Without `$select`: what a list gives, and of groups the members (graph-api.md 5.2). */
export function readTracked(names: readonly string[] | null, objectType: ObjectTypeName): Tracked {
  const type = typeOfObject(objectType)
  const relationships = relationshipsOf[objectType]
  if (names === null) {
    const properties = selectedProperties({ names: null }, type).filter(isFollowed)
    return { properties, manager: false, members: objectType === 'Group', owners: false }
  }
  const own = names.filter((name) => !relationships.includes(name))
  const properties = selectedProperties({ names: own }, type)
  if (properties.length < own.length) throw noSuchProperty(own[0] ?? '', type.name)
  const has = (name: string): boolean => names.includes(name)
  return {
    properties: properties.filter(isFollowed),
    manager: has('manager'),
    members: has('members'),
    owners: has('owners'),
  }
}

/** The id is there anyway, and a deleted object has no properties. */
const isFollowed = ({ name, access }: Property): boolean =>
  name !== 'id' && name !== 'deletedDateTime' && access !== 'writeOnly'

const isSet = (value: JsonValue): boolean => value !== null && !(Array.isArray(value) && value.length === 0)

/** Whoever is followed has at least the properties that are set; of `changed` also those that were emptied. */
export function deltaItem(
  object: DirectoryObject,
  properties: readonly Property[],
  changed: ReadonlySet<string>,
): JsonObject {
  const entity = entityOfObject(object)
  return {
    ...Object.fromEntries(
      properties
        .map((property): readonly [Property, JsonValue] => [property, entity.value(property)])
        .filter(([property, value]) => isSet(value) || property.codec?.names.some((name) => changed.has(name)))
        .map(([property, value]) => [property.name, value]),
    ),
    id: object.objectId,
  }
}

export function removedItem({ objectId, presence }: Pick<DirectoryObject, 'objectId' | 'presence'>): JsonObject {
  return { id: objectId, '@removed': { reason: presence === 'hardDeleted' ? 'deleted' : 'changed' } }
}

/** Only ids, never properties; who left is marked (graph-api.md 5.2). */
export async function linkItems(
  directory: DirectoryReads,
  added: readonly string[],
  removed: readonly string[] = [],
): Promise<readonly JsonObject[]> {
  const present = await presentEntities(directory, added)
  const gone = await typesOf(directory, removed)
  return [
    ...present.map((entity) => ({ '@odata.type': typeAnnotation(entity), id: entity.id })),
    ...removed.map((id) => ({
      '@odata.type': `#microsoft.graph.${gone.get(id) ?? 'directoryObject'}`,
      id,
      '@removed': { reason: 'deleted' },
    })),
  ]
}

async function typesOf(directory: DirectoryReads, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const objects = await directory.objects(ids)
  const others = await directory.applications(ids)
  return new Map([
    ...objects.map(({ objectId, objectType }): [string, string] => [objectId, typeOfObject(objectType).name]),
    ...others.map(({ objectId }): [string, string] => [objectId, 'servicePrincipal']),
  ])
}
