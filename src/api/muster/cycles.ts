/* Running a cycle now, and planning the next one. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { createProgressBoard, planCycle } from '../../cycle/index.ts'
import type { Clock, PlanLine, SynchronizationJob } from '../../vocabulary/index.ts'
import { jobNamed } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

/** Between two progress lines of a plan. */
const progressEveryMs = 500

export function refuseUnconfigured(job: SynchronizationJob): void {
  if (job.status !== 'NotConfigured') return
  throw new ApiProblem(
    409,
    'credentialsMissing',
    'The job has no Slack token. Connect with muster slack connect or muster slack token, or set MUSTER_SLACK_TOKEN (and MUSTER_SLACK_URL for anything but commercial Slack) and start the service again.',
  )
}

/** A plan as it is being made: changes and progress, in lines of JSON, then the plan itself or an error. */
async function* planLines(ports: ApiPorts, job: SynchronizationJob, stop: AbortSignal): AsyncGenerator<PlanLine> {
  const waiting: PlanLine[] = []
  let wake: () => void = () => undefined
  const clock: Clock = ports.cycle.clock
  const board = createProgressBoard(clock)
  let isDone = false
  const planning = planCycle({ ...ports.cycle, progress: board }, job, stop, (change) => {
    waiting.push({ type: 'change', change })
    wake()
  })
    .then((plan): PlanLine => ({ type: 'plan', plan }))
    .catch((error: unknown): PlanLine => ({
      type: 'error',
      message: error instanceof Error ? error.message : String(error),
    }))
    .then((line) => {
      waiting.push(line)
      isDone = true
      wake()
    })
  let toldAt = 0
  for (;;) {
    const line = waiting.shift()
    if (line !== undefined) {
      yield line
      continue
    }
    if (isDone) break
    const progress = board.read(job.jobId)
    if (progress !== null && clock.now() - toldAt >= progressEveryMs) {
      toldAt = clock.now()
      yield { type: 'progress', progress }
      continue
    }
    await new Promise<void>((resolve) => {
      wake = resolve
      // Something may have come while the promise was made.
      if (waiting.length > 0) resolve()
      else void clock.sleep(progressEveryMs).then(resolve)
    })
  }
  await planning
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
    const stopped = new AbortController()
    request.raw.once('close', () => stopped.abort(new Error('The caller has gone.')))
    const lines = async function* (): AsyncGenerator<string> {
      for await (const line of planLines(ports, job, stopped.signal)) yield `${JSON.stringify(line)}\n`
    }
    return await reply.type('application/x-ndjson').send(Readable.from(lines()))
  })
}
