/*
 * Work that goes on beside the passes of a cycle: one piece at a time, begun when there is something to do, and over
 * before the cycle gives the job back.
 */

export interface SideLane {
  /** Begins the work, unless some is under way already or has failed. */
  start(work: () => Promise<void>): void
  readonly hasFailed: boolean
  /** Resolves when nothing is under way; rejects with what went wrong. */
  settle(): Promise<void>
}

export function createSideLane(): SideLane {
  let running = Promise.resolve()
  let isBusy = false
  let hasFailed = false
  return {
    start(work) {
      if (isBusy || hasFailed) return
      isBusy = true
      running = work().finally(() => {
        isBusy = false
      })
      running.catch(() => {
        hasFailed = true
      })
    },
    get hasFailed() {
      return hasFailed
    },
    settle: () => running,
  }
}
