/*
 * What waits for a later moment: failed objects (escrow, spec 6.5), references to objects that are not there yet (spec 5.5)
 * and removals held until the end of the objects pass (style.md section 4).
 */
import { sql } from 'kysely'
import type { DeferredReference, ObjectTypeName } from '../../vocabulary/index.ts'
import type { ProvisioningStore } from '../store.ts'
import {
  fromDeferredReference,
  fromHeldRemoval,
  toDeferredReference,
  toEscrowEntry,
  toHeldRemoval,
} from './link-rows.ts'
import { compareTexts } from './grouped-rows.ts'
import { first, type Database, type Session } from './session.ts'

type Waiting = Pick<
  ProvisioningStore,
  | 'escrow'
  | 'escrowDue'
  | 'countEscrow'
  | 'deferredTo'
  | 'deferredResolvable'
  | 'deferredOf'
  | 'heldRemovals'
  | 'approveRemovals'
  | 'approveBeforehand'
>

export function createWaiting(database: Database): Waiting {
  const { committed, dialect } = database
  const { queries, isOneOf } = dialect
  const selectDeferred = queries.selectFrom('deferred_reference').selectAll('deferred_reference')
  const inOrder = selectDeferred
    .orderBy('owner_type')
    .orderBy('owner_anchor')
    .orderBy('attribute')
    .orderBy('referenced_anchor')

  return {
    async escrow(jobId, objectType, sourceAnchors) {
      if (sourceAnchors.length === 0) return new Map()
      const rows = await committed.all(
        queries
          .selectFrom('escrow')
          .selectAll()
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where(isOneOf('source_anchor', sourceAnchors)),
      )
      return new Map(rows.map((row) => [row.source_anchor, toEscrowEntry(row)]))
    },

    async escrowDue(jobId, now, limit) {
      const rows = await committed.all(
        queries
          .selectFrom('escrow')
          .selectAll()
          .where('job_id', '=', jobId)
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .orderBy('object_type')
          .orderBy('source_anchor')
          .limit(limit),
      )
      return rows.map(toEscrowEntry)
    },

    async countEscrow(jobId, codes) {
      const all = queries
        .selectFrom('escrow')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('job_id', '=', jobId)
      const row = await first(committed, codes === undefined ? all : all.where('error_code', 'in', codes))
      return row?.count ?? 0
    },

    async deferredTo(jobId, referencedAnchors) {
      if (referencedAnchors.length === 0) return []
      const rows = await committed.all(
        selectDeferred.where('job_id', '=', jobId).where(isOneOf('referenced_anchor', referencedAnchors)),
      )
      // Sorted here: asked to sort, SQLite walks through all references in that order rather than find the few.
      return rows.map(toDeferredReference).toSorted(byOwner)
    },

    async deferredResolvable(jobId, limit) {
      const rows = await committed.all(
        inOrder
          .where('job_id', '=', jobId)
          .where((eb) =>
            eb.exists(
              eb
                .selectFrom('link')
                .select(sql<number>`1`.as('one'))
                .whereRef('link.job_id', '=', 'deferred_reference.job_id')
                // Both types are named, because the key of a link begins with its type.
                .where('link.object_type', 'in', ['User', 'Group'] satisfies ObjectTypeName[])
                .whereRef('link.source_anchor', '=', 'deferred_reference.referenced_anchor')
                .where('link.is_active', '=', 1),
            ),
          )
          .limit(limit),
      )
      return rows.map(toDeferredReference)
    },

    async deferredOf(jobId, ownerAnchor) {
      const rows = await committed.all(
        inOrder
          .where('job_id', '=', jobId)
          .where('owner_type', 'in', ['User', 'Group'] satisfies ObjectTypeName[])
          .where('owner_anchor', '=', ownerAnchor),
      )
      return rows.map(toDeferredReference)
    },

    async heldRemovals(jobId) {
      const rows = await committed.all(
        queries
          .selectFrom('held_removal')
          .selectAll()
          .where('job_id', '=', jobId)
          .orderBy('object_type')
          .orderBy('source_anchor'),
      )
      return rows.map(toHeldRemoval)
    },

    approveRemovals: (jobId) =>
      database.transaction((session) =>
        session.run(
          queries
            .updateTable('held_removal')
            .set({ state: 'approved' })
            .where('job_id', '=', jobId)
            .where('state', '=', 'staged'),
        ),
      ),

    approveBeforehand: (jobId, removals) =>
      database.transaction((session) =>
        session.put(
          'held_removal',
          removals.map((each) => fromHeldRemoval(jobId, { ...each, state: 'approved' })),
        ),
      ),
  }
}

function byOwner(one: DeferredReference, other: DeferredReference): number {
  return (
    compareTexts(one.ownerType, other.ownerType) ||
    compareTexts(one.ownerAnchor, other.ownerAnchor) ||
    compareTexts(one.attribute, other.attribute) ||
    compareTexts(one.referencedAnchor, other.referencedAnchor)
  )
}

/** Forgets all deferred references of these owners. */
export async function clearDeferred(
  session: Session,
  jobId: string,
  owners: readonly Pick<DeferredReference, 'ownerType' | 'ownerAnchor'>[],
): Promise<void> {
  const { queries, isOneOf } = session.dialect
  for (const ownerType of new Set(owners.map((owner) => owner.ownerType))) {
    const anchors = owners.filter((owner) => owner.ownerType === ownerType).map((owner) => owner.ownerAnchor)
    await session.run(
      queries
        .deleteFrom('deferred_reference')
        .where('job_id', '=', jobId)
        .where('owner_type', '=', ownerType)
        .where(isOneOf('owner_anchor', anchors)),
    )
  }
}

export async function putDeferred(
  session: Session,
  jobId: string,
  references: readonly DeferredReference[],
): Promise<void> {
  await session.put(
    'deferred_reference',
    references.map((reference) => fromDeferredReference(jobId, reference)),
  )
}
