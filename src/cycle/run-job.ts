/*
 * Runs one cycle of a job under its lease: begins or resumes it, keeps the lease alive, ends it and says when the next
 * one is due. Whatever goes wrong, the job is left so that another attempt goes on where this one stopped.
 */
import { LeaseLostError, type Lease, type Store } from '../store/store.ts'
import {
  ConnectorError,
  type Cycle,
  type QuarantineReason,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { beginCycle } from './begin-cycle.ts'
import { carryCycle } from './carry-cycle.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { healthAfterBreak, healthAfterCycle } from './job-health.ts'
import { keepLease, writtenUnder } from './keep-lease.ts'
import { noteConfiguration, reviewCycle } from './review.ts'
import { CycleStoppedError } from './cycle-stopped.ts'
import { isTooManyDeletesTold, tellHealth } from './tell.ts'
import { tellingOfQuarantine } from './telling-of-quarantine.ts'

/** Remembers why the cycle broke off and when it is tried again; `null` when the job is another's by now. */
async function noteBroken(
  ports: CyclePorts,
  { lease, job }: JobClaim,
  cycle: Cycle,
  error: unknown,
): Promise<number | null> {
  const { store, clock, newId } = ports
  const message = error instanceof Error ? error.message : String(error)
  const stored = (await store.jobs.runningCycle(job.jobId)) ?? cycle
  const brokenSince = stored.brokenSince ?? clock.now()
  const health = healthAfterBreak(job, brokenSince, error, clock.now())
  try {
    await store.jobs.saveCycle(lease, { ...stored, error: message, brokenSince })
  } catch (lost) {
    if (lost instanceof LeaseLostError) return null
    throw lost
  }
  const nextRunAt = health.nextRunAt ?? clock.now() + job.settings.cycleEveryMs
  const { quarantine } = health
  if (quarantine !== null) {
    const outgoing = tellHealth(job, health, { id: newId(), at: clock.now() })
    await tellingOfQuarantine(ports, job, health, async () => {
      await store.jobs.setQuarantine(job.jobId, quarantine, outgoing)
      if (health.scheduleState === 'Disabled') await store.jobs.setStatus(job.jobId, 'Quarantine', 'Disabled')
    })
  }
  await store.jobs.setNextRun(job.jobId, nextRunAt)
  return nextRunAt
}

/** What breaks a cycle off breaks off a plan too. */
const brokenReasons: ReadonlySet<string> = new Set<QuarantineReason>([
  'EncounteredQuarantineException',
  'IngestionInterrupted',
  'Unknown',
])

export interface JobClaim {
  readonly lease: Lease
  readonly job: SynchronizationJob
}

export type JobRunEnd =
  | { readonly kind: 'ended'; readonly cycle: Cycle }
  | { readonly kind: 'stopped'; readonly cycleId: string }
  /** It was planned, and the plan waits for an answer. */
  | { readonly kind: 'waits'; readonly planId: string; readonly nextRunAt: number }
  /** The whole job could not go on; it is tried again at `nextRunAt`. */
  | { readonly kind: 'broken'; readonly cycleId: string; readonly error: string; readonly nextRunAt: number }

/** The job stays healthy and on schedule: the plan proves that both sides can be used. */
async function waitForAnswer(ports: CyclePorts, { job }: JobClaim): Promise<number> {
  const { store, clock } = ports
  const current = (await store.jobs.get(job.jobId)) ?? job
  if (current.quarantine !== null && brokenReasons.has(current.quarantine.reason))
    await tellingOfQuarantine(ports, current, { quarantine: null, scheduleState: null }, () =>
      store.jobs.setQuarantine(job.jobId, null, []),
    )
  const isAskedAnew = current.nextRunAt !== job.nextRunAt
  const nextRunAt = isAskedAnew ? clock.now() : clock.now() + current.settings.cycleEveryMs
  await store.jobs.setNextRun(job.jobId, nextRunAt)
  return nextRunAt
}

/** Removals that wait, and what failed or was withheld and is tried again: changes left to process (spec 1). */
async function hasSomethingLeft({ provisioning }: Store, jobId: string): Promise<boolean> {
  return (await provisioning.countEscrow(jobId)) > 0 || (await provisioning.heldRemovals(jobId)).length > 0
}

/** Runs or resumes one cycle of a claimed job; one under review is planned first. */
export async function runJob(ports: CyclePorts, claim: JobClaim, stop: StopSignal): Promise<JobRunEnd> {
  const { lease, job } = claim
  const { store, clock, log } = ports
  const running = await store.jobs.runningCycle(job.jobId)
  let cycle = running === null ? beginCycle(job, ports.newId(), clock.now()) : { ...running, error: null }
  const about = { jobId: job.jobId, cycleId: cycle.cycleId, kind: cycle.kind }

  const leaseLost = new AbortController()
  const stopWhenLost = new AbortController()
  const forward = (): void => stopWhenLost.abort(stop.reason)
  stop.addEventListener('abort', forward, { once: true })
  if (stop.aborted) forward()
  const keeping = keepLease(ports, lease, (error) => {
    leaseLost.abort(error)
    stopWhenLost.abort(error)
  })
  const { source, target: connected } = ports.connect(job)
  const target = writtenUnder(keeping, connected)
  try {
    if (cycle.planId === null) {
      const review = await reviewCycle(ports, job, stopWhenLost.signal)
      if (review.kind === 'waits') return { ...review, nextRunAt: await waitForAnswer(ports, claim) }
      cycle = { ...cycle, planId: review.planId }
    }
    await store.jobs.saveCycle(lease, cycle)
    log.info(running === null ? 'cycle begins' : 'cycle goes on from its last saved page', about)
    const isResumed = running !== null
    const end = await carryCycle(ports, { lease, job, cycle, isResumed, source, target, stop: stopWhenLost.signal })
    // A mapping or filter saved meanwhile wants everything evaluated anew: the old watermark must not come back (spec 5.8).
    const current = await store.jobs.get(job.jobId)
    const isSuperseded = current === null || current.schema.version !== job.schema.version
    // Somebody asked for a run while this one went on: what they changed may have come too late for it.
    const isAskedAnew = current !== null && current.nextRunAt !== job.nextRunAt
    const quarantine = current?.quarantine ?? null
    const health = healthAfterCycle(job, end, { isSuperseded, quarantine, now: clock.now() })
    const isTold =
      health.quarantine?.reason === 'TooManyDeletes' &&
      health.scheduleState !== 'Disabled' &&
      end.staged?.areSame === true &&
      (await isTooManyDeletesTold(store, job.jobId))
    const isInStep = end.cycle.state === 'Succeeded' && end.isWhole && !(await hasSomethingLeft(store, job.jobId))
    const ended: Parameters<typeof store.jobs.endCycle>[2] = {
      watermark: isSuperseded ? null : end.watermark,
      status: health.status,
      quarantine: health.quarantine,
      ...(health.scheduleState === null ? {} : { scheduleState: health.scheduleState }),
      prunesEscrows: health.prunesEscrows,
      outgoing: isTold ? [] : tellHealth(current ?? job, health, { id: ports.newId(), at: clock.now() }),
      nextRunAt:
        isSuperseded || (isAskedAnew && health.nextRunAt === null) || end.isRestDue
          ? clock.now()
          : (health.nextRunAt ?? Math.max(clock.now(), end.cycle.beganAt + job.settings.cycleEveryMs)),
      steadyStateAchievedAt: isInStep ? end.cycle.endedAt : null,
    }
    await tellingOfQuarantine(ports, current ?? job, health, () => store.jobs.endCycle(lease, end.cycle, ended))
    if (cycle.planId !== null) await store.plans.removeDraft(cycle.planId)
    if (!end.isRestDue) await noteConfiguration(store, job)
    log.info('cycle ended', { ...about, state: end.cycle.state, exported: end.cycle.counters.countExported })
    return { kind: 'ended', cycle: end.cycle }
  } catch (error) {
    if (leaseLost.signal.aborted || error instanceof LeaseLostError) {
      log.warn('cycle given up: another process has taken the job over', about)
      return { kind: 'stopped', cycleId: cycle.cycleId }
    }
    const message = error instanceof Error ? error.message : String(error)
    // Who is stopping closes the target before long, and on a terminal the target may be stopped with us.
    if (error instanceof CycleStoppedError || (stop.aborted && error instanceof ConnectorError)) {
      log.info('cycle stopped', { ...about, because: message })
      return { kind: 'stopped', cycleId: cycle.cycleId }
    }
    const nextRunAt = await noteBroken(ports, claim, cycle, error)
    if (nextRunAt === null) {
      log.warn('cycle given up: another process has taken the job over', about)
      return { kind: 'stopped', cycleId: cycle.cycleId }
    }
    log.error('cycle broken off', {
      ...about,
      code: error instanceof ConnectorError ? error.code : 'InternalError',
      error: message,
    })
    return { kind: 'broken', cycleId: cycle.cycleId, error: message, nextRunAt }
  } finally {
    stop.removeEventListener('abort', forward)
    await keeping.stop()
    await store.jobs.release(lease)
    await target.close()
  }
}
