/*
 * The nouns both sides of the house agree on: objects of the source, objects of the target and the values they carry.
 * Spellings are Microsoft Graph's synchronization vocabulary and SCIM's.
 */

/** Object types Muster provisions (graph-api.md section 3.10, `objectTypeName`). */
export type ObjectTypeName = 'User' | 'Group'

/**
 * A source attribute's value. `null` and a missing key both mean absent; `''` is a value (expressions.md 5.2).
 * Integers beyond 2^53 are `bigint`. A list is multi-valued and holds only strings.
 */
export type SourceValue = string | number | bigint | boolean | readonly string[] | null

/** Source attributes by mapping source name (graph-api.md 3.1: `jobTitle`, `mobile`, `objectId`, ...), never Graph's own property name. */
export type SourceAttributes = Readonly<Record<string, SourceValue>>

/** Where an object stands in the source: there, in the recycle bin, or gone for good (provisioning-service.md section 7). */
export type SourcePresence = 'present' | 'softDeleted' | 'hardDeleted'

/** One way by which an object is assigned to the application (provisioning-service.md 3.1). */
export interface AssignmentPath {
  readonly kind: 'direct' | 'group'
  /** The assigned group, when the path goes through one. */
  readonly groupId?: string
  readonly groupDisplayName?: string
  readonly appRoleId: string
  readonly appRoleDisplayName: string
  readonly appRoleValue: string | null
}

/** One object as the source holds it, complete: never a delta of itself (expressions.md section 7). */
export interface SourceObject {
  readonly objectType: ObjectTypeName
  /** `objectId`: unique and unchanging in the source. */
  readonly anchor: string
  readonly presence: SourcePresence
  /** Includes `displayName`, `accountEnabled`, `manager` (an anchor) and, on groups, `members` (anchors of direct members). */
  readonly attributes: SourceAttributes
  readonly assignments: readonly AssignmentPath[]
}

/** A target attribute's value, normalised so that equal values are equal: numbers and booleans typed, lists without order where SCIM has none. */
export type TargetValue = string | number | boolean | readonly string[]

/**
 * Target attributes by the name the attribute mapping uses, e.g. `emails[type eq "work"].value`,
 * `urn:scim:schemas:extension:enterprise:1.0.department`. A missing key is absent. References hold target anchors;
 * `members` is a list of target anchors.
 */
export type TargetAttributes = Readonly<Record<string, TargetValue>>

/** One object as the target holds it. */
export interface TargetObject {
  readonly objectType: ObjectTypeName
  /** The target's own id, issued by it. */
  readonly anchor: string
  readonly displayName: string
  readonly attributes: TargetAttributes
}

/** The all-zero role of an assignment that names none (graph-api.md 3.6). */
export const defaultAccessRoleId = '00000000-0000-0000-0000-000000000000'
