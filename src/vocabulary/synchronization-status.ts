/* Graph's `synchronizationStatus` of a job and what it consists of (graph-api.md 3.7, spec 6.6 and 13.1). */
import type { JobStatusCode } from './synchronization-job.ts'
import type { QuarantineReason } from './quarantine.ts'

export interface SynchronizationError {
  /** `None` when all is well. */
  readonly code: string
  readonly message: string
  readonly tenantActionable: boolean
}

/** One run: counts of objects, except the exports, which are writes. */
export interface SynchronizationTaskExecution {
  readonly activityIdentifier: string
  readonly countEntitled: number
  readonly countEntitledForProvisioning: number
  readonly countEscrowed: number
  readonly countEscrowedRaw: number
  readonly countExported: number
  readonly countExports: number
  readonly countImported: number
  readonly countImportedDeltas: number
  readonly countImportedReferenceDeltas: number
  readonly state: 'Succeeded' | 'Failed' | 'EntryLevelErrors'
  readonly error: SynchronizationError
  readonly timeBegan: string
  readonly timeEnded: string
}

export interface SynchronizationProgress {
  readonly units: 'Pages' | 'Objects'
  readonly completedUnits: number
  readonly totalUnits: number
  readonly progressObservationDateTime: string
}

export interface SynchronizationStatus {
  readonly code: JobStatusCode
  readonly countSuccessiveCompleteFailures: number
  readonly escrowsPruned: boolean
  readonly lastExecution: SynchronizationTaskExecution | null
  readonly lastSuccessfulExecution: SynchronizationTaskExecution | null
  readonly lastSuccessfulExecutionWithExports: SynchronizationTaskExecution | null
  readonly progress: readonly SynchronizationProgress[]
  readonly quarantine: {
    readonly currentBegan: string
    readonly nextAttempt: string
    readonly seriesBegan: string
    readonly seriesCount: number
    readonly reason: QuarantineReason
    readonly error: SynchronizationError | null
  } | null
  /** `0001-01-01T00:00:00Z` until it is reached. */
  readonly steadyStateFirstAchievedTime: string
  readonly steadyStateLastAchievedTime: string
  /** Objects that were ever synchronized, by type, as `User to User`; they never become fewer. */
  readonly synchronizedEntryCountByType: readonly { readonly key: string; readonly value: number }[]
  readonly troubleshootingUrl: string
}
