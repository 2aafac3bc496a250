/*
 * Provisioning one person or one group on demand (spec section 10): Muster's own form, by names, and Graph's
 * (graph-api.md 4.4), by ids.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { graphOnDemand } from '../../provisioning/index.ts'
import type { OnDemandLine, OnDemandReport } from '../../vocabulary/index.ts'
import { loggedInitiatorOf } from '../caller.ts'
import type { Demands, Wanted } from '../demands.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { refuseUnconfigured } from './cycles.ts'
import { objectNamed } from './directory-entries.ts'

const byName = z.object({
  name: z.string().min(1),
  type: z.enum(['User', 'Group']).optional(),
  members: z.array(z.string().min(1)).optional(),
  dryRun: z.boolean().default(false),
  /** How many removals have been agreed to. */
  removals: z.int().min(0).default(0),
  /** Lines of JSON: each object as it is done, then the report. */
  lines: z.boolean().default(false),
})

export function onDemandRoutes(app: FastifyInstance, ports: ApiPorts, demands: Demands): void {
  const { store } = ports.cycle

  async function wantedByName(body: z.infer<typeof byName>): Promise<Wanted> {
    const object = await objectNamed(store.directory, body.name, body.type)
    const named = body.members ?? null
    demands.refuseMany(named)
    if (named !== null && object.objectType === 'User') {
      throw new ApiProblem(
        400,
        'badRequest',
        `"${body.name}" is a person, and only a group has members to select. Name the group, or leave the members out.`,
      )
    }
    const members: string[] = []
    for (const name of named ?? []) members.push((await objectNamed(store.directory, name, 'User')).objectId)
    const about = { objectType: object.objectType, anchor: object.objectId }
    return { subject: about, members: named === null ? 'all' : members }
  }

  /** Objects as they are done. What is refused before the first one is refused as everywhere. */
  async function* linesOf(running: Promise<OnDemandReport>, waiting: OnDemandLine[], woken: () => Promise<void>) {
    let isDone = false
    const end = running.then(
      (report): OnDemandLine => ({ type: 'report', report }),
      (error: unknown): OnDemandLine => ({
        type: 'error',
        message: error instanceof Error ? error.message : String(error),
      }),
    )
    void end.then((line) => {
      waiting.push(line)
      isDone = true
    })
    for (;;) {
      const line = waiting.shift()
      if (line !== undefined) yield `${JSON.stringify(line)}\n`
      else if (isDone) return
      else await Promise.race([woken(), end])
    }
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/provisionOnDemand', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const body = request.body
    const isGraph = typeof body === 'object' && body !== null && 'parameters' in body
    const named = isGraph ? null : parse(byName, body)
    const wanted = named === null ? await demands.wantedByGraph(body, job) : await wantedByName(named)
    // Graph’s form removes whom it names, as Microsoft’s service does (spec section 10).
    const asked = {
      ...wanted,
      job,
      initiatedBy: loggedInitiatorOf(request),
      isDryRun: named?.dryRun === true,
      removals: named === null ? null : named.removals,
    }
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort(new Error('The caller has gone.')))
    if (named?.lines !== true) {
      const report = await demands.run(asked, gone.signal)
      return isGraph ? graphOnDemand(report) : report
    }
    const waiting: OnDemandLine[] = []
    let next = Promise.withResolvers<void>()
    const began = Promise.withResolvers<void>()
    const running = demands.run(asked, gone.signal, (line) => {
      waiting.push(line)
      next.resolve()
      next = Promise.withResolvers<void>()
      began.resolve()
    })
    await Promise.race([began.promise, running])
    const lines = linesOf(running, waiting, () => next.promise)
    return await reply.type('application/x-ndjson').send(Readable.from(lines))
  })
}
