/* `GET /muster/v1/log`: the provisioning log, filtered, newest first. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

const instant = z.string().transform((text, context) => {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(at)) return at
  context.addIssue({ code: 'custom', message: 'is neither ISO 8601 such as 2026-11-25T08:00:00Z nor milliseconds' })
  return z.NEVER
})

const query = z.object({
  job: z.string().optional(),
  cycle: z.string().optional(),
  id: z.string().optional(),
  text: z.string().optional(),
  status: z.enum(['success', 'failure', 'skipped', 'warning']).optional(),
  action: z.enum(['create', 'update', 'disable', 'delete', 'stagedDelete', 'other']).optional(),
  since: instant.optional(),
  until: instant.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
})

/** Absent keys stay absent, as the store's query wants them. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

export function logRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle
  app.get('/log', async (request) => {
    const { job, cycle, id, ...rest } = parse(query, request.query)
    try {
      return await store.provisioning.queryLog(given({ ...rest, jobId: job, cycleId: cycle, identityId: id }))
    } catch (error) {
      if (rest.cursor !== undefined && error instanceof RangeError)
        throw new ApiProblem(400, 'badRequest', `"cursor": ${error.message}`)
      throw error
    }
  })
  app.get<{ Params: { id: string } }>('/log/:id', async (request) => {
    const entry = await store.provisioning.getLogEntry(request.params.id)
    if (entry === null)
      throw new ApiProblem(
        404,
        'itemNotFound',
        `There is no log entry ${request.params.id}; it may be older than the retention.`,
      )
    return entry
  })
}
