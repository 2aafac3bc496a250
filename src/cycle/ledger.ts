/*
 * What a cycle remembers while it runs: the store under a lease, or a plan's memory that forgets everything
 * (`plan-ledger.ts`). The engine sees no difference; that is what makes a plan the same function without its last step.
 */
import type {
  AllottedName,
  Cycle,
  DeferredReference,
  EscrowEntry,
  HeldRemoval,
  Link,
  ObjectTypeName,
  OpenWrite,
} from '../vocabulary/index.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Lease, Outcome, Store } from '../store/store.ts'

export interface Ledger {
  linksBySource(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, Link>>
  linksByTarget(objectType: ObjectTypeName, targetAnchors: readonly string[]): Promise<ReadonlyMap<string, Link>>
  /** Group links whose members include this target anchor. */
  groupsWithMember(targetAnchor: string): Promise<readonly Link[]>
  /** All links of a type, in pages. */
  listLinks(objectType: ObjectTypeName, after: string | null, limit: number): Promise<readonly Link[]>
  escrow(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, EscrowEntry>>
  escrowDue(now: number, limit: number): Promise<readonly EscrowEntry[]>
  /** Writes of which it is not known what became of them; those of one object when it is named. */
  openWrites(owner?: Pick<Link, 'objectType' | 'sourceAnchor'>): Promise<readonly OpenWrite[]>
  deferredTo(referencedAnchors: readonly string[]): Promise<readonly DeferredReference[]>
  deferredOf(ownerType: ObjectTypeName, ownerAnchor: string): Promise<readonly DeferredReference[]>
  deferredResolvable(limit: number): Promise<readonly DeferredReference[]>
  heldRemovals(): Promise<readonly HeldRemoval[]>
  /** Active accounts and groups that are managed. */
  countManaged(): Promise<number>
  /** Disables and deletes that succeeded since then. */
  countRemovals(since: number): Promise<number>
  /** Those of this cycle. */
  countRemovalsIn(cycleId: string): Promise<number>
  /** Names kept for these objects. */
  allottedNames(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<readonly AllottedName[]>
  /** Whom these values of an attribute are kept for; free ones are missing. */
  nameHolders(
    objectType: ObjectTypeName,
    attribute: string,
    values: readonly string[],
  ): Promise<ReadonlyMap<string, string>>
  /** Resolves when the outcome is stored for good. Outcomes that arrive together share one transaction. */
  save(outcome: Outcome): Promise<void>
  /** The same, for what an earlier write turned out to have done: nothing that is done now. */
  saveSettled(outcome: Outcome): Promise<void>
  saveCycle(cycle: Cycle): Promise<void>
}

export async function countManaged({ provisioning }: Store, jobId: string): Promise<number> {
  const counts = await provisioning.countLinks(jobId)
  return counts.reduce((sum, each) => sum + each.active, 0)
}

/** Outcomes a single transaction may carry: more would only make others wait. */
const outcomesPerTransactionMax = 500
/** Enough to make a commit cheap; waiting for more would leave the target idle. */
const outcomesGathered = 64

/** The store, under a lease. */
export function storeLedger(store: Store, lease: Lease): Ledger {
  const { provisioning, jobs } = store
  const { jobId } = lease
  let waiting: { readonly outcome: Outcome; readonly done: () => void; readonly failed: (error: unknown) => void }[] =
    []
  let isFlushing = false

  /** While answers keep coming they travel together: a commit costs the same for one as for many. */
  async function gather(): Promise<void> {
    let seen = 0
    while (waiting.length > seen && waiting.length < outcomesGathered) {
      seen = waiting.length
      await nextTurn()
    }
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await gather()
      const batch = waiting.slice(0, outcomesPerTransactionMax)
      waiting = waiting.slice(batch.length)
      try {
        await provisioning.saveOutcomes(
          lease,
          batch.map((each) => each.outcome),
        )
        for (const each of batch) each.done()
      } catch (error) {
        for (const each of batch) each.failed(error)
      }
    }
    isFlushing = false
  }

  function flushInNextTurn(): void {
    if (isFlushing) return
    isFlushing = true
    setImmediate(() => void flush())
  }

  const save = (outcome: Outcome): Promise<void> =>
    new Promise((done, failed) => {
      waiting.push({ outcome, done, failed })
      flushInNextTurn()
    })

  return {
    linksBySource: (objectType, anchors) => provisioning.linksBySource(jobId, objectType, anchors),
    linksByTarget: (objectType, anchors) => provisioning.linksByTarget(jobId, objectType, anchors),
    groupsWithMember: (anchor) => provisioning.groupsWithMember(jobId, anchor),
    listLinks: (objectType, after, limit) => provisioning.listLinks(jobId, { objectType, after, limit }),
    escrow: (objectType, anchors) => provisioning.escrow(jobId, objectType, anchors),
    escrowDue: (now, limit) => provisioning.escrowDue(jobId, now, limit),
    openWrites: (owner) => provisioning.openWrites(jobId, owner),
    deferredTo: (anchors) => provisioning.deferredTo(jobId, anchors),
    async deferredOf(ownerType, ownerAnchor) {
      const references = await provisioning.deferredOf(jobId, ownerAnchor)
      return references.filter((each) => each.ownerType === ownerType)
    },
    deferredResolvable: (limit) => provisioning.deferredResolvable(jobId, limit),
    heldRemovals: () => provisioning.heldRemovals(jobId),
    countManaged: () => countManaged(store, jobId),
    countRemovals: (since) => provisioning.countRemovals(jobId, since),
    countRemovalsIn: (cycleId) => provisioning.countRemovalsIn(cycleId),
    allottedNames: (objectType, anchors) => provisioning.allottedNames(jobId, objectType, anchors),
    nameHolders: (objectType, attribute, values) => provisioning.nameHolders(jobId, { objectType, attribute, values }),
    save,
    saveSettled: save,
    saveCycle: (cycle) => jobs.saveCycle(lease, cycle),
  }
}
