/* Jobs, who may write for them, and their cycles: a part of `store.ts`, with the same promises. */
import type {
  Cycle,
  JobSettings,
  JobStatusCode,
  Quarantine,
  ScheduleState,
  SynchronizationJob,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import type { OutgoingNotification } from './notification-store.ts'

/** Proof of the right to write for a job. A write whose fence is no longer the newest throws `LeaseLostError`. */
export interface Lease {
  readonly jobId: string
  readonly fence: number
}

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

export interface Executions {
  readonly last: Cycle | null
  readonly lastSuccessful: Cycle | null
  readonly lastSuccessfulWithExports: Cycle | null
}

export interface JobStore {
  create(job: SynchronizationJob): Promise<void>
  list(): Promise<readonly SynchronizationJob[]>
  get(jobId: string): Promise<SynchronizationJob | null>
  saveSettings(jobId: string, settings: JobSettings): Promise<void>
  /** Clears the watermark and all escrows, so that the next cycle is an initial one (spec 5.8 and section 11). */
  saveSchema(jobId: string, schema: SynchronizationSchema): Promise<void>
  /** Without a schedule state the schedule stays as it is. */
  setStatus(jobId: string, status: JobStatusCode, scheduleState?: ScheduleState): Promise<void>
  /** An administrator lets the job run from now on: no quarantine, and pruned failures have been read of (spec 6.1). */
  activate(jobId: string, status: 'NotRun' | 'Active'): Promise<void>
  /**
   * Everything the job knows is gone for good: watermark, links, failures, names, cycles and the assignments of its
   * application, unless these are to be kept. The provisioning log stays until its retention.
   */
  delete(lease: Lease, request?: { readonly keepsAssignments: boolean }): Promise<void>
  clearWatermark(jobId: string): Promise<void>
  setNextRun(jobId: string, nextRunAt: number): Promise<void>
  /** Imposes a quarantine, or lifts it with `null`, and tells of it; a paused job stays paused (spec section 9). */
  setQuarantine(jobId: string, quarantine: Quarantine | null, outgoing: readonly OutgoingNotification[]): Promise<void>

  /**
   * Takes the lease of a job: of the named one, or of any that is due (`nextRunAt` reached, schedule active and status NotRun, Active
   * or Quarantine, or Paused in the middle of carrying out a plan) and not leased. `null` when there is none. On PostgreSQL leases
   * are timed by the server's clock.
   */
  claim(request: {
    readonly owner: string
    readonly leaseMs: number
    readonly now: number
    readonly jobId?: string
  }): Promise<{ readonly lease: Lease; readonly job: SynchronizationJob } | null>
  /**
   * Jobs that could run and wait for their time: active or in quarantine, with a watermark, held by nobody, and without a
   * cycle that has still to come to its end.
   */
  idle(now: number): Promise<readonly SynchronizationJob[]>
  /** Prolongs the lease; throws `LeaseLostError` when it is another's by now. */
  beat(lease: Lease, request: { readonly leaseMs: number; readonly now: number }): Promise<void>
  /** Gives the lease back, after which it is good for nothing; harmless when it is lost already. */
  release(lease: Lease): Promise<void>

  /** Who took the lease that is in force now, as they called themselves; `null` when there is none. */
  leaseHolder(jobId: string): Promise<string | null>

  /**
   * Ends every lease. For the embedded database at start, when the data folder's lock proves that no other process lives;
   * fences grow on, so that a write of an earlier holder is refused all the same.
   */
  breakLeases(): Promise<void>

  /** Stores or replaces the cycle, by its id; a cycle with `endedAt` null is the job's running one. */
  saveCycle(lease: Lease, cycle: Cycle): Promise<void>
  /**
   * Ends the cycle: stores it, moves the job's watermark, status, next run and steady state, all in one transaction. What an
   * administrator did meanwhile is kept: a watermark cleared since the claim that began the cycle stays `null` (spec 5.8, 11),
   * a job that was paused, or is no longer configured, stays so.
   */
  endCycle(
    lease: Lease,
    cycle: Cycle,
    job: {
      readonly watermark: string | null
      readonly status: JobStatusCode
      readonly nextRunAt: number
      readonly steadyStateAchievedAt: number | null
      readonly quarantine: Quarantine | null
      /** The schedule from now on; missing: as it is. */
      readonly scheduleState?: ScheduleState
      /** Drops all failures of the job, and remembers that it did. */
      /** Drops what has failed; what is only due in the next cycle stays. */
      readonly prunesEscrows?: boolean
      readonly outgoing: readonly OutgoingNotification[]
    },
  ): Promise<void>
  /** The cycle that was begun and has not ended: it goes on, possibly in another process. */
  runningCycle(jobId: string): Promise<Cycle | null>
  /** Newest first. */
  cycles(jobId: string, limit: number): Promise<readonly Cycle[]>
  /** However long ago: the last cycle that ended, the last without errors, and the last without errors that wrote something. */
  executions(jobId: string): Promise<Executions>
}
