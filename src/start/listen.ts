/* Takes the port, or says why it cannot be taken. */
import type { createApi } from '../api/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import { isLoopbackName } from '../vocabulary/index.ts'

export async function listen(app: Awaited<ReturnType<typeof createApi>>, settings: Settings): Promise<string> {
  if (!isLoopbackName(settings.host)) {
    throw new ServiceStartError(
      `The host "${settings.host}" is not a loopback address. Muster has no access control yet, so it answers only on this machine: use 127.0.0.1.`,
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
  return `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${String(port)}`
}
