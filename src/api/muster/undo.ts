/* Taking back what was written: makes a plan of it, which is read and applied like any other. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { planUndo, type UndoSelection } from '../../cycle/index.ts'
import { ConnectorError, type SynchronizationJob, type UndoReport } from '../../vocabulary/index.ts'
import { cycleNamed } from '../cycle-named.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { refuseUnconfigured } from './cycles.ts'
import { objectNamed } from './directory-entries.ts'

const request = z.object({
  cycle: z.string().min(1).max(200).optional(),
  person: z.string().min(1).max(300).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  by: z.string().max(200).default(''),
})

interface Chosen {
  readonly selection: UndoSelection
  readonly words: readonly string[]
}

export function undoRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle

  /** `latest` is the newest that wrote something: only that can be undone. */
  async function newestWritten(jobId: string): Promise<string | null> {
    const { images } = await store.provisioning.beforeImages({ jobId, limit: 1 })
    return images[0]?.cycleId ?? null
  }

  async function chosen(job: SynchronizationJob, body: z.infer<typeof request>): Promise<Chosen> {
    const words: string[] = []
    let selection: UndoSelection = {}
    if (body.cycle !== undefined) {
      const cycleId = await cycleNamed(store, [job.jobId], body.cycle, () => newestWritten(job.jobId))
      selection = { ...selection, cycleId }
      words.push(`of cycle ${cycleId}`)
    }
    if (body.person !== undefined) {
      const { objectId, attributes } = await objectNamed(store.directory, body.person)
      const { displayName } = attributes
      selection = { ...selection, identityId: objectId }
      words.push(`for ${typeof displayName === 'string' ? displayName : objectId}`)
    }
    if (body.since !== undefined) {
      selection = { ...selection, since: Date.parse(body.since) }
      words.push(`since ${body.since}`)
    }
    if (words.length > 0) return { selection, words }
    throw new ApiProblem(
      400,
      'badRequest',
      'Nothing says what is to be undone: name a cycle (--cycle), a person or group (--person), a time (--since), or several of them.',
    )
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/undo', async (asked): Promise<UndoReport> => {
    const job = await jobNamed(ports, asked.params.job)
    refuseUnconfigured(job)
    const body = parse(request, asked.body ?? {})
    const { selection, words } = await chosen(job, body)
    if ((await store.jobs.runningCycle(job.jobId)) !== null)
      throw new ApiProblem(
        409,
        'cycleRunning',
        'A cycle of this job has begun and not ended, and would write while the undo is planned. Pause the job (muster pause), wait until the cycle has ended (muster status), then repeat this.',
      )
    const stopped = new AbortController()
    asked.raw.once('close', () => stopped.abort(new Error('The caller has gone.')))
    try {
      const { plan, writesUndone, conflicts, isKept } = await planUndo(
        ports.cycle,
        job,
        { selection, createdBy: body.by, origin: `undo ${words.join(', ')}` },
        stopped.signal,
      )
      return { plan: isKept ? plan : null, writesUndone, conflicts }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      throw new ApiProblem(
        502,
        'targetUnreachable',
        `The target could not be read, and an undo is planned by what it holds now; nothing was kept. ${error.message}`,
      )
    }
  })
}
