/*
 * Reads the log entries of one object as the five steps of provisioning on demand (spec section 10), and as Graph's answer
 * (graph-api.md 4.4).
 */
import type {
  OnDemandObject,
  OnDemandReport,
  OnDemandResult,
  OnDemandStep,
  OnDemandStepName,
  ObjectTypeName,
  ProvisioningObjectSummary,
  ProvisioningStatus,
  ProvisioningStep,
  ProvisioningStepType,
} from '../vocabulary/index.ts'

const stepOfType: Record<ProvisioningStepType, OnDemandStepName> = {
  import: 'importObject',
  scoping: 'determineScope',
  matching: 'matchObject',
  processing: 'performAction',
  referenceResolution: 'performAction',
  export: 'performAction',
}

const resultOf: Record<ProvisioningStatus, OnDemandResult> = {
  success: 'Success',
  warning: 'Success',
  skipped: 'Skipped',
  failure: 'Failure',
}

/** What matters most among these: a failure, then a warning, then that something was done. */
const byWeight: readonly ProvisioningStatus[] = ['failure', 'warning', 'success', 'skipped']

const heaviest = (statuses: readonly ProvisioningStatus[]): ProvisioningStatus =>
  byWeight.find((status) => statuses.includes(status)) ?? 'skipped'

/** What was sent, or was tried to send, beside what the steps say of it. */
function sentDetails(entry: ProvisioningObjectSummary): Record<string, string> {
  return Object.fromEntries(
    entry.modifiedProperties.map(({ displayName, oldValue, newValue }) => [
      displayName,
      oldValue === null ? (newValue ?? '') : `${oldValue} → ${newValue ?? '(none)'}`,
    ]),
  )
}

function joined(name: OnDemandStepName, steps: readonly ProvisioningStep[], status: ProvisioningStatus): OnDemandStep {
  return {
    name,
    status,
    description: [...new Set(steps.map((step) => step.description))].join(' '),
    details: Object.assign({}, ...steps.map((step) => step.details)) as Record<string, string>,
  }
}

/** As the first entry that has the step says it: a group that is made and then filled is looked up once. */
function lookedAt(name: OnDemandStepName, entries: readonly ProvisioningObjectSummary[]): readonly OnDemandStep[] {
  const isMeant = (step: ProvisioningStep): boolean => stepOfType[step.provisioningStepType] === name
  const entry = entries.find(({ provisioningSteps }) => provisioningSteps.some(isMeant))
  const steps = entry?.provisioningSteps.filter(isMeant) ?? []
  const last = steps.at(-1)
  // A query that was refused and asked again ended as its last answer says.
  return last === undefined ? [] : [joined(name, steps, last.status)]
}

function performed(entries: readonly ProvisioningObjectSummary[]): readonly OnDemandStep[] {
  const steps = entries.flatMap((entry) =>
    entry.provisioningSteps.filter((step) => stepOfType[step.provisioningStepType] === 'performAction'),
  )
  if (steps.length === 0) return []
  const status = heaviest(entries.map((entry) => entry.provisioningStatusInfo.status))
  const step = joined('performAction', steps, status)
  return [
    { ...step, details: Object.assign({ ...step.details }, ...entries.map(sentDetails)) as Record<string, string> },
  ]
}

export function onDemandSteps(entries: readonly ProvisioningObjectSummary[]): readonly OnDemandStep[] {
  return [
    ...lookedAt('importObject', entries),
    ...lookedAt('determineScope', entries),
    ...lookedAt('matchObject', entries),
    ...performed(entries),
  ]
}

