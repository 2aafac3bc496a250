/* What another schema would change for everybody: lines of JSON, progress first, the result last. Nothing is stored or sent. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { diffPopulation } from '../../cycle/index.ts'
import { compileSchema, sidesOf, withExpression } from '../../provisioning/index.ts'
import type { PopulationDiffLine, SynchronizationJob, SynchronizationSchema } from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { targetOrRefuse } from './try.ts'

const request = z.object({
  /** A whole schema; without one the job's own is taken. */
  schema: z.unknown().optional(),
  /** Single mappings to be made otherwise. */
  set: z
    .array(
      z.object({
        target: z.string().min(1),
        expression: z.string().min(1),
        objectType: z.enum(['User', 'Group']).default('User'),
      }),
    )
    .max(100)
    .default([]),
  examples: z.number().int().min(0).max(1000).default(5),
})

/** Between two lines of progress. */
const progressEveryMs = 500

function isSchemaShaped(json: unknown): json is SynchronizationSchema {
  return (
    typeof json === 'object' &&
    json !== null &&
    'synchronizationRules' in json &&
    Array.isArray(json.synchronizationRules) &&
    'directories' in json &&
    Array.isArray(json.directories)
  )
}

function readSchema(json: unknown): SynchronizationSchema {
  if (isSchemaShaped(json)) return json
  throw new ApiProblem(
    400,
    'SchemaInvalid',
    'A schema is a JSON object with the lists "synchronizationRules" and "directories", as it is exported.',
  )
}

export function populationDiffRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, log } = ports.cycle

  function proposed(job: SynchronizationJob, body: z.infer<typeof request>): SynchronizationSchema {
    let schema = body.schema === undefined ? job.schema : readSchema(body.schema)
    for (const { target, expression, objectType } of body.set)
      schema = withExpression(schema, objectType, targetOrRefuse(sidesOf(schema, objectType), target).name, expression)
    // Its problems are told before the stream begins, as an answer of their own.
    compileSchema(schema)
    return schema
  }

  async function* linesOf(lines: AsyncIterable<PopulationDiffLine>, jobId: string): AsyncGenerator<string> {
    let toldAt = Number.NEGATIVE_INFINITY
    try {
      for await (const line of lines) {
        if (line.type === 'progress') {
          if (clock.now() - toldAt < progressEveryMs) continue
          toldAt = clock.now()
        }
        yield `${JSON.stringify(line)}\n`
      }
    } catch (error) {
      // The status has gone out with the first line: the error can only be a line of its own.
      const message = error instanceof Error ? error.message : String(error)
      log.error('a population diff failed', { jobId, error: message })
      yield `${JSON.stringify({ type: 'error', message } satisfies PopulationDiffLine)}\n`
    }
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/schema/populationDiff', async (received, reply) => {
    const job = await jobNamed(ports, received.params.job)
    const body = parse(request, received.body)
    if (body.schema === undefined && body.set.length === 0)
      throw new ApiProblem(400, 'badRequest', 'There is nothing to compare: send a "schema", or mappings in "set".')
    const schema = proposed(job, body)
    const lines = diffPopulation(
      { store, source: ports.sourceOf(job), target: ports.targetFacts, now: clock.now() },
      { job, schema, examplesMax: body.examples },
    )
    // Whoever hangs up ends the stream, and with it the reading.
    return await reply.type('application/x-ndjson').send(Readable.from(linesOf(lines, job.jobId)))
  })
}
