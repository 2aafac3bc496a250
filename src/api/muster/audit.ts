/* `GET /muster/v1/audit`: who changed the configuration; searched, exported whole, and the proof that nothing was rewritten. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { AuditQuery } from '../../store/store.ts'
import type { AuditActivity, AuditVerification, LogExportEnd, SealedAudit } from '../../vocabulary/index.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { given, instant } from './log-filter.ts'

const filter = z.object({
  activity: z
    .string()
    .transform((text) => text as AuditActivity)
    .optional(),
  result: z.enum(['success', 'failure']).optional(),
  initiator: z.string().optional(),
  text: z.string().optional(),
  since: instant.optional(),
  until: instant.optional(),
})

const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
})

const pageSize = 200

export function auditRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { audit } = ports.cycle.store

  async function* exportLines(query: Omit<AuditQuery, 'limit'>): AsyncGenerator<string> {
    let exported = 0
    let cursor: number | null = null
    do {
      const { entries, cursor: next }: { readonly entries: readonly SealedAudit[]; readonly cursor: number | null } =
        await audit.query({ ...query, limit: pageSize, ...(cursor === null ? {} : { cursor }) })
      exported += entries.length
      if (entries.length > 0) yield `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`
      cursor = next
    } while (cursor !== null)
    yield `${JSON.stringify({ exported } satisfies LogExportEnd)}\n`
  }

  app.get('/audit', async (request) => {
    const query = { ...parse(filter, request.query), ...parse(page, request.query) }
    return await audit.query(given(query))
  })

  app.get('/audit/verify', async (request): Promise<AuditVerification> => {
    const { noted } = parse(z.object({ noted: z.string().optional() }), request.query)
    return await audit.verify(noted)
  })

  app.get('/audit/export', async (request, reply) => {
    const lines = exportLines(given(parse(filter, request.query)))
    return await reply.type('application/x-ndjson').send(Readable.from(lines))
  })

  app.get<{ Params: { id: string } }>('/audit/:id', async (request) => {
    const sealed = await audit.get(request.params.id)
    if (sealed === null)
      throw new ApiProblem(
        404,
        'itemNotFound',
        `There is no audit entry ${request.params.id}; it may be older than the retention.`,
      )
    return sealed
  })
}
