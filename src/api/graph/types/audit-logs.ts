/* Entries of the provisioning log and of the audit log (graph-api.md 3.11). Their texts are compared as they are written. */
import {
  allShown,
  byName,
  complex,
  complexes,
  complexType,
  instant,
  integer,
  text,
  untyped,
  type EntityType,
  type Property,
} from './property.ts'

const exact = (name: string): Property => text(name, { isCaseExact: true })
const oneOf = (name: string, values: readonly string[]): Property => text(name, { values })

const statuses = ['success', 'failure', 'skipped', 'warning']

const identity = complexType('provisionedIdentity', [
  exact('id'),
  exact('displayName'),
  exact('identityType'),
  untyped('details'),
])

const system = complexType('provisioningSystem', [exact('id'), exact('displayName'), untyped('details')])

const modifiedProperty = complexType('modifiedProperty', [exact('displayName'), exact('oldValue'), exact('newValue')])

const step = complexType('provisioningStep', [
  exact('name'),
  oneOf('provisioningStepType', ['import', 'scoping', 'matching', 'processing', 'referenceResolution', 'export']),
  oneOf('status', statuses),
  exact('description'),
  untyped('details'),
])

const statusInfo = complexType('provisioningStatusInfo', [
  oneOf('status', statuses),
  complex(
    'errorInformation',
    complexType('provisioningErrorInfo', [
      exact('errorCode'),
      exact('reason'),
      exact('additionalDetails'),
      oneOf('errorCategory', ['failure', 'nonServiceFailure', 'success']),
      exact('recommendedAction'),
    ]),
  ),
])

export const provisioningObjectSummaryType: EntityType = {
  name: 'provisioningObjectSummary',
  set: 'provisioning',
  properties: byName(
    allShown([
      exact('id'),
      instant('activityDateTime'),
      exact('tenantId'),
      exact('jobId'),
      exact('cycleId'),
      exact('changeId'),
      oneOf('provisioningAction', ['other', 'create', 'delete', 'disable', 'update', 'stagedDelete']),
      integer('durationInMilliseconds'),
      complex('initiatedBy', complexType('initiator', [exact('id'), exact('displayName'), exact('initiatorType')])),
      complex('servicePrincipal', complexType('provisioningServicePrincipal', [exact('id'), exact('displayName')])),
      complex('sourceSystem', system),
      complex('targetSystem', system),
      complex('sourceIdentity', identity),
      complex('targetIdentity', identity),
      complex('provisioningStatusInfo', statusInfo),
      complexes('provisioningSteps', step),
      complexes('modifiedProperties', modifiedProperty),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: ['activityDateTime'],
  isOpen: false,
}

const initiator = complexType('auditActivityInitiator', [
  complex(
    'app',
    complexType('appIdentity', [
      exact('appId'),
      exact('displayName'),
      exact('servicePrincipalId'),
      exact('servicePrincipalName'),
    ]),
  ),
  complex(
    'user',
    complexType('userIdentity', [exact('id'), exact('displayName'), exact('userPrincipalName'), exact('ipAddress')]),
  ),
])

const targetResource = complexType('targetResource', [
  exact('id'),
  exact('displayName'),
  exact('type'),
  complexes('modifiedProperties', modifiedProperty),
])

export const directoryAuditType: EntityType = {
  name: 'directoryAudit',
  set: 'directoryAudits',
  properties: byName(
    allShown([
      exact('id'),
      instant('activityDateTime'),
      exact('activityDisplayName'),
      exact('category'),
      exact('correlationId'),
      exact('loggedByService'),
      exact('operationType'),
      oneOf('result', ['success', 'failure', 'timeout']),
      exact('resultReason'),
      complex('initiatedBy', initiator),
      complexes('targetResources', targetResource),
      complexes('additionalDetails', complexType('keyValue', [exact('key'), exact('value')])),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: ['activityDateTime'],
  isOpen: false,
}
