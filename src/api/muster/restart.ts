/* Pause, start and restart of a job, and how the job is afterwards (spec section 11). */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { JobStatusReport, RestartReport } from '../../vocabulary/index.ts'
import { resetScopes } from '../../vocabulary/index.ts'
import { createJobControl } from '../job-control.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { countWaitingRemovals } from './removals.ts'

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

export function restartRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle
  const control = createJobControl(ports)

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
    await control.pause(job)
    return await statusOf(job.jobId)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/start', async (request) => {
    const job = await jobNamed(ports, request.params.job)
    await control.start(job)
    return await statusOf(job.jobId)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/restart', async (request): Promise<RestartReport> => {
    const job = await jobNamed(ports, request.params.job)
    const criteria = z.object({ resetScope: scopeList }).default({ resetScope: [] })
    const asked = parse(z.object({ criteria }).default({ criteria: { resetScope: [] } }), request.body ?? {})
    const restarted = await control.restart(job, asked.criteria.resetScope)
    return { ...(await statusOf(job.jobId)), ...restarted }
  })
}
