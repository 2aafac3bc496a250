/*
 * The provisioning job, its settings, its cycle and what it remembers of each object (graph-api.md 3.7, spec 6 and 2.5).
 */
import type { SynchronizationSchema } from './synchronization-schema.ts'
import type { NotificationSettings } from './notifications.ts'
import { usualQuarantineThresholds, type Quarantine, type QuarantineThresholds } from './quarantine.ts'
import type { ObjectTypeName, TargetAttributes } from './objects.ts'

/** Spec section 8, with a share and a window of hours beside Microsoft's count per cycle. `null`: not looked at. */
export interface DeletionPrevention {
  readonly isOn: boolean
  /** Graph's `QuarantineTooManyDeletesThreshold`: more removals in one cycle than this wait for an administrator. */
  readonly threshold: number | null
  /** 0 to 100, of the accounts and groups that are managed. */
  readonly percentage: number | null
  /** The count holds for the last hours together, not for one cycle alone. */
  readonly windowHours: number | null
}

/** When a cycle is planned first and waits for an answer. `null`: not looked at. */
export interface ReviewSettings {
  /** `always`: every cycle that would write; `aboveThreshold`: one that would do more than the numbers below. */
  readonly mode: 'off' | 'always' | 'aboveThreshold'
  readonly createsMax: number | null
  /** People and groups whose attributes change. */
  readonly updatesMax: number | null
  /** Members put into groups and taken out of them, each counted. */
  readonly membershipChangesMax: number | null
  readonly disablesMax: number | null
  readonly deletesMax: number | null
  /** 0 to 100, of the accounts and groups that are managed: for updates, disables and deletes, each by itself. */
  readonly shareMax: number | null
  /** The first cycle after a change of mappings, filters or scope settings waits, whatever the mode. */
  readonly afterConfigurationChange: boolean
  /** People who leave are disabled at once while everything else waits. */
  readonly letsDisablesThrough: boolean
}

export const usualReview: ReviewSettings = {
  mode: 'off',
  createsMax: 500,
  updatesMax: 500,
  membershipChangesMax: 1000,
  disablesMax: 100,
  deletesMax: 20,
  shareMax: 20,
  afterConfigurationChange: false,
  letsDisablesThrough: false,
}

/** A role people and groups can be assigned in, as the application's manifest lists them (graph-api.md 3.6). */
export interface AppRole {
  readonly id: string
  readonly displayName: string
  readonly value: string | null
}

/** What Microsoft's gallery applications begin with, by the ids they have there. */
export const galleryAppRoles: readonly AppRole[] = [
  { id: '18d14569-c3bd-439b-9a66-3a2aee01d14f', displayName: 'User', value: null },
  { id: 'b9632174-c057-4f7e-951b-be3adc52bfe6', displayName: 'msiam_access', value: null },
]

/** What an administrator may change about a job; keys are Graph's secrets and job settings (spec 2.5). */
export interface JobSettings {
  /** `true`: all users and groups; `false`: assigned ones only (Graph's `SyncAll`). */
  readonly syncAll: boolean
  /** `syncAll` was switched off, and everybody is still in scope until a restart (spec section 11). */
  readonly scopeWaitsForRestart: boolean
  /** Roles that assignments can carry besides Default Access. */
  readonly appRoles: readonly AppRole[]
  /** Spec 3.2: whether Default Access permits provisioning. */
  readonly defaultAccessIsEntitled: boolean
  /** Spec 7.4: accounts that leave the scope are left alone. */
  readonly skipOutOfScopeDeletions: boolean
  /**
   * `true`: a reference is written as soon as the object it waits for is there. `false`, as at Microsoft: not before a restart
   * evaluates everybody (spec 5.5).
   */
  readonly repairsReferences: boolean
  /** Time between the starts of two cycles. */
  readonly cycleEveryMs: number
  readonly deletionPrevention: DeletionPrevention
  readonly quarantineThresholds: QuarantineThresholds
  readonly notifications: NotificationSettings
  readonly review: ReviewSettings
}

/** What a new job has: Microsoft's figures, and a share that also protects companies below its threshold of 500. */
export const usualJobSettings: JobSettings = {
  syncAll: false,
  scopeWaitsForRestart: false,
  appRoles: galleryAppRoles,
  defaultAccessIsEntitled: true,
  skipOutOfScopeDeletions: false,
  repairsReferences: true,
  cycleEveryMs: 2_400_000,
  deletionPrevention: { isOn: true, threshold: 500, percentage: 20, windowHours: null },
  quarantineThresholds: usualQuarantineThresholds,
  notifications: { isOn: true, recipients: null, webhookUrl: null },
  review: usualReview,
}

/** How a job is (spec 2.4). `NotConfigured`: never had credentials, and never again once it had; `NotRun`: no cycle has ended yet. */
export type JobStatusCode = 'NotConfigured' | 'NotRun' | 'Active' | 'Paused' | 'Quarantine'

