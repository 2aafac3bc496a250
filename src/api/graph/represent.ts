/* A resource as it is given out: the properties asked for, the annotations Graph puts beside them. */
import type { JsonObject, JsonValue } from '../../vocabulary/index.ts'
import type { Entity } from './odata/entity.ts'
import { selectedProperties, type Expansion, type Selection } from './odata/read-options.ts'

export interface Representation {
  readonly selection: Selection
  /** Lists of several types say of each what it is. */
  readonly isTyped: boolean
}

/** Relationships by the id of the resource they belong to. */
export type Expanded = ReadonlyMap<string, JsonValue>

export function represent(
  entity: Entity,
  { selection, isTyped }: Representation,
  expansions: readonly (readonly [string, Expanded])[] = [],
): JsonObject {
  return {
    ...(isTyped ? { '@odata.type': typeAnnotation(entity) } : {}),
    ...Object.fromEntries(
      selectedProperties(selection, entity.type).map((property) => [property.name, entity.value(property)]),
    ),
    ...Object.fromEntries(
      expansions.flatMap(([name, expanded]): readonly [string, JsonValue][] => {
        const value = expanded.get(entity.id)
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  }
}

export const typeAnnotation = (entity: Pick<Entity, 'type'>): string => `#microsoft.graph.${entity.type.name}`

/** `users(id,displayName,manager())`, as `$select` and `$expand` narrow it. */
export function contextOf(
  root: string,
  set: string,
  selection: Selection,
  expansions: readonly Expansion[] = [],
): string {
  const parts = [
    ...(selection.names ?? []),
    ...expansions.map(({ navigation, selection: inner }) => `${navigation.name}(${(inner.names ?? []).join(',')})`),
  ]
  return `${root}/$metadata#${set}${parts.length === 0 ? '' : `(${parts.join(',')})`}`
}
