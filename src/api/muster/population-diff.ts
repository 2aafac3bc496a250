/* What another schema would change for everybody: lines of JSON, progress first, the result last. Nothing is stored or sent. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { diffPopulation } from '../../cycle/index.ts'
import {
  checkSchema,
  errorsOf,
  readSchema,
  schemaBytesMax,
  schemaProblemSummary,
  sidesOf,
  withExpression,
} from '../../provisioning/index.ts'
import type {
  PopulationDiffLine,
  SchemaProblem,
  SynchronizationJob,
  SynchronizationSchema,
} from '../../vocabulary/index.ts'
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

export function populationDiffRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, log } = ports.cycle

  /** What is wrong with it is told before the stream begins, as an answer of its own. */
  function proposed(job: SynchronizationJob, body: z.infer<typeof request>): SynchronizationSchema {
    let schema = job.schema
    if (body.schema !== undefined) {
      const read = readSchema(body.schema, { directories: job.schema.directories })
      if (read.kind === 'problems') throw schemaRefused(read.problems)
      schema = read.schema
    }
    for (const { target, expression, objectType } of body.set)
      schema = withExpression(schema, objectType, targetOrRefuse(sidesOf(schema, objectType), target).name, expression)
    // That nobody would be disabled any more may be accepted when it is saved: the comparison shows it.
    const problems = checkSchema(schema, { syncAll: job.settings.syncAll, accept: ['ActiveNotMapped'] })
    if (errorsOf(problems).length > 0) throw schemaRefused(problems)
    return schema
  }

  function schemaRefused(problems: readonly SchemaProblem[]): ApiProblem {
    return new ApiProblem(400, 'SchemaInvalid', schemaProblemSummary(errorsOf(problems)), { problems })
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

  app.post<{ Params: { job: string } }>(
    '/jobs/:job/schema/populationDiff',
    { bodyLimit: schemaBytesMax },
    async (received, reply) => {
      const job = await jobNamed(ports, received.params.job)
      const body = parse(request, received.body)
      if (body.schema === undefined && body.set.length === 0)
        throw new ApiProblem(400, 'badRequest', 'There is nothing to compare: send a "schema", or mappings in "set".')
      const schema = proposed(job, body)
      const lines = diffPopulation(
        { store, source: ports.sourceOf(job), target: ports.connections.facts(job), now: clock.now() },
        { job, schema, examplesMax: body.examples },
      )
      // Whoever hangs up ends the stream, and with it the reading.
      return await reply.type('application/x-ndjson').send(Readable.from(linesOf(lines, job.jobId)))
    },
  )
}
