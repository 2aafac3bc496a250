/*
 * Only this machine is answered, and no web page of another site may make a browser call: the host must be a loopback name
 * (no DNS rebinding) and the request must not come from another origin. Who calls is another question (authenticate.ts).
 */
import type { FastifyRequest } from 'fastify'
import { isLoopbackName } from '../vocabulary/index.ts'
import { ApiProblem } from './problems.ts'

/** `isInvited`: a page of another site may send the browser here, because what it brings along is recognised by its state. */
export function refuseStrangers(request: FastifyRequest, isInvited = false): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (!isLoopbackName(host)) {
    throw new ApiProblem(
      403,
      'accessDenied',
      `The host "${host}" is not this machine. Call the service as localhost or 127.0.0.1.`,
    )
  }
  if (isInvited) return
  const origin = request.headers.origin
  const site = request.headers['sec-fetch-site']
  const isForeign = typeof site === 'string' && site !== 'same-origin' && site !== 'none'
  if (isForeign || (typeof origin === 'string' && origin !== `http://${request.headers.host ?? ''}`)) {
    throw new ApiProblem(403, 'accessDenied', 'A page of another site may not call this service.')
  }
}
