/*
 * The right to write for a job: a lease with a fencing number. Each claim raises the fence, and each write of a holder
 * compares it inside its own transaction, so that a process which slept through its lease cannot write over its successor.
 */
import { sql } from 'kysely'
import { LeaseLostError, type JobStore, type Lease } from '../store.ts'
import { toJob } from './job-rows.ts'
import { first, type Database, type Session } from './session.ts'

export type Leases = Pick<JobStore, 'claim' | 'idle' | 'beat' | 'release' | 'leaseHolder' | 'breakLeases'>

export function createLeases(database: Database): Leases {
  const { queries, leaseTime, takingFreeRows } = database.dialect

  return {
    async claim({ owner, leaseMs, now, jobId }) {
      let free = queries
        .selectFrom('job')
        .select('job_id')
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', leaseTime(now))]))
      free =
        jobId === undefined
          ? free.where('next_run_at', '<=', now).where((eb) =>
              eb.or([
                eb('status', 'in', ['NotRun', 'Active', 'Quarantine']).and('schedule_state', '=', 'Active'),
                // Somebody has asked for exactly this plan: a pause does not keep it from its end.
                eb('status', '!=', 'NotConfigured').and(
                  eb.exists(
                    eb
                      .selectFrom('cycle')
                      .select('cycle.cycle_id')
                      .whereRef('cycle.job_id', '=', 'job.job_id')
                      .where('cycle.ended_at', 'is', null)
                      .where('cycle.plan_id', 'is not', null),
                  ),
                ),
              ]),
            )
          : free.where('job_id', '=', jobId)
      const claimed = await database.transaction((session) =>
        first(
          session,
          queries
            .updateTable('job')
            .set((eb) => ({
              fence: eb('fence', '+', 1),
              lease_owner: owner,
              lease_until: leaseEnd(leaseTime(now), leaseMs),
              lease_epoch: eb.ref('watermark_epoch'),
            }))
            .where('job_id', '=', free.orderBy('next_run_at').orderBy('job_id').limit(1).modifyEnd(takingFreeRows))
            .returningAll(),
        ),
      )
      if (claimed === undefined) return null
      return { lease: { jobId: claimed.job_id, fence: claimed.fence }, job: toJob(claimed) }
    },

    async idle(now) {
      const rows = await database.committed.all(
        queries
          .selectFrom('job')
          .selectAll()
          .where('status', 'in', ['Active', 'Quarantine'])
          .where('schedule_state', '=', 'Active')
          .where('watermark', 'is not', null)
          .where('next_run_at', '>', now)
          .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', leaseTime(now))]))
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('cycle')
                  .select('cycle.cycle_id')
                  .whereRef('cycle.job_id', '=', 'job.job_id')
                  .where('cycle.ended_at', 'is', null),
              ),
            ),
          )
          .orderBy('job_id'),
      )
      return rows.map(toJob)
    },

    async beat(lease, { leaseMs, now }) {
      const prolonged = await database.transaction((session) =>
        session.run(
          queries
            .updateTable('job')
            .set({ lease_until: leaseEnd(leaseTime(now), leaseMs) })
            .where('job_id', '=', lease.jobId)
            .where('fence', '=', lease.fence),
        ),
      )
      if (prolonged === 0) refuseLostLease(lease)
    },

    /** The fence grows here too: who has given the lease back may not write any more. */
    async release(lease) {
      await database.transaction((session) =>
        session.run(
          queries
            .updateTable('job')
            .set((eb) => ({ fence: eb('fence', '+', 1), lease_owner: null, lease_until: null }))
            .where('job_id', '=', lease.jobId)
            .where('fence', '=', lease.fence),
        ),
      )
    },

    async leaseHolder(jobId) {
      const job = await first(
        database.committed,
        queries.selectFrom('job').select('lease_owner').where('job_id', '=', jobId),
      )
      return job?.lease_owner ?? null
    },

    async breakLeases() {
      await database.transaction((session) =>
        session.run(
          queries
            .updateTable('job')
            .set((eb) => ({ fence: eb('fence', '+', 1), lease_owner: null, lease_until: null })),
        ),
      )
    },
  }
}

function leaseEnd(from: ReturnType<Database['dialect']['leaseTime']>, leaseMs: number) {
  return sql<number>`${from} + ${sql.lit(Math.trunc(leaseMs))}`
}

export interface LeasedJob {
  readonly watermarkEpoch: number
  readonly leaseEpoch: number
}

/** Refuses a lease that is no longer the newest, and keeps it from being taken until the transaction ends. */
export async function checkLease(session: Session, lease: Lease): Promise<LeasedJob> {
  const { queries, keepingRows } = session.dialect
  const job = await first(
    session,
    queries
      .selectFrom('job')
      .select(['fence', 'watermark_epoch', 'lease_epoch'])
      .where('job_id', '=', lease.jobId)
      .modifyEnd(keepingRows),
  )
  if (job?.fence !== lease.fence) refuseLostLease(lease)
  return { watermarkEpoch: job.watermark_epoch, leaseEpoch: job.lease_epoch }
}

function refuseLostLease(lease: Lease): never {
  throw new LeaseLostError(
    `The lease on job ${lease.jobId} with fence ${String(lease.fence)} is no longer the newest: another process has taken ` +
      'the job over, so nothing was written. The new holder goes on from the last saved page.',
  )
}
