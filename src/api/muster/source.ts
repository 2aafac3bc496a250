/* The source: how far it is read, what may be read, and that a reading which lacks many is right. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SourceReport, SourceTestReport } from '../../vocabulary/index.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts, SourcePort } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

const confirmation = z.object({ missing: z.number().int().min(1) })

export function sourceRoutes(app: FastifyInstance, { source }: ApiPorts): void {
  function theTenant(): NonNullable<SourcePort['tenant']> {
    if (source.tenant !== null) return source.tenant
    throw new ApiProblem(
      409,
      'sourceIsDirectory',
      'The source is Muster’s own directory, which is always at hand: there is nothing to test or to confirm. A tenant of Microsoft Entra becomes the source with MUSTER_SOURCE=entra.',
    )
  }

  app.get('/source', async (): Promise<SourceReport> => await source.show())

  app.post('/source/test', async (): Promise<SourceTestReport> => await theTenant().test())

  app.post('/source/confirm', async (request): Promise<SourceReport> => {
    const tenant = theTenant()
    await tenant.confirm(parse(confirmation, request.body).missing)
    // What it finds is in the report, its troubles too.
    tenant.catchUp().catch(() => undefined)
    return await source.show()
  })
}
