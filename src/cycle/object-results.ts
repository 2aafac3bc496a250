/*
 * Words what became of an object: the results and steps that several cases share (spec 12.2, 12.3).
 */
import type { ObjectResult } from '../provisioning/index.ts'
import type { ProvisioningStep } from '../vocabulary/index.ts'

export const nothing = {
  errorCode: null,
  reason: null,
  additionalDetails: null,
  modifiedProperties: [],
  targetAnchor: null,
} as const

export const failed = (
  action: ObjectResult['action'],
  errorCode: string,
  reason: string,
  steps: readonly ProvisioningStep[],
  more: Partial<ObjectResult> = {},
): ObjectResult => ({ ...nothing, action, status: 'failure', errorCode, reason, steps, ...more })

export const skipped = (
  errorCode: string,
  reason: string,
  steps: readonly ProvisioningStep[],
  more: Partial<ObjectResult> = {},
): ObjectResult => ({ ...nothing, action: 'other', status: 'skipped', errorCode, reason, steps, ...more })

export function skipStep(description: string, skipReason: string): ProvisioningStep {
  return {
    name: 'EntrySynchronizationSkip',
    provisioningStepType: 'processing',
    status: 'skipped',
    description,
    details: { SkipReason: skipReason },
  }
}
