/*
 * What Muster remembers, by subject. Two implementations (SQLite embedded, PostgreSQL) run `store.contract.ts`.
 * All instants are milliseconds since 1970-01-01 UTC. Batches are applied whole or not at all.
 */
import type {
  AllottedName,
  AssignmentPath,
  AuditActivity,
  AuditVerification,
  DirectoryAudit,
  SealedAudit,
  BeforeImage,
  Cycle,
  DeferredReference,
  Delivery,
  EscrowEntry,
  HeldRemoval,
  JobSettings,
  JobStatusCode,
  JsonObject,
  Link,
  NotificationChannel,
  ObjectTypeName,
  OpenWrite,
  PlannedWrite,
  PlannedWriteEnd,
  PlannedWriteOutcome,
  PlannedWriteQuery,
  PlanMoved,
  ProvisioningAction,
  ProvisioningObjectSummary,
  ProvisioningStatus,
  Quarantine,
  SealedPlan,
  SealedPlanKind,
  SealedPlanState,
  ScheduleState,
  SourceAttributes,
  SourcePresence,
  StoredImage,
  SynchronizationJob,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import type { AccountStore } from './account-store.ts'

export type { AccountChange, AccountStore, HandedSecret, SignInAttempts } from './account-store.ts'
import type { AccessStore } from './access-store.ts'

export type { AccessStore } from './access-store.ts'

// ---------------------------------------------------------------- the built-in directory

/** A row of the directory; `members` and assignments live in tables of their own. */
export interface DirectoryObject {
  readonly objectId: string
  readonly objectType: ObjectTypeName
  readonly presence: SourcePresence
  readonly deletedAt: number | null
  /** Mapping source names; never `objectId`, `members` or assignments. */
  readonly attributes: SourceAttributes
  /** Position of its latest change in the feed; unique and ever growing over all objects. */
  readonly changeNumber: number
}

export interface DirectoryAssignment {
  readonly assignmentId: string
  readonly servicePrincipalId: string
  readonly principalId: string
  /** Programs are assigned to what they have permissions of. */
  readonly principalType: ObjectTypeName | 'ServicePrincipal'
  readonly appRoleId: string
  readonly appRoleDisplayName: string
  readonly appRoleValue: string | null
  /** `null` where nobody wrote it down. */
  readonly createdAt: number | null
}

/** One step of an object's history: what a write changed about it. */
export interface DirectoryJournalEntry {
  readonly number: number
  readonly objectId: string
  /** Names of attributes that have another value since; `'all'` when the object is new, went or came back. */
  readonly attributes: readonly string[] | 'all'
  /** The manager somebody had before, where that changed; `null`: none, or it did not change. */
  readonly managerBefore: string | null
  readonly membersAdded: readonly string[]
  readonly membersRemoved: readonly string[]
  readonly ownersAdded: readonly string[]
  readonly ownersRemoved: readonly string[]
}

/** An application, or what stands for it in the tenant; there are few. */
export interface DirectoryApplication {
  readonly objectId: string
  readonly objectType: 'Application' | 'ServicePrincipal'
  /** What is deleted for good is not kept. */
  readonly presence: 'present' | 'softDeleted'
  readonly deletedAt: number | null
  readonly appId: string
  /** Microsoft Graph's properties in its spelling, without `id`, `appId` and `deletedDateTime`. */
  readonly properties: JsonObject
}

/** Narrows a list by an index. It may let more through than it says, never less: whoever asks compares again. */
export type DirectoryNarrowing =
  | { readonly by: 'equals'; readonly name: 'displayName' | 'userPrincipalName' | 'mail'; readonly text: string }
  /** Goes with a list in order of this name. */
  | { readonly by: 'startsWith'; readonly name: 'displayName' | 'userPrincipalName'; readonly text: string }
  /** One of the names and addresses contains it. */
  | { readonly by: 'contains'; readonly text: string }

/** Where a list goes on after an object. */
export interface Placed<T> {
  readonly object: T
  readonly position: string
}

/** Lists go on after a `position` of the same list; one of another list throws a `RangeError`. */
export interface DirectoryLists {
  listObjects(request: {
    readonly objectType: ObjectTypeName
    readonly presence: 'present' | 'softDeleted'
    readonly order: 'objectId' | 'displayName' | 'userPrincipalName'
    readonly isDescending: boolean
    readonly narrowing: DirectoryNarrowing | null
    readonly after: string | null
    readonly limit: number
  }): Promise<readonly Placed<DirectoryObject>[]>
  countObjects(objectType: ObjectTypeName, presence: 'present' | 'softDeleted'): Promise<number>
  /** Ids of direct members of any of these groups that are present, each once, in order, after the one named. */
  listMembers(request: MemberListRequest): Promise<readonly string[]>
  countMembers(request: Pick<MemberListRequest, 'groupIds' | 'objectType'>): Promise<number>
  /** Which of these objects, present or not, are direct members of the group. */
  membersAmong(groupId: string, memberIds: readonly string[]): Promise<ReadonlySet<string>>
  /** Ids of present people with this manager, in order, after the one named. */
  listReports(managerId: string, after: string | null, limit: number): Promise<readonly string[]>
  /** Owners by what they own, in order of id. */
  owners(ownedIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** What somebody owns, in order of id. */
  ownedBy(ownerId: string): Promise<readonly string[]>
  getAssignment(assignmentId: string): Promise<DirectoryAssignment | null>
  /** In order of principal, then id. */
  listAssignmentsOf(request: AssignmentListRequest): Promise<readonly Placed<DirectoryAssignment>[]>
  countAssignmentsOf(of: AssignmentListRequest['of']): Promise<number>
}

export interface MemberListRequest {
  readonly groupIds: readonly string[]
  /** `null`: of any type. */
  readonly objectType: ObjectTypeName | null
  readonly after: string | null
  readonly limit: number
}

export interface AssignmentListRequest {
  readonly of: { readonly servicePrincipalId: string } | { readonly principalId: string }
  readonly after: string | null
  readonly limit: number
}

/** What changed since a point of the journal. */
export interface JournalReads {
  /**
   * Entries after `floor` are all there; `newest` is the number of the newest one. An entry that a later read finds has a
   * greater number.
   */
  journalRange(): Promise<{ readonly floor: number; readonly newest: number }>
  journalAfter(objectType: ObjectTypeName, after: number, limit: number): Promise<readonly DirectoryJournalEntry[]>
}

export interface ApplicationReads {
  applications(objectIds: readonly string[]): Promise<readonly DirectoryApplication[]>
  /** Present or not, those of one app id. */
  applicationsOf(appId: string): Promise<readonly DirectoryApplication[]>
  /** In order of id, after the one named. */
  listApplications(request: {
    readonly objectType: DirectoryApplication['objectType']
    readonly presence: DirectoryApplication['presence']
    readonly after: string | null
    readonly limit: number
  }): Promise<readonly DirectoryApplication[]>
}

/** What a directory that mirrors another system remembers of something there, each kind with keys of its own. */
export type MirrorKind =
  'User' | 'Group' | 'GroupAttributes' | 'Member' | 'UserRemoved' | 'GroupRemoved' | 'MemberRemoved'

export interface MirrorReads {
  /** What is remembered under this name; `null`: nothing. */
  mirrorState(name: string): Promise<string | null>
  /** The reading in which each of these was seen last, by key; those never seen are missing. */
  mirrorRounds(kind: MirrorKind, keys: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Keys that were last seen before that reading, in order, after the one named. */
  mirrorUnseen(request: {
    readonly kind: MirrorKind
    readonly round: number
    readonly after: string | null
    readonly limit: number
  }): Promise<readonly string[]>
  /** How many keys there are, and how many of them were last seen before that reading. */
  countMirrored(kind: MirrorKind, round: number): Promise<{ readonly all: number; readonly unseen: number }>
}

/** Reads of the directory. Lists are in a stable order. */
export interface DirectoryReads extends DirectoryLists, JournalReads, ApplicationReads, MirrorReads {
  /** Objects whose latest change lies after `after`, in change order; gone ones included as tombstones. */
  changesAfter(after: number, limit: number): Promise<readonly DirectoryObject[]>
  /** How many objects have changed after that position, and the position of the newest change (0 when empty). */
  changesWaiting(after: number): Promise<{ readonly count: number; readonly newest: number }>
  objects(objectIds: readonly string[]): Promise<readonly DirectoryObject[]>
  /**
   * Objects whose objectId, userPrincipalName, mail or displayName equals the text, without case; exact id first. What is
   * gone for good is found by its id only.
   */
  lookUp(text: string): Promise<readonly DirectoryObject[]>
  /**
   * Objects one of whose names or addresses contains the text, without case, in order of display name; '' lists all. What is
   * gone for good is left out.
   */
  search(request: {
    readonly text: string
    readonly objectType?: ObjectTypeName
    readonly limit: number
    readonly offset: number
  }): Promise<{ readonly objects: readonly DirectoryObject[]; readonly total: number }>
  /** Objects of a presence by type. */
  counts(): Promise<
    readonly { readonly objectType: ObjectTypeName; readonly presence: SourcePresence; readonly count: number }[]
  >
  /** Domains of the principal names of people who are present, folded, those of most people first; at most a thousand. */
  principalDomains(): Promise<readonly { readonly domain: string; readonly people: number }[]>
  /** Ids of every object of a type that is present, for a full import's comparison. */
  presentIds(objectType: ObjectTypeName): Promise<readonly string[]>
  /** Direct members by group, ordered by id; groups without members are missing from the map. */
  members(groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Groups each object is a direct member of. */
  groupsOf(memberIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Assignments of these principals themselves (not through groups). */
  assignments(
    servicePrincipalId: string,
    principalIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly DirectoryAssignment[]>>
  listAssignments(servicePrincipalId: string): Promise<readonly DirectoryAssignment[]>
  /** Direct ones and those through groups that are present, by object; objects without any are missing from the map. */
  assignmentPaths(
    servicePrincipalId: string,
    objectIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly AssignmentPath[]>>
}

/** Writes, inside one transaction; reads within it see them. */
export interface DirectoryTransaction extends DirectoryReads {
  /**
   * Inserts or replaces; every row gets a fresh change number, in the order given. The journal learns what changed, and of
   * groups that lose or regain a member because it went or came back.
   */
  putObjects(objects: readonly Omit<DirectoryObject, 'changeNumber'>[]): Promise<void>
  /** Sets the whole direct membership of a group. Journalled; bumps nothing: call `touch`. */
  replaceMembers(groupId: string, memberIds: readonly string[]): Promise<void>
  /** Put in and taken out; those who are there already, or are not, are passed over. Bump nothing: call `touch`. */
  changeMembers(
    groupId: string,
    change: { readonly added: readonly string[]; readonly removed: readonly string[] },
  ): Promise<void>
  changeOwners(
    ownedId: string,
    change: { readonly added: readonly string[]; readonly removed: readonly string[] },
  ): Promise<void>
  putApplications(applications: readonly DirectoryApplication[]): Promise<void>
  /** With their secrets. */
  deleteApplications(objectIds: readonly string[]): Promise<void>
  putAssignments(assignments: readonly DirectoryAssignment[]): Promise<void>
  deleteAssignments(assignmentIds: readonly string[]): Promise<void>
  /** Gives these objects fresh change numbers: something about them changed that is not in their row. */
  touch(objectIds: readonly string[]): Promise<void>
  putMirrorState(name: string, state: string): Promise<void>
  noteMirrored(kind: MirrorKind, keys: readonly string[], round: number): Promise<void>
  forgetMirrored(kind: MirrorKind, keys: readonly string[] | 'all'): Promise<void>
}

export interface DirectoryStore extends DirectoryReads {
  transaction<T>(work: (transaction: DirectoryTransaction) => Promise<T>): Promise<T>
  /**
   * Forgets the oldest journal entries, so many at most, of those older than that; answers how many. Called now and then: it
   * remembers itself how old they are.
   */
  pruneJournal(request: { readonly now: number; readonly keptMs: number; readonly limit: number }): Promise<number>
}

// ---------------------------------------------------------------- jobs, leases, cycles

/** Proof of the right to write for a job. A write whose fence is no longer the newest throws `LeaseLostError`. */
export interface Lease {
  readonly jobId: string
  readonly fence: number
}

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

export interface Executions {
  readonly last: Cycle | null
  readonly lastSuccessful: Cycle | null
  readonly lastSuccessfulWithExports: Cycle | null
}

export interface JobStore {
  create(job: SynchronizationJob): Promise<void>
  list(): Promise<readonly SynchronizationJob[]>
  get(jobId: string): Promise<SynchronizationJob | null>
  saveSettings(jobId: string, settings: JobSettings): Promise<void>
  /** Clears the watermark and all escrows, so that the next cycle is an initial one (spec 5.8 and section 11). */
  saveSchema(jobId: string, schema: SynchronizationSchema): Promise<void>
  /** Without a schedule state the schedule stays as it is. */
  setStatus(jobId: string, status: JobStatusCode, scheduleState?: ScheduleState): Promise<void>
  /** An administrator lets the job run from now on: no quarantine, and pruned failures have been read of (spec 6.1). */
  activate(jobId: string, status: 'NotRun' | 'Active'): Promise<void>
  /**
   * Everything the job knows is gone for good: watermark, links, failures, names, cycles and the assignments of its
   * application, unless these are to be kept. The provisioning log stays until its retention.
   */
  delete(lease: Lease, request?: { readonly keepsAssignments: boolean }): Promise<void>
  clearWatermark(jobId: string): Promise<void>
  setNextRun(jobId: string, nextRunAt: number): Promise<void>
  /** Imposes a quarantine, or lifts it with `null`, and tells of it; a paused job stays paused (spec section 9). */
  setQuarantine(jobId: string, quarantine: Quarantine | null, outgoing: readonly OutgoingNotification[]): Promise<void>

  /**
   * Takes the lease of a job: of the named one, or of any that is due (`nextRunAt` reached, schedule active and status NotRun, Active
   * or Quarantine, or Paused in the middle of carrying out a plan) and not leased. `null` when there is none. On PostgreSQL leases
   * are timed by the server's clock.
   */
  claim(request: {
    readonly owner: string
    readonly leaseMs: number
    readonly now: number
    readonly jobId?: string
  }): Promise<{ readonly lease: Lease; readonly job: SynchronizationJob } | null>
  /**
   * Jobs that could run and wait for their time: active or in quarantine, with a watermark, held by nobody, and without a
   * cycle that has still to come to its end.
   */
  idle(now: number): Promise<readonly SynchronizationJob[]>
  /** Prolongs the lease; throws `LeaseLostError` when it is another's by now. */
  beat(lease: Lease, request: { readonly leaseMs: number; readonly now: number }): Promise<void>
  /** Gives the lease back, after which it is good for nothing; harmless when it is lost already. */
  release(lease: Lease): Promise<void>

  /** Who took the lease that is in force now, as they called themselves; `null` when there is none. */
  leaseHolder(jobId: string): Promise<string | null>

  /**
   * Ends every lease. For the embedded database at start, when the data folder's lock proves that no other process lives;
   * fences grow on, so that a write of an earlier holder is refused all the same.
   */
  breakLeases(): Promise<void>

  /** Stores or replaces the cycle, by its id; a cycle with `endedAt` null is the job's running one. */
  saveCycle(lease: Lease, cycle: Cycle): Promise<void>
  /**
   * Ends the cycle: stores it, moves the job's watermark, status, next run and steady state, all in one transaction. What an
   * administrator did meanwhile is kept: a watermark cleared since the claim that began the cycle stays `null` (spec 5.8, 11),
   * a job that was paused, or is no longer configured, stays so.
   */
  endCycle(
    lease: Lease,
    cycle: Cycle,
    job: {
      readonly watermark: string | null
      readonly status: JobStatusCode
      readonly nextRunAt: number
      readonly steadyStateAchievedAt: number | null
      readonly quarantine: Quarantine | null
      /** The schedule from now on; missing: as it is. */
      readonly scheduleState?: ScheduleState
      /** Drops all failures of the job, and remembers that it did. */
      /** Drops what has failed; what is only due in the next cycle stays. */
      readonly prunesEscrows?: boolean
      readonly outgoing: readonly OutgoingNotification[]
    },
  ): Promise<void>
  /** The cycle that was begun and has not ended: it goes on, possibly in another process. */
  runningCycle(jobId: string): Promise<Cycle | null>
  /** Newest first. */
  cycles(jobId: string, limit: number): Promise<readonly Cycle[]>
  /** However long ago: the last cycle that ended, the last without errors, and the last without errors that wrote something. */
  executions(jobId: string): Promise<Executions>
}

// ---------------------------------------------------------------- what is remembered of each object

/** Everything that one object's provisioning leaves behind, saved together (style.md section 4). */
export interface Outcome {
  /** `null` when nothing is worth an entry: a removal that is only held, a gone object nobody knew. */
  readonly logEntry: ProvisioningObjectSummary | null
  /** What the write that `logEntry` tells of changed; missing when none took effect. */
  readonly beforeImage?: BeforeImage
  /** Noted before a write goes out, closed when it is known what became of it. Each object has one at most. */
  readonly openWrite?:
    | { readonly kind: 'put'; readonly write: OpenWrite }
    | { readonly kind: 'close'; readonly objectType: ObjectTypeName; readonly sourceAnchor: string }
  readonly link?:
    | { readonly kind: 'put'; readonly link: Link }
    | { readonly kind: 'delete'; readonly objectType: ObjectTypeName; readonly sourceAnchor: string }
  readonly escrow?:
    | { readonly kind: 'put'; readonly entry: EscrowEntry }
    | { readonly kind: 'clear'; readonly objectType: ObjectTypeName; readonly sourceAnchor: string }
  /** Replaces all deferred references of this owner when given. */
  readonly deferred?: {
    readonly ownerType: ObjectTypeName
    readonly ownerAnchor: string
    readonly references: readonly DeferredReference[]
  }
  /** Deferred references to add without touching the owner's others (a member that lost its memberships by being disabled). */
  readonly addDeferred?: readonly DeferredReference[]
  /** A target anchor that the target has dropped from all groups: forgotten from the `members` of this job's group links. */
  readonly forgetMember?: string
  /** Kept for their objects from now on; a name replaces the one kept for the same attribute before. */
  readonly names?: readonly AllottedName[]
  /** All names kept for this object are free again. */
  readonly releaseNames?: { readonly objectType: ObjectTypeName; readonly sourceAnchor: string }
  readonly hold?: HeldRemoval
  readonly releaseHold?: { readonly objectType: ObjectTypeName; readonly sourceAnchor: string }
  /** What became of planned writes, when a plan is carried out. */
  readonly planned?: readonly PlannedWriteEnd[]
}

export interface LogFilter {
  readonly jobId?: string
  /** Of these jobs alone, whatever else is asked. */
  readonly jobIds?: readonly string[]
  readonly cycleId?: string
  readonly changeId?: string
  /** Source or target id, exact. */
  readonly identityId?: string
  /** Part of the name or id of the source or target system, without case. */
  readonly system?: string
  readonly errorCode?: string
  /** Part of a display name or id on either side, without case. */
  readonly text?: string
  readonly status?: ProvisioningStatus
  readonly action?: ProvisioningAction
  readonly since?: number
  readonly until?: number
  /** Entries up to this position of the log: what is written later stays out. */
  readonly through?: number
}

export interface LogQuery extends LogFilter {
  readonly limit: number
  /** Continues after the page that returned it. */
  readonly cursor?: string
}

/** An entry and its position in the log: positions grow in the order entries are committed. */
export interface NumberedLogEntry {
  readonly number: number
  readonly entry: ProvisioningObjectSummary
}

/** Entries are written with their outcome and never changed; only retention takes them away. */
export interface ProvisioningStore {
  linksBySource(
    jobId: string,
    objectType: ObjectTypeName,
    sourceAnchors: readonly string[],
  ): Promise<ReadonlyMap<string, Link>>
  linksByTarget(
    jobId: string,
    objectType: ObjectTypeName,
    targetAnchors: readonly string[],
  ): Promise<ReadonlyMap<string, Link>>
  /** In order of source anchor, after the one named. */
  listLinks(
    jobId: string,
    request: { readonly objectType: ObjectTypeName; readonly after: string | null; readonly limit: number },
  ): Promise<readonly Link[]>
  /** Links by type, and how many of them are active. */
  countLinks(
    jobId: string,
  ): Promise<readonly { readonly objectType: ObjectTypeName; readonly count: number; readonly active: number }[]>
  /** Objects by type that were ever synchronized since the links were reset last; it never shrinks (spec 13.1). */
  countSynchronized(jobId: string): Promise<readonly { readonly objectType: ObjectTypeName; readonly count: number }[]>
  /** The links were reset: the count begins anew. */
  resetSynchronized(lease: Lease): Promise<void>
  /** Group links whose members include this target anchor. */
  groupsWithMember(jobId: string, targetAnchor: string): Promise<readonly Link[]>

  escrow(
    jobId: string,
    objectType: ObjectTypeName,
    sourceAnchors: readonly string[],
  ): Promise<ReadonlyMap<string, EscrowEntry>>
  /** Entries due at that time, the longest due first. */
  escrowDue(jobId: string, now: number, limit: number): Promise<readonly EscrowEntry[]>
  /** All of them, or those with one of these codes. */
  countEscrow(jobId: string, codes?: readonly string[]): Promise<number>

  /** Owners that wait for any of these objects. */
  deferredTo(jobId: string, referencedAnchors: readonly string[]): Promise<readonly DeferredReference[]>
  /** Deferred references whose referenced object has an active link by now, in order of owner. */
  deferredResolvable(jobId: string, limit: number): Promise<readonly DeferredReference[]>
  deferredOf(jobId: string, ownerAnchor: string): Promise<readonly DeferredReference[]>

  /** Names kept for these objects, in order of anchor and attribute. */
  allottedNames(
    jobId: string,
    objectType: ObjectTypeName,
    sourceAnchors: readonly string[],
  ): Promise<readonly AllottedName[]>
  /** The objects that these values of an attribute are kept for, by value; free ones are missing. */
  nameHolders(
    jobId: string,
    request: { readonly objectType: ObjectTypeName; readonly attribute: string; readonly values: readonly string[] },
  ): Promise<ReadonlyMap<string, string>>

  /** Writes of which it is not known what became of them, in order of object; those of one object when it is named. */
  openWrites(jobId: string, owner?: Pick<Link, 'objectType' | 'sourceAnchor'>): Promise<readonly OpenWrite[]>

  heldRemovals(jobId: string): Promise<readonly HeldRemoval[]>
  /** Staged removals may happen; answers how many. */
  approveRemovals(jobId: string): Promise<number>
  /** These removals may happen when they are due, whatever the threshold: an administrator has been told of them and agreed. */
  approveBeforehand(jobId: string, removals: readonly Omit<HeldRemoval, 'state'>[]): Promise<void>
  /** Disables and deletes of this job that succeeded since then. */
  countRemovals(jobId: string, since: number): Promise<number>
  /** Disables and deletes of this cycle that have succeeded. */
  countRemovalsIn(cycleId: string): Promise<number>

  /**
   * One transaction for all of them, under the lease; of two about the same object the later one counts. Members of a link
   * come back in order of anchor. A name that is kept for another object already is refused, and all with it.
   */
  saveOutcomes(lease: Lease, outcomes: readonly Outcome[]): Promise<void>

  /** Newest first. A cursor that is not one of this log's throws a `RangeError`. */
  queryLog(
    query: LogQuery,
  ): Promise<{ readonly entries: readonly ProvisioningObjectSummary[]; readonly cursor: string | null }>
  getLogEntry(id: string): Promise<ProvisioningObjectSummary | null>
  /** The same list with the place of every entry, in either order; a place that is not one of this log's throws a `RangeError`. */
  listLog(
    request: LogFilter & {
      readonly order: 'newestFirst' | 'oldestFirst'
      readonly after: string | null
      readonly limit: number
    },
  ): Promise<readonly Placed<ProvisioningObjectSummary>[]>
  countLog(filter: LogFilter): Promise<number>
  /**
   * What the writes of the entries that match changed, the last saved first, whatever their instants; cursors as above. Beside
   * those of the identity come the ones that speak of `accounts`, by target anchor: groups they were put into or taken out of.
   */
  beforeImages(
    query: Pick<LogQuery, 'jobId' | 'cycleId' | 'identityId' | 'since' | 'limit' | 'cursor'> & {
      readonly accounts?: readonly string[]
    },
  ): Promise<{ readonly images: readonly StoredImage[]; readonly cursor: string | null }>
  /** The position of the newest entry; 0 in an empty log. Every entry up to it is committed. */
  logPosition(): Promise<number>
  /** Entries after a position, in the order they were written. */
  logAfter(after: number, query: LogFilter & { readonly limit: number }): Promise<readonly NumberedLogEntry[]>
  /** Removes entries older than that instant, and their images, in one short transaction, the oldest first and so many at most; answers how many. */
  purgeLog(olderThan: number, limit: number): Promise<number>
}

// ---------------------------------------------------------------- plans that are kept

/** Plans and their writes. A draft is seen by its id alone. */
export interface PlanStore {
  /** Stores or replaces the plan, by its id, and adds these writes to those it has; what is to be told of it begins its way. */
  put(plan: SealedPlan, writes: readonly PlannedWrite[], outgoing?: readonly OutgoingNotification[]): Promise<void>
  get(planId: string): Promise<SealedPlan | null>
  /** Newest first. A cursor that is not one of this list's throws a `RangeError`. */
  list(
    jobId: string,
    request: {
      readonly state?: SealedPlanState
      /** Part of the origin, the id or the name of whoever asked, without case. */
      readonly text?: string
      readonly limit: number
      /** Continues after the page that returned it. */
      readonly cursor?: string
    },
  ): Promise<{ readonly plans: readonly SealedPlan[]; readonly cursor: string | null }>
  /** In the order they were planned, and how many match in all. */
  writes(
    planId: string,
    query: PlannedWriteQuery,
  ): Promise<{ readonly writes: readonly PlannedWrite[]; readonly total: number }>
  /** All of one object's, in the order they were planned. */
  writesOf(planId: string, objectType: ObjectTypeName, sourceAnchor: string): Promise<readonly PlannedWrite[]>
  countOutcomes(planId: string): Promise<
    readonly {
      readonly outcome: PlannedWriteOutcome | null
      readonly moved: PlanMoved | null
      readonly count: number
    }[]
  >
  /** Rejects or supersedes an open plan; answers whether it was this call that did it. */
  decide(
    planId: string,
    decision: { readonly state: 'rejected' | 'superseded'; readonly at: number; readonly by: string },
  ): Promise<boolean>
  /** Supersedes the open plans of these kinds; answers which. */
  supersede(
    jobId: string,
    request: {
      readonly kinds: readonly SealedPlanKind[]
      /** Only those a review made wait. */
      readonly onlyReviews: boolean
      readonly except: string | null
      readonly at: number
    },
  ): Promise<readonly string[]>
  /** Uses an open plan up: it is applied, and this cycle carries it out. `false`: it was not open any more, and nothing happened. */
  apply(
    lease: Lease,
    planId: string,
    application: { readonly cycle: Cycle; readonly at: number; readonly by: string },
  ): Promise<boolean>
  noteEnds(lease: Lease, ends: readonly PlannedWriteEnd[]): Promise<void>
  /** Forgets a draft with its writes; anything else stays. */
  removeDraft(planId: string): Promise<void>
  /** Removes plans made before that instant that are not open, so many at most; answers how many. */
  purge(olderThan: number, limit: number): Promise<number>
}

// ---------------------------------------------------------------- what administrators are told

export type OutgoingNotification = Pick<Delivery, 'notification' | 'channel'>

/** Notifications of a job's health begin their way together with what they tell of (`endCycle`, `setQuarantine`). */
export interface NotificationStore {
  /** Puts others on their way, due at once. */
  put(outgoing: readonly OutgoingNotification[]): Promise<void>
  /** Those that are to be sent by then, the longest due first. */
  due(now: number, limit: number): Promise<readonly Delivery[]>
  /** Newest first. */
  list(jobId: string, limit: number): Promise<readonly Delivery[]>
  noteDelivered(id: string, channel: NotificationChannel, at: number): Promise<void>
  /** `nextAttemptAt: null`: it is given up. */
  noteFailed(
    id: string,
    channel: NotificationChannel,
    failure: { readonly error: string; readonly nextAttemptAt: number | null },
  ): Promise<void>
}

// ---------------------------------------------------------------- who changed the configuration

export interface AuditQuery {
  readonly activity?: AuditActivity
  readonly result?: DirectoryAudit['result']
  /** Part of the name of whoever did it, without case. */
  readonly initiator?: string
  /** Part of anything the entry says, without case. */
  readonly text?: string
  readonly since?: number
  readonly until?: number
  readonly limit: number
  /** Continues after the entry with this number. */
  readonly cursor?: number
  /** Otherwise the newest come first. */
  readonly oldestFirst?: true
}

/**
 * Asked inside a transaction that has changed something and is about to be committed: what is to be told of it, or `null` for
 * nothing. `job` reads a job as the transaction leaves it.
 */
export type DescribeChange = (
  job: (jobId: string) => Promise<SynchronizationJob | null>,
) => Promise<DirectoryAudit | null>

/** Entries form one chain, whoever writes; they are never changed, only retention takes the oldest away. */
export interface AuditStore {
  /**
   * Does the work, and tells of what it changes in this store: each transaction in it is described, and the entry is committed
   * with it or not at all. Leases are not told of.
   */
  during<T>(describe: DescribeChange, work: () => Promise<T>): Promise<T>
  /** For what has no transaction here: a change elsewhere, an attempt that failed. */
  append(entry: DirectoryAudit): Promise<void>
  query(query: AuditQuery): Promise<{ readonly entries: readonly SealedAudit[]; readonly cursor: number | null }>
  count(query: Omit<AuditQuery, 'limit' | 'cursor' | 'oldestFirst'>): Promise<number>
  get(id: string): Promise<SealedAudit | null>
  /** Proves the chain from the checkpoint to its head; of a hash noted earlier it says which entry has it. */
  verify(notedHash?: string): Promise<AuditVerification>
  /**
   * Removes the oldest entries, older than that instant and so many at most, and tells of it; the checkpoint holds the hash of
   * the last one removed. Answers how many.
   */
  purge(olderThan: number, limit: number, telling: { readonly id: string; readonly at: number }): Promise<number>
}

// ---------------------------------------------------------------- secrets

/** A text that only a key outside the database opens. */
export interface SealedSecret {
  /** A servicePrincipal, or a fixed name of the installation. */
  readonly ownerId: string
  /** `SecretToken`, `BaseAddress`, ... */
  readonly name: string
  /** Of the key it is sealed with. */
  readonly keyId: string
  readonly sealed: string
}

type SecretPlace = Pick<SealedSecret, 'ownerId' | 'name'>

/** The store never sees what is sealed. */
export interface SecretStore {
  /** In order of name. */
  list(ownerId: string): Promise<readonly SealedSecret[]>
  /** The owner has these from now on, and no others. */
  replace(ownerId: string, secrets: readonly Omit<SealedSecret, 'ownerId'>[]): Promise<void>
  /** The same, unless the owner's secrets are others than `known` by now: then nothing happens. Answers whether it did. */
  replaceIf(
    ownerId: string,
    known: readonly Pick<SealedSecret, 'name' | 'sealed'>[],
    secrets: readonly Omit<SealedSecret, 'ownerId'>[],
  ): Promise<boolean>
  /** All that are not sealed with this key, in order of owner and name, after the one named. */
  notSealedWith(
    keyId: string,
    request: { readonly after: SecretPlace | null; readonly limit: number },
  ): Promise<readonly SealedSecret[]>
  /** Sealed with each key, in order of its id. */
  countByKey(): Promise<readonly { readonly keyId: string; readonly count: number }[]>
  /** Puts another sealed text in place of the one named, unless that is another by now; answers how many were put. */
  reseal(changes: readonly (SealedSecret & { readonly before: string })[]): Promise<number>
  /** Forgets everything that is sealed with this key; answers how many. */
  removeSealedWith(keyId: string): Promise<number>
}

/**
 * A read outside a transaction sees what is committed, and nothing else. A transaction begun inside another one, and one used
 * after its end, are faults of the program and throw.
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgresql'
  readonly directory: DirectoryStore
  readonly jobs: JobStore
  readonly provisioning: ProvisioningStore
  readonly notifications: NotificationStore
  readonly audit: AuditStore
  readonly plans: PlanStore
  readonly secrets: SecretStore
  readonly accounts: AccountStore
  readonly access: AccessStore
  /** A small value under a name (tenant id, what was loaded at first start). */
  getValue(name: string): Promise<string | null>
  setValue(name: string, value: string): Promise<void>
  close(): Promise<void>
}
