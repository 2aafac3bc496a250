/* `$expand`: what a resource leads to, read for a whole page at once and given out inside it. */
import type { Placed } from '../../store/store.ts'
import type { JsonValue } from '../../vocabulary/index.ts'
import { shown, type Sight } from '../access/sight.ts'
import type { Collection } from './collection.ts'
import type { Entity } from './odata/entity.ts'
import type { Expansion } from './odata/read-options.ts'
import { represent, type Expanded } from './represent.ts'

export type Expand = (entities: readonly Entity[], expansion: Expansion, sight: Sight) => Promise<Expanded>

/** Where a relationship of one resource leads. */
export type Relationship =
  | { readonly kind: 'one'; readonly read: () => Promise<Entity | null> }
  | { readonly kind: 'many'; readonly collection: Collection }

/** As many as Graph gives (graph-api.md 1.3). */
const expandedMax = 20

export function createExpand(relationshipOf: (entity: Entity, name: string) => Relationship): Expand {
  return async (entities, { navigation, selection }, sight) => {
    const representation = {
      selection,
      isTyped: navigation.name !== 'appRoleAssignments' && navigation.name !== 'appRoleAssignedTo',
    }
    const expanded = new Map<string, JsonValue>()
    for (const entity of entities) {
      const relationship = relationshipOf(entity, navigation.name)
      if (relationship.kind === 'one') {
        const found = await relationship.read()
        const one = found === null ? null : sight.show(found)
        if (one !== null) expanded.set(entity.id, represent(one, representation))
      } else {
        const collection = shown(relationship.collection, sight)
        const rows: readonly Placed<Entity>[] = await collection.read({
          order: null,
          narrowing: null,
          after: null,
          limit: expandedMax,
        })
        expanded.set(
          entity.id,
          rows
            .filter(({ object }) => collection.isShown?.(object) ?? true)
            .map(({ object }) => represent(object, representation)),
        )
      }
    }
    return expanded
  }
}
