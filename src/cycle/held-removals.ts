/*
 * The removals of a cycle that wait until their number is known (spec section 8): who they concern, whether an administrator
 * has agreed, and whether so many may happen.
 */
import { judgeRemovals, type RemovalVerdict } from '../provisioning/index.ts'
import type { Clock, DeletionPrevention, HeldRemoval, ObjectTypeName, SourceObject } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'
import { keyOf, objectKey, ownerKey } from './object-key.ts'

const hourMs = 3_600_000

/**
 * Removals since then: those the log tells of, and those that were sent and never answered for, which may have happened. Whose
 * removal is to be done (again) counts with those.
 */
export async function removalsSince(
  ledger: Pick<Ledger, 'countRemovals' | 'openWrites'>,
  since: number,
  isPending: (objectType: ObjectTypeName, anchor: string) => boolean = () => false,
): Promise<number> {
  const open = (await ledger.openWrites()).filter(
    ({ image: { kind, objectType, sourceAnchor }, sentAt }) =>
      (kind === 'disable' || kind === 'delete') && sentAt >= since && !isPending(objectType, sourceAnchor),
  )
  return (await ledger.countRemovals(since)) + open.length
}

export interface HeldRemovals {
  of(objectType: ObjectTypeName, anchor: string): HeldRemoval | undefined
  /** After an object has had its turn: its removal waits, or waits no longer. */
  note(object: SourceObject, hold: HeldRemoval | null): void
  /** An administrator has agreed to these. */
  approved(): readonly HeldRemoval[]
  unanswered(): readonly HeldRemoval[]
  /** How many were left for an administrator. */
  stagedCount(): number
  /** Somebody is left for an administrator who was not when the cycle began. */
  hasNewlyStaged(): boolean
  /** All removals of this cycle: those that wait, those carried out ahead of their turn, and so many more. */
  judge(more?: number): Promise<RemovalVerdict>
}

export async function openHeldRemovals(options: {
  readonly ledger: Ledger
  readonly prevention: DeletionPrevention
  readonly clock: Clock
  /** Removals this cycle has carried out already: ahead of their turn, or before it was interrupted. */
  readonly goneAlready: () => number
}): Promise<HeldRemovals> {
  const { ledger, prevention, clock } = options
  const held = new Map((await ledger.heldRemovals()).map((each) => [ownerKey(each), each]))
  const stagedBefore = new Set([...held].filter(([, each]) => each.state === 'staged').map(([key]) => key))
  const unanswered = (): readonly HeldRemoval[] => [...held.values()].filter((each) => each.state !== 'approved')
  return {
    of: (objectType, anchor) => held.get(keyOf(objectType, anchor)),
    note(object, hold) {
      if (hold === null) held.delete(objectKey(object))
      else held.set(objectKey(object), hold)
    },
    approved: () => [...held.values()].filter((each) => each.state === 'approved'),
    unanswered,
    stagedCount: () => unanswered().filter((each) => each.state === 'staged').length,
    hasNewlyStaged: () => [...held].some(([key, each]) => each.state === 'staged' && !stagedBefore.has(key)),
    async judge(more = 0) {
      const { windowHours } = prevention
      // What is gone already is in the log of the window.
      const gone = windowHours === null ? options.goneAlready() : 0
      const pending = unanswered().length + more + gone
      // Counting all accounts takes the longer the more there are: a cycle without removals does not pay for it.
      if (pending === 0) return { kind: 'allowed' }
      const isPending = (objectType: ObjectTypeName, anchor: string): boolean => held.has(keyOf(objectType, anchor))
      const lately =
        windowHours === null ? 0 : await removalsSince(ledger, clock.now() - windowHours * hourMs, isPending)
      return judgeRemovals({ pending, managed: await ledger.countManaged(), lately }, prevention)
    },
  }
}
