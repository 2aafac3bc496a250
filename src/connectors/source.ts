/*
 * What the engine asks of a source directory. Every implementation runs `source.contract.ts`.
 */
import type { AssignmentPath, ObjectTypeName, SourceObject } from '../vocabulary/index.ts'

/** What a source can do: read by the engine first, not found out by failing. */
export interface SourceDescription {
  readonly name: string
  /** Graph's `synchronizationSchema.directories[].name` of this side. */
  readonly directoryName: string
  readonly objectTypes: readonly ObjectTypeName[]
}

/**
 * One page of the change feed. `watermark` is the position after it: reading again from there returns everything that
 * changed later. `objectsKnown` is how many objects this reading will give in all, as far as was known when it began.
 */
export interface ChangePage {
  readonly objects: readonly SourceObject[]
  readonly watermark: string
  readonly isLast: boolean
  readonly objectsKnown: number
}

export interface ReadChangesRequest {
  /** `null` reads everything that exists: an initial cycle. */
  readonly watermark: string | null
  readonly pageSize: number
}

export interface SourceConnector {
  describe(): SourceDescription
  /** Resolves when the source can be read; throws a `ConnectorError` with scope `job` when it cannot. */
  checkCredentials(): Promise<void>
  /**
   * Everything that changed after the watermark, complete objects with their assignments, as pages. May repeat a change,
   * never lose one. A feed that breaks off throws; it never ends early as if it were whole.
   * An object that changed for assignment, role or group membership reasons counts as changed.
   */
  readChanges(request: ReadChangesRequest): AsyncIterable<ChangePage>
  /** Where the feed ends now: reading from there gives what changes later, and nothing of what is there already. */
  newestWatermark(): Promise<string>
  /** Whether the feed after this watermark has a change of this object. */
  hasChangedSince(watermark: string, objectType: ObjectTypeName, anchor: string): Promise<boolean>
  /** One object as it is now, soft-deleted ones included; `null` when the source has never heard of it or deleted it for good. */
  readObject(objectType: ObjectTypeName, anchor: string): Promise<SourceObject | null>
  /**
   * Many at once. What the source knows to be deleted for good comes as such (`hardDeleted`). Who is missing from the answer
   * is not known: an answer that is short or empty says nothing about anybody, and never that they are gone.
   */
  readObjects(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]>
  /**
   * The same source for whoever asks for a few objects by name: `readObjects` gives them as they are at this moment, however long
   * it takes to find out. Where that is always so, the source itself.
   */
  afresh(): SourceConnector
}

export type { AssignmentPath }
