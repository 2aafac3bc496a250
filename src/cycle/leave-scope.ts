/*
 * A linked object that is no longer in scope, or gone from the source: disabled, deleted, held or left (spec section 7).
 */
import { applySwitches, displayNameOf, nameSituation, type ObjectResult } from '../provisioning/index.ts'
import type { DeferredReference, Link, ModifiedProperty } from '../vocabulary/index.ts'
import {
  membersAttribute,
  switchesOf,
  putLink,
  withheldConclusion,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, skipped, skipStep } from './object-results.ts'
import { carryOut } from './carry-out.ts'

/** What the account's groups lose with it comes back when the person does (slack.md section 4: deactivation drops memberships). */
async function membershipsOf(run: Run, link: Link): Promise<readonly DeferredReference[]> {
  if (run.source.objectType !== 'User') return []
  const groups = await run.context.ledger.groupsWithMember(link.targetAnchor)
  return groups.map((group) => ({
    ownerType: 'Group',
    ownerAnchor: group.sourceAnchor,
    attribute: membersAttribute,
    referencedAnchor: run.source.anchor,
  }))
}

async function removeObject(run: Run, link: Link, kind: 'disable' | 'delete'): Promise<Conclusion> {
  const { context, source, scope } = run
  if (run.options.removals === 'hold') {
    return { result: null, hold: { objectType: source.objectType, sourceAnchor: source.anchor, kind } }
  }
  const reason = scope.reasons.join(' ')
  const modifiedProperties: readonly ModifiedProperty[] =
    kind === 'disable' ? [{ displayName: 'active', oldValue: 'True', newValue: 'False' }] : []
  run.steps.push({
    name: kind === 'disable' ? 'EntrySynchronizationUpdate' : 'EntrySynchronizationDelete',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${source.objectType} '${displayNameOf(source)}' will be ${kind === 'disable' ? 'disabled' : 'deleted'} in ${context.schema.targetDirectoryName}. ${reason}`,
    details: {},
  })
  const addDeferred = await membershipsOf(run, link)
  const sent = await carryOut(
    run,
    { kind, objectType: source.objectType, anchor: link.targetAnchor },
    modifiedProperties,
  )
  if (sent.kind === 'refused') return { result: sent.result }
  const result: ObjectResult = {
    ...nothing,
    action: kind,
    status: 'success',
    reason,
    steps: run.steps,
    modifiedProperties,
    targetAnchor: link.targetAnchor,
    ...warningsOf(sent.warnings),
  }
  const dropped = source.objectType === 'User' ? { addDeferred, forgetMember: link.targetAnchor } : {}
  if (kind === 'delete') {
    context.target.forget(source.objectType, link.targetAnchor)
    context.links.forget(source.objectType, source.anchor)
    return { result, ...dropped, link: { kind: 'delete', objectType: source.objectType, sourceAnchor: source.anchor } }
  }
  const attributes = { ...(sent.object?.attributes ?? link.known), active: false }
  context.target.remember({
    objectType: source.objectType,
    anchor: link.targetAnchor,
    displayName: link.displayName,
    attributes,
  })
  return {
    result,
    ...dropped,
    link: putLink(run, { ...link, isActive: false, isManaged: scope.isEntitled, known: attributes }),
  }
}

export async function leaveScope(run: Run, link: Link): Promise<Conclusion> {
  const { source, scope } = run
  const situation = nameSituation({
    isLinked: true,
    inScope: false,
    presence: source.presence,
    linkIsActive: link.isActive,
    linkIsManaged: link.isManaged,
    isEntitled: scope.isEntitled,
    target: 'notAsked',
  })
  const verdict = applySwitches(situation, switchesOf(run))
  switch (verdict.verdict) {
    case 'withheld':
      return withheldConclusion(run, `${verdict.because} ${scope.reasons.join(' ')}`)
    case 'disable':
    case 'delete':
      return await removeObject(run, link, verdict.verdict)
    case 'note': {
      if (situation === 'hardDeletedUnmanaged') {
        run.context.links.forget(source.objectType, source.anchor)
        return { result: null, link: { kind: 'delete', objectType: source.objectType, sourceAnchor: source.anchor } }
      }
      return { ...skippedOutOfScope(run), link: putLink(run, { ...link, isManaged: false }) }
    }
    default:
      return skippedOutOfScope(run)
  }
}

export function skippedOutOfScope(run: Run): Conclusion {
  const { scope, source } = run
  if (source.presence === 'hardDeleted') return { result: null }
  const code = scope.skipCode ?? 'EntrySynchronizationSkipped'
  const reason = scope.reasons.join(' ')
  run.steps.push(skipStep(reason, code))
  return { result: skipped(code, reason, run.steps, { targetAnchor: run.facts.link?.targetAnchor ?? null }) }
}
