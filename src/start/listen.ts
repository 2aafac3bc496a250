/* Takes the port, or says why it cannot be taken. */
import type { createApi } from '../api/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import { isLoopbackName } from '../vocabulary/index.ts'

export async function listen(app: Awaited<ReturnType<typeof createApi>>, settings: Settings): Promise<string> {
  if (!isLoopbackName(settings.host) && !settings.tls) {
    throw new ServiceStartError(
      `The host "${settings.host}" is reached from other machines, and without HTTPS tokens and people's data could be read on the way. Make a certificate with "muster tls init --name HOST" and start with --tls, or use 127.0.0.1.`,
    )
  }
  try {
    await app.listen({ port: settings.port, host: settings.host })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') {
      throw new ServiceStartError(
        `Port ${String(settings.port)} on ${settings.host} is in use. Choose another with MUSTER_PORT or --port (0 takes a free one), or stop what listens there.`,
      )
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new ServiceStartError(
        `Port ${String(settings.port)} on ${settings.host} cannot be taken (${code}). Choose another with MUSTER_PORT or --port, or another MUSTER_HOST.`,
      )
    }
    throw error
  }
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  return addressOf(settings, port)
}

/** An address that can be called: listening everywhere includes this machine. */
function addressOf({ host, tls }: Settings, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${tls ? 'https' : 'http'}://${name}:${String(port)}`
}
