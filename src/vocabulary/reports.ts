/*
 * What the management API answers and the command line shows: shapes of JSON, instants as milliseconds since 1970.
 */
import type { ObjectTypeName, SourcePresence } from './objects.ts'
import type { ModifiedProperty, ProvisioningAction, ProvisioningStatus } from './provisioning-log.ts'
import type { TargetChanges } from './connection-report.ts'
import type { Delivery, NotificationChannel, NotificationSettings } from './notifications.ts'
import type { Quarantine, QuarantineThresholds } from './quarantine.ts'
import type { SynchronizationStatus } from './synchronization-status.ts'
import type { SchemaProblem } from './schema-problem.ts'
import type { SealedPlan } from './sealed-plan.ts'
import type {
  AppRole,
  Cycle,
  CycleCounters,
  CycleKind,
  DeletionPrevention,
  HeldRemoval,
  JobSettings,
  JobStatusCode,
  ProvisioningMode,
  ScheduleState,
} from './synchronization-job.ts'

export type CyclePhase = 'readingTarget' | 'objects' | 'references' | 'removals' | 'ended'

export interface ProgressReport {
  readonly jobId: string
  readonly cycleId: string
  readonly kind: CycleKind
  readonly phase: CyclePhase
  readonly beganAt: number
  readonly objectsDone: number
  readonly objectsKnown: number
  /** Pages of the source's feed, and their share in whole percents (spec 13.1). */
  readonly pagesDone: number
  readonly pagesKnown: number
  readonly percent: number
  readonly objectsPerSecond: number
  /** `null` while there is nothing to judge by. */
  readonly secondsLeft: number | null
  /** What it was judged by: what the target's limits still let through, or the rate of the last seconds. */
  readonly secondsLeftFrom: 'budget' | 'rate' | null
  readonly counters: CycleCounters
}

/** What would happen to one object, with its reason. */
export interface PlannedChange {
  readonly objectType: string
  readonly sourceId: string
  readonly displayName: string
  readonly targetId: string
  readonly action: ProvisioningAction
  readonly status: ProvisioningStatus
  readonly code: string | null
  readonly reason: string | null
  readonly modifiedProperties: readonly ModifiedProperty[]
}

export interface Plan {
  readonly jobId: string
  readonly kind: CycleKind
  readonly watermark: string | null
  readonly counters: CycleCounters
}

/** One line of a plan's stream. */
export type PlanLine =
  | { readonly type: 'progress'; readonly progress: ProgressReport }
  | { readonly type: 'change'; readonly change: PlannedChange }
  | { readonly type: 'plan'; readonly plan: Plan }
  /** It is kept; the last line. */
  | { readonly type: 'sealed'; readonly plan: SealedPlan }
  | { readonly type: 'error'; readonly message: string }

export interface TypeCount {
  readonly objectType: ObjectTypeName
  readonly count: number
  readonly active: number
}

/** The part of a job's report that is cheap to ask for again and again. */
export interface JobProgress {
  readonly jobId: string
  readonly nextRunAt: number
  /** Only while a cycle runs. */
  readonly progress: ProgressReport | null
  /** Begun and not ended; `error` says why when it broke off and waits for another attempt. */
  readonly runningCycle: Cycle | null
  readonly lastCycle: Cycle | null
  /** What a review holds back until somebody answers. */
  readonly waitingPlan: SealedPlan | null
}

export interface JobReport extends JobProgress {
  readonly displayName: string
  readonly targetUrl: string
  readonly status: JobStatusCode
  readonly scheduleState: ScheduleState
  readonly provisioningMode: ProvisioningMode
  readonly escrowsPruned: boolean
  readonly settings: JobSettings
  readonly quarantine: Quarantine | null
  readonly targetChanges: TargetChanges | null
  readonly watermark: string | null
  /** Without errors, and without errors but with writes; however long ago. */
  readonly lastSuccessfulCycle: Cycle | null
  readonly lastSuccessfulCycleWithExports: Cycle | null
  /** When both sides agreed for the first time, and last. */
  readonly steadyStateFirstAchievedAt: number | null
  readonly steadyStateLastAchievedAt: number | null
  /** The same facts in Graph's words. */
  readonly synchronizationStatus: SynchronizationStatus
  /** Objects ever synchronized, by type; they never become fewer. `managed` is what is true now. */
  readonly synchronized: readonly { readonly objectType: ObjectTypeName; readonly count: number }[]
  /** Objects linked to the target, and how many of their accounts Muster keeps active. */
  readonly managed: readonly TypeCount[]
  /** Failed objects that are tried again. */
  readonly escrowed: number
  /** Objects that did not fail and are due in the next cycle: withheld by a plan, or taken back. */
  readonly due: number
}

/** Removals that wait for an administrator (spec section 8). */
export interface RemovalsReport {
  readonly quarantine: Quarantine | null
  readonly deletionPrevention: DeletionPrevention
  readonly staged: number
  /** Allowed, and due in the next cycle. */
  readonly approved: number
  /** How many match what was asked for. */
  readonly total: number
  readonly removals: readonly (HeldRemoval & { readonly displayName: string; readonly targetAnchor: string | null })[]
}

/** Who is told, and what was told, newest first. */
export interface NotificationsReport {
  readonly settings: NotificationSettings
  /** Without a mail server, or a secret to sign with, nothing is sent by that channel. */
  readonly hasMailServer: boolean
  readonly hasWebhookSecret: boolean
  readonly deliveries: readonly Delivery[]
}

