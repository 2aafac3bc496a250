/*
 * Until access control arrives, only programs of this machine may call, and no web page of another site may make a
 * browser do so: the host must be a loopback name (no DNS rebinding) and the request must not come from another origin.
 */
import type { FastifyRequest } from 'fastify'
import { ApiProblem } from './problems.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export function isLoopbackName(host: string): boolean {
  return loopbackNames.has(host.toLowerCase()) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

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
