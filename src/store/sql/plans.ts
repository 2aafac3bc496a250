/*
 * Plans that are kept, and what became of their writes. That a plan is used once is settled here: only one of several that
 * apply or reject it at the same time finds it open.
 */
import { sql, type SqlBool } from 'kysely'
import type {
  PlanCounts,
  PlannedWrite,
  PlannedWriteEnd,
  PlannedWriteOutcome,
  PlannedWriteQuery,
  PlanMoved,
  SealedPlan,
  SealedPlanKind,
  SealedPlanState,
} from '../../vocabulary/index.ts'
import type { PlanStore } from '../store.ts'
import { foldText, foldTogether } from './folded-text.ts'
import { putCycle } from './jobs.ts'
import { fromJson } from './json-columns.ts'
import { checkLease } from './leases.ts'
import { putNotifications } from './notifications.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row } from './tables.ts'

export function createPlans(database: Database): PlanStore {
  const { committed, dialect } = database
  const { queries, contains } = dialect

  /** Answers whether the plan was open until now. */
  async function decideOpen(
    session: Session,
    planId: string,
    set: Partial<Pick<Row<'sealed_plan'>, 'state' | 'decided_at' | 'decided_by' | 'cycle_id'>>,
  ): Promise<boolean> {
    const changed = await session.run(
      queries.updateTable('sealed_plan').set(set).where('plan_id', '=', planId).where('state', '=', 'open'),
    )
    return changed > 0
  }

  return {
    async put(plan, writes, outgoing = []) {
      await database.transaction(async (session) => {
        await session.put('sealed_plan', [fromPlan(plan)])
        await session.put(
          'planned_write',
          writes.map((write) => fromWrite(plan.planId, write)),
        )
        await putNotifications(session, outgoing)
      })
    },

    async get(planId) {
      const row = await first(committed, queries.selectFrom('sealed_plan').selectAll().where('plan_id', '=', planId))
      return row === undefined ? null : toPlan(row)
    },

    async list(jobId, { state, text, limit, cursor }) {
      let matching = queries
        .selectFrom('sealed_plan')
        .selectAll()
        .where('job_id', '=', jobId)
        .where('state', state === undefined ? '!=' : '=', state ?? 'draft')
      const wanted = foldText(text ?? '')
      if (wanted !== '') matching = matching.where(contains('folded_names', wanted))
      if (cursor !== undefined) {
        const { created_at, plan_id } = placeOf(cursor)
        matching = matching.where(sql<SqlBool>`(created_at, plan_id) < (${created_at}, ${plan_id})`)
      }
      const page = await committed.all(
        matching
          .orderBy('created_at', 'desc')
          .orderBy('plan_id', 'desc')
          .limit(limit + 1),
      )
      const shown = page.slice(0, limit)
      const last = shown.at(-1)
      return {
        plans: shown.map(toPlan),
        cursor: last !== undefined && page.length > limit ? `${String(last.created_at)}.${last.plan_id}` : null,
      }
    },

    async writes(planId, query) {
      const rows = await committed.all(
        matchingWrites(database, planId, query)
          .selectAll()
          .where('number', '>', query.after)
          .orderBy('number')
          .limit(query.limit),
      )
      const total = await first(
        committed,
        matchingWrites(database, planId, query).select((eb) => eb.fn.countAll<number>().as('count')),
      )
      return { writes: rows.map(toWrite), total: total?.count ?? 0 }
    },

    async writesOf(planId, objectType, sourceAnchor) {
      const rows = await committed.all(
        queries
          .selectFrom('planned_write')
          .selectAll()
          .where('plan_id', '=', planId)
          .where('object_type', '=', objectType)
          .where('source_anchor', '=', sourceAnchor)
          .orderBy('number'),
      )
      return rows.map(toWrite)
    },

    async countOutcomes(planId) {
      const rows = await committed.all(
        queries
          .selectFrom('planned_write')
          .select((eb) => ['outcome', 'moved', eb.fn.countAll<number>().as('count')])
          .where('plan_id', '=', planId)
          .groupBy(['outcome', 'moved'])
          .orderBy('outcome')
          .orderBy('moved'),
      )
      return rows.map((row) => ({
        outcome: row.outcome as PlannedWriteOutcome | null,
        moved: row.moved as PlanMoved | null,
        count: row.count,
      }))
    },

    decide: (planId, { state, at, by }) =>
      database.transaction((session) => decideOpen(session, planId, { state, decided_at: at, decided_by: by })),

    async supersede(jobId, { kinds, onlyReviews, except, at }) {
      return await database.transaction(async (session) => {
        let open = queries
          .selectFrom('sealed_plan')
          .select('plan_id')
          .where('job_id', '=', jobId)
          .where('state', '=', 'open')
          .where('kind', 'in', kinds)
          .orderBy('plan_id')
        if (onlyReviews) open = open.where('waits_for', '!=', '[]')
        if (except !== null) open = open.where('plan_id', '!=', except)
        const superseded: string[] = []
        for (const { plan_id } of await session.all(open))
          if (await decideOpen(session, plan_id, { state: 'superseded', decided_at: at, decided_by: '' }))
            superseded.push(plan_id)
        return superseded
      })
    },

    async apply(lease, planId, { cycle, at, by }) {
      return await database.transaction(async (session) => {
        const job = await checkLease(session, lease)
        const mine = { state: 'applied', decided_at: at, decided_by: by, cycle_id: cycle.cycleId }
        if (!(await decideOpen(session, planId, mine))) return false
        await putCycle(session, cycle, job)
        return true
      })
    },

    async noteEnds(lease, ends) {
      await database.transaction(async (session) => {
        await checkLease(session, lease)
        await noteEnds(session, ends)
      })
    },

    async removeDraft(planId) {
      await database.transaction(async (session) => {
        const drafts = queries
          .selectFrom('sealed_plan')
          .select('plan_id')
          .where('plan_id', '=', planId)
          .where('state', '=', 'draft')
        await removePlans(session, await session.all(drafts))
      })
    },

    purge: (olderThan, limit) => database.transaction((session) => purgeSome(session, olderThan, limit)),
  }
}

