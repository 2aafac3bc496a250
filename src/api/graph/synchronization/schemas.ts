/* The schema of a job by way of Graph: read, replaced, changed in part, restored (graph-api.md 3.9, 4.1). */
import {
  acceptableProblems,
  checkDocument,
  defaultSlackSchema,
  errorsOf,
  readSchema,
  schemaBytesMax,
  schemaProblemSummary,
  userNamesMode,
} from '../../../provisioning/index.ts'
import type { SynchronizationJob, SynchronizationSchema } from '../../../vocabulary/index.ts'
import { saveSchema, schemaInUse } from '../../muster/schema.ts'
import { schemaInvalid } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { onlyOptions } from '../odata/query-string.ts'
import { noContent, type GraphRequest, type Operation } from '../operation.ts'
import { nameKey } from '../types/index.ts'
import { contextSet, jobAt, synchronizationPath } from './places.ts'
import { answerSchema } from './schema-answer.ts'

const path = `${synchronizationPath}/jobs/{id}/schema`

export function schemaOperations(ports: GraphPorts): readonly Operation[] {
  const write = (
    method: 'PUT' | 'PATCH',
    document: (job: SynchronizationJob, body: unknown) => unknown,
  ): Operation => ({
    method,
    template: path,
    bodyBytesMax: schemaBytesMax,
    async handle(request) {
      onlyOptions(request.query, [])
      const { job } = await jobAt(ports, request)
      await saveSchema(ports.api, job, usableSchema(job, document(job, withoutAnnotations(request.body))))
      return noContent
    },
  })

  return [
    {
      method: 'GET',
      template: path,
      async handle(request: GraphRequest) {
        const { principal, job } = await jobAt(ports, request)
        const context = `${contextSet(principal, 'jobs')}('${job.jobId}')/schema`
        return answerSchema(request, context, schemaInUse(job))
      },
    },
    write('PUT', (_, body) => body),
    // What is not sent stays as it is.
    write('PATCH', (job, body) =>
      typeof body === 'object' && body !== null && !Array.isArray(body) ? merged(schemaInUse(job), body) : body,
    ),
    {
      method: 'DELETE',
      template: path,
      async handle(request) {
        onlyOptions(request.query, [])
        const { job } = await jobAt(ports, request)
        // How people are named is no mapping: whoever chose it keeps it.
        await saveSchema(ports.api, job, defaultSlackSchema(job.jobId, userNamesMode(job.schema).mode))
        return noContent
      },
    },
  ]
}

/** Graph has no word to accept a warning with: what an administrator may accept is accepted (docs/decisions). */
function usableSchema(job: SynchronizationJob, document: unknown): SynchronizationSchema {
  const read = readSchema(document, { directories: job.schema.directories })
  const { syncAll } = job.settings
  const errors = errorsOf(checkDocument(read, { syncAll, accept: acceptableProblems }))
  if (read.kind === 'problems' || errors.length > 0)
    throw schemaInvalid(
      schemaProblemSummary(errors),
      errors.length > 0 || read.kind === 'schema' ? errors : read.problems,
    )
  return read.schema
}

function merged(schema: SynchronizationSchema, changes: object): object {
  const names = new Set(Object.keys(changes).map(nameKey))
  return { ...Object.fromEntries(Object.entries(schema).filter(([name]) => !names.has(nameKey(name)))), ...changes }
}

/** A client sends back what it was given, `@odata.context` and all: these are of the answer, not of the schema. */
function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.includes('@odata.'))
      .map(([name, inner]) => [name, withoutAnnotations(inner)]),
  )
}
