/*
 * Pause, start and restart of a job: what each of them forgets is a table (spec section 11).
 */
import { isDueCode } from '../provisioning/index.ts'
import type { Lease, Outcome, Store } from '../store/store.ts'
import type { ResetScope, SynchronizationJob } from '../vocabulary/index.ts'
import { whileNoCycleRuns } from './muster/exclusive.ts'
import { losingObjects } from './muster/losing-objects.ts'
import type { ApiPorts } from './ports.ts'
import { ApiProblem } from './problems.ts'

interface Forgotten {
  readonly watermark?: true
  readonly links?: true
  readonly escrows?: true
  readonly quarantine?: true
  /** Removals that waited for an answer happen. */
  readonly threshold?: true
}

/** Spec section 11, a row each; the empty scope is the portal's restart. */
const forgets: Readonly<Record<ResetScope | 'Portal', Forgotten>> = {
  None: { quarantine: true },
  Portal: { watermark: true, escrows: true, quarantine: true },
  Watermark: { watermark: true },
  Escrows: { escrows: true },
  QuarantineState: { quarantine: true },
  ConnectorDataStore: { links: true },
  ForceDeletes: { quarantine: true, threshold: true },
  Full: { watermark: true, links: true, escrows: true, quarantine: true },
}

const batch = 500

/** All links of the job, with the removals that were held for them. Answers how many. */
async function forgetLinks({ provisioning }: Store, lease: Lease): Promise<number> {
  let forgotten = 0
  for (const objectType of ['User', 'Group'] as const) {
    for (;;) {
      const links = await provisioning.listLinks(lease.jobId, { objectType, after: null, limit: batch })
      if (links.length === 0) break
      const outcomes = links.map(({ sourceAnchor }): Outcome => {
        const about = { objectType, sourceAnchor }
        return { logEntry: null, link: { kind: 'delete', ...about }, releaseHold: about }
      })
      await provisioning.saveOutcomes(lease, outcomes)
      forgotten += links.length
    }
  }
  // What was ever synchronized is counted anew in the next cycle (spec 13.1).
  await provisioning.resetSynchronized(lease)
  return forgotten
}

async function forgetEscrows({ provisioning }: Store, lease: Lease): Promise<number> {
  const waiting = await provisioning.escrowDue(lease.jobId, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  // What a plan has withheld, or an undo taken back, has not failed: forgotten, it would never come.
  const entries = waiting.filter(({ errorCode }) => !isDueCode(errorCode))
  for (let start = 0; start < entries.length; start += batch) {
    const outcomes = entries.slice(start, start + batch).map(({ objectType, sourceAnchor }): Outcome => ({
      logEntry: null,
      escrow: { kind: 'clear', objectType, sourceAnchor },
    }))
    await provisioning.saveOutcomes(lease, outcomes)
  }
  return entries.length
}

export function refuseUnconfigured(job: SynchronizationJob): void {
  if (job.status !== 'NotConfigured') return
  throw new ApiProblem(
    409,
    'credentialsMissing',
    'The job has no credentials yet, so it can neither run nor pause. Connect first: muster slack connect, muster slack token, or the secrets BaseAddress and SecretToken by way of Graph.',
  )
}

export interface Restarted {
  readonly isWatermarkCleared: boolean
  readonly linksForgotten: number
  readonly escrowsForgotten: number
  readonly isQuarantineLifted: boolean
  readonly removalsAllowed: number
}

export interface JobControl {
  pause(job: SynchronizationJob): Promise<void>
  start(job: SynchronizationJob): Promise<void>
  /** No scope at all is the portal's restart. */
  restart(job: SynchronizationJob, resetScope: readonly ResetScope[]): Promise<Restarted>
}

export function createJobControl(ports: ApiPorts): JobControl {
  const { store, clock } = ports.cycle

  async function runNow(job: SynchronizationJob): Promise<void> {
    await store.jobs.setNextRun(job.jobId, clock.now())
    ports.wake()
  }

  /** Runs when it is due from now on. A job that has never come to the end of a cycle has not run. */
  async function activate(job: SynchronizationJob): Promise<void> {
    await store.jobs.activate(job.jobId, job.watermark === null ? 'NotRun' : 'Active')
  }

  /** A scope that was narrowed holds from now on; whoever narrowed it was told how many leave (spec section 11). */
  async function applyScope(job: SynchronizationJob): Promise<void> {
    if (!job.settings.scopeWaitsForRestart) return
    const settings = { ...job.settings, scopeWaitsForRestart: false }
    const losing = [
      ...(await losingObjects(ports, job, settings, 'User')),
      ...(await losingObjects(ports, job, settings, 'Group')),
    ]
    await store.jobs.saveSettings(job.jobId, settings)
    await store.provisioning.approveBeforehand(job.jobId, losing)
  }

  return {
    async pause(job) {
      refuseUnconfigured(job)
      await store.jobs.setStatus(job.jobId, 'Paused', 'Paused')
    },
    async start(job) {
      refuseUnconfigured(job)
      await activate(job)
      await runNow(job)
    },
    async restart(job, resetScope) {
      refuseUnconfigured(job)
      const rows = resetScope.length === 0 ? [forgets.Portal] : resetScope.map((scope) => forgets[scope])
      const isForgotten = (what: keyof Forgotten): boolean => rows.some((row) => row[what] === true)
      const [links, escrows] =
        isForgotten('links') || isForgotten('escrows')
          ? await whileNoCycleRuns(ports, job, async (lease) => [
              isForgotten('links') ? await forgetLinks(store, lease) : 0,
              isForgotten('escrows') ? await forgetEscrows(store, lease) : 0,
            ])
          : [0, 0]
      const removalsAllowed = isForgotten('threshold') ? await store.provisioning.approveRemovals(job.jobId) : 0
      if (isForgotten('watermark')) {
        await applyScope(job)
        await store.jobs.clearWatermark(job.jobId)
      }
      if (isForgotten('quarantine')) await activate(job)
      if (job.scheduleState === 'Active' || isForgotten('quarantine')) await runNow(job)
      return {
        isWatermarkCleared: isForgotten('watermark'),
        linksForgotten: links ?? 0,
        escrowsForgotten: escrows ?? 0,
        isQuarantineLifted: isForgotten('quarantine') && job.quarantine !== null,
        removalsAllowed,
      }
    },
  }
}
