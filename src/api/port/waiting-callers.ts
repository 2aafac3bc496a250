/*
 * Callers that keep the service waiting: for a handshake, the headers, a body, the next request, or to take what is
 * answered. There may be many of them, on purpose: they cost little, end after a time, and when there are too many the one
 * that has been waited for longest makes room, so that everybody else is served meanwhile.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export const portLimits = {
  /** Answers that callers have yet to take, together. */
  untakenBytesMax: 128 * 1024 * 1024,
  /** A handshake, and then the headers, have to be there by then. */
  headersMs: 20_000,
  /** The whole request; files of a company are uploaded in less. */
  requestMs: 300_000,
  /** Between two requests. */
  idleMs: 72_000,
  /** Nothing of the answer, or of the body, has moved. */
  stalledMs: 60_000,
  /** Waited for at once. */
  waitingMax: 1000,
} as const

export interface WaitingCallers {
  /** A connection that was just accepted. */
  readonly accept: (socket: Socket) => void
  /** A server that these connections may be handed to. */
  readonly watch: (server: Server) => void
}

const nameOf = ({ remoteAddress = '', remotePort = 0, localPort = 0 }: Socket): string =>
  `${remoteAddress} ${String(remotePort)} ${String(localPort)}`

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

export function limitWaiting({
  waitingMax = portLimits.waitingMax,
  untakenBytesMax = portLimits.untakenBytesMax,
}: { readonly waitingMax?: number; readonly untakenBytesMax?: number } = {}): WaitingCallers {
  /** By name, in the order in which the waiting began. The name is that of both ends, for HTTPS wraps the connection. */
  const waiting = new Map<string, Socket>()
  const open = new Map<string, Socket>()

  /** Connections with an answer that is ready and not yet taken, the earliest first. */
  const untaken = new Set<Socket>()

  /** Who takes an answer slowly may do so, until all of them together hold too much. */
  function makeRoom(): void {
    let bytes = 0
    for (const socket of untaken) bytes += socket.writableLength
    for (const socket of untaken) {
      if (bytes <= untakenBytesMax) return
      bytes -= socket.writableLength
      untaken.delete(socket)
      socket.destroy()
    }
  }

  function waitFor(name: string, socket: Socket): void {
    waiting.delete(name)
    waiting.set(name, socket)
    if (waiting.size <= waitingMax) return
    const [longest] = waiting
    if (longest === undefined) return
    waiting.delete(longest[0])
    longest[1].destroy()
  }

  return {
    accept(socket) {
      const name = nameOf(socket)
      open.set(name, socket)
      socket.once('close', () => {
        if (open.get(name) === socket) open.delete(name)
        if (waiting.get(name) === socket) waiting.delete(name)
      })
      waitFor(name, socket)
    },
    watch(server) {
      server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
        const name = nameOf(request.socket)
        const socket = open.get(name)
        if (socket === undefined) return
        if (hasBody(request)) {
          waitFor(name, socket)
          request.once('end', () => {
            if (!response.closed) waiting.delete(name)
          })
        } else waiting.delete(name)
        response.once('prefinish', () => {
          if (request.socket.writableLength === 0) return
          untaken.add(request.socket)
          makeRoom()
        })
        response.once('close', () => {
          untaken.delete(request.socket)
          if (open.get(name) === socket && !socket.destroyed) waitFor(name, socket)
        })
      })
      server.setTimeout(portLimits.stalledMs, (socket: Socket) => {
        // Where neither side is waited for, the service itself is at work, or has nothing to say yet.
        if (socket.writableLength > 0 || waiting.has(nameOf(socket))) socket.destroy()
      })
    },
  }
}
