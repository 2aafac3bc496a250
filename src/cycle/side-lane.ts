/*
 * Work that goes on beside the main line of a cycle, one piece at a time. What goes wrong there is thrown where the main
 * line asks.
 */

export interface SideLane {
  /** Starts the work unless some is still under way, or an earlier piece has failed. */
  start(work: () => Promise<void>): void
  /** Throws what went wrong, if anything did. */
  check(): void
  /** Resolves when nothing is under way any more; throws nothing. */
  rest(): Promise<void>
}

export function createSideLane(): SideLane {
  let underWay: Promise<void> | null = null
  const failures: Error[] = []
  return {
    start(work) {
      if (underWay !== null || failures.length > 0) return
      underWay = work()
        .catch((error: unknown) => {
          failures.push(error instanceof Error ? error : new Error(String(error)))
        })
        .finally(() => {
          underWay = null
        })
    },
    check() {
      const [failure] = failures
      if (failure !== undefined) throw failure
    },
    async rest() {
      await underWay
    },
  }
}