export function onDemandObject(
  about: { readonly objectType: ObjectTypeName; readonly sourceId: string; readonly displayName: string },
  entries: readonly ProvisioningObjectSummary[],
  /** What to say where there is nothing to log. */
  nothingBecause: string,
): OnDemandObject {
  const status =
    entries.length === 0 ? 'skipped' : heaviest(entries.map((entry) => entry.provisioningStatusInfo.status))
  const error = entries.find((entry) => entry.provisioningStatusInfo.status === status)?.provisioningStatusInfo
    .errorInformation
  return {
    ...about,
    result: resultOf[status],
    errorCode: entries.length === 0 ? 'EntrySynchronizationSkipped' : (error?.errorCode ?? null),
    errorMessage: entries.length === 0 ? nothingBecause : (error?.reason ?? null),
    steps: onDemandSteps(entries),
    entries,
  }
}

/** One failure is a failure of the whole; where nothing was done at all, it was skipped. */
export function onDemandResult(objects: readonly OnDemandObject[]): OnDemandResult {
  const results = new Set(objects.map((object) => object.result))
  if (results.has('Failure')) return 'Failure'
  return results.has('Success') ? 'Success' : 'Skipped'
}

const pascal = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`

function graphItem(entry: ProvisioningObjectSummary): object {
  const { errorInformation, status } = entry.provisioningStatusInfo
  const upn = entry.sourceIdentity.details['UserPrincipalName']
  return {
    action: pascal(entry.provisioningAction),
    changeId: entry.changeId,
    startTime: new Date(Date.parse(entry.activityDateTime) - entry.durationInMilliseconds).toISOString(),
    endTime: entry.activityDateTime,
    reportableIdentifier: upn ?? entry.sourceIdentity.displayName,
    modifiedProperties: entry.modifiedProperties,
    provisioningSteps: entry.provisioningSteps.map((step) => ({
      name: step.name,
      type: pascal(step.provisioningStepType),
      status: pascal(step.status),
      description: step.description,
      timestamp: entry.activityDateTime,
      details: step.details,
    })),
    statusInfo: {
      status: pascal(status),
      errorCode: errorInformation?.errorCode ?? null,
      reason: errorInformation?.reason ?? null,
      additionalDetails: errorInformation?.additionalDetails ?? null,
      errorCategory: errorInformation === null ? null : pascal(errorInformation.errorCategory),
      recommendedAction: errorInformation?.recommendedAction ?? null,
    },
    sourceIdentity: {
      id: entry.sourceIdentity.id,
      type: entry.sourceIdentity.identityType,
      displayName: null,
      details: null,
    },
    sourceSystem: { id: null, name: entry.sourceSystem.displayName, details: null },
    targetIdentity: {
      id: entry.targetIdentity.id,
      type: entry.targetIdentity.identityType,
      displayName: null,
      details: null,
    },
    targetSystem: { id: null, name: entry.targetSystem.displayName, details: null },
  }
}

/** Nothing was to be done, and nothing was logged. */
function graphNothing({ objectType, sourceId, displayName, result, errorCode, errorMessage }: OnDemandObject): object {
  return {
    action: 'Other',
    reportableIdentifier: displayName,
    modifiedProperties: [],
    provisioningSteps: [],
    statusInfo: { status: result, errorCode, reason: errorMessage },
    sourceIdentity: { id: sourceId, type: objectType, displayName: null, details: null },
  }
}

/** A connection that failed is all there is to say. */
function graphConnection({ status, description, details }: OnDemandStep): object {
  return {
    action: 'Other',
    modifiedProperties: [],
    provisioningSteps: [{ name: 'TestConnection', type: 'Import', status: pascal(status), description, details }],
    statusInfo: { status: pascal(status), errorCode: details['ErrorCode'] ?? null, reason: description },
  }
}

/** Graph's `stringKeyStringValuePair`: both strings, the second one JSON. */
export function graphOnDemand(report: OnDemandReport): { readonly key: string; readonly value: string } {
  const items =
    report.connection === null
      ? report.objects.flatMap((object) =>
          object.entries.length === 0 ? [graphNothing(object)] : object.entries.map(graphItem),
        )
      : [graphConnection(report.connection)]
  return {
    key: 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo',
    value: JSON.stringify(items),
  }
}
