/*
 * A thin node:http layer over the simulator: reads the body, hands the request over, and turns connection faults into
 * broken connections.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConnectionFault } from './faults.ts'
import type { Listening, Simulator } from './simulator.ts'

/** A group with 15,000 members is below one megabyte. */
const bodyBytesMax = 16 * 1024 * 1024
const keepAliveMs = 65_000

export async function listenOn(
  handle: Simulator['handle'],
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string },
): Promise<Listening> {
  const server = createServer((request, response) => {
    void answer(handle, request, response)
  })
  server.keepAliveTimeout = keepAliveMs
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const realPort = typeof address === 'object' && address !== null ? address.port : port
  const shownHost = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${shownHost}:${realPort}`,
    port: realPort,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

async function answer(handle: Simulator['handle'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request)
    if (body === null) {
      response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' })
      response.end(`A body of more than ${bodyBytesMax} bytes is not read.`)
      return
    }
    const { method = 'GET', url = '/' } = request
    const {
      status,
      headers,
      body: text,
    } = await handle({
      method,
      url,
      headers: plainHeaders(request),
      body,
      remoteAddress: request.socket.remoteAddress,
    })
    response.writeHead(status, { ...headers, ...lengthOf(status, text) })
    response.end(text)
  } catch (error) {
    if (error instanceof ConnectionFault) {
      // A timeout without end leaves the client waiting until it gives up.
      if (error.code === 'ECONNRESET' || error.delayMs !== null) request.socket.destroy()
      return
    }
    if (request.destroyed) return
    const reason = error instanceof Error ? error.message : String(error)
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(`The simulator failed: ${reason}`)
  }
}

function lengthOf(status: number, text: string): Record<string, string> {
  return status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }
}

async function readBody(request: IncomingMessage): Promise<string | undefined | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyBytesMax) return null
    chunks.push(chunk)
  }
  return length === 0 ? undefined : Buffer.concat(chunks).toString('utf8')
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}
