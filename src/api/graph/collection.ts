/* What a list operation lists: something that can be read in pages, counted, and asked for single ids. */
import type { DirectoryNarrowing, Placed } from '../../store/store.ts'
import { foldText } from '../../vocabulary/index.ts'
import type { Entity } from './odata/entity.ts'
import type { Filter } from './odata/filter.ts'
import type { Order } from './odata/read-options.ts'
import { propertyOf, type EntityType } from './types/index.ts'

export interface Collection {
  /** Of what type its items may be. */
  readonly types: readonly EntityType[]
  /** Names behind `$metadata#`. */
  readonly set: string
  /** Each item says what it is. */
  readonly isTyped: boolean
  readonly sortable: readonly string[]
  /**
   * The same items narrowed by what of a filter their store can find: everything that passes the filter is among them. With
   * `isExact` nothing else is.
   */
  readonly narrowed?: (filter: Filter) => { readonly collection: Collection; readonly isExact: boolean }
  /** What of it is shown at all. */
  readonly isShown?: (entity: Entity) => boolean
  read(request: {
    readonly order: Order | null
    readonly narrowing: DirectoryNarrowing | null
    readonly after: string | null
    readonly limit: number
  }): Promise<readonly Placed<Entity>[]>
  /** All of them, whatever is filtered. */
  count(): Promise<number>
  /** Those of its items that have one of these ids. */
  pick(ids: readonly string[]): Promise<readonly Entity[]>
}

/** A collection small enough to be read whole: applications, owners, the groups of somebody. */
export function smallCollection(request: {
  readonly types: readonly EntityType[]
  readonly set: string
  readonly isTyped?: boolean
  readonly entities: () => Promise<readonly Entity[]>
}): Collection {
  const { types, set, isTyped = false, entities } = request
  const keyOf = (entity: Entity, order: Order | null): string => {
    if (order === null) return ''
    const property = propertyOf(entity.type, order.property)
    const value = property === undefined ? null : entity.value(property)
    return typeof value === 'string' ? foldText(value) : ''
  }
  return {
    types,
    set,
    isTyped,
    sortable: [...new Set(types.flatMap(({ sortable }) => sortable))],
    async read({ order, after, limit }) {
      const sign = order?.isDescending === true ? -1 : 1
      const placed = (await entities())
        .map((entity) => ({ entity, key: keyOf(entity, order) }))
        .sort((one, other) => sign * compareKeys([one.key, one.entity.id], [other.key, other.entity.id]))
      const start = after === null ? null : readPosition(after)
      return placed
        .filter(({ entity, key }) => start === null || sign * compareKeys([key, entity.id], start) > 0)
        .slice(0, limit)
        .map(({ entity, key }) => ({ object: entity, position: JSON.stringify([key, entity.id]) }))
    },
    count: async () => (await entities()).length,
    pick: async (ids) => {
      const wanted = new Set(ids.map((id) => id.toLowerCase()))
      return (await entities()).filter(({ id }) => wanted.has(id.toLowerCase()))
    },
  }
}

type Position = readonly [key: string, id: string]

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const compareKeys = (one: Position, other: Position): number =>
  compareTexts(one[0], other[0]) || compareTexts(one[1], other[1])

function readPosition(text: string): Position {
  let position: unknown
  try {
    position = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  if (Array.isArray(position)) {
    const [key, id] = position as readonly unknown[]
    if (typeof key === 'string' && typeof id === 'string') return [key, id]
  }
  throw new RangeError('The position is not one of this list.')
}
