/*
 * The provisioning log as tables for people with spreadsheets (spec 12.5): three files joined by change id.
 */
import type { LogFileName, ProvisioningObjectSummary } from '../vocabulary/index.ts'
import { csvLine, type CsvCell } from './csv-line.ts'

interface LogFile {
  readonly columns: readonly string[]
  /** One entry has one row, a row a step, or a row a property. */
  readonly rows: (entry: ProvisioningObjectSummary) => readonly (readonly CsvCell[])[]
}

const files: Readonly<Record<LogFileName, LogFile>> = {
  ProvisioningLogs: {
    columns: [
      'changeId',
      'id',
      'activityDateTime',
      'tenantId',
      'jobId',
      'cycleId',
      'provisioningAction',
      'status',
      'durationInMilliseconds',
      'initiatedBy.initiatorType',
      'initiatedBy.id',
      'initiatedBy.displayName',
      'servicePrincipal.id',
      'servicePrincipal.displayName',
      'sourceSystem.id',
      'sourceSystem.displayName',
      'targetSystem.id',
      'targetSystem.displayName',
      'sourceIdentity.id',
      'sourceIdentity.displayName',
      'sourceIdentity.identityType',
      'targetIdentity.id',
      'targetIdentity.displayName',
      'targetIdentity.identityType',
      'errorCode',
      'reason',
      'additionalDetails',
      'errorCategory',
      'recommendedAction',
    ],
    rows: (entry) => {
      const { initiatedBy, servicePrincipal, sourceSystem, targetSystem, sourceIdentity, targetIdentity } = entry
      const { status, errorInformation: error } = entry.provisioningStatusInfo
      return [
        [
          ...[entry.changeId, entry.id, entry.activityDateTime, entry.tenantId, entry.jobId, entry.cycleId],
          ...[entry.provisioningAction, status, entry.durationInMilliseconds],
          ...[initiatedBy.initiatorType, initiatedBy.id, initiatedBy.displayName],
          ...[servicePrincipal.id, servicePrincipal.displayName],
          ...[sourceSystem.id, sourceSystem.displayName, targetSystem.id, targetSystem.displayName],
          ...[sourceIdentity.id, sourceIdentity.displayName, sourceIdentity.identityType],
          ...[targetIdentity.id, targetIdentity.displayName, targetIdentity.identityType],
          ...[error?.errorCode ?? null, error?.reason ?? null, error?.additionalDetails ?? null],
          ...[error?.errorCategory ?? null, error?.recommendedAction ?? null],
        ],
      ]
    },
  },
  ProvisioningLogs_ProvisioningSteps: {
    columns: ['changeId', 'step', 'name', 'provisioningStepType', 'status', 'description', 'details'],
    rows: ({ changeId, provisioningSteps }) =>
      provisioningSteps.map((step, at) => [
        ...[changeId, at + 1, step.name, step.provisioningStepType, step.status, step.description],
        JSON.stringify(step.details),
      ]),
  },
  ProvisioningLogs_ModifiedProperties: {
    columns: ['changeId', 'displayName', 'oldValue', 'newValue'],
    rows: ({ changeId, modifiedProperties }) =>
      modifiedProperties.map(({ displayName, oldValue, newValue }) => [changeId, displayName, oldValue, newValue]),
  },
}

/** The line with the names of the columns. */
export function logCsvHead(file: LogFileName): string {
  return csvLine(files[file].columns)
}

/** The lines of one entry; none where it has no step or property. */
export function logCsvLines(file: LogFileName, entry: ProvisioningObjectSummary): string {
  return files[file].rows(entry).map(csvLine).join('')
}
