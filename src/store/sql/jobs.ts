/*
 * Jobs and their cycles. Decides what a cycle may still change at its end when an administrator acted while it ran: a
 * watermark cleared meanwhile stays cleared, a job that was paused or lost its configuration stays so (spec 2.4, 5.8, 11).
 */
import type { ExpressionBuilder } from 'kysely'
import { dueCodes, type Cycle, type JobStatusCode, type ScheduleState } from '../../vocabulary/index.ts'
import type { JobStore } from '../store.ts'
import { fromCycle, fromJob, toCycle, toJob } from './job-rows.ts'
import { checkLease, type LeasedJob, type Leases } from './leases.ts'
import { putNotifications } from './notifications.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row, Tables } from './tables.ts'

type JobChange = Partial<
  Pick<Row<'job'>, 'settings' | 'status' | 'schedule_state' | 'quarantine' | 'escrows_pruned' | 'next_run_at'>
>

export function createJobStore(database: Database): Omit<JobStore, keyof Leases> {
  const { queries } = database.dialect

  async function changeJob(jobId: string, change: JobChange): Promise<void> {
    const changed = await database.transaction((session) =>
      session.run(queries.updateTable('job').set(change).where('job_id', '=', jobId)),
    )
    if (changed === 0) refuseUnknownJob(jobId)
  }

  async function clearWatermark(jobId: string, schemaText?: string): Promise<void> {
    const changed = await database.transaction(async (session) => {
      if (schemaText !== undefined) await session.run(queries.deleteFrom('escrow').where('job_id', '=', jobId))
      return await session.run(
        queries
          .updateTable('job')
          .set((eb) => ({
            ...(schemaText === undefined ? {} : { schema_text: schemaText }),
            watermark: null,
            watermark_epoch: eb('watermark_epoch', '+', 1),
          }))
          .where('job_id', '=', jobId),
      )
    })
    if (changed === 0) refuseUnknownJob(jobId)
  }

  return {
    async create(job) {
      await database.transaction((session) => session.run(queries.insertInto('job').values(fromJob(job))))
    },

    async list() {
      const rows = await database.committed.all(queries.selectFrom('job').selectAll().orderBy('job_id'))
      return rows.map(toJob)
    },

    async get(jobId) {
      const row = await first(database.committed, queries.selectFrom('job').selectAll().where('job_id', '=', jobId))
      return row === undefined ? null : toJob(row)
    },

    saveSettings: (jobId, settings) => changeJob(jobId, { settings: JSON.stringify(settings) }),
    setStatus: (jobId, status, scheduleState) =>
      changeJob(jobId, { status, ...(scheduleState === undefined ? {} : { schedule_state: scheduleState }) }),
    activate: (jobId, status) =>
      changeJob(jobId, { status, schedule_state: 'Active', quarantine: null, escrows_pruned: 0 }),

    async delete(lease, { keepsAssignments } = { keepsAssignments: false }) {
      const { jobId } = lease
      await database.transaction(async (session) => {
        await checkLease(session, lease)
        const row = await first(
          session,
          queries.selectFrom('job').select('service_principal_id').where('job_id', '=', jobId),
        )
        await session.run(queries.deleteFrom('job').where('job_id', '=', jobId))
        if (row === undefined || keepsAssignments) return
        const { service_principal_id: principal } = row
        const others = await first(
          session,
          queries.selectFrom('job').select('job_id').where('service_principal_id', '=', principal).limit(1),
        )
        if (others === undefined)
          await session.run(queries.deleteFrom('directory_assignment').where('service_principal_id', '=', principal))
      })
    },

    setNextRun: (jobId, nextRunAt) => changeJob(jobId, { next_run_at: nextRunAt }),

    async setQuarantine(jobId, quarantine, outgoing) {
      await database.transaction(async (session) => {
        const changed = await session.run(
          queries
            .updateTable('job')
            .set((eb) => ({
              quarantine: quarantine === null ? null : JSON.stringify(quarantine),
              status: unlessSetByAdministrator(eb, quarantine === null ? 'Active' : 'Quarantine'),
            }))
            .where('job_id', '=', jobId),
        )
        if (changed === 0) refuseUnknownJob(jobId)
        await putNotifications(session, outgoing)
      })
    },

    saveSchema: (jobId, schema) => clearWatermark(jobId, JSON.stringify(schema)),
    clearWatermark: (jobId) => clearWatermark(jobId),

    async saveCycle(lease, cycle) {
      await database.transaction(async (session) => {
        await putCycle(session, cycle, await checkLease(session, lease))
      })
    },

    async endCycle(lease, cycle, end) {
      await database.transaction(async (session) => {
        const job = await checkLease(session, lease)
        const beganInEpoch = await putCycle(session, cycle, job)
        await session.run(
          queries
            .updateTable('job')
            .set((eb) => ({
              ...(beganInEpoch === job.watermarkEpoch ? { watermark: end.watermark } : {}),
              ...(end.steadyStateAchievedAt === null
                ? {}
                : {
                    steady_state_first_at: eb.fn.coalesce('steady_state_first_at', eb.val(end.steadyStateAchievedAt)),
                    steady_state_last_at: end.steadyStateAchievedAt,
                  }),
              status: unlessSetByAdministrator(eb, end.status),
              ...(end.scheduleState === undefined ? {} : { schedule_state: unlessPaused(eb, end.scheduleState) }),
              ...(end.prunesEscrows === true ? { escrows_pruned: 1 } : {}),
              next_run_at: end.nextRunAt,
              quarantine: end.quarantine === null ? null : JSON.stringify(end.quarantine),
            }))
            .where('job_id', '=', lease.jobId),
        )
        if (end.prunesEscrows === true)
          await session.run(
            queries.deleteFrom('escrow').where('job_id', '=', lease.jobId).where('error_code', 'not in', dueCodes),
          )
        await putNotifications(session, end.outgoing)
      })
    },

    async runningCycle(jobId) {
      const row = await first(
        database.committed,
        queries
          .selectFrom('cycle')
          .selectAll()
          .where('job_id', '=', jobId)
          .where('ended_at', 'is', null)
          .orderBy('began_at', 'desc')
          .orderBy('cycle_id', 'desc')
          .limit(1),
      )
      return row === undefined ? null : toCycle(row)
    },

    async executions(jobId) {
      const ended = queries
        .selectFrom('cycle')
        .selectAll()
        .where('job_id', '=', jobId)
        .where('ended_at', 'is not', null)
        .orderBy('began_at', 'desc')
        .orderBy('cycle_id', 'desc')
        .limit(1)
      const successful = ended.where('state', '=', 'Succeeded' satisfies Cycle['state'])
      const one = async (query: typeof ended): Promise<Cycle | null> => {
        const row = await first(database.committed, query)
        return row === undefined ? null : toCycle(row)
      }
      return {
        last: await one(ended),
        lastSuccessful: await one(successful),
        lastSuccessfulWithExports: await one(successful.where('exported', '>', 0)),
      }
    },

    async cycles(jobId, limit) {
      const rows = await database.committed.all(
        queries
          .selectFrom('cycle')
          .selectAll()
          .where('job_id', '=', jobId)
          .orderBy('began_at', 'desc')
          .orderBy('cycle_id', 'desc')
          .limit(limit),
      )
      return rows.map(toCycle)
    },
  }
}

