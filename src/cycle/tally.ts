/*
 * Counts what a cycle does: Graph's execution counters and the closing table's (spec 6.6).
 */
import type { TargetTraffic } from '../connectors/target.ts'
import type { CycleCounters } from '../vocabulary/index.ts'
import type { ObjectReport } from './object-run.ts'

export const noCounters: CycleCounters = {
  countImported: 0,
  countEntitled: 0,
  countEntitledForProvisioning: 0,
  countExported: 0,
  countExports: 0,
  countImportedReferenceDeltas: 0,
  countEscrowed: 0,
  created: 0,
  updated: 0,
  disabled: 0,
  deleted: 0,
  skipped: {},
  failed: {},
  warnings: 0,
  requests: 0,
  throttled: 0,
}

const plusOne = (counts: Readonly<Record<string, number>>, code: string): Record<string, number> => ({
  ...counts,
  [code]: (counts[code] ?? 0) + 1,
})

const counterOf = { create: 'created', update: 'updated', disable: 'disabled', delete: 'deleted' } as const

/** Adds one object's report. `isFirstPass` is false when an object comes again in the same cycle. */
export function tallyReport(counters: CycleCounters, report: ObjectReport, isFirstPass: boolean): CycleCounters {
  const seen: CycleCounters = isFirstPass
    ? {
        ...counters,
        countImported: counters.countImported + 1,
        countEntitled: counters.countEntitled + (report.isEntitled ? 1 : 0),
        countEntitledForProvisioning: counters.countEntitledForProvisioning + (report.inScope ? 1 : 0),
      }
    : { ...counters, countImportedReferenceDeltas: counters.countImportedReferenceDeltas + 1 }
  return tallyResults(seen, [...report.told, report.result])
}

/** Adds what came of writes, whoever they are about. */
export function tallyResults(counters: CycleCounters, results: readonly ObjectReport['result'][]): CycleCounters {
  return results.reduce(tallyResult, counters)
}

function tallyResult(seen: CycleCounters, result: ObjectReport['result']): CycleCounters {
  if (result === null) return seen
  switch (result.status) {
    case 'failure':
      return {
        ...seen,
        countEscrowed: seen.countEscrowed + 1,
        countExports: seen.countExports + (result.action === 'other' || result.action === 'stagedDelete' ? 0 : 1),
        failed: plusOne(seen.failed, result.errorCode ?? 'InternalError'),
      }
    case 'skipped':
      return { ...seen, skipped: plusOne(seen.skipped, result.errorCode ?? 'EntrySynchronizationSkipped') }
    case 'warning':
    case 'success': {
      const warned = result.status === 'warning' ? { ...seen, warnings: seen.warnings + 1 } : seen
      if (result.action === 'other' || result.action === 'stagedDelete') return warned
      const counter = counterOf[result.action]
      return {
        ...warned,
        countExported: warned.countExported + 1,
        countExports: warned.countExports + 1,
        [counter]: warned[counter] + 1,
      }
    }
  }
}

/** What the target was asked since the cycle (or this part of it) began. */
export function tallyTraffic(counters: CycleCounters, before: TargetTraffic, after: TargetTraffic): CycleCounters {
  return {
    ...counters,
    requests: counters.requests + after.requests - before.requests,
    throttled: counters.throttled + after.throttled - before.throttled,
  }
}
