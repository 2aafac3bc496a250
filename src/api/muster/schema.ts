/* The synchronization schema of a job: read, checked, replaced, restored. Each change first says how many leave the scope. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { FactsBook } from '../../cycle/index.ts'
import {
  checkDocument,
  defaultSlackSchema,
  errorsOf,
  readSchema,
  schemaBytesMax,
  schemaProblemSummary,
  userNamesMode,
  withVersion,
  writeSchema,
} from '../../provisioning/index.ts'
import type {
  SchemaCheckReport,
  SchemaProblem,
  SchemaReport,
  SynchronizationJob,
  SynchronizationSchema,
} from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { losingObjects } from './losing-objects.ts'

/** Codes with commas between, as in `accept=ActiveNotMapped`. */
const accept = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((code) => code.trim())
      .filter((code) => code !== ''),
  )

interface JobPath {
  readonly Params: { readonly job: string }
}

/** The schema in use in its canonical form, also when it was stored by an earlier version of Muster. */
export function schemaInUse({ schema, jobId }: SynchronizationJob): SynchronizationSchema {
  const read = readSchema(schema)
  return withVersion(read.kind === 'schema' ? read.schema : schema, jobId)
}

/** Everybody is evaluated anew by it, at once (spec 5.8). */
export async function saveSchema(
  { cycle: { store, clock }, wake }: ApiPorts,
  { jobId }: SynchronizationJob,
  schema: SynchronizationSchema,
): Promise<void> {
  await store.jobs.saveSchema(jobId, withVersion(schema, jobId))
  await store.jobs.setNextRun(jobId, clock.now())
  wake()
}

export function schemaRoutes(app: FastifyInstance, ports: ApiPorts, facts: FactsBook): void {
  /** The schema, and everything that is wrong with it; without schema when it cannot even be read. */
  async function judge(
    job: SynchronizationJob,
    json: unknown,
    accepted: readonly string[],
  ): Promise<{ readonly schema: SynchronizationSchema | null; readonly problems: readonly SchemaProblem[] }> {
    const read = readSchema(json, { directories: job.schema.directories })
    const { syncAll } = job.settings
    const people = await facts.ofSource(job, ports.sourceOf(job))
    return {
      schema: read.kind === 'schema' ? read.schema : null,
      problems: checkDocument(read, { syncAll, accept: accepted, facts: people }),
    }
  }

  async function replace(
    job: SynchronizationJob,
    wanted: SynchronizationSchema,
    warnings: readonly SchemaProblem[],
    isDryRun: boolean,
  ): Promise<SchemaReport> {
    const schema = withVersion(wanted, job.jobId)
    const after = { ...job, schema }
    const { mode } = userNamesMode(schema)
    const report = {
      isChanged: writeSchema(schema) !== writeSchema(schemaInUse(job)),
      version: schema.version,
      losing: (await losingObjects(ports, after, job.settings, 'User')).length,
      losingGroups: (await losingObjects(ports, after, job.settings, 'Group')).length,
      userNames: mode === userNamesMode(job.schema).mode ? null : mode,
      warnings,
    }
    if (isDryRun) return { isSaved: false, ...report }
    await saveSchema(ports, job, schema)
    return { isSaved: true, ...report }
  }

  app.get<JobPath>('/jobs/:job/schema', async (request, reply) => {
    const schema = schemaInUse(await jobNamed(ports, request.params.job))
    return await reply.type('application/json; charset=utf-8').send(writeSchema(schema))
  })

  app.put<JobPath>('/jobs/:job/schema', { bodyLimit: schemaBytesMax }, async (request): Promise<SchemaReport> => {
    const query = parse(z.object({ dryRun: flag, accept }), request.query)
    const job = await jobNamed(ports, request.params.job)
    const { schema, problems } = await judge(job, request.body ?? null, query.accept)
    const errors = errorsOf(problems)
    if (schema === null || errors.length > 0) {
      throw new ApiProblem(400, 'SchemaInvalid', schemaProblemSummary(errors), { problems })
    }
    return await replace(job, schema, problems, query.dryRun)
  })

  app.post<JobPath>(
    '/jobs/:job/schema/check',
    { bodyLimit: schemaBytesMax },
    async (request): Promise<SchemaCheckReport> => {
      const query = parse(z.object({ accept }), request.query)
      const job = await jobNamed(ports, request.params.job)
      const { problems } = await judge(job, request.body ?? null, query.accept)
      return { problems, isUsable: errorsOf(problems).length === 0 }
    },
  )

  app.post<JobPath>('/jobs/:job/schema/restoreDefaults', async (request): Promise<SchemaReport> => {
    const { dryRun } = parse(z.object({ dryRun: flag }), request.query)
    const job = await jobNamed(ports, request.params.job)
    // How people are named is no mapping: whoever chose it keeps it.
    return await replace(job, defaultSlackSchema(job.jobId, userNamesMode(job.schema).mode), [], dryRun)
  })
}
