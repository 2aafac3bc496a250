/*
 * Objects that look for the same account take turns, so that the second one sees what the first one made or took.
 */

export interface MatchTurns {
  /** Runs `work` when everybody who came earlier with one of these values is done. */
  take<T>(values: readonly string[], work: () => Promise<T>): Promise<T>
}

export function createMatchTurns(): MatchTurns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(values, work) {
      const earlier = [...new Set(values.flatMap((value) => last.get(value) ?? []))]
      // Registered for all values at once: whoever waits, waits only for those who came before, never in a circle.
      const mine = earlier.length === 0 ? work() : Promise.allSettled(earlier).then(work)
      for (const value of values) last.set(value, mine)
      try {
        return await mine
      } finally {
        for (const value of values) if (last.get(value) === mine) last.delete(value)
      }
    },
  }
}
