/* A job's quarantine: why it is there and what comes next; imposed by an administrator (spec 9.1), who also lifts it. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { healthOnDemand, tellHealth } from '../../cycle/index.ts'
import { quarantineExpiresAfterMs } from '../../provisioning/index.ts'
import type { QuarantineLiftReport, QuarantineReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { countWaitingRemovals } from './removals.ts'

const imposition = z.object({ because: z.string().trim().min(1).max(500).optional() })

export function quarantineRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, newId } = ports.cycle

  const reportOf = async (job: SynchronizationJob): Promise<QuarantineReport> => ({
    jobId: job.jobId,
    status: job.status,
    scheduleState: job.scheduleState,
    nextRunAt: job.nextRunAt,
    quarantine: job.quarantine,
    givenUpAt: job.quarantine === null ? null : job.quarantine.seriesBegan + quarantineExpiresAfterMs,
    thresholds: job.settings.quarantineThresholds,
    removalsWaiting: await countWaitingRemovals(store, job.jobId),
  })

  app.get<{ Params: { job: string } }>(
    '/jobs/:job/quarantine',
    async (request): Promise<QuarantineReport> => await reportOf(await jobNamed(ports, request.params.job)),
  )

  app.post<{ Params: { job: string } }>('/jobs/:job/quarantine', async (request): Promise<QuarantineReport> => {
    const job = await jobNamed(ports, request.params.job)
    const { because } = parse(imposition, request.body ?? {})
    if (job.scheduleState !== 'Active')
      throw new ApiProblem(
        409,
        'jobNotStarted',
        'The job does not run, so there is nothing to slow down. Start it first: muster start.',
      )
    if (job.quarantine !== null)
      throw new ApiProblem(
        409,
        'alreadyInQuarantine',
        `The job is in quarantine already (${job.quarantine.reason}). To stop it altogether: muster pause.`,
      )
    const now = clock.now()
    const health = healthOnDemand(job, because ?? 'An administrator has asked for it.', now)
    await store.jobs.setQuarantine(job.jobId, health.quarantine, tellHealth(job, health, { id: newId(), at: now }))
    await store.jobs.setNextRun(job.jobId, health.nextRunAt ?? now)
    return await reportOf(await jobNamed(ports, job.jobId))
  })

  app.delete<{ Params: { job: string } }>('/jobs/:job/quarantine', async (request): Promise<QuarantineLiftReport> => {
    const job = await jobNamed(ports, request.params.job)
    if (job.quarantine === null) return { ...(await reportOf(job)), isLifted: false }
    if (job.scheduleState === 'Disabled') await store.jobs.activate(job.jobId, 'Active')
    else await store.jobs.setQuarantine(job.jobId, null, [])
    await store.jobs.setNextRun(job.jobId, clock.now())
    ports.wake()
    return { ...(await reportOf(await jobNamed(ports, job.jobId))), isLifted: true }
  })
}
