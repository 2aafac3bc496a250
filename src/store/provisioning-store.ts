/* What is remembered of each object, and the provisioning log: a part of `store.ts`, with the same promises. */
import type {
  AllottedName,
  BeforeImage,
  DeferredReference,
  EscrowEntry,
  HeldRemoval,
  Link,
  ObjectTypeName,
  OpenWrite,
  PlannedWriteEnd,
  ProvisioningAction,
  ProvisioningObjectSummary,
  ProvisioningStatus,
  StoredImage,
} from '../vocabulary/index.ts'
import type { Placed } from './directory-store.ts'
import type { Lease } from './job-store.ts'

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
  /** When one goes, whoever failed because the account was taken (`DuplicateSourceEntries`) is due at once. */
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
