/*
 * Decides how a job is after a cycle: healthy, or in quarantine and tried more seldom (spec section 9). What the rules say of
 * the numbers is in `provisioning/quarantine.ts`; here stands what is counted and when the job runs again.
 */
import { imposeQuarantine, judgeFailures, quarantineIsOver } from '../provisioning/index.ts'
import {
  ConnectorError,
  type CycleCounters,
  type JobStatusCode,
  type Quarantine,
  type QuarantineError,
  type QuarantineReason,
  type ScheduleState,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { IngestionError } from './believed-source.ts'
import type { CycleEnd } from './run-cycle.ts'

/** A job whose cycle broke off is tried again after this long, or at its interval if that is shorter. */
const retryBrokenCycleMs = 60_000
/** A target that cannot be reached for this long is more than a hiccup. */
const unreachableForMs = 60 * 60_000
/** Trouble that may pass by itself; anything else about the whole job (credentials, plan, protocol) needs somebody. */
const passingCodes: ReadonlySet<string> = new Set([
  'InternalError',
  'InternalServerError',
  'Timeout',
  'TooManyRequests',
  'WebExceptionProtocolError',
])
const referenceCode = 'UnableToResolveReferenceAttributeValue'

export interface JobHealth {
  readonly status: JobStatusCode
  /** `null`: as it is. */
  readonly scheduleState: ScheduleState | null
  readonly quarantine: Quarantine | null
  /** An initial cycle failed for so many that their failures are dropped and the job waits for somebody (spec 6.1). */
  readonly prunesEscrows: boolean
  /** What was found, for whoever is told. */
  readonly found: string | null
  /** When the job's health wants the next attempt; `null`: at its usual time. */
  readonly nextRunAt: number | null
  /** People and groups it concerns, where that can be said. */
  readonly concerned: number | null
}

const healthy: JobHealth = {
  status: 'Active',
  scheduleState: null,
  quarantine: null,
  prunesEscrows: false,
  found: null,
  nextRunAt: null,
  concerned: null,
}

function inQuarantine(
  job: SynchronizationJob,
  reason: QuarantineReason,
  error: QuarantineError | null,
  now: number,
  concerned: number | null = null,
): JobHealth {
  const quarantine = imposeQuarantine({ earlier: job.quarantine, reason, error, now })
  const found = error?.message ?? null
  const inForce: JobHealth = { ...healthy, status: 'Quarantine', quarantine, found, concerned }
  // Four weeks are over: it runs no more until an administrator starts it.
  if (quarantineIsOver(quarantine, now)) return { ...inForce, scheduleState: 'Disabled' }
  // Nothing fails while removals wait for an answer: joiners and changes go on at the usual pace.
  return { ...inForce, nextRunAt: reason === 'TooManyDeletes' ? null : quarantine.nextAttempt }
}

function failuresOf({ failed, countExported }: CycleCounters): Parameters<typeof judgeFailures>[0] {
  const referenceFailures = failed[referenceCode] ?? 0
  const all = Object.values(failed).reduce((sum, count) => sum + count, 0)
  return { failures: all - referenceFailures, referenceFailures, events: countExported + all }
}

/** After a cycle that came to its end. A success lifts whatever quarantine there was. */
export function healthAfterCycle(
  job: SynchronizationJob,
  end: Pick<CycleEnd, 'cycle' | 'staged'>,
  meanwhile: { readonly isSuperseded: boolean; readonly quarantine: Quarantine | null; readonly now: number },
): JobHealth {
  const { isSuperseded, now } = meanwhile
  // Whoever imposed it while the cycle ran did not mean what was under way.
  if (meanwhile.quarantine?.reason === 'QuarantinedOnDemand' && job.quarantine?.reason !== 'QuarantinedOnDemand')
    return {
      ...healthy,
      status: 'Quarantine',
      quarantine: meanwhile.quarantine,
      nextRunAt: meanwhile.quarantine.nextAttempt,
    }
  const counted = failuresOf(end.cycle.counters)
  const reason = judgeFailures(counted, job.settings.quarantineThresholds)
  if (reason !== null) {
    const { failures, events } = counted
    const message = `${String(failures)} of ${String(events)} provisioning events failed. "muster log --status failure" shows them; mend the cause, then start the job.`
    // Another schema saved meanwhile evaluates everybody anew, and may be the mending.
    if (end.cycle.kind === 'initial' && !isSuperseded)
      return {
        ...healthy,
        status: 'Paused',
        scheduleState: 'Paused',
        prunesEscrows: true,
        found: message,
        concerned: failures,
      }
    return inQuarantine(job, reason, { code: reason, message }, now, failures)
  }
  if (end.staged === null) return healthy
  const message = `${end.staged.because} Nobody was removed. "muster removals" shows whom it concerns; allow them, or mend the cause and they are forgotten.`
  return inQuarantine(job, 'TooManyDeletes', { code: 'TooManyDeletes', message }, now, end.staged.count)
}

/** An administrator wants the job to be tried less often until it has been looked at (spec 9.1). */
export function healthOnDemand(job: SynchronizationJob, because: string, now: number): JobHealth {
  return inQuarantine(job, 'QuarantinedOnDemand', { code: 'QuarantinedOnDemand', message: because }, now)
}

function reasonOf(error: unknown): QuarantineReason {
  if (error instanceof IngestionError) return 'IngestionInterrupted'
  return error instanceof ConnectorError ? 'EncounteredQuarantineException' : 'Unknown'
}

/** After a cycle that broke off because the whole job could not go on. */
export function healthAfterBreak(job: SynchronizationJob, brokenSince: number, error: unknown, now: number): JobHealth {
  const code = error instanceof ConnectorError ? error.code : 'InternalError'
  const message = error instanceof Error ? error.message : String(error)
  const mayPass = passingCodes.has(code)
  // While removals wait for an answer the connection is healthy, and a hiccup is one as at any other time.
  const wasReachable = job.quarantine === null || job.quarantine.reason === 'TooManyDeletes'
  if (wasReachable && mayPass && now - brokenSince < unreachableForMs) {
    const nextRunAt = now + Math.min(retryBrokenCycleMs, job.settings.cycleEveryMs)
    const status = job.quarantine === null ? 'Active' : 'Quarantine'
    return { ...healthy, status, quarantine: job.quarantine, nextRunAt }
  }
  return inQuarantine(job, reasonOf(error), { code, message }, now)
}
