/* The audit log as a table: a line for each entry, with its place in the chain. */
import { auditInitiatorName, type SealedAudit } from '../vocabulary/index.ts'
import { csvLine } from './csv-line.ts'

const columns = [
  'number',
  'id',
  'activityDateTime',
  'activityDisplayName',
  'operationType',
  'result',
  'resultReason',
  'initiatedBy',
  'correlationId',
  'targets',
  'modifiedProperties',
  'additionalDetails',
  'previousHash',
  'hash',
]

export const auditCsvHead = csvLine(columns)

export function auditCsvLine({ number, entry, previousHash, hash }: SealedAudit): string {
  return csvLine([
    number,
    entry.id,
    entry.activityDateTime,
    entry.activityDisplayName,
    entry.operationType,
    entry.result,
    entry.resultReason,
    auditInitiatorName(entry.initiatedBy),
    entry.correlationId,
    entry.targetResources.map(({ displayName, id }) => displayName ?? id ?? '').join('; '),
    JSON.stringify(entry.targetResources.flatMap((target) => target.modifiedProperties)),
    JSON.stringify(entry.additionalDetails),
    previousHash,
    hash,
  ])
}
