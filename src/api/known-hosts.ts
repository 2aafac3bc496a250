/*
 * For which hosts this service answers: the machine itself, the names of the certificate it serves, and its public address.
 * Any other name leads here by DNS rebinding. And no web page of another site may make a browser call.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopbackName } from '../vocabulary/index.ts'
import { ApiProblem } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Scheme, host and port under which the caller found the service (`https://localhost:8470`): links begin with it. */
    readonly serviceOrigin: string
  }
}

export interface KnownHosts {
  /** The public address: `https://muster.example.com`. */
  readonly publicUrl?: string | undefined
  /** The certificate that is served is for this host name or address. */
  readonly isCertified?: ((host: string) => boolean) | undefined
}

export function knowHosts(
  app: FastifyInstance,
  { publicUrl, isCertified = () => false }: KnownHosts,
  isInvited: (request: FastifyRequest) => boolean,
): void {
  const publicAddress = publicUrl === undefined ? null : new URL(publicUrl)
  app.decorateRequest('serviceOrigin', {
    getter(this: FastifyRequest): string {
      const host = hostOf(this)
      // What stands in front of the service may speak HTTPS for it.
      return host === publicAddress?.host ? publicAddress.origin : `${this.protocol}://${host}`
    },
  })
  const isKnown = (name: string): boolean =>
    isLoopbackName(name) || name === publicAddress?.hostname || isCertified(name.replace(/^\[(.*)\]$/, '$1'))

  app.addHook('onRequest', (request, _reply, done) => {
    const name = hostOf(request).replace(/:\d+$/, '')
    if (!isKnown(name))
      throw new ApiProblem(
        403,
        'accessDenied',
        `The service does not answer for the host "${name.slice(0, 100)}". Call it as localhost, by a name of its certificate, or by its public address (MUSTER_PUBLIC_URL).`,
      )
    if (!isInvited(request)) refuseOtherSites(request)
    done()
  })
}

const hostOf = (request: FastifyRequest): string => (request.headers.host ?? '').toLowerCase()

function refuseOtherSites(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const isForeign = typeof site === 'string' && site !== 'same-origin' && site !== 'none'
  if (isForeign || (typeof origin === 'string' && origin !== request.serviceOrigin))
    throw new ApiProblem(403, 'accessDenied', 'A page of another site may not call this service.')
}
