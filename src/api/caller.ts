/*
 * Who calls. Until access control arrives only programs of this machine may (loopback-guard.ts), and the command line says
 * under which name of the machine it runs: it is believed, and the audit log says that it was only said.
 */
import type { FastifyRequest } from 'fastify'
import type { AuditInitiator } from '../vocabulary/index.ts'

export const operatorHeader = 'muster-operator'

export function callerOf(request: FastifyRequest): AuditInitiator {
  return {
    user: {
      id: null,
      displayName: operatorName(request.headers[operatorHeader]) ?? 'local operator',
      userPrincipalName: null,
      ipAddress: request.ip,
    },
    app: null,
  }
}

function operatorName(header: string | readonly string[] | undefined): string | null {
  if (typeof header !== 'string' || header === '' || header.length > 300) return null
  try {
    return decodeURIComponent(header)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
