/* The descriptions of the API, made of what there is at start, and served beside it. */
import type { FastifyInstance } from 'fastify'
import type { Operation } from '../graph/operation.ts'
import { describeGraph } from './describe-graph.ts'
import { describeMuster } from './describe-muster.ts'
import { describePage } from './page.ts'

/** Below /muster/v1; `operations` are those of Graph's part. */
export function descriptionRoutes(app: FastifyInstance, version: string, operations: readonly Operation[]): void {
  app.get('/openapi.json', (request) => describeMuster(app.routeList, { version, origin: request.serviceOrigin }))
  app.get('/graph-openapi.json', (request) => describeGraph(operations, { version, origin: request.serviceOrigin }))
  app.get('/docs', async (request, reply) => {
    const place = { version, origin: request.serviceOrigin }
    const page = describePage([
      { document: describeMuster(app.routeList, place), file: 'openapi.json' },
      { document: describeGraph(operations, place), file: 'graph-openapi.json' },
    ])
    return await reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page)
  })
}
