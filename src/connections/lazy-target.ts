/*
 * A target that is opened when it is first asked. Until then it is known by its facts alone: what its system can do and keeps
 * of values needs no connection.
 */
import type { TargetConnector } from '../connectors/target.ts'

export interface OpenedTarget {
  readonly target: TargetConnector
  /** Called once, when nobody needs it any more in this place. */
  readonly release: () => Promise<void>
}

export function lazyTarget(
  facts: Pick<TargetConnector, 'describe' | 'asStored'>,
  open: () => Promise<OpenedTarget>,
): TargetConnector {
  const nothing = { requests: 0, writes: 0, throttled: 0 } as const
  let opening: Promise<OpenedTarget> | null = null
  let opened: TargetConnector | null = null
  /** What others had sent through it before. */
  let before = nothing as ReturnType<TargetConnector['traffic']>

  async function target(): Promise<TargetConnector> {
    if (opened !== null) return opened
    // What could not be opened is tried again when it is asked for again.
    opening ??= open().catch((error: unknown) => {
      opening = null
      throw error
    })
    const { target: found } = await opening
    if (opened === null) before = found.traffic()
    opened = found
    return found
  }

  return {
    describe: () => (opened ?? facts).describe(),
    asStored: (objectType, attributes) => (opened ?? facts).asStored(objectType, attributes),
    checkCredentials: async () => await (await target()).checkCredentials(),
    listObjects: async function* (objectType) {
      yield* (await target()).listObjects(objectType)
    },
    find: async (request) => await (opened ?? (await target())).find(request),
    read: async (objectType, anchor) => await (opened ?? (await target())).read(objectType, anchor),
    write: async (write) => await (opened ?? (await target())).write(write),
    traffic: () => {
      if (opened === null) return nothing
      const now = opened.traffic()
      return {
        requests: now.requests - before.requests,
        writes: now.writes - before.writes,
        throttled: now.throttled - before.throttled,
      }
    },
    budgets: () => opened?.budgets?.() ?? [],
    close: async () => {
      const closing = opening
      opening = null
      opened = null
      const found = await closing?.catch(() => null)
      await found?.release()
    },
  }
}
