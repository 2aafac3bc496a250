/* `GET /muster/v1/status`: every job with its progress, its last cycles and what it manages; progress alone is cheap. */
import type { FastifyInstance } from 'fastify'
import { waitingPlan } from '../../cycle/index.ts'
import { synchronizationStatus } from '../../provisioning/index.ts'
import {
  dueCodes,
  provisioningModeOf,
  targetChangesName,
  type JobProgress,
  type JobReport,
  type StatusReport,
  type SynchronizationJob,
  type SynchronizationStatus,
  type TargetChanges,
} from '../../vocabulary/index.ts'
import { visibleJobs } from '../access/visible-jobs.ts'
import type { ApiPorts } from '../ports.ts'
import { jobNamed } from '../parameters.ts'

export const readsDirectory = [
  'microsoft.directory/users/standard/read',
  'microsoft.directory/groups/standard/read',
] as const

async function jobProgress(ports: ApiPorts, job: SynchronizationJob): Promise<JobProgress> {
  const { store, progress } = ports.cycle
  const runningCycle = await store.jobs.runningCycle(job.jobId)
  // The newest may be the one under way.
  const newest = await store.jobs.cycles(job.jobId, 2)
  const current = progress.read(job.jobId)
  return {
    jobId: job.jobId,
    nextRunAt: job.nextRunAt,
    progress: runningCycle !== null && current?.cycleId === runningCycle.cycleId ? current : null,
    runningCycle,
    lastCycle: newest.find((cycle) => cycle.endedAt !== null) ?? null,
    waitingPlan: await waitingPlan(store, job.jobId),
  }
}

/** Graph's status of the job (graph-api.md 3.7). */
export async function statusOf(ports: ApiPorts, job: SynchronizationJob): Promise<SynchronizationStatus> {
  const { store, clock } = ports.cycle
  const { runningCycle, progress } = await jobProgress(ports, job)
  const executions = await store.jobs.executions(job.jobId)
  return synchronizationStatus(job, {
    ...executions,
    current: runningCycle === null ? executions.last : { ...runningCycle, ...progress },
    synchronized: await store.provisioning.countSynchronized(job.jobId),
    now: clock.now(),
  })
}

async function jobReport(ports: ApiPorts, job: SynchronizationJob): Promise<JobReport> {
  const { store } = ports.cycle
  const progress = await jobProgress(ports, job)
  const { lastSuccessful, lastSuccessfulWithExports } = await store.jobs.executions(job.jobId)
  const synchronized = await store.provisioning.countSynchronized(job.jobId)
  const changes = await store.getValue(targetChangesName)
  const due = await store.provisioning.countEscrow(job.jobId, dueCodes)
  return {
    ...progress,
    displayName: job.servicePrincipalDisplayName,
    targetUrl: (await ports.connections.of(job)).targetUrl,
    status: job.status,
    scheduleState: job.scheduleState,
    provisioningMode: provisioningModeOf(job.status),
    escrowsPruned: job.escrowsPruned,
    settings: job.settings,
    quarantine: job.quarantine,
    targetChanges: changes === null || changes === '' ? null : (JSON.parse(changes) as TargetChanges),
    watermark: job.watermark,
    lastSuccessfulCycle: lastSuccessful,
    steadyStateFirstAchievedAt: job.steadyStateFirstAchievedAt,
    steadyStateLastAchievedAt: job.steadyStateLastAchievedAt,
    lastSuccessfulCycleWithExports: lastSuccessfulWithExports,
    synchronizationStatus: await statusOf(ports, job),
    synchronized,
    managed: await store.provisioning.countLinks(job.jobId),
    escrowed: (await store.provisioning.countEscrow(job.jobId)) - due,
    due,
  }
}

export function statusRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle
  app.get('/status', async ({ asker }): Promise<StatusReport> => {
    const jobs = await visibleJobs(store, asker, 'microsoft.directory/servicePrincipals/synchronization/standard/read')
    return {
      version: ports.version,
      database: store.dialect,
      now: clock.now(),
      directory: (await asker.missing(readsDirectory, 'everything')).length === 0 ? await store.directory.counts() : [],
      jobs: await Promise.all(jobs.map((job) => jobReport(ports, job))),
    }
  })
  app.get<{ Params: { job: string } }>(
    '/jobs/:job/progress',
    async (request): Promise<JobProgress> => await jobProgress(ports, await jobNamed(ports, request.params.job)),
  )
  app.get<{ Params: { job: string } }>(
    '/jobs/:job',
    async (request) => await jobReport(ports, await jobNamed(ports, request.params.job)),
  )
}
