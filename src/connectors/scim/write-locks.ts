/*
 * One write at a time on each user and each group: Slack answers an overlapping one with 429 (slack.md 6.1).
 */

export interface WriteLocks {
  /** Runs `action` when every earlier write on the same resource has ended, however it ended. */
  run<Result>(resource: string, action: () => Promise<Result>): Promise<Result>
}

export function createWriteLocks(): WriteLocks {
  const lastOf = new Map<string, Promise<unknown>>()
  return {
    run: async (resource, action) => {
      const before = lastOf.get(resource)
      const turn = before === undefined ? action() : before.then(action, action)
      lastOf.set(resource, turn)
      try {
        return await turn
      } finally {
        if (lastOf.get(resource) === turn) lastOf.delete(resource)
      }
    },
  }
}
