/*
 * What a cycle remembers while it runs: the store under a lease, or a plan's memory that forgets everything. The engine
 * sees no difference; that is what makes a plan the same function without its last step.
 */
import type { Cycle, DeferredReference, EscrowEntry, HeldRemoval, Link, ObjectTypeName } from '../vocabulary/index.ts'
import type { Lease, Outcome, Store } from '../store/store.ts'

export interface Ledger {
  linksBySource(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, Link>>
  linksByTarget(objectType: ObjectTypeName, targetAnchors: readonly string[]): Promise<ReadonlyMap<string, Link>>
  groupsWithMember(targetAnchor: string): Promise<readonly Link[]>
  /** All group links, in pages. */
  listLinks(objectType: ObjectTypeName, after: string | null, limit: number): Promise<readonly Link[]>
  escrow(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, EscrowEntry>>
  escrowDue(now: number, limit: number): Promise<readonly EscrowEntry[]>
  deferredTo(referencedAnchors: readonly string[]): Promise<readonly DeferredReference[]>
  deferredResolvable(limit: number): Promise<readonly DeferredReference[]>
  heldRemovals(): Promise<readonly HeldRemoval[]>
  /** Resolves when the outcome is stored for good. Outcomes that arrive together share one transaction. */
  save(outcome: Outcome): Promise<void>
  saveCycle(cycle: Cycle): Promise<void>
}

/** Outcomes a single transaction may carry: more would only make others wait. */
const outcomesPerTransactionMax = 500

/** The store, under a lease. */
export function storeLedger(store: Store, lease: Lease): Ledger {
  const { provisioning, jobs } = store
  const { jobId } = lease
  let waiting: { readonly outcome: Outcome; readonly done: () => void; readonly failed: (error: unknown) => void }[] =
    []
  let isFlushing = false

  async function flush(): Promise<void> {
    if (isFlushing) return
    isFlushing = true
    try {
      while (waiting.length > 0) {
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
    } finally {
      isFlushing = false
    }
  }

  return {
    linksBySource: (objectType, anchors) => provisioning.linksBySource(jobId, objectType, anchors),
    linksByTarget: (objectType, anchors) => provisioning.linksByTarget(jobId, objectType, anchors),
    groupsWithMember: (anchor) => provisioning.groupsWithMember(jobId, anchor),
    listLinks: (objectType, after, limit) => provisioning.listLinks(jobId, { objectType, after, limit }),
    escrow: (objectType, anchors) => provisioning.escrow(jobId, objectType, anchors),
    escrowDue: (now, limit) => provisioning.escrowDue(jobId, now, limit),
    deferredTo: (anchors) => provisioning.deferredTo(jobId, anchors),
    deferredResolvable: (limit) => provisioning.deferredResolvable(jobId, limit),
    heldRemovals: () => provisioning.heldRemovals(jobId),
    save: (outcome) =>
      new Promise<void>((done, failed) => {
        waiting.push({ outcome, done, failed })
        // Outcomes of the same turn travel together.
        queueMicrotask(() => void flush())
      }),
    saveCycle: (cycle) => jobs.saveCycle(lease, cycle),
  }
}

const keyOf = (objectType: ObjectTypeName, anchor: string): string => `${objectType} ${anchor}`

/** A plan's memory: what a cycle would remember lies over what the store holds, and `save` hands each outcome on. */
export function planLedger(store: Store, jobId: string, onOutcome: (outcome: Outcome) => void): Ledger {
  const { provisioning } = store
  const links = new Map<string, Link | null>()
  const byTarget = new Map<string, Link>()
  const escrowed = new Map<string, EscrowEntry | null>()
  const deferred = new Map<string, readonly DeferredReference[]>()
  const held = new Map<string, HeldRemoval | null>()

  const overlaid = (link: Link): Link | null => {
    const mine = links.get(keyOf(link.objectType, link.sourceAnchor))
    return mine === undefined ? link : mine
  }

  return {
    async linksBySource(objectType, anchors) {
      const found = new Map<string, Link>()
      for (const [anchor, link] of await provisioning.linksBySource(jobId, objectType, anchors)) found.set(anchor, link)
      for (const anchor of anchors) {
        const mine = links.get(keyOf(objectType, anchor))
        if (mine === null) found.delete(anchor)
        else if (mine !== undefined) found.set(anchor, mine)
      }
      return found
    },
    async linksByTarget(objectType, anchors) {
      const found = new Map<string, Link>()
      for (const [anchor, link] of await provisioning.linksByTarget(jobId, objectType, anchors)) {
        const current = overlaid(link)
        if (current !== null) found.set(anchor, current)
      }
      for (const anchor of anchors) {
        const mine = byTarget.get(keyOf(objectType, anchor))
        if (mine !== undefined) found.set(anchor, mine)
      }
      return found
    },
    async groupsWithMember(anchor) {
      const stored = await provisioning.groupsWithMember(jobId, anchor)
      return stored.flatMap((link) => overlaid(link) ?? [])
    },
    async listLinks(objectType, after, limit) {
      const stored = await provisioning.listLinks(jobId, { objectType, after, limit })
      return stored.flatMap((link) => overlaid(link) ?? [])
    },
    async escrow(objectType, anchors) {
      const found = new Map(await provisioning.escrow(jobId, objectType, anchors))
      for (const anchor of anchors) {
        const mine = escrowed.get(keyOf(objectType, anchor))
        if (mine === null) found.delete(anchor)
        else if (mine !== undefined) found.set(anchor, mine)
      }
      return found
    },
    async escrowDue(now, limit) {
      const due = await provisioning.escrowDue(jobId, now, limit)
      return due.filter((entry) => !escrowed.has(keyOf(entry.objectType, entry.sourceAnchor)))
    },
    async deferredTo(anchors) {
      const wanted = new Set(anchors)
      const stored = (await provisioning.deferredTo(jobId, anchors)).filter(
        (each) => !deferred.has(keyOf(each.ownerType, each.ownerAnchor)),
      )
      const mine = [...deferred.values()].flat().filter((each) => wanted.has(each.referencedAnchor))
      return [...stored, ...mine]
    },
    async deferredResolvable(limit) {
      const stored = (await provisioning.deferredResolvable(jobId, limit)).filter(
        (each) => !deferred.has(keyOf(each.ownerType, each.ownerAnchor)),
      )
      const mine = [...deferred.values()]
        .flat()
        .filter((each) => links.get(keyOf('User', each.referencedAnchor))?.isActive === true)
      return [...stored, ...mine].slice(0, limit)
    },
    async heldRemovals() {
      const stored = (await provisioning.heldRemovals(jobId)).filter(
        (each) => !held.has(keyOf(each.objectType, each.sourceAnchor)),
      )
      return [...stored, ...[...held.values()].flatMap((each) => each ?? [])]
    },
    save(outcome) {
      if (outcome.link?.kind === 'put') {
        const { link } = outcome.link
        links.set(keyOf(link.objectType, link.sourceAnchor), link)
        byTarget.set(keyOf(link.objectType, link.targetAnchor), link)
      } else if (outcome.link !== undefined) {
        const key = keyOf(outcome.link.objectType, outcome.link.sourceAnchor)
        const gone = links.get(key)
        if (gone !== undefined && gone !== null) byTarget.delete(keyOf(gone.objectType, gone.targetAnchor))
        links.set(key, null)
      }
      if (outcome.escrow?.kind === 'put') {
        const { entry } = outcome.escrow
        escrowed.set(keyOf(entry.objectType, entry.sourceAnchor), entry)
      } else if (outcome.escrow !== undefined) {
        escrowed.set(keyOf(outcome.escrow.objectType, outcome.escrow.sourceAnchor), null)
      }
      if (outcome.deferred !== undefined) {
        const { ownerType, ownerAnchor, references } = outcome.deferred
        deferred.set(keyOf(ownerType, ownerAnchor), references)
      }
      for (const each of outcome.addDeferred ?? []) {
        const key = keyOf(each.ownerType, each.ownerAnchor)
        deferred.set(key, [...(deferred.get(key) ?? []), each])
      }
      if (outcome.hold !== undefined) held.set(keyOf(outcome.hold.objectType, outcome.hold.sourceAnchor), outcome.hold)
      if (outcome.releaseHold !== undefined) {
        held.set(keyOf(outcome.releaseHold.objectType, outcome.releaseHold.sourceAnchor), null)
      }
      onOutcome(outcome)
      return Promise.resolve()
    },
    saveCycle: () => Promise.resolve(),
  }
}
