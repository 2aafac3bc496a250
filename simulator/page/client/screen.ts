/*
 * What a screen of the workspace page is, and what all of them are told every second.
 */
import type { Fault } from '../../faults.ts'
import type { BucketLevel } from '../../scim/rate-limits.ts'
import type { Plan } from '../../workspace/model.ts'

export interface Pulse {
  /** Grows with every change of the workspace. */
  readonly version: number
  readonly requestCount: number
  readonly now: number
  readonly isFrozen: boolean
  readonly teamName: string
  readonly plan: Plan
  readonly planName: string
  readonly rate: readonly BucketLevel[]
  readonly faults: readonly Fault[]
}

export interface Screen {
  /** Called for every pulse while the screen is open; also once at once, when one is known. */
  readonly beat?: (pulse: Pulse, before: Pulse | null) => void
  /** The second part of the address, e.g. a member's id; null when it is gone. */
  readonly openDetail?: (id: string | null) => void
}

export type OpenScreen = (main: HTMLElement) => Screen

export function go(screen: string, detail?: string): void {
  location.hash = detail === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(detail)}`
}
