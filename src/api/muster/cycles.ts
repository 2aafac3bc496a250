/* Running a cycle now, and planning the next one. */
import type { FastifyInstance } from 'fastify'
import { planCycle } from '../../cycle/index.ts'
import type { SynchronizationJob } from '../../vocabulary/index.ts'
import { jobNamed } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { planLines } from './plan-lines.ts'

export function refuseUnconfigured(job: SynchronizationJob): void {
  if (job.status !== 'NotConfigured') return
  throw new ApiProblem(
    409,
    'credentialsMissing',
    'The job has no Slack token. Connect with muster slack connect or muster slack token, or set MUSTER_SLACK_TOKEN (and MUSTER_SLACK_URL for anything but commercial Slack) and start the service again.',
  )
}

/** A cycle of a job that does not run would never come. */
function refuseIdle(job: SynchronizationJob): void {
  refuseUnconfigured(job)
  if (job.scheduleState === 'Active') return
  const why = {
    Paused: 'The job is paused, so no cycle begins.',
    Disabled:
      job.quarantine === null
        ? 'The job has never been started, so no cycle begins.'
        : 'The job was given up after 28 days in quarantine, so no cycle begins.',
  }[job.scheduleState]
  throw new ApiProblem(409, 'jobNotStarted', `${why} Start it first: muster start.`)
}

export function cycleRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle

  app.post<{ Params: { job: string } }>('/jobs/:job/run', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    refuseIdle(job)
    const requestedAt = clock.now()
    await store.jobs.setNextRun(job.jobId, requestedAt)
    ports.wake()
    return await reply.status(202).send({ jobId: job.jobId, requestedAt })
  })

  app.get<{ Params: { job: string } }>('/jobs/:job/plan', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const lines = planLines(ports, job, reply, async (cycle, stop, onChange) => [
      { type: 'plan', plan: await planCycle(cycle, job, stop, onChange) },
    ])
    return await reply.type('application/x-ndjson').send(lines)
  })
}
