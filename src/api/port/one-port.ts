/*
 * One port for HTTPS and HTTP: the first byte of a connection decides (0x16 begins a TLS handshake, RFC 8446 5.1). HTTP is
 * for this machine alone.
 */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { isLoopbackAddress } from './loopback-address.ts'
import { limitWaiting, portLimits } from './waiting-callers.ts'
import { rawAnswer } from '../unreadable-request.ts'

export interface TlsCredential {
  readonly cert: string
  readonly key: string
}

/** What HTTPS is served with. */
export interface TlsPort {
  /** As PEM. Asked for with every connection, so that a renewed pair is served at once: then it is another object. */
  readonly credential: () => TlsCredential
  /** The certificate is for this host name or address. */
  readonly isFor: (host: string) => boolean
}

const tlsHandshake = 0x16

const serverOptions: ServerOptions = {
  headersTimeout: portLimits.headersMs,
  requestTimeout: portLimits.requestMs,
  keepAliveTimeout: portLimits.idleMs,
  connectionsCheckingInterval: 5000,
  // An HTTP/1.1 request without one is refused by the guard of hosts, in the envelope of all errors.
  requireHostHeader: false,
}

/** Without `tls` it speaks HTTP alone. */
export function createPortServer(handler: RequestListener, tls?: TlsPort, waiting = limitWaiting()): Server {
  const plain = createServer(serverOptions, handler)
  waiting.watch(plain)
  if (tls === undefined) {
    plain.on('connection', waiting.accept)
    return plain
  }
  const { credential } = tls
  let served = credential()
  const secure = createSecureServer({ ...serverOptions, ...served, handshakeTimeout: portLimits.headersMs }, handler)
  function serveCurrent(): void {
    const current = credential()
    if (current === served) return
    served = current
    secure.setSecureContext(current)
  }
  waiting.watch(secure)
  // Whoever breaks a handshake off speaks no HTTP, and is not answered in it.
  secure.removeAllListeners('tlsClientError')
  secure.on('tlsClientError', (_error, socket) => socket.destroy())
  secure.on('clientError', (error, socket) => plain.emit('clientError', error, socket))

  const [accept] = plain.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  plain.removeAllListeners('connection')
  plain.on('connection', (socket: Socket) => {
    waiting.accept(socket)
    byFirstByte(socket, (first) => {
      if (first === tlsHandshake) {
        serveCurrent()
        // Unlike HTTP, TLS ends with the caller's end.
        socket.allowHalfOpen = false
        secure.emit('connection', socket)
      } else if (isLoopbackAddress(socket.remoteAddress ?? '')) accept?.call(plain, socket)
      else refusePlain(socket)
    })
  })

  // It never listens itself: what listening and closing begin and end of an HTTP server is begun and ended with the other.
  plain.on('listening', () => secure.emit('listening'))
  const closeBoth = (name: 'closeAllConnections' | 'closeIdleConnections'): void => {
    const close = plain[name].bind(plain)
    plain[name] = () => {
      close()
      secure[name]()
    }
  }
  closeBoth('closeAllConnections')
  closeBoth('closeIdleConnections')
  plain.on('close', () => secure.close())
  return plain
}

/** The bytes that were looked at are read again by whoever takes the connection. */
function byFirstByte(socket: Socket, take: (first: number | undefined) => void): void {
  const giveUp = (): void => void socket.destroy()
  socket.on('error', giveUp)
  socket.setTimeout(portLimits.headersMs, giveUp)
  socket.once('data', (bytes: Buffer) => {
    socket.pause()
    socket.setTimeout(0, giveUp)
    socket.off('error', giveUp)
    socket.unshift(bytes)
    take(bytes[0])
    process.nextTick(() => socket.resume())
  })
}

function refusePlain(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.end(
    rawAnswer(
      '403 Forbidden',
      'accessDenied',
      'HTTP is answered to this machine alone, because it can be read on the way. Call the same address with https:// in front.',
    ),
  )
}
