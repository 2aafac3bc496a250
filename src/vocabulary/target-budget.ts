/* One limit of a target as it stands now: from these it is known how long what is to come will take. */

export interface TargetBudget {
  readonly name: string
  /** Requests it has let through, ever growing. */
  readonly spent: number
  /** Requests that may leave at once. */
  readonly available: number
  /** Requests that it lets through in a second from then on. */
  readonly perSecond: number
  /** Requests that wait for it now: while there are any, it is what limits. */
  readonly waiting: number
  /** Nothing leaves before this has passed: the target asked for a pause. */
  readonly opensInMs: number
}
