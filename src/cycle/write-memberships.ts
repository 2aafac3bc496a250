/*
 * A group's members, once its users have been seen to: one write of what is to be added and removed (spec 6.4).
 */
import {
  compareMembers,
  displayNameOf,
  modifiedProperty,
  referenceStep,
  type ObjectResult,
  type ResolvedReference,
} from '../provisioning/index.ts'
import type { DeferredReference, Link } from '../vocabulary/index.ts'
import {
  membersAttribute,
  mapFor,
  resolve,
  putLink,
  withheldConclusion,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, skipped, skipStep } from './object-results.ts'
import { carryOut } from './carry-out.ts'

const leftOutCode = 'UnableToResolveReferenceAttributeValue'

/** These members as references that still wait. */
function waitingFor(run: Run, members: readonly ResolvedReference[]): readonly DeferredReference[] {
  return members.map((member) => ({
    ownerType: 'Group',
    ownerAnchor: run.source.anchor,
    attribute: membersAttribute,
    referencedAnchor: member.sourceAnchor,
  }))
}

/** The group is written, some of its members are not (spec 12.4, `warning`). */
function withoutSome(because: readonly string[]): Partial<ObjectResult> {
  return because.length === 0 ? {} : { status: 'warning', errorCode: leftOutCode, reason: because.join(' ') }
}

/** Which members this write is about: all of them, unless some were chosen; the others go on waiting as they do. */
async function chosen(run: Run): Promise<{
  readonly isMeant: (sourceAnchor: string) => boolean
  readonly isMeantAccount: (targetAnchor: string) => boolean
  readonly keptWaiting: readonly DeferredReference[]
}> {
  const { onlyMembers } = run.options
  if (onlyMembers === undefined) return { isMeant: () => true, isMeantAccount: () => true, keptWaiting: [] }
  const links = await run.context.links.users([...onlyMembers])
  const accounts = new Set([...links.values()].map((link) => link.targetAnchor))
  const waiting = await run.context.ledger.deferredOf('Group', run.source.anchor)
  return {
    isMeant: (anchor) => onlyMembers.has(anchor),
    isMeantAccount: (anchor) => accounts.has(anchor),
    keptWaiting: waiting.filter((each) => !onlyMembers.has(each.referencedAnchor)),
  }
}

export async function writeMemberships(run: Run, link: Link, present: ReadonlySet<string> | null): Promise<Conclusion> {
  const { source, context } = run
  const mapped = await mapFor(run, 'update', link.known)
  const references = await resolve(run, mapped)
  const resolved = references.resolved.get(membersAttribute)
  if (resolved === undefined) return { result: null, deferred: [] }
  // Whoever leaves at the end of this cycle is not added any more; whoever is in stays until then.
  const ours = new Set(link.members)
  const leavers = new Set(
    resolved.filter((each) => context.links.isLeaving(each.sourceAnchor)).map((each) => each.targetAnchor),
  )
  const isLeaving = ({ targetAnchor }: ResolvedReference): boolean =>
    leavers.has(targetAnchor) && !ours.has(targetAnchor)
  const desired = resolved.filter((each) => !isLeaving(each))
  const { isMeant, isMeantAccount, keptWaiting } = await chosen(run)
  const unresolved = [
    ...references.deferred.filter((each) => each.attribute === membersAttribute),
    ...waitingFor(run, resolved.filter(isLeaving)),
  ].filter((each) => isMeant(each.referencedAnchor))
  const wanted = new Set(desired.map((each) => each.targetAnchor))
  const compared = compareMembers({
    desired: wanted,
    ours,
    present,
  })
  // Who is in stays in where the mapping only adds, and stays ours for the day it does not any more.
  const addsOnly = run.mapping.attributes.some((each) => each.target === membersAttribute && each.addsOnly)
  const change = {
    add: compared.add.filter((each) => isMeantAccount(each) && !leavers.has(each)),
    remove: addsOnly ? [] : compared.remove.filter(isMeantAccount),
  }
  const taken = new Set(change.remove)
  const remembered = new Set([...[...wanted].filter(isMeantAccount), ...[...ours].filter((each) => !taken.has(each))])
  const missing = referenceStep(unresolved, displayNameOf(source), false)
  if (missing !== null) run.steps.push(missing)
  const partly = withoutSome(missing === null ? [] : [missing.description])
  if (change.add.length === 0 && change.remove.length === 0) {
    const isRemembered = link.members.length === remembered.size
    run.steps.push(skipStep(`The members of '${displayNameOf(source)}' are as they should be.`, 'RedundantExport'))
    return {
      result: skipped('RedundantExport', 'Source and target already agree.', run.steps, {
        targetAnchor: link.targetAnchor,
        ...partly,
      }),
      deferred: [...keptWaiting, ...unresolved],
      ...(isRemembered ? {} : { link: putLink(run, { ...link, members: [...remembered] }) }),
    }
  }
  if (!run.mapping.flows.update)
    return { ...withheldConclusion(run, 'Update is switched off in the object mapping.'), deferred: [] }

  const { redacted } = run.mapping
  const modifiedProperties = [
    ...change.add.map((member) => modifiedProperty(membersAttribute, undefined, member, redacted.target)),
    ...change.remove.map((member) => modifiedProperty(membersAttribute, member, undefined, redacted.target)),
  ]
  const sent = await carryOut(
    run,
    { kind: 'update', objectType: 'Group', anchor: link.targetAnchor, changes: [], members: change, known: link.known },
    modifiedProperties,
  )
  if (sent.kind === 'withheld') return { result: sent.result, isWithheld: true, deferred: unresolved }
  if (sent.kind === 'refused') return { result: sent.result }
  const refused = new Set(sent.receipt.membersLeftOut)
  const { warnings } = sent.receipt
  // Another look in this cycle must not add them again.
  context.target.rememberMembers(link.targetAnchor, {
    add: change.add.filter((member) => !refused.has(member)),
    remove: change.remove,
  })
  const leftOut = waitingFor(
    run,
    desired.filter((each) => refused.has(each.targetAnchor)),
  )
  return {
    result: {
      ...nothing,
      action: 'update',
      status: 'success',
      steps: run.steps,
      modifiedProperties: modifiedProperties.filter((each) => each.newValue === null || !refused.has(each.newValue)),
      targetAnchor: link.targetAnchor,
      ...warningsOf(warnings),
      ...withoutSome([...(missing === null ? [] : [missing.description]), ...(leftOut.length > 0 ? warnings : [])]),
    },
    deferred: [...keptWaiting, ...unresolved, ...leftOut],
    link: putLink(run, { ...link, members: [...remembered].filter((member) => !refused.has(member)) }),
    ...(leftOut.length > 0 ? { leftOut: { errorCode: leftOutCode, reason: warnings.join(' ') } } : {}),
  }
}