export interface NotificationTestReport {
  readonly sent: readonly { readonly channel: NotificationChannel; readonly error: string | null }[]
}

export interface StatusReport {
  readonly version: string
  readonly database: 'sqlite' | 'postgresql'
  readonly now: number
  readonly directory: readonly {
    readonly objectType: ObjectTypeName
    readonly presence: SourcePresence
    readonly count: number
  }[]
  readonly jobs: readonly JobReport[]
}

export interface DirectoryEntry {
  readonly objectId: string
  readonly objectType: ObjectTypeName
  readonly presence: SourcePresence
  readonly displayName: string
  readonly userPrincipalName: string | null
}

/** A name that fits several, or none exactly. */
export interface PeopleFound {
  readonly matches: readonly DirectoryEntry[]
  readonly total: number
}

export interface AssignmentReport {
  readonly entry: DirectoryEntry
  readonly isChanged: boolean
  /** People whose entitlement may move. */
  readonly people: number
  /** Of those, people with an account that would leave the scope. */
  readonly losing: number
}

/** The roles assignments can carry, and how many have each. */
export interface RolesReport {
  readonly roles: readonly (AppRole & { readonly assignments: number })[]
  /** Whether Default Access permits provisioning (spec 3.2). */
  readonly defaultAccessIsEntitled: boolean
}

/** Why a job is in quarantine, and what would put it there. */
export interface QuarantineReport {
  readonly jobId: string
  readonly status: JobStatusCode
  readonly scheduleState: ScheduleState
  readonly nextRunAt: number
  readonly quarantine: Quarantine | null
  /** When it is given up; `null` while healthy. */
  readonly givenUpAt: number | null
  readonly thresholds: QuarantineThresholds
  /** Removals that wait for an administrator. */
  readonly removalsWaiting: number
}

export interface QuarantineLiftReport extends QuarantineReport {
  /** `false`: there was none. */
  readonly isLifted: boolean
}

export interface SettingsReport {
  readonly settings: JobSettings
  readonly isChanged: boolean
  /** People with an account that the change would take out of scope. */
  readonly losing: number
  /** Groups in the target that it would take out of scope: they are deleted. */
  readonly losingGroups: number
  /** What is still missing for these settings to do what they are for. */
  readonly warnings: readonly string[]
}

/** What a schema would do, or has done when it was saved. */
export interface SchemaReport {
  readonly isSaved: boolean
  /** Whether it says something else than the one before. */
  readonly isChanged: boolean
  readonly version: string
  /** People with an account that it takes out of scope: they are disabled. */
  readonly losing: number
  /** Groups in the target that it takes out of scope: they are deleted. */
  readonly losingGroups: number
  /** How new people are named from then on; `null` when that stays. */
  readonly userNames: NamesReport['mode'] | null
  readonly warnings: readonly SchemaProblem[]
}

export interface SchemaCheckReport {
  readonly problems: readonly SchemaProblem[]
  /** Whether it could be saved. */
  readonly isUsable: boolean
}

/** How a job names new people. */
export interface NamesReport {
  readonly mode: 'allotted' | 'asMapped'
  /** Names nobody is allotted, beside the reserved ones. */
  readonly avoided: readonly string[]
  readonly isChanged: boolean
  /** People in scope without an account: whom the rule concerns. */
  readonly unnamed: number
  /** People in scope with an account, which keeps its name. */
  readonly named: number
}

/** A stored pair of source object and target account (graph-api.md, objectConnection). */
export interface LinkReport {
  readonly objectTypeName: ObjectTypeName
  readonly sourceAnchor: string
  readonly targetAnchor: string
  readonly displayName: string
  readonly isActive: boolean
  readonly isManaged: boolean
}

export interface LinkRemovalReport {
  /** What was deleted; `null` when nothing was linked. */
  readonly link: LinkReport | null
}

/** What a restart can forget (graph-api.md, synchronizationJobRestartScope). */
export const resetScopes = [
  'None',
  'ConnectorDataStore',
  'Escrows',
  'Watermark',
  'QuarantineState',
  'Full',
  'ForceDeletes',
] as const
export type ResetScope = (typeof resetScopes)[number]

export interface JobStatusReport {
  readonly jobId: string
  readonly status: JobStatusCode
  readonly scheduleState: ScheduleState
  /** Under way, or begun and waiting to go on. */
  readonly isCycleRunning: boolean
  /** Removals that wait for an administrator. */
  readonly removalsWaiting: number
}

/** A job just made. */
export interface JobCreationReport {
  readonly jobId: string
  readonly displayName: string
  readonly status: JobStatusCode
  readonly scheduleState: ScheduleState
  /** It writes where the settings lead; otherwise it waits for credentials of its own. */
  readonly usesInstallation: boolean
  /** Others that write where the settings lead: nobody may be in scope of two. */
  readonly others: readonly string[]
}

/** What goes for good with a job; the accounts in the target stay as they are. */
export interface JobRemovalReport {
  readonly jobId: string
  readonly displayName: string
  readonly isDeleted: boolean
  readonly managed: readonly TypeCount[]
  readonly escrowed: number
  /** Removals that wait, whether or not they are allowed. */
  readonly heldRemovals: number
  readonly assignments: number
}

export interface RestartReport extends JobStatusReport {
  readonly isWatermarkCleared: boolean
  readonly linksForgotten: number
  readonly escrowsForgotten: number
  readonly isQuarantineLifted: boolean
  /** Removals that waited for an answer and happen in the next cycle. */
  readonly removalsAllowed: number
}