/** What became of these writes. */
export async function noteEnds(session: Session, ends: readonly PlannedWriteEnd[]): Promise<void> {
  const keyed = <C extends object>(column: (end: PlannedWriteEnd) => C) =>
    ends.map((end) => ({ plan_id: end.planId, number: end.number, ...column(end) }))
  await session.set(
    'planned_write',
    'outcome',
    keyed(({ outcome }) => ({ outcome })),
  )
  await session.set(
    'planned_write',
    'moved',
    keyed(({ moved }) => ({ moved })),
  )
  await session.set(
    'planned_write',
    'outcome_reason',
    keyed(({ outcomeReason }) => ({ outcome_reason: outcomeReason })),
  )
}

function matchingWrites({ dialect }: Database, planId: string, query: PlannedWriteQuery) {
  let matching = dialect.queries.selectFrom('planned_write').where('plan_id', '=', planId)
  if (query.kind !== undefined) matching = matching.where('kind', '=', query.kind)
  if (query.objectType !== undefined) matching = matching.where('object_type', '=', query.objectType)
  if (query.outcome === 'open')
    matching = matching.where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '=', 'partly')]))
  else if (query.outcome !== undefined) matching = matching.where('outcome', '=', query.outcome)
  const text = foldText(query.text ?? '')
  return text === '' ? matching : matching.where(dialect.contains('folded_names', text))
}