/** A job that was paused meanwhile, or is no longer configured, stays so. */
function unlessSetByAdministrator(eb: ExpressionBuilder<Tables, 'job'>, status: JobStatusCode) {
  return eb
    .case()
    .when('status', 'in', ['Paused', 'NotConfigured'] satisfies JobStatusCode[])
    .then(eb.ref('status'))
    .else(status)
    .end()
}

/** What an administrator paused meanwhile is paused. */
function unlessPaused(eb: ExpressionBuilder<Tables, 'job'>, scheduleState: ScheduleState) {
  return eb
    .case()
    .when('schedule_state', '=', 'Paused' satisfies ScheduleState)
    .then(eb.ref('schedule_state'))
    .else(scheduleState)
    .end()
}

/**
 * Answers the epoch the cycle began in: that of the claim that brought its job, kept when another process goes on with the
 * cycle, because what it did before was decided by the schema of that time.
 */
export async function putCycle(session: Session, cycle: Cycle, job: LeasedJob): Promise<number> {
  const { queries } = session.dialect
  const stored = await first(
    session,
    queries.selectFrom('cycle').select('watermark_epoch').where('cycle_id', '=', cycle.cycleId),
  )
  const epoch = stored?.watermark_epoch ?? job.leaseEpoch
  await session.put('cycle', [fromCycle(cycle, epoch)])
  return epoch
}

function refuseUnknownJob(jobId: string): never {
  throw new Error(`There is no job ${jobId} in the store, so nothing was changed: create it first.`)
}
