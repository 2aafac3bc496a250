/*
 * The provisioning log's entry, Graph's `provisioningObjectSummary` as it is on the wire (graph-api.md 3.11,
 * provisioning-service.md section 12). Stored and presented unchanged.
 */

export type ProvisioningAction = 'create' | 'update' | 'disable' | 'delete' | 'stagedDelete' | 'other'
export type ProvisioningStatus = 'success' | 'failure' | 'skipped' | 'warning'
export type ProvisioningStepType = 'import' | 'scoping' | 'matching' | 'processing' | 'referenceResolution' | 'export'
export type ErrorCategory = 'failure' | 'nonServiceFailure' | 'success'

export interface ProvisioningErrorInformation {
  readonly errorCode: string
  readonly reason: string
  readonly additionalDetails: string | null
  readonly errorCategory: ErrorCategory
  readonly recommendedAction: string
}

export interface ProvisioningStep {
  readonly name: string
  readonly provisioningStepType: ProvisioningStepType
  readonly status: ProvisioningStatus
  readonly description: string
  readonly details: Readonly<Record<string, string>>
}

export interface ModifiedProperty {
  readonly displayName: string
  readonly oldValue: string | null
  readonly newValue: string | null
}

export interface ProvisionedIdentity {
  readonly id: string
  readonly displayName: string
  readonly identityType: string
  readonly details: Readonly<Record<string, string>>
}

export interface ProvisioningSystem {
  readonly id: string
  readonly displayName: string
  readonly details: Readonly<Record<string, string>>
}

export interface ProvisioningObjectSummary {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly activityDateTime: string
  readonly tenantId: string
  readonly jobId: string
  readonly cycleId: string
  readonly changeId: string
  readonly provisioningAction: ProvisioningAction
  readonly durationInMilliseconds: number
  readonly initiatedBy: {
    readonly id: string
    readonly displayName: string
    readonly initiatorType: 'user' | 'application' | 'system'
  }
  readonly servicePrincipal: { readonly id: string; readonly displayName: string }
  readonly sourceSystem: ProvisioningSystem
  readonly targetSystem: ProvisioningSystem
  readonly sourceIdentity: ProvisionedIdentity
  readonly targetIdentity: ProvisionedIdentity
  readonly provisioningStatusInfo: {
    readonly status: ProvisioningStatus
    readonly errorInformation: ProvisioningErrorInformation | null
  }
  readonly provisioningSteps: readonly ProvisioningStep[]
  readonly modifiedProperties: readonly ModifiedProperty[]
}

/** The files of an export as CSV, joined by change id (spec 12.5). */
export const logFileNames = [
  'ProvisioningLogs',
  'ProvisioningLogs_ProvisioningSteps',
  'ProvisioningLogs_ModifiedProperties',
] as const
export type LogFileName = (typeof logFileNames)[number]

/** The last line of an export in lines: without it the export was cut off. */
export interface LogExportEnd {
  readonly exported: number
}
