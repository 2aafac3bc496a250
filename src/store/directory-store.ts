/* The built-in directory: its objects, assignments, applications and journal: a part of `store.ts`, with the same promises. */
import type {
  AssignmentPath,
  JsonObject,
  ObjectTypeName,
  SourceAttributes,
  SourcePresence,
} from '../vocabulary/index.ts'

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
