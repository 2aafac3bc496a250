/* The API over HTTPS, with a certificate made for it: clients of Microsoft's refuse anything else (graph-api.md 7.4). */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createApi, type ApiPorts } from '../../src/api/index.ts'
import { apiPorts } from './api-ports.ts'
import type { Api } from './api-client.ts'
import { aCertificate } from './certificates.ts'
import { aWorld, type World } from './world.ts'

export interface HttpsService {
  readonly world: World
  readonly ports: ApiPorts
  readonly app: Api
  /** `https://localhost:{port}` */
  readonly root: string
  /** `localhost:{port}` */
  readonly host: string
  /** PEM of what a client has to trust. */
  readonly authority: string
  readonly requests: readonly string[]
  close(): Promise<void>
}

export async function anHttpsService(tenantId: string): Promise<HttpsService> {
  const world = await aWorld()
  // Clients look at their own clock.
  await world.clock.advance(Math.max(0, Date.now() - world.clock.now()))
  const ports = apiPorts({ ...world.ports, tenantId })
  const app = await createApi(ports)
  await app.ready()
  const { certificate, privateKey } = await aCertificate({ kind: 'EC' })
  const requests: string[] = []
  const server = createServer({ cert: certificate, key: privateKey }, (request, reply) => {
    requests.push(`${request.method ?? ''} ${(request.url ?? '').replace(/\?.*$/, '')}`)
    app.routing(request, reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `localhost:${String((server.address() as AddressInfo).port)}`
  return {
    world,
    ports,
    app,
    root: `https://${host}`,
    host,
    authority: certificate,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await app.close()
      await world.close()
    },
  }
}
