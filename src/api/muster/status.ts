/* `GET /muster/v1/status`: every job with its progress, its last cycles and what it manages. */
import type { FastifyInstance } from 'fastify'
import type { JobReport, StatusReport, SynchronizationJob } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'
import { jobNamed } from '../parameters.ts'

/** How far back the last cycle that wrote something is looked for. */
const cyclesLookedAt = 50

async function jobReport(ports: ApiPorts, job: SynchronizationJob): Promise<JobReport> {
  const { store, progress } = ports.cycle
  const runningCycle = await store.jobs.runningCycle(job.jobId)
  const cycles = await store.jobs.cycles(job.jobId, cyclesLookedAt)
  const ended = cycles.filter((cycle) => cycle.endedAt !== null)
  const current = progress.read(job.jobId)
  return {
    jobId: job.jobId,
    displayName: job.servicePrincipalDisplayName,
    targetUrl: ports.targetUrl,
    status: job.status,
    settings: job.settings,
    watermark: job.watermark,
    nextRunAt: job.nextRunAt,
    progress: runningCycle !== null && current?.cycleId === runningCycle.cycleId ? current : null,
    runningCycle,
    lastCycle: ended[0] ?? null,
    lastCycleWithExports: ended.find((cycle) => cycle.counters.countExported > 0) ?? null,
    managed: await store.provisioning.countLinks(job.jobId),
    escrowed: await store.provisioning.countEscrow(job.jobId),
  }
}

export function statusRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle
  app.get('/status', async (): Promise<StatusReport> => {
    const jobs = await store.jobs.list()
    return {
      version: ports.version,
      database: store.dialect,
      now: clock.now(),
      directory: await store.directory.counts(),
      jobs: await Promise.all(jobs.map((job) => jobReport(ports, job))),
    }
  })
  app.get<{ Params: { job: string } }>(
    '/jobs/:job',
    async (request) => await jobReport(ports, await jobNamed(ports, request.params.job)),
  )
}
