/* `GET /muster/v1/status`: every job with its progress, its last cycles and what it manages; progress alone is cheap. */
import type { FastifyInstance } from 'fastify'
import { waitingPlan } from '../../cycle/index.ts'
import { synchronizationStatus } from '../../provisioning/index.ts'
import type { Executions } from '../../store/store.ts'
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

/** Where a job stands: what its report and Graph's status are both told from, read once. */
interface Standing {
  readonly progress: JobProgress
  readonly executions: Executions
  readonly synchronized: JobReport['synchronized']
}

async function standingOf(ports: ApiPorts, job: SynchronizationJob): Promise<Standing> {
  const { store } = ports.cycle
  const [progress, executions, synchronized] = await Promise.all([
    jobProgress(ports, job),
    store.jobs.executions(job.jobId),
    store.provisioning.countSynchronized(job.jobId),
  ])
  return { progress, executions, synchronized }
}

function statusFrom(
  job: SynchronizationJob,
  { progress: { runningCycle, progress }, executions, synchronized }: Standing,
  now: number,
): SynchronizationStatus {
  const current = runningCycle === null ? executions.last : { ...runningCycle, ...progress }
  return synchronizationStatus(job, { ...executions, current, synchronized, now })
}

/** Graph's status of the job (graph-api.md 3.7). */
export async function statusOf(ports: ApiPorts, job: SynchronizationJob): Promise<SynchronizationStatus> {
  return statusFrom(job, await standingOf(ports, job), ports.cycle.clock.now())
}

async function jobReport(ports: ApiPorts, job: SynchronizationJob): Promise<JobReport> {
  const { store, clock } = ports.cycle
  const standing = await standingOf(ports, job)
  const { lastSuccessful, lastSuccessfulWithExports } = standing.executions
  // None waits for another: beside a cycle that keeps the processor each would wait for its turn.
  const [connection, changes, managed, waiting, due] = await Promise.all([
    ports.connections.of(job),
    store.getValue(targetChangesName),
    store.provisioning.countLinks(job.jobId),
    store.provisioning.countEscrow(job.jobId),
    store.provisioning.countEscrow(job.jobId, dueCodes),
  ])
  return {
    ...standing.progress,
    displayName: job.servicePrincipalDisplayName,
    targetUrl: connection.targetUrl,
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
    synchronizationStatus: statusFrom(job, standing, clock.now()),
    synchronized: standing.synchronized,
    managed,
    escrowed: waiting - due,
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
