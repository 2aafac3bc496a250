/* A job's status as Graph tells it: counters of its runs, progress in pages, what was ever synchronized (spec 6.6, 13.1). */
import type {
  Cycle,
  ObjectTypeName,
  SynchronizationJob,
  SynchronizationStatus,
  SynchronizationTaskExecution,
} from '../vocabulary/index.ts'

export interface StatusFacts {
  /** The cycle under way, or else the last one. */
  readonly current: Cycle | null
  readonly last: Cycle | null
  readonly lastSuccessful: Cycle | null
  readonly lastSuccessfulWithExports: Cycle | null
  readonly synchronized: readonly { readonly objectType: ObjectTypeName; readonly count: number }[]
  readonly now: number
}

/** Graph's word for never. */
const never = '0001-01-01T00:00:00Z'

const timeOf = (at: number | null): string => (at === null ? never : new Date(at).toISOString())

/** Pages done of pages known, whole percents; never 100 before the last page is done. */
export function percentOf({ pagesDone, pagesKnown }: Pick<Cycle, 'pagesDone' | 'pagesKnown'>): number {
  return pagesKnown === 0 ? 0 : Math.floor((100 * Math.min(pagesDone, pagesKnown)) / pagesKnown)
}

export function executionOf(cycle: Cycle | null): SynchronizationTaskExecution | null {
  if (cycle?.endedAt === undefined || cycle.endedAt === null || cycle.state === 'Running') return null
  const { counters, state, error } = cycle
  const code = state === 'Succeeded' ? 'None' : state
  return {
    activityIdentifier: cycle.cycleId,
    countEntitled: counters.countEntitled,
    countEntitledForProvisioning: counters.countEntitledForProvisioning,
    countEscrowed: counters.countEscrowed,
    countEscrowedRaw: counters.countEscrowed,
    countExported: counters.countExported,
    countExports: Math.max(counters.countExports, counters.countExported),
    countImported: counters.countImported,
    countImportedDeltas: cycle.kind === 'incremental' ? counters.countImported : 0,
    countImportedReferenceDeltas: counters.countImportedReferenceDeltas,
    state,
    error: { code, message: error ?? '', tenantActionable: state !== 'Succeeded' },
    timeBegan: timeOf(cycle.beganAt),
    timeEnded: timeOf(cycle.endedAt),
  }
}

export function synchronizationStatus(job: SynchronizationJob, facts: StatusFacts): SynchronizationStatus {
  const { quarantine } = job
  const { current } = facts
  const observed = { progressObservationDateTime: timeOf(current?.endedAt ?? facts.now) }
  return {
    code: job.status,
    countSuccessiveCompleteFailures: quarantine?.seriesCount ?? 0,
    escrowsPruned: job.escrowsPruned,
    lastExecution: executionOf(facts.last),
    lastSuccessfulExecution: executionOf(facts.lastSuccessful),
    lastSuccessfulExecutionWithExports: executionOf(facts.lastSuccessfulWithExports),
    progress:
      current === null
        ? []
        : [
            { units: 'Pages', completedUnits: current.pagesDone, totalUnits: current.pagesKnown, ...observed },
            { units: 'Objects', completedUnits: current.objectsDone, totalUnits: current.objectsKnown, ...observed },
          ],
    quarantine:
      quarantine === null
        ? null
        : {
            currentBegan: timeOf(quarantine.currentBegan),
            nextAttempt: timeOf(quarantine.nextAttempt),
            seriesBegan: timeOf(quarantine.seriesBegan),
            seriesCount: quarantine.seriesCount,
            reason: quarantine.reason,
            error: quarantine.error === null ? null : { ...quarantine.error, tenantActionable: true },
          },
    steadyStateFirstAchievedTime: timeOf(job.steadyStateFirstAchievedAt),
    steadyStateLastAchievedTime: timeOf(job.steadyStateLastAchievedAt),
    synchronizedEntryCountByType: facts.synchronized.map(({ objectType, count }) => ({
      key: `${objectType} to ${objectType}`,
      value: count,
    })),
    troubleshootingUrl: '',
  }
}
