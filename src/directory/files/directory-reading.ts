/*
 * The nouns of reading a directory from files: what comes in, what was found, what was refused and why, and how far
 * the reading may be taken for the whole directory. Names of attributes are mapping source names (graph-api.md 3.1).
 */
import type { ObjectTypeName, SourceAttributes } from '../../vocabulary/index.ts'

export interface DirectoryFile {
  /** As the person who imports knows it: it stands in every message, and a member list takes its group from it. */
  readonly name: string
  readonly content: Uint8Array | AsyncIterable<Uint8Array>
  /** The group a member list belongs to, by object id or display name, when the file's name does not say it. */
  readonly group?: string
}

export interface ReadDirectoryOptions {
  /** Leave refused rows out and return them, instead of refusing everything because of them. */
  readonly keepGoing: boolean
  /** A WHATWG encoding label such as `windows-1252`, for files that are neither UTF-8 nor UTF-16 with a byte order mark. */
  readonly encoding?: string
}

export type DirectoryFileFormat =
  'csv users' | 'csv groups' | 'csv group members' | 'graph json' | 'graph json lines' | 'ldif'

/** What one file turned out to be, and how much of it was read. */
export interface FileSummary {
  readonly file: string
  readonly format: DirectoryFileFormat
  readonly users: number
  readonly groups: number
  readonly memberships: number
}

/** By what a file points at another object. */
export interface ObjectReference {
  readonly by: 'objectId' | 'userPrincipalName' | 'mail' | 'dn' | 'displayName'
  readonly value: string
}

interface ImportedObject {
  /**
   * The stable identity: the object id when the file has one, else the lower-cased userPrincipalName, which LDIF takes
   * from mail or login name where there is none; for groups the distinguished name or the lower-cased display name.
   */
  readonly key: string
  /** The object id of the file, or a UUID made from the key: the same key gives the same id at the next import. */
  readonly objectId: string
  readonly objectIdIsDerived: boolean
  /**
   * A column the file does not have is absent, an empty cell is `null`. Holds `objectId`; holds `manager` as an object
   * id when it was found in this reading, or `null` when the file says that there is none.
   */
  readonly attributes: SourceAttributes
  readonly file: string
  readonly line: number
}

export interface ImportedUser extends ImportedObject {
  /** What the file says about the manager, also when no such person was found in this reading. */
  readonly managerKey?: ObjectReference
}

export type ImportedGroup = ImportedObject

/** One member of one group. The object ids are there when the objects are in this reading. */
export interface ImportedMembership {
  readonly group: ObjectReference
  readonly member: ObjectReference
  readonly groupObjectId?: string
  readonly memberObjectId?: string
  readonly memberType?: ObjectTypeName
  readonly file: string
  readonly line: number
}

/** A row that was not taken, or what is wrong with a whole file. */
export interface RefusedRow {
  readonly file: string
  /** Counted from 1; 0 speaks of the file as a whole. */
  readonly line: number
  /** As the file spells it; `''` speaks of the whole row. */
  readonly column: string
  /** Shortened, so that a message stays readable. */
  readonly value: string
  /** What was found, why it matters, what to do. */
  readonly reason: string
}

/**
 * Whether the files may be taken for everything there is: `absent` when they say nothing of such objects, `partial`
 * when there is a sign that something is missing (`reasons` says which), else `whole`. Only `whole` may delete what
 * the files do not name.
 */
export interface ReadingCompleteness {
  readonly users: 'absent' | 'partial' | 'whole'
  readonly groups: 'absent' | 'partial' | 'whole'
  /** Groups whose members are listed in full: a member missing from the list is no member any more. */
  readonly memberListsOf: readonly ObjectReference[]
  readonly reasons: readonly string[]
}

export interface DirectoryFileReading {
  readonly formats: readonly FileSummary[]
  readonly users: readonly ImportedUser[]
  readonly groups: readonly ImportedGroup[]
  readonly memberships: readonly ImportedMembership[]
  readonly refused: readonly RefusedRow[]
  readonly notes: readonly string[]
  readonly completeness: ReadingCompleteness
}
