/*
 * What one write to the target changed, and what was there before: what an undo is made of, and what a plan is held to.
 */
import type { ObjectTypeName, TargetValue } from './objects.ts'

/** What one write changes, and what was there before. JSON-safe. */
export interface BeforeImage {
  readonly kind: 'create' | 'update' | 'disable' | 'delete'
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  /** `null`: did not exist before (create). */
  readonly targetAnchor: string | null
  readonly displayName: string
  /** The attributes that the write concerns as they were; `null`: not there. For a delete everything known. */
  readonly before: Readonly<Record<string, TargetValue | null>>
  readonly after: Readonly<Record<string, TargetValue | null>>
  /** On groups: members (target anchors) put in and taken out; for a delete all that were in. */
  readonly membersAdded: readonly string[]
  readonly membersRemoved: readonly string[]
  /** Groups (source and target anchor) the account loses with this write: Slack drops a deactivated account from its groups. */
  readonly membershipsLost: readonly { readonly sourceAnchor: string; readonly targetAnchor: string }[]
}

/** A write that was sent and of which it is not known what became of it. */
export interface OpenWrite {
  readonly image: BeforeImage
  readonly sentAt: number
  /** The cycle that sent it. */
  readonly cycleId: string
}

/** An image as it is remembered with its log entry. */
export interface StoredImage {
  readonly entryId: string
  readonly cycleId: string
  readonly at: number
  /** The object's anchor after the write: that of a create is not in its image. */
  readonly targetAnchor: string
  readonly image: BeforeImage
}
