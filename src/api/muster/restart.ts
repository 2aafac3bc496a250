/*
 * Pause, start and restart of a job: what each of them forgets is a table (spec section 11).
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Lease, Outcome, Store } from '../../store/store.ts'
import type { JobStatusReport, ResetScope, RestartReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { resetScopes } from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { whileNoCycleRuns } from './exclusive.ts'
import { losingObjects } from './losing-objects.ts'
import { countWaitingRemovals } from './removals.ts'

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
  const entries = await provisioning.escrowDue(lease.jobId, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  for (let start = 0; start < entries.length; start += batch) {
    const outcomes = entries.slice(start, start + batch).map(({ objectType, sourceAnchor }): Outcome => ({
      logEntry: null,
      escrow: { kind: 'clear', objectType, sourceAnchor },
    }))
    await provisioning.saveOutcomes(lease, outcomes)
  }
  return entries.length
}

const scopeList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.enum(resetScopes)))

function refuseUnconfigured(job: SynchronizationJob): void {
  if (job.status !== 'NotConfigured') return
  throw new ApiProblem(
    409,
    'credentialsMissing',
    'The job has no credentials yet, so it can neither run nor pause. Connect first (muster slack connect, or muster slack token).',
  )
}

export function restartRoutes(app: FastifyInstance, ports: ApiPorts): void {
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

  async function statusOf(jobId: string): Promise<JobStatusReport> {
    const job = await jobNamed(ports, jobId)
    return {
      jobId,
      status: job.status,
      scheduleState: job.scheduleState,
      isCycleRunning: (await store.jobs.runningCycle(jobId)) !== null,
      removalsWaiting: await countWaitingRemovals(store, jobId),
    }
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/pause', async (request) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    await store.jobs.setStatus(job.jobId, 'Paused', 'Paused')
    return await statusOf(job.jobId)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/start', async (request) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    await activate(job)
    await runNow(job)
    return await statusOf(job.jobId)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/restart', async (request): Promise<RestartReport> => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const criteria = z.object({ resetScope: scopeList }).default({ resetScope: [] })
    const { resetScope } = parse(
      z.object({ criteria }).default({ criteria: { resetScope: [] } }),
      request.body ?? {},
    ).criteria
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
      ...(await statusOf(job.jobId)),
      isWatermarkCleared: isForgotten('watermark'),
      linksForgotten: links ?? 0,
      escrowsForgotten: escrows ?? 0,
      isQuarantineLifted: isForgotten('quarantine') && job.quarantine !== null,
      removalsAllowed,
    }
  })
}
