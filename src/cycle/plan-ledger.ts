/*
 * A plan's memory: what a cycle would remember lies over what the store holds and is forgotten with the plan. Each outcome
 * is handed on instead of being stored.
 */
import type { DeferredReference, EscrowEntry, HeldRemoval, Link, ObjectTypeName } from '../vocabulary/index.ts'
import type { Outcome, Store } from '../store/store.ts'
import { countManaged, type Ledger } from './ledger.ts'
import { keyOf, ownerKey } from './object-key.ts'

export function planLedger(store: Store, jobId: string, onOutcome: (outcome: Outcome) => void): Ledger {
  const { provisioning } = store
  /** By source; `null`: the link would be gone. */
  const links = new Map<string, Link | null>()
  const escrowed = new Map<string, EscrowEntry | null>()
  /** References an owner would have; owners that are missing have those of the store and the added ones. */
  const deferred = new Map<string, readonly DeferredReference[]>()
  const addedDeferred = new Map<string, readonly DeferredReference[]>()
  const held = new Map<string, HeldRemoval | null>()
  const settled = new Set<string>()

  const overlaid = (link: Link): Link | null => {
    const mine = links.get(ownerKey(link))
    return mine === undefined ? link : mine
  }
  const planned = (objectType: ObjectTypeName): readonly Link[] =>
    [...links.values()].filter((link): link is Link => link?.objectType === objectType)

  async function groupsWithMember(anchor: string): Promise<readonly Link[]> {
    const stored = (await provisioning.groupsWithMember(jobId, anchor)).filter((link) => overlaid(link) === link)
    return [...stored, ...planned('Group').filter((link) => link.members.includes(anchor))]
  }

  /** What the store says of waiting references, with the plan's changes; `among` picks the planned ones that were asked for. */
  function withPlanned(
    stored: readonly DeferredReference[],
    among: (reference: DeferredReference) => boolean,
  ): readonly DeferredReference[] {
    const kept = stored.filter((each) => !deferred.has(keyOf(each.ownerType, each.ownerAnchor)))
    const mine = [...deferred.values(), ...addedDeferred.values()].flat().filter(among)
    return [...kept, ...mine]
  }

  async function isActiveUser(anchor: string): Promise<boolean> {
    const mine = links.get(keyOf('User', anchor))
    if (mine !== undefined) return mine?.isActive === true
    return (await provisioning.linksBySource(jobId, 'User', [anchor])).get(anchor)?.isActive === true
  }

  /** Those that the plan would have carried out by now are in no log. */
  let removals = 0
  const isRemoval = ({ logEntry }: Outcome): boolean =>
    (logEntry?.provisioningAction === 'disable' || logEntry?.provisioningAction === 'delete') &&
    logEntry.provisioningStatusInfo.status === 'success'

  async function remember(outcome: Outcome): Promise<void> {
    if (isRemoval(outcome)) removals += 1
    if (outcome.openWrite?.kind === 'close') settled.add(ownerKey(outcome.openWrite))
    if (outcome.link?.kind === 'put') {
      const { link } = outcome.link
      links.set(ownerKey(link), link)
    } else if (outcome.link !== undefined) {
      links.set(ownerKey(outcome.link), null)
    }
    if (outcome.escrow?.kind === 'put') {
      const { entry } = outcome.escrow
      escrowed.set(ownerKey(entry), entry)
    } else if (outcome.escrow !== undefined) {
      escrowed.set(ownerKey(outcome.escrow), null)
    }
    if (outcome.deferred !== undefined) {
      const key = keyOf(outcome.deferred.ownerType, outcome.deferred.ownerAnchor)
      deferred.set(key, outcome.deferred.references)
      addedDeferred.delete(key)
    }
    for (const each of outcome.addDeferred ?? []) {
      const key = keyOf(each.ownerType, each.ownerAnchor)
      addedDeferred.set(key, [...(addedDeferred.get(key) ?? []), each])
    }
    if (outcome.hold !== undefined) held.set(ownerKey(outcome.hold), outcome.hold)
    if (outcome.releaseHold !== undefined) {
      held.set(ownerKey(outcome.releaseHold), null)
    }
    const { forgetMember } = outcome
    if (forgetMember !== undefined) {
      for (const group of await groupsWithMember(forgetMember)) {
        // Others leave at the same time: what they have changed since the look-up stays.
        const current = overlaid(group)
        if (current === null) continue
        const members = current.members.filter((member) => member !== forgetMember)
        links.set(keyOf('Group', group.sourceAnchor), { ...current, members })
      }
    }
  }

  return {
    async linksBySource(objectType, anchors) {
      const found = new Map(await provisioning.linksBySource(jobId, objectType, anchors))
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
      const asked = new Set(anchors)
      for (const link of planned(objectType)) if (asked.has(link.targetAnchor)) found.set(link.targetAnchor, link)
      return found
    },
    groupsWithMember,
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
      return due.filter((entry) => !escrowed.has(ownerKey(entry)))
    },
    async openWrites(owner) {
      const open = await provisioning.openWrites(jobId, owner)
      return open.filter(({ image }) => !settled.has(ownerKey(image)))
    },
    async deferredTo(anchors) {
      const wanted = new Set(anchors)
      return withPlanned(await provisioning.deferredTo(jobId, anchors), (each) => wanted.has(each.referencedAnchor))
    },
    async deferredOf(ownerType, ownerAnchor) {
      const isAsked = (each: DeferredReference): boolean =>
        each.ownerType === ownerType && each.ownerAnchor === ownerAnchor
      return withPlanned((await provisioning.deferredOf(jobId, ownerAnchor)).filter(isAsked), isAsked)
    },
    async deferredResolvable(limit) {
      const stored = await provisioning.deferredResolvable(jobId, Number.MAX_SAFE_INTEGER)
      const known = new Set(stored)
      const resolvable: DeferredReference[] = []
      for (const each of withPlanned(stored, () => true)) {
        if (known.has(each) || (await isActiveUser(each.referencedAnchor))) resolvable.push(each)
      }
      return resolvable.slice(0, limit)
    },
    async heldRemovals() {
      const stored = (await provisioning.heldRemovals(jobId)).filter((each) => !held.has(ownerKey(each)))
      return [...stored, ...[...held.values()].flatMap((each) => each ?? [])]
    },
    countManaged: () => countManaged(store, jobId),
    countRemovals: async (since) => (await provisioning.countRemovals(jobId, since)) + removals,
    // Asked when a plan begins: what it would carry out itself is not among them.
    countRemovalsIn: (cycleId) => provisioning.countRemovalsIn(cycleId),
    async allottedNames(objectType, anchors) {
      return await provisioning.allottedNames(jobId, objectType, anchors)
    },
    async nameHolders(objectType, attribute, values) {
      return await provisioning.nameHolders(jobId, { objectType, attribute, values })
    },
    async save(outcome) {
      await remember(outcome)
      onOutcome(outcome)
    },
    // What has been done already is no part of a plan.
    saveSettled: remember,
    saveCycle: () => Promise.resolve(),
  }
}
