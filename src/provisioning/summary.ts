/*
 * Sums the answers of the rules up as one entry of the provisioning log (spec section 12, graph-api.md 3.11).
 */
import { errorCodes, type ErrorCode } from '../vocabulary/index.ts'
import type {
  ModifiedProperty,
  ProvisionedIdentity,
  ProvisioningAction,
  ProvisioningErrorInformation,
  ProvisioningObjectSummary,
  ProvisioningStatus,
  ProvisioningStep,
  ProvisioningSystem,
  SourceObject,
} from '../vocabulary/index.ts'

/** What all entries of one cycle share. */
export interface LogFrame {
  readonly tenantId: string
  readonly jobId: string
  readonly cycleId: string
  /** The service itself, or who asked for it on demand. */
  readonly initiatedBy: ProvisioningObjectSummary['initiatedBy']
  readonly servicePrincipal: { readonly id: string; readonly displayName: string }
  readonly sourceSystem: ProvisioningSystem
  readonly targetSystem: ProvisioningSystem
}

/** What one object's run came to. */
export interface ObjectResult {
  readonly action: ProvisioningAction
  readonly status: ProvisioningStatus
  readonly errorCode: string | null
  readonly reason: string | null
  readonly additionalDetails: string | null
  readonly steps: readonly ProvisioningStep[]
  readonly modifiedProperties: readonly ModifiedProperty[]
  readonly targetAnchor: string | null
}

const categoryByStatus: Record<ProvisioningStatus, ProvisioningErrorInformation['errorCategory']> = {
  success: 'success',
  failure: 'failure',
  skipped: 'nonServiceFailure',
  warning: 'nonServiceFailure',
}

const isKnownCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code)

function errorInformation(result: ObjectResult): ProvisioningErrorInformation | null {
  if (result.errorCode === null) return null
  const known = isKnownCode(result.errorCode) ? errorCodes[result.errorCode] : undefined
  return {
    errorCode: result.errorCode,
    reason: result.reason ?? known?.meaning ?? '',
    additionalDetails: result.additionalDetails,
    errorCategory: categoryByStatus[result.status],
    recommendedAction: known?.action ?? '',
  }
}

export function displayNameOf(source: SourceObject): string {
  const { displayName, userPrincipalName, mail } = source.attributes
  for (const candidate of [displayName, userPrincipalName, mail]) {
    if (typeof candidate === 'string' && candidate !== '') return candidate
  }
  return source.anchor
}

function sourceIdentity(source: SourceObject): ProvisionedIdentity {
  const details: Record<string, string> = {
    id: source.anchor,
    odatatype: source.objectType,
    DisplayName: displayNameOf(source),
  }
  const upn = source.attributes['userPrincipalName']
  if (typeof upn === 'string') details['UserPrincipalName'] = upn
  return { id: source.anchor, displayName: displayNameOf(source), identityType: source.objectType, details }
}

export function summarize(request: {
  readonly frame: LogFrame
  readonly id: string
  readonly changeId: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly durationInMilliseconds: number
  readonly source: SourceObject
  readonly result: ObjectResult
}): ProvisioningObjectSummary {
  const { frame, source, result } = request
  return {
    id: request.id,
    activityDateTime: request.at,
    tenantId: frame.tenantId,
    jobId: frame.jobId,
    cycleId: frame.cycleId,
    changeId: request.changeId,
    provisioningAction: result.action,
    durationInMilliseconds: request.durationInMilliseconds,
    initiatedBy: frame.initiatedBy,
    servicePrincipal: frame.servicePrincipal,
    sourceSystem: frame.sourceSystem,
    targetSystem: frame.targetSystem,
    sourceIdentity: sourceIdentity(source),
    targetIdentity: {
      id: result.targetAnchor ?? '',
      displayName: result.targetAnchor === null ? '' : displayNameOf(source),
      identityType: source.objectType,
      details: {},
    },
    provisioningStatusInfo: { status: result.status, errorInformation: errorInformation(result) },
    provisioningSteps: result.steps,
    modifiedProperties: result.modifiedProperties,
  }
}
