/*
 * Account discovery and drift: reading the target is a stream with its progress, and what it found is kept until the next
 * reading, to be searched and paged without asking the target again (spec 4.2, 6.2).
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { discoverAccounts, findDrift } from '../../cycle/index.ts'
import {
  accountClasses,
  driftKinds,
  type DiscoveredAccount,
  type DiscoveryPage,
  type DiscoverySummary,
  type DriftFinding,
  type DriftPage,
  type DriftSummary,
  type ReadingLine,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

/** Between two lines of progress. */
const progressEveryMs = 500

const paging = {
  text: z.string().default(''),
  limit: z.coerce.number().int().min(0).max(1000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
}
const discoveryQuery = z.object({ ...paging, class: z.enum(accountClasses).optional() })
const driftQuery = z.object({ ...paging, kind: z.enum(driftKinds).optional() })

interface Reading<Summary, Row> {
  readonly summary: Summary
  readonly rows: readonly Row[]
}

type JobRequest = FastifyRequest<{ Params: { job: string } }>

export function targetReadingRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, log } = ports.cycle
  const discoveries = new Map<string, Reading<DiscoverySummary, DiscoveredAccount>>()
  const drifts = new Map<string, Reading<DriftSummary, DriftFinding>>()

  async function* linesOf<Summary>(
    job: SynchronizationJob,
    lines: AsyncIterable<ReadingLine<Summary>>,
    keep: (summary: Summary) => void,
    close: () => Promise<void>,
  ): AsyncGenerator<string> {
    let toldAt = Number.NEGATIVE_INFINITY
    try {
      for await (const line of lines) {
        if (line.type === 'progress') {
          if (clock.now() - toldAt < progressEveryMs) continue
          toldAt = clock.now()
        }
        if (line.type === 'summary') keep(line.summary)
        yield `${JSON.stringify(line)}\n`
      }
    } catch (error) {
      // The status has gone out with the first line: the error can only be a line of its own.
      const message = error instanceof Error ? error.message : String(error)
      log.error('a reading of the target broke off', { jobId: job.jobId, error: message })
      yield `${JSON.stringify({ type: 'error', message } satisfies ReadingLine<never>)}\n`
    } finally {
      await close()
    }
  }

  /** Reads anew; what was kept stays until the reading has come to its end. */
  async function read<Summary, Row>(
    request: JobRequest,
    reply: FastifyReply,
    work: typeof discoverAccounts | typeof findDrift,
    kept: Map<string, Reading<Summary, Row>>,
  ): Promise<FastifyReply> {
    const job = await jobNamed(ports, request.params.job)
    if (job.status === 'NotConfigured')
      throw new ApiProblem(
        409,
        'credentialsMissing',
        'The job has no credentials yet, so Slack cannot be read. Connect first (muster slack connect, or muster slack token).',
      )
    const { source, target } = ports.cycle.connect(job)
    const rows: Row[] = []
    const lines = work({ store, source, target, now: clock.now() }, job, (row) => rows.push(row as Row))
    const keep = (summary: Summary): void => void kept.set(job.jobId, { summary, rows })
    const text = linesOf(job, lines as AsyncIterable<ReadingLine<Summary>>, keep, () => target.close())
    return await reply.type('application/x-ndjson').send(Readable.from(text))
  }

  async function lastOf<Summary, Row>(
    request: JobRequest,
    kept: ReadonlyMap<string, Reading<Summary, Row>>,
    command: string,
  ): Promise<Reading<Summary, Row>> {
    const job = await jobNamed(ports, request.params.job)
    const reading = kept.get(job.jobId)
    if (reading !== undefined) return reading
    throw new ApiProblem(
      404,
      'itemNotFound',
      `Slack has not been read for this since the service started, so there is nothing to look through. Read it: ${command}.`,
    )
  }

  const holds = (text: string, ...values: readonly (string | null)[]): boolean =>
    text === '' || values.some((value) => value?.toLowerCase().includes(text.toLowerCase()) === true)

  app.post<{ Params: { job: string } }>('/jobs/:job/discovery', (request, reply) =>
    read(request, reply, discoverAccounts, discoveries),
  )
  app.get<{ Params: { job: string } }>('/jobs/:job/discovery', async (request): Promise<DiscoveryPage> => {
    const query = parse(discoveryQuery, request.query)
    const { summary, rows } = await lastOf(request, discoveries, 'muster discover')
    const wanted = rows.filter(
      (row) =>
        (query.class === undefined || row.accountClass === query.class) &&
        holds(
          query.text,
          row.displayName,
          row.userName,
          row.email,
          row.targetAnchor,
          row.sourceAnchor,
          row.sourceDisplayName,
        ),
    )
    return { ...summary, total: wanted.length, rows: wanted.slice(query.offset, query.offset + query.limit) }
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/drift', (request, reply) => read(request, reply, findDrift, drifts))
  app.get<{ Params: { job: string } }>('/jobs/:job/drift', async (request): Promise<DriftPage> => {
    const query = parse(driftQuery, request.query)
    const { summary, rows } = await lastOf(request, drifts, 'muster drift')
    const wanted = rows.filter(
      (row) =>
        (query.kind === undefined || row.kind === query.kind) &&
        holds(query.text, row.displayName, row.sourceAnchor, row.targetAnchor, row.attribute, row.wanted, row.found),
    )
    return { ...summary, total: wanted.length, rows: wanted.slice(query.offset, query.offset + query.limit) }
  })
}
