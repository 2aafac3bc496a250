/*
 * Works on many things at once, but never on more than the target makes use of.
 */

/** Runs `work` over the items, at most `limit` at a time. The first failure is thrown after those in flight have ended. */
export async function inFlight<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const failures: unknown[] = []
  async function lane(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const item = items[next] as T
      next += 1
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  if (failures.length > 0) throw failures[0]
}
