/*
 * An object whose last write was sent and never answered for: the target is asked what it holds, and what the write turns out
 * to have done gets the entry and the image that it has missed, before anything else is decided about the object.
 */
import {
  displayNameOf,
  effectOfWrite,
  isSettledByNow,
  madeByCreate,
  modifiedProperty,
  sameValue,
  type ObjectResult,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import type {
  BeforeImage,
  Link,
  ModifiedProperty,
  OpenWrite,
  ProvisioningStep,
  TargetAttributes,
  TargetObject,
  TargetValue,
} from '../vocabulary/index.ts'
import { imageOfCreate } from './before-image.ts'
import { exportNames } from './carry-out.ts'
import { linkTo, membersAttribute, membershipsOf, putLink, type Run } from './object-run.ts'
import { nothing } from './object-results.ts'
import { entryOf } from './object-entry.ts'
import { withoutMembers } from './target-view.ts'

/** Whether the target holds what was sent, as it keeps and compares values. */
function sameIn(run: Run, sent: BeforeImage['after']): Parameters<typeof madeByCreate>[2] {
  const { context, mapping, source } = run
  const values = Object.entries(sent).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  const stored: TargetAttributes = context.target.asStored(source.objectType, Object.fromEntries(values))
  return (name, held, value) => {
    const kept: TargetValue | null | undefined = value === sent[name] ? (stored[name] ?? value) : value
    return sameValue(held ?? undefined, kept ?? undefined, mapping.definitions.get(name)?.caseExact ?? true)
  }
}

/** Whether the account holds what this create sent, as far as it shows it. */
export function isMadeBy(run: Run, sent: TargetAttributes, { attributes }: TargetObject): boolean {
  const hidden = new Set(run.context.targetDescription.capabilities.writeOnly[run.source.objectType])
  const after = Object.fromEntries(Object.entries(sent).filter(([name]) => !hidden.has(name)))
  return madeByCreate({ after }, attributes, sameIn(run, after))
}

/** The account that an open create has made, unless it is somebody else's by now. */
async function findCreated(run: Run, { image }: OpenWrite): Promise<TargetObject | null> {
  const { context, source } = run
  const same = sameIn(run, image.after)
  for (const [attribute, value] of Object.entries(image.after)) {
    if (typeof value !== 'string' || value === '') continue
    const hits = await context.target.findLive({ objectType: source.objectType, attribute, value })
    const made = hits.filter((hit) => madeByCreate(image, hit.attributes, same))
    const [only, ...others] = made
    if (only === undefined || others.length > 0) continue
    const taken = await context.ledger.linksByTarget(source.objectType, [only.anchor])
    const holder = taken.has(only.anchor) ? null : context.links.claim(source.objectType, only.anchor, source.anchor)
    if (!taken.has(only.anchor) && (holder === null || holder === source.anchor)) return only
  }
  return null
}

function propertiesOf(run: Run, image: BeforeImage): readonly ModifiedProperty[] {
  const redacted = run.mapping.redacted.target
  return [
    ...Object.keys(image.after).map((name) =>
      modifiedProperty(name, image.before[name] ?? undefined, image.after[name] ?? undefined, redacted),
    ),
    ...image.membersAdded.map((member) => modifiedProperty(membersAttribute, undefined, member, redacted)),
    ...image.membersRemoved.map((member) => modifiedProperty(membersAttribute, member, undefined, redacted)),
  ]
}

/** What the link says once the write is known to have happened. */
function linkAfter(image: BeforeImage, held: TargetObject | null, link: Link): Link | undefined {
  if (image.kind === 'delete' || held === null) return undefined
  const added = new Set(image.membersAdded)
  const removed = new Set(image.membersRemoved)
  return {
    ...link,
    isActive: held.attributes['active'] !== false,
    known: withoutMembers(held.attributes),
    members: [...link.members.filter((member) => !added.has(member) && !removed.has(member)), ...added],
  }
}

/** The entry that was missed, and what the write has left behind. */
async function tell(
  run: Run,
  image: BeforeImage,
  held: TargetObject | null,
  steps: readonly ProvisioningStep[],
  cycleId: string,
): Promise<Link | undefined> {
  const { context, source, facts } = run
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  const targetAnchor = image.targetAnchor ?? held?.anchor ?? ''
  const earlier = image.kind === 'create' && held !== null ? linkTo(source, held) : facts.link
  // Whoever has unlinked the object since wants nothing remembered of it.
  const isLinked = earlier?.targetAnchor === targetAnchor
  const link = isLinked ? linkAfter(image, held, earlier) : facts.link
  const isActivated = image.kind === 'update' && image.after['active'] === true
  const hasLostMemberships = source.objectType === 'User' && (image.kind === 'disable' || image.kind === 'delete')
  const result: ObjectResult = {
    ...nothing,
    action: image.kind,
    status: 'success',
    steps,
    modifiedProperties: propertiesOf(run, image),
    targetAnchor,
  }
  const outcome: Outcome = {
    // Told as the doing of the cycle that sent it, so that an undo of that cycle takes it back.
    logEntry: { ...entryOf(context, source, result, context.clock.now()), cycleId },
    beforeImage: image,
    openWrite: { kind: 'close', ...owner },
    ...(isLinked ? { link: link === undefined ? ({ kind: 'delete', ...owner } as const) : putLink(run, link) } : {}),
    ...(isLinked && (isActivated || hasLostMemberships)
      ? { addDeferred: await membershipsOf(run, earlier), forgetMember: targetAnchor }
      : {}),
  }
  await context.ledger.saveSettled(outcome)
  context.openWrites.end(owner, false)
  if (isLinked && link === undefined) context.links.forget(source.objectType, source.anchor)
  if (held === null) context.target.forget(source.objectType, targetAnchor)
  else context.target.remember(held)
  run.deeds.told.push(result)
  if (isLinked && link?.isActive === true && (isActivated || image.kind === 'create')) run.deeds.becameLinked = true
  return link
}

function foundOut(run: Run, kind: BeforeImage['kind'], anchor: string): ProvisioningStep {
  const { context, source } = run
  return {
    name: exportNames[kind],
    provisioningStepType: 'export',
    status: 'success',
    description: `The ${kind} of ${source.objectType} '${displayNameOf(source)}' was sent and never answered for; ${context.schema.targetDirectoryName} shows that it was done.`,
    details: { TargetId: anchor },
  }
}

/** A create of this run whose answer was lost, and the account that was found: its link. */
export async function tellOfCreate(run: Run, attributes: TargetAttributes, made: TargetObject): Promise<Link> {
  const link = await tell(
    run,
    imageOfCreate(run, attributes, made),
    made,
    [...run.steps, foundOut(run, 'create', made.anchor)],
    run.context.frame.cycleId,
  )
  return link ?? linkTo(run.source, made)
}

/** Whom a deactivation has taken out of the group since, and told of it: whether this write did so before, nobody can see. */
function withoutTold(image: BeforeImage, link: Link | undefined): BeforeImage {
  if (image.kind !== 'update' || link?.targetAnchor !== image.targetAnchor) return image
  const remembered = new Set(link.members)
  return { ...image, membersRemoved: image.membersRemoved.filter((member) => remembered.has(member)) }
}

/**
 * What the target shows of the write. Whom another write without an answer deactivates is dropped from the group by that one:
 * it is put down to this write only when something else shows that it was carried out.
 */
async function effectOf(run: Run, image: BeforeImage, held: TargetObject | null): Promise<BeforeImage | null> {
  const same = sameIn(run, image.after)
  const untold = withoutTold(image, run.facts.link)
  const effect = effectOfWrite(untold, held, same)
  if (effect === null || effect.kind !== 'update' || effect.membersRemoved.length === 0) return effect
  const open = (await run.context.ledger.openWrites()).map((write) => write.image)
  const leaving = new Set(
    open.filter(({ kind }) => kind === 'disable' || kind === 'delete').map((each) => each.targetAnchor),
  )
  const membersRemoved = untold.membersRemoved.filter((member) => !leaving.has(member))
  return effectOfWrite({ ...untold, membersRemoved }, held, same) === null ? null : effect
}

/** The run goes on with what the target shows; what it does not show yet stays open. */
export async function settleOpenWrite(run: Run): Promise<Run> {
  const { context, source, facts } = run
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  if (!context.openWrites.has(owner.objectType, owner.sourceAnchor)) return run
  const [open] = await context.ledger.openWrites(owner)
  if (open === undefined) {
    context.openWrites.end(owner, false)
    return run
  }
  const { image } = open
  const held =
    image.targetAnchor === null
      ? facts.link === undefined
        ? await findCreated(run, open)
        : null
      : await context.target.read(owner.objectType, image.targetAnchor)
  const done =
    image.targetAnchor !== null
      ? await effectOf(run, image, held)
      : held === null
        ? null
        : imageOfCreate(run, withoutMembers(held.attributes), held)
  if (done === null) {
    if (!isSettledByNow(open, context.clock.now())) return { ...run, facts: { ...facts, openWrite: open } }
    run.deeds.isOpen = false
    return run
  }
  const link = await tell(
    run,
    done,
    held,
    [...run.steps, foundOut(run, image.kind, image.targetAnchor ?? held?.anchor ?? '')],
    open.cycleId === '' ? context.frame.cycleId : open.cycleId,
  )
  return { ...run, facts: { ...facts, link } }
}
