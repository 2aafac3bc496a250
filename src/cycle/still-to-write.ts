/*
 * What is to be written to an object after its turn, because it waits for others: references to people who are linked on the
 * way, and the members of groups.
 */
import type { DeferredReference } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'
import type { LinkBook } from './link-book.ts'
import { ownerKey } from './object-key.ts'
import { withoutEscrow } from './still-due.ts'

export interface StillToWrite {
  /** Users whose references have become writable. */
  readonly references: Set<string>
  /** Groups whose members are still to be written in this cycle. */
  readonly memberships: Set<string>
  /** Groups whose members only may have to be. */
  readonly membershipsToCheck: Set<string>
  /** Who waits for these people is remembered: they are about to have their turn. */
  readWaitingFor(userAnchors: readonly string[]): Promise<void>
  noteWaiting(references: readonly DeferredReference[]): void
  /** Whoever waits for this person can go on. */
  noteArrival(userAnchor: string): void
  /**
   * Adds what waits for somebody who is linked by now: the person came while their owner was on its way, or the cycle was
   * stopped in between.
   */
  addOverdue(): Promise<void>
}

export function createStillToWrite({
  ledger,
  links,
  repairsReferences,
}: {
  readonly ledger: Ledger
  readonly links: LinkBook
  /** Without it, who waits is evaluated when they change themselves (spec 5.5). */
  readonly repairsReferences: boolean
}): StillToWrite {
  const references = new Set<string>()
  const memberships = new Set<string>()
  const membershipsToCheck = new Set<string>()
  /** Who waits for whom, by the anchor waited for. */
  const waitingFor = new Map<string, DeferredReference[]>()

  function noteWaiting(waiting: readonly DeferredReference[]): void {
    for (const reference of waiting) {
      const others = waitingFor.get(reference.referencedAnchor)
      if (others === undefined) waitingFor.set(reference.referencedAnchor, [reference])
      else others.push(reference)
    }
  }

  function want(waiting: readonly DeferredReference[]): void {
    if (!repairsReferences) return
    for (const { ownerType, ownerAnchor } of waiting)
      (ownerType === 'Group' ? membershipsToCheck : references).add(ownerAnchor)
  }

  return {
    references,
    memberships,
    membershipsToCheck,
    async readWaitingFor(userAnchors) {
      noteWaiting(await ledger.deferredTo(userAnchors))
    },
    noteWaiting,
    noteArrival: (userAnchor) => want(waitingFor.get(userAnchor) ?? []),
    async addOverdue() {
      const waiting = (await ledger.deferredResolvable(Number.MAX_SAFE_INTEGER)).map((reference) => ({
        reference,
        owner: { objectType: reference.ownerType, sourceAnchor: reference.ownerAnchor },
      }))
      const linked = await links.users(waiting.map(({ reference }) => reference.referencedAnchor))
      const owners = await withoutEscrow(
        ledger,
        waiting.map(({ owner }) => owner),
      )
      const free = new Set(owners.map(ownerKey))
      want(
        waiting
          .filter(({ reference, owner }) => {
            return linked.get(reference.referencedAnchor)?.isActive === true && free.has(ownerKey(owner))
          })
          .map(({ reference }) => reference),
      )
    },
  }
}
