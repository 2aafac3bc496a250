/*
 * The order in which people of one import enter the change feed: managers before those they manage, so that a manager's
 * account is there when it is first needed (slack.md 6.3).
 */
import type { SourceAttributes } from '../vocabulary/index.ts'

interface Placed {
  readonly objectId: string
  readonly attributes: SourceAttributes
}

/** Stable; people in a circle of managers keep the order given. */
export function managersFirst<T extends Placed>(people: readonly T[]): readonly T[] {
  const byId = new Map(people.map((person) => [person.objectId, person]))
  const depths = new Map<string, number>()

  function depthOf(start: T): number {
    const chain = new Set<string>()
    let current: T | undefined = start
    while (current !== undefined && !depths.has(current.objectId)) {
      if (chain.has(current.objectId)) break
      chain.add(current.objectId)
      const manager: unknown = current.attributes['manager']
      current = typeof manager === 'string' ? byId.get(manager) : undefined
    }
    let depth = current === undefined ? -1 : (depths.get(current.objectId) ?? -1)
    for (const id of [...chain].reverse()) {
      depth += 1
      depths.set(id, depth)
    }
    return depths.get(start.objectId) ?? 0
  }

  return people
    .map((person, index) => ({ person, index, depth: depthOf(person) }))
    .sort((one, other) => one.depth - other.depth || one.index - other.index)
    .map(({ person }) => person)
}
