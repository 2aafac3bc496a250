/* Rows of links, escrow, deferred references and held removals become objects and back. */
import type {
  DeferredReference,
  EscrowEntry,
  HeldRemoval,
  Link,
  ObjectTypeName,
  TargetAttributes,
} from '../../vocabulary/index.ts'
import { fromJson } from './json-columns.ts'
import type { Row } from './tables.ts'

export function toLink(row: Row<'link'>, members: readonly string[]): Link {
  return {
    objectType: row.object_type as ObjectTypeName,
    sourceAnchor: row.source_anchor,
    targetAnchor: row.target_anchor,
    displayName: row.display_name,
    isActive: row.is_active === 1,
    isManaged: row.is_managed === 1,
    known: fromJson<TargetAttributes>(row.known),
    members,
  }
}

export function fromLink(jobId: string, link: Link): Row<'link'> {
  return {
    job_id: jobId,
    object_type: link.objectType,
    source_anchor: link.sourceAnchor,
    target_anchor: link.targetAnchor,
    display_name: link.displayName.replaceAll('\0', ''),
    is_active: link.isActive ? 1 : 0,
    is_managed: link.isManaged ? 1 : 0,
    known: JSON.stringify(link.known),
  }
}

export function toEscrowEntry(row: Row<'escrow'>): EscrowEntry {
  return {
    objectType: row.object_type as ObjectTypeName,
    sourceAnchor: row.source_anchor,
    firstFailedAt: row.first_failed_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    errorCode: row.error_code,
    reason: row.reason,
  }
}

export function fromEscrowEntry(jobId: string, entry: EscrowEntry): Row<'escrow'> {
  return {
    job_id: jobId,
    object_type: entry.objectType,
    source_anchor: entry.sourceAnchor,
    first_failed_at: entry.firstFailedAt,
    attempts: entry.attempts,
    next_attempt_at: entry.nextAttemptAt,
    error_code: entry.errorCode,
    reason: entry.reason.replaceAll('\0', ''),
  }
}

export function toDeferredReference(row: Row<'deferred_reference'>): DeferredReference {
  return {
    ownerType: row.owner_type as ObjectTypeName,
    ownerAnchor: row.owner_anchor,
    attribute: row.attribute,
    referencedAnchor: row.referenced_anchor,
  }
}

export function fromDeferredReference(jobId: string, reference: DeferredReference): Row<'deferred_reference'> {
  return {
    job_id: jobId,
    owner_type: reference.ownerType,
    owner_anchor: reference.ownerAnchor,
    attribute: reference.attribute,
    referenced_anchor: reference.referencedAnchor,
  }
}

export function toHeldRemoval(row: Row<'held_removal'>): HeldRemoval {
  return {
    objectType: row.object_type as ObjectTypeName,
    sourceAnchor: row.source_anchor,
    kind: row.kind as HeldRemoval['kind'],
    state: row.state as HeldRemoval['state'],
  }
}

export function fromHeldRemoval(jobId: string, held: HeldRemoval): Row<'held_removal'> {
  return {
    job_id: jobId,
    object_type: held.objectType,
    source_anchor: held.sourceAnchor,
    kind: held.kind,
    state: held.state,
  }
}
