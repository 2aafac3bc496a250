/* `GET /muster/v1/log`: the provisioning log, filtered, newest first; exported whole; followed live. Nothing here changes it. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { logFileNames } from '../../vocabulary/index.ts'
import { visibleJobIds } from '../access/visible-jobs.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { exportCsv, exportJson, exportLines } from './log-export.ts'
import { given, logFilter } from './log-filter.ts'
import { streamLog } from './log-stream.ts'

const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
})

/** A place in the log: the id of an event. */
const position = z.coerce.number().int().min(0)

const exportOptions = z.object({
  format: z.enum(['csv', 'json', 'lines']).default('json'),
  file: z.enum(logFileNames).default('ProvisioningLogs'),
})

export function logRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle
  const { provisioning } = store

  app.get('/log', async (request) => {
    const { limit, cursor } = parse(page, request.query)
    try {
      return await provisioning.queryLog(given({ ...(await logFilter(store, request)), limit, cursor }))
    } catch (error) {
      if (cursor !== undefined && error instanceof RangeError)
        throw new ApiProblem(400, 'badRequest', `"cursor": ${error.message}`)
      throw error
    }
  })

  /** Where the log ends now: three files asked for with the same `through` hold the same entries. */
  app.get('/log/position', async () => ({ through: await provisioning.logPosition() }))

  app.get('/log/export', async (request, reply) => {
    const { format, file } = parse(exportOptions, request.query)
    const filter = { through: await provisioning.logPosition(), ...(await logFilter(store, request)) }
    const name = format === 'csv' ? `${file}.csv` : format === 'json' ? 'ProvisioningLogs.json' : null
    if (name !== null) void reply.header('content-disposition', `attachment; filename="${name}"`)
    switch (format) {
      case 'csv':
        return await reply.type('text/csv; charset=utf-8').send(Readable.from(exportCsv(provisioning, filter, file)))
      case 'json':
        return await reply.type('application/json; charset=utf-8').send(Readable.from(exportJson(provisioning, filter)))
      case 'lines':
        return await reply.type('application/x-ndjson').send(Readable.from(exportLines(provisioning, filter)))
    }
  })

  app.get('/log/stream', async (request, reply) => {
    const { after } = parse(z.object({ after: position.optional() }), request.query)
    const { 'last-event-id': lastId } = parse(z.object({ 'last-event-id': position.optional() }), request.headers)
    const newest = await provisioning.logPosition()
    const from = lastId ?? after ?? newest
    if (from > newest)
      throw new ApiProblem(
        400,
        'badRequest',
        `The log ends at ${String(newest)}, so there is nothing after ${String(from)}: it was restored or replaced since. Begin again without Last-Event-ID.`,
      )
    const gone = new AbortController()
    request.raw.once('close', () => gone.abort(new Error('The caller has gone.')))
    const filter = await logFilter(store, request)
    const events = streamLog({
      log: provisioning,
      clock: ports.cycle.clock,
      filter,
      after: from,
      gone: gone.signal,
    })
    return await reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(Readable.from(events))
  })

  app.get<{ Params: { id: string } }>('/log/:id', async (request) => {
    const entry = await provisioning.getLogEntry(request.params.id)
    const jobIds = await visibleJobIds(store, request.asker, 'microsoft.directory/provisioningLogs/allProperties/read')
    if (entry === null || jobIds?.includes(entry.jobId) === false)
      throw new ApiProblem(
        404,
        'itemNotFound',
        `There is no log entry ${request.params.id}; it may be older than the retention.`,
      )
    return entry
  })
}
