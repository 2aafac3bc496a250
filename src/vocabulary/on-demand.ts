/*
 * What provisioning on demand answers (spec section 10): for each object the five steps as an administrator reads them, and
 * the entries of the provisioning log they are made of.
 */
import type { ObjectTypeName } from './objects.ts'
import type { ProvisioningObjectSummary, ProvisioningStatus } from './provisioning-log.ts'

export const onDemandStepNames = [
  'testConnection',
  'importObject',
  'determineScope',
  'matchObject',
  'performAction',
] as const
export type OnDemandStepName = (typeof onDemandStepNames)[number]

export interface OnDemandStep {
  readonly name: OnDemandStepName
  readonly status: ProvisioningStatus
  readonly description: string
  readonly details: Readonly<Record<string, string>>
}

export type OnDemandResult = 'Success' | 'Skipped' | 'Failure'

export interface OnDemandObject {
  readonly objectType: ObjectTypeName
  readonly sourceId: string
  readonly displayName: string
  readonly result: OnDemandResult
  readonly errorCode: string | null
  readonly errorMessage: string | null
  /** A step that does not apply is missing. */
  readonly steps: readonly OnDemandStep[]
  /** As the provisioning log has them, oldest first: usually one. */
  readonly entries: readonly ProvisioningObjectSummary[]
}

export interface OnDemandReport {
  readonly jobId: string
  /** Its own: no cycle of the job. */
  readonly cycleId: string
  /** Nothing was written, only worked out. */
  readonly isDryRun: boolean
  readonly result: OnDemandResult
  /** Only when the connection failed: then there is no other step. */
  readonly connection: OnDemandStep | null
  readonly objects: readonly OnDemandObject[]
}

/** One line of a stream: what it is about, each object as it is done, then the report, or why it broke off. */
export type OnDemandLine =
  | { readonly type: 'begin'; readonly objectType: ObjectTypeName; readonly objects: number }
  | { readonly type: 'object'; readonly object: OnDemandObject }
  | { readonly type: 'report'; readonly report: OnDemandReport }
  | { readonly type: 'error'; readonly message: string }
