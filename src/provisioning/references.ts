/*
 * Decides what a reference becomes: the target's id of the object it points to, or a deferred reference that is written
 * once that object is linked (spec 5.5, with the DECISION to repair).
 */
import type { DeferredReference, ObjectTypeName, ProvisioningStep } from '../vocabulary/index.ts'

export interface WantedReference {
  readonly attribute: string
  readonly multivalued: boolean
  /** Source anchors. */
  readonly anchors: readonly string[]
}

/** A link as far as references care: an inactive account cannot be a manager or a member (slack.md section 4). */
export interface ReferencedLink {
  readonly targetAnchor: string
  readonly isActive: boolean
}

export interface ResolvedReference {
  readonly sourceAnchor: string
  readonly targetAnchor: string
}

export interface ResolvedReferences {
  /** References that point to an account, by attribute; an attribute of which nothing could be resolved is missing. */
  readonly resolved: ReadonlyMap<string, readonly ResolvedReference[]>
  readonly deferred: readonly DeferredReference[]
}

export function resolveReferences(
  ownerType: ObjectTypeName,
  ownerAnchor: string,
  wanted: readonly WantedReference[],
  links: ReadonlyMap<string, ReferencedLink>,
): ResolvedReferences {
  const resolved = new Map<string, readonly ResolvedReference[]>()
  const deferred: DeferredReference[] = []
  for (const reference of wanted) {
    const targets: ResolvedReference[] = []
    for (const anchor of reference.anchors) {
      const link = links.get(anchor)
      if (link?.isActive === true) targets.push({ sourceAnchor: anchor, targetAnchor: link.targetAnchor })
      else deferred.push({ ownerType, ownerAnchor, attribute: reference.attribute, referencedAnchor: anchor })
    }
    if (targets.length > 0 || reference.multivalued) resolved.set(reference.attribute, targets)
  }
  return { resolved, deferred }
}

/** The log's word on references that could not be written: now for good in this cycle, or `later` when the cycle goes on. */
export function referenceStep(
  deferred: readonly DeferredReference[],
  ownerName: string,
  later: boolean,
): ProvisioningStep | null {
  const [first] = deferred
  if (first === undefined) return null
  const named = deferred.slice(0, 20).map((each) => `${each.attribute} ${each.referencedAnchor}`)
  const more = deferred.length > named.length ? ` and ${String(deferred.length - named.length)} more` : ''
  return {
    name: 'UnableToResolveReferenceAttributeValue',
    provisioningStepType: 'referenceResolution',
    status: later ? 'skipped' : 'warning',
    description: later
      ? `${ownerName} refers to objects that are not linked yet (${named.join(', ')}${more}); written as soon as they are.`
      : `${ownerName} is written without ${named.join(', ')}${more}: not in scope, not linked or failed. Written once they are linked.`,
    details: { errorCode: 'UnableToResolveReferenceAttributeValue', count: String(deferred.length) },
  }
}
