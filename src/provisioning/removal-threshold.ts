/*
 * Decides whether a cycle's removals may happen, by how many there are (spec section 8, accidental deletion prevention): an
 * absolute count as at Microsoft, a share of the accounts that Muster manages, and the removals of the last hours together.
 */
import type { DeletionPrevention } from '../vocabulary/index.ts'

/** Below this many removals a share says nothing: three of ten people may well leave. */
export const shareCountsFrom = 10

export interface PendingRemovals {
  /** Accounts and groups that this cycle would disable or delete. */
  readonly pending: number
  /** Active accounts and groups that Muster manages, the pending ones among them. */
  readonly managed: number
  /** Removals carried out within `windowHours` before now. */
  readonly lately: number
}

export type RemovalVerdict =
  { readonly kind: 'allowed' } | { readonly kind: 'tooMany'; readonly count: number; readonly because: string }

const objects = (count: number): string => `${String(count)} ${count === 1 ? 'removal' : 'removals'}`

export function judgeRemovals(removals: PendingRemovals, prevention: DeletionPrevention): RemovalVerdict {
  const { pending, managed, lately } = removals
  const allowed: RemovalVerdict = { kind: 'allowed' }
  if (!prevention.isOn || pending === 0) return allowed
  const tooMany = (because: string): RemovalVerdict => ({ kind: 'tooMany', count: pending, because })
  const { threshold, percentage, windowHours } = prevention
  // "Anything above requires an admin": the threshold itself is still carried out.
  if (threshold !== null && pending > threshold)
    return tooMany(`${objects(pending)} in one cycle, and the threshold is ${String(threshold)}.`)
  if (threshold !== null && windowHours !== null && pending + lately > threshold) {
    return tooMany(
      `${objects(pending)} now and ${String(lately)} in the last ${String(windowHours)} hours, and the threshold is ${String(threshold)}.`,
    )
  }
  if (percentage !== null && pending > shareCountsFrom && pending * 100 > percentage * managed) {
    return tooMany(
      `${objects(pending)} of ${String(managed)} managed accounts and groups, and the threshold is ${String(percentage)} %.`,
    )
  }
  return allowed
}