/** Whether a job runs when it is due. `Disabled`: never started, or given up after 28 days in quarantine. */
export type ScheduleState = 'Active' | 'Disabled' | 'Paused'

/** Accounts managed by hand, or by the job; what has once been automatic is only ever switched off (spec 2.1). */
export type ProvisioningMode = 'Manual' | 'Automatic'

export const provisioningModeOf = (status: JobStatusCode): ProvisioningMode =>
  status === 'NotConfigured' ? 'Manual' : 'Automatic'

/** Graph's synchronizationTaskExecution counters, and Muster's own for the closing table. */
export interface CycleCounters {
  readonly countImported: number
  readonly countEntitled: number
  readonly countEntitledForProvisioning: number
  readonly countExported: number
  /** Writes that were to be made, those that failed included. */
  readonly countExports: number
  /** Objects looked at again in the same cycle because of a reference. */
  readonly countImportedReferenceDeltas: number
  readonly countEscrowed: number
  readonly created: number
  readonly updated: number
  readonly disabled: number
  readonly deleted: number
  /** Objects skipped, by skip code. */
  readonly skipped: Readonly<Record<string, number>>
  /** Objects failed, by error code. */
  readonly failed: Readonly<Record<string, number>>
  readonly warnings: number
  readonly requests: number
  readonly throttled: number
}

export type CycleKind = 'initial' | 'incremental'

/** A cycle under way or ended. `position` is the last saved watermark of its feed: a stopped cycle goes on from there. */
export interface Cycle {
  readonly cycleId: string
  readonly jobId: string
  readonly kind: CycleKind
  readonly beganAt: number
  readonly endedAt: number | null
  readonly state: 'Running' | 'Succeeded' | 'Failed' | 'EntryLevelErrors'
  readonly error: string | null
  /** When it first broke off without coming further since; `null` while all is well. */
  readonly brokenSince: number | null
  readonly position: string | null
  readonly objectsDone: number
  readonly objectsKnown: number
  /** Pages of the source's feed that are dealt with, and how many there are as far as is known (spec 13.1). */
  readonly pagesDone: number
  readonly pagesKnown: number
  readonly counters: CycleCounters
  /** The plan it carries out: nothing else is written. `null`: it writes what it finds to be done. */
  readonly planId: string | null
}

export interface SynchronizationJob {
  readonly jobId: string
  readonly servicePrincipalId: string
  readonly servicePrincipalDisplayName: string
  readonly templateId: string
  readonly status: JobStatusCode
  readonly settings: JobSettings
  readonly schema: SynchronizationSchema
  /** Position in the source's change feed; `null` before the first complete cycle: the next cycle is an initial one. */
  readonly watermark: string | null
  readonly nextRunAt: number
  readonly steadyStateFirstAchievedAt: number | null
  readonly steadyStateLastAchievedAt: number | null
  /** `null` while the job is healthy (spec section 9). */
  readonly quarantine: Quarantine | null
  readonly scheduleState: ScheduleState
  /** So many objects failed in an initial cycle that their failures were dropped and the job paused (spec 6.1). */
  readonly escrowsPruned: boolean
}

/** Stored pair source anchor <-> target anchor (spec section 1, "Link"). */
export interface Link {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly targetAnchor: string
  readonly displayName: string
  /** `false` once Muster has disabled the account because it left the scope; the link stays for a later return (spec 7.2 row 7). */
  readonly isActive: boolean
  /**
   * `false` once the object was unassigned or filtered out: a later hard delete in the source sends nothing (spec 7.2 row 6).
   * Somebody disabled or soft-deleted in the source, yet still assigned, stays managed.
   */
  readonly isManaged: boolean
  /** What the target held when last read or written. */
  readonly known: TargetAttributes
  /** Target anchors of the members Muster has put into the group; empty on users. */
  readonly members: readonly string[]
}

/** A failed object that is tried again (spec 6.5). */
export interface EscrowEntry {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly firstFailedAt: number
  readonly attempts: number
  readonly nextAttemptAt: number
  readonly errorCode: string
  readonly reason: string
}

/** A reference that waits for the object it points to (spec 5.5). */
export interface DeferredReference {
  readonly ownerType: ObjectTypeName
  readonly ownerAnchor: string
  readonly attribute: string
  readonly referencedAnchor: string
}

/** A removal that waits for the end of the objects pass, because whether it may happen depends on how many there are (style.md section 4). */
export interface HeldRemoval {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly kind: 'disable' | 'delete'
  /** `staged`: there are too many, an administrator decides; `approved`: the administrator has said yes (spec section 8). */
  readonly state: 'held' | 'staged' | 'approved'
}

/** A value of a target attribute that is kept for one source object, so that no other one gets it. */
export interface AllottedName {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly attribute: string
  /** As the target compares it: in small letters, unless the attribute is `caseExact`. */
  readonly value: string
}
