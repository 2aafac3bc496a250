/* How the audit log names who calls: a program as `app`, a person and the holder of the operator key as `user`. */
import type { FastifyRequest } from 'fastify'
import type { AuditInitiator, ProvisioningObjectSummary } from '../vocabulary/index.ts'

type Who = Pick<FastifyRequest, 'caller' | 'ip'>

export function initiatorOf({ caller, ip }: Who): AuditInitiator {
  switch (caller.kind) {
    case 'application':
      return {
        user: null,
        app: {
          appId: caller.appId,
          displayName: caller.displayName,
          servicePrincipalId: caller.objectId,
          servicePrincipalName: null,
        },
      }
    case 'person':
      return {
        user: {
          id: caller.objectId,
          displayName: caller.displayName,
          userPrincipalName: caller.userPrincipalName,
          ipAddress: ip,
        },
        app: null,
      }
    case 'operator':
      return {
        user: { id: null, displayName: caller.displayName, userPrincipalName: null, ipAddress: ip },
        app: null,
      }
    case 'anonymous':
      return { user: { id: null, displayName: 'nobody known', userPrincipalName: null, ipAddress: ip }, app: null }
    default:
      return caller satisfies never
  }
}

/** As the provisioning log has it. */
export function loggedInitiatorOf(request: Who): ProvisioningObjectSummary['initiatedBy'] {
  const { user, app } = initiatorOf(request)
  return app === null
    ? { id: user?.id ?? '', displayName: user?.displayName ?? '', initiatorType: 'user' }
    : { id: app.servicePrincipalId ?? '', displayName: app.displayName ?? '', initiatorType: 'application' }
}

/** By what the service knows it, for an entry's details. */
export function identifiedBy({ caller }: FastifyRequest): string {
  switch (caller.kind) {
    case 'application':
    case 'person':
      return 'its access token'
    case 'operator':
      return 'the operator key of this installation; the name is its own word'
    case 'anonymous':
      return 'nothing'
    default:
      return caller satisfies never
  }
}
