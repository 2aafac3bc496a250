/* What cannot be read as HTTP at all never becomes a request: it is answered here, in the same envelope (graph-api.md 1.4). */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

const answers: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address and the headers together are too large: 16 KB are read. Ask for less at once.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive whole in time.'],
}

export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = answers[error.code ?? ''] ?? ['400 Bad Request', 'This is no HTTP request.']
  socket.end(rawAnswer(status, 'Request_BadRequest', message))
}

/** An address that is not encoded as UTF-8 with %: no route is looked for, and no hook has run. */
export function refuseAddress(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const requestId = randomUUID()
  void reply
    .status(400)
    .header('request-id', requestId)
    .send(bodyOf('badRequest', 'The address holds a character that is not encoded as UTF-8 with %.', requestId))
}

/** A whole answer for a connection that no request can be read from, and which ends with it. */
export function rawAnswer(status: string, code: string, message: string): string {
  const requestId = randomUUID()
  const body = JSON.stringify(bodyOf(code, message, requestId))
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${String(Buffer.byteLength(body))}`,
    `request-id: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}

const bodyOf = (code: string, message: string, requestId: string): object => ({
  error: {
    code,
    message,
    innerError: {
      date: new Date().toISOString().slice(0, 19),
      'request-id': requestId,
      'client-request-id': requestId,
    },
  },
})
