/*
 * One object in the middle of its run: what is known of it, what mapping and references say of it, and what it leaves
 * behind. Shared by the files that decide each case.
 */
import type { applySwitches } from '../provisioning/index.ts'
import {
  displayNameOf,
  mapAttributes,
  mappingInput,
  resolveReferences,
  wantedReferences,
  type CompiledObjectMapping,
  type MappingPhase,
  type ObjectResult,
  type ResolvedReferences,
  type ScopeDecision,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import type {
  BeforeImage,
  DeferredReference,
  EscrowEntry,
  HeldRemoval,
  Link,
  OpenWrite,
  PlannedWriteEnd,
  ProvisioningStep,
  SourceObject,
  TargetAttributes,
  TargetObject,
  TargetValue,
} from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import { failed, skipped, skipStep } from './object-results.ts'
import type { Reading } from './readings.ts'
import { withoutMembers } from './target-view.ts'

export interface ObjectFacts {
  readonly link: Link | undefined
  readonly escrow: EscrowEntry | undefined
  /** A removal that waits, from this cycle or an earlier one. */
  readonly held: HeldRemoval | undefined
  /** A write sent some moments ago of which the target shows nothing yet. */
  readonly openWrite?: OpenWrite
  /** What was read of it: may be old by the time of its turn. */
  readonly reading?: Reading
}

/** Which part of the cycle is running: each object passes once, some come again for what has to wait. */
export interface PassOptions {
  /**
   * `hold` keeps disables and deletes until their number is known; then they are done (`carryOut`), or left for an
   * administrator (`stage`), with an entry that says so. `leave`: nobody has agreed to it on demand; the next cycle decides.
   */
  readonly removals: 'hold' | 'carryOut' | 'stage' | 'leave'
  /** A group's members are written when its users exist: `later` leaves them, `now` writes them. */
  readonly memberships: 'later' | 'now'
  /** Only these members of the group (source anchors), when some were chosen. */
  readonly onlyMembers?: ReadonlySet<string>
  /** An object that comes again with nothing left to do needs no second entry; `onceToldOf`: when it has one of this cycle. */
  readonly quietWhenSame: boolean | 'onceToldOf'
}

export interface ObjectReport {
  readonly result: ObjectResult | null
  /** Earlier writes that only now have had their entry. */
  readonly told: readonly ObjectResult[]
  readonly isEntitled: boolean
  readonly inScope: boolean
  /** The removal that waits now, if one does. */
  readonly hold: HeldRemoval | null
  /** Linked for the first time, or active again: what waits for it can go on. */
  readonly becameLinked: boolean
  readonly wantsMemberships: boolean
  /** References that wait for objects not linked yet. */
  readonly deferred: readonly DeferredReference[]
}

/** What one object's run leaves behind, before it is put into the log's words. */
export interface Conclusion {
  readonly result: ObjectResult | null
  readonly link?: Outcome['link']
  readonly deferred?: readonly DeferredReference[]
  readonly addDeferred?: readonly DeferredReference[]
  readonly forgetMember?: string
  readonly hold?: Outcome['hold']
  /** A plan is carried out that does not have this write: it is looked at again in the next cycle. */
  readonly isWithheld?: boolean
  /** Something was left out of a write that succeeded; it is tried again like a failure (spec 6.5). */
  readonly leftOut?: { readonly errorCode: string; readonly reason: string }
  readonly becameLinked?: boolean
  readonly wantsMemberships?: boolean
}

export const membersAttribute = 'members'

/** What a run has done to the target so far. */
export interface Deeds {
  /** What its writes that took effect changed. */
  readonly images: BeforeImage[]
  /** Earlier writes that only now have had their entry. */
  readonly told: ObjectResult[]
  /** Whether it is unknown what became of its last write; `null`: none was sent. */
  isOpen: boolean | null
  becameLinked: boolean
}

/** One object in the middle of its run. */
export interface Run {
  readonly context: CycleContext
  readonly mapping: CompiledObjectMapping
  readonly source: SourceObject
  readonly facts: ObjectFacts
  readonly options: PassOptions
  readonly scope: ScopeDecision
  readonly steps: ProvisioningStep[]
  readonly deeds: Deeds
  /** What became of planned writes, when a plan is carried out. */
  readonly planned: PlannedWriteEnd[]
}

export async function mapFor(
  run: Run,
  phase: MappingPhase,
  known: TargetAttributes,
): Promise<ReturnType<typeof mapAttributes>> {
  return await run.context.compute(() =>
    mapAttributes({
      mapping: run.mapping,
      ...mappingInput(run.source, run.scope.paths, run.scope.inScope, run.context.now),
      phase,
      known,
    }),
  )
}

export async function resolve(run: Run, mapped: ReturnType<typeof mapAttributes>): Promise<ResolvedReferences> {
  const wanted = wantedReferences(mapped.attributes)
  const anchors = wanted.flatMap((reference) => reference.anchors)
  const links = anchors.length === 0 ? new Map() : await run.context.links.users(anchors)
  return resolveReferences(run.source.objectType, run.source.anchor, wanted, links)
}

/** References as target values, without the members, which have a write of their own. */
export function referenceValues(run: Run, references: ResolvedReferences): TargetAttributes {
  const values: Record<string, TargetValue> = {}
  for (const [attribute, resolved] of references.resolved) {
    if (attribute === membersAttribute) continue
    const multivalued = run.mapping.definitions.get(attribute)?.multivalued === true
    const anchors = resolved.map((each) => each.targetAnchor)
    const [first] = anchors
    if (multivalued) values[attribute] = anchors
    else if (first !== undefined) values[attribute] = first
  }
  return values
}

export function switchesOf(run: Run): Parameters<typeof applySwitches>[1] {
  return {
    ...run.mapping.flows,
    skipOutOfScopeDeletions: run.context.settings.skipOutOfScopeDeletions,
    softDelete: run.context.targetDescription.capabilities.softDelete[run.source.objectType],
    activeIsMapped: run.mapping.activeIsMapped,
  }
}

export const warningsOf = (warnings: readonly string[]): Partial<ObjectResult> =>
  warnings.length > 0 ? { status: 'warning', reason: warnings.join(' ') } : {}

/** A link to what was made or found for the object. */
export function linkTo(source: SourceObject, found: Pick<TargetObject, 'anchor' | 'attributes'>): Link {
  return {
    objectType: source.objectType,
    sourceAnchor: source.anchor,
    targetAnchor: found.anchor,
    displayName: displayNameOf(source),
    isActive: found.attributes['active'] !== false,
    isManaged: true,
    known: found.attributes,
    members: [],
  }
}

export function putLink(run: Run, link: Link): NonNullable<Conclusion['link']> {
  run.context.links.note(link)
  return { kind: 'put', link: link.objectType === 'Group' ? { ...link, known: withoutMembers(link.known) } : link }
}

/** The groups this account is a member of, as references that wait for it to be active again. */
export async function membershipsOf(run: Run, link: Link): Promise<readonly DeferredReference[]> {
  if (link.objectType !== 'User') return []
  const groups = await run.context.ledger.groupsWithMember(link.targetAnchor)
  return groups.map((group) => ({
    ownerType: 'Group',
    ownerAnchor: group.sourceAnchor,
    attribute: membersAttribute,
    referencedAnchor: link.sourceAnchor,
  }))
}

export function withheldConclusion(run: Run, because: string): Conclusion {
  run.steps.push(skipStep(because, 'EntrySynchronizationSkipped'))
  return {
    result: skipped('EntrySynchronizationSkipped', because, run.steps, {
      targetAnchor: run.facts.link?.targetAnchor ?? null,
    }),
  }
}

export function mappingFailure(
  run: Run,
  mapped: ReturnType<typeof mapAttributes>,
  action: 'create' | 'update',
): Conclusion | null {
  if (mapped.ignoreObject) {
    const because = 'A mapping answered IgnoreObjectFlow: the object is skipped in this run.'
    run.steps.push(skipStep(because, 'EntrySynchronizationSkipped'))
    return { result: skipped('EntrySynchronizationSkipped', because, run.steps) }
  }
  const [first] = mapped.failures
  if (first === undefined) return null
  const reason = mapped.failures.map((each) => each.message).join(' ')
  // Spec 12.3: a value the target does not allow is no failure of Muster's; the object waits for another value.
  if (mapped.failures.every((each) => each.code === 'AttributeValidationFailed')) {
    run.steps.push(skipStep(reason, first.code))
    return { result: skipped(first.code, reason, run.steps, { targetAnchor: run.facts.link?.targetAnchor ?? null }) }
  }
  run.steps.push({
    name: action === 'create' ? 'EntrySynchronizationAdd' : 'EntrySynchronizationUpdate',
    provisioningStepType: 'processing',
    status: 'failure',
    description: `${reason} Nothing is written, so that nobody is provisioned half mapped.`,
    details: {},
  })
  return { result: failed(action, first.code, reason, run.steps) }
}