async function purgeSome(session: Session, olderThan: number, limit: number): Promise<number> {
  const { queries } = session.dialect
  const old = await session.all(
    queries
      .selectFrom('sealed_plan')
      .select('plan_id')
      .where('created_at', '<', olderThan)
      .where('state', '!=', 'open')
      // What is being carried out is needed to its end.
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('cycle')
              .select('cycle.cycle_id')
              .whereRef('cycle.plan_id', '=', 'sealed_plan.plan_id')
              .where('cycle.ended_at', 'is', null),
          ),
        ),
      )
      .orderBy('created_at')
      .orderBy('plan_id')
      .limit(limit),
  )
  await removePlans(session, old)
  return old.length
}

async function removePlans(session: Session, plans: readonly Pick<Row<'sealed_plan'>, 'plan_id'>[]): Promise<void> {
  const { queries, isOneOf } = session.dialect
  const ids = plans.map((row) => row.plan_id)
  if (ids.length === 0) return
  await session.run(queries.deleteFrom('planned_write').where(isOneOf('plan_id', ids)))
  await session.run(queries.deleteFrom('sealed_plan').where(isOneOf('plan_id', ids)))
}

type PlanPlace = Pick<Row<'sealed_plan'>, 'created_at' | 'plan_id'>

function placeOf(cursor: string): PlanPlace {
  const parts = /^(-?\d{1,16})\.(.+)$/.exec(cursor)
  if (parts?.[2] === undefined) {
    throw new RangeError(
      `"${cursor}" is not a cursor of the plans, so there is no page after it: begin again without a cursor.`,
    )
  }
  return { created_at: Number(parts[1]), plan_id: parts[2] }
}

function toPlan(row: Row<'sealed_plan'>): SealedPlan {
  return {
    planId: row.plan_id,
    jobId: row.job_id,
    kind: row.kind as SealedPlanKind,
    state: row.state as SealedPlanState,
    createdAt: row.created_at,
    createdBy: row.created_by,
    origin: row.origin,
    waitsFor: fromJson<readonly string[]>(row.waits_for),
    watermark: row.watermark,
    schemaVersion: row.schema_version,
    settingsHash: row.settings_hash,
    contentHash: row.content_hash,
    counts: fromJson<PlanCounts>(row.counts),
    cycleId: row.cycle_id,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
  }
}

function fromPlan(plan: SealedPlan): Row<'sealed_plan'> {
  return {
    plan_id: plan.planId,
    job_id: plan.jobId,
    kind: plan.kind,
    state: plan.state,
    created_at: plan.createdAt,
    created_by: plan.createdBy,
    origin: plan.origin,
    folded_names: foldTogether([plan.planId, plan.origin, plan.createdBy]),
    waits_for: JSON.stringify(plan.waitsFor),
    watermark: plan.watermark,
    schema_version: plan.schemaVersion,
    settings_hash: plan.settingsHash,
    content_hash: plan.contentHash,
    counts: JSON.stringify(plan.counts),
    cycle_id: plan.cycleId,
    decided_at: plan.decidedAt,
    decided_by: plan.decidedBy,
  }
}

type Planned = Omit<PlannedWrite, 'number' | 'outcome' | 'moved' | 'outcomeReason'>

function toWrite(row: Row<'planned_write'>): PlannedWrite {
  return {
    number: row.number,
    ...fromJson<Planned>(row.planned),
    outcome: row.outcome as PlannedWriteOutcome | null,
    moved: row.moved as PlanMoved | null,
    outcomeReason: row.outcome_reason,
  }
}

function fromWrite(planId: string, planned: PlannedWrite): Row<'planned_write'> {
  const { number, outcome, moved, outcomeReason, ...kept } = planned
  const { image } = kept
  return {
    plan_id: planId,
    number,
    kind: image.kind,
    object_type: image.objectType,
    source_anchor: image.sourceAnchor,
    folded_names: foldTogether([image.displayName, image.sourceAnchor, image.targetAnchor ?? '']),
    planned: JSON.stringify(kept satisfies Planned),
    outcome,
    moved,
    outcome_reason: outcomeReason,
  }
}
