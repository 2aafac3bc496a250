/*
 * A linked object that is no longer in scope, or gone from the source: disabled, deleted, held or left (spec section 7).
 */
import { applySwitches, displayNameOf, isDueCode, nameSituation, type ObjectResult } from '../provisioning/index.ts'
import type { Link, ModifiedProperty } from '../vocabulary/index.ts'
import {
  switchesOf,
  putLink,
  membershipsOf,
  withheldConclusion,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, skipped, skipStep } from './object-results.ts'
import { objectKey } from './object-key.ts'
import { carryOut } from './carry-out.ts'

async function removeObject(run: Run, link: Link, kind: 'disable' | 'delete'): Promise<Conclusion> {
  const { context, source, scope } = run
  const { objectType, anchor: sourceAnchor } = source
  if (run.options.removals === 'hold') {
    if (objectType === 'User') context.links.noteLeaving(sourceAnchor)
    return { result: null, hold: { objectType, sourceAnchor, kind, state: run.facts.held?.state ?? 'held' } }
  }
  if (run.options.removals === 'stage')
    return { result: stagedResult(run, link, kind), hold: { objectType, sourceAnchor, kind, state: 'staged' } }
  if (run.options.removals === 'leave') {
    const left = `It would be ${kind === 'disable' ? 'disabled' : 'deleted'} in ${context.schema.targetDirectoryName}, which nobody has agreed to here: the next cycle decides. ${scope.why}`
    return {
      ...withheldConclusion(run, left),
      hold: { objectType, sourceAnchor, kind, state: run.facts.held?.state ?? 'held' },
    }
  }
  const modifiedProperties: readonly ModifiedProperty[] =
    kind === 'disable' ? [{ displayName: 'active', oldValue: 'True', newValue: 'False' }] : []
  run.steps.push({
    name: kind === 'disable' ? 'EntrySynchronizationUpdate' : 'EntrySynchronizationDelete',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${source.objectType} '${displayNameOf(source)}' will be ${kind === 'disable' ? 'disabled' : 'deleted'} in ${context.schema.targetDirectoryName}. ${scope.why}`,
    details: {},
  })
  // Remembered before it is sent: should the answer be lost, or Muster stop right here, the group may be gone or not.
  if (objectType === 'Group' && link.isActive)
    await context.ledger.save({ logEntry: null, link: putLink(run, { ...link, isActive: false }) })
  const sent = await carryOut(
    run,
    { kind, objectType: source.objectType, anchor: link.targetAnchor },
    modifiedProperties,
  )
  if (sent.kind === 'refused') return { result: sent.result }
  if (sent.kind === 'withheld') return { result: sent.result, isWithheld: true }
  const result: ObjectResult = {
    ...nothing,
    action: kind,
    status: 'success',
    reason: scope.why,
    steps: run.steps,
    modifiedProperties,
    targetAnchor: link.targetAnchor,
    ...warningsOf(sent.receipt.warnings),
  }
  // What the account's groups lose with it comes back when the person does (slack.md section 4: deactivation drops memberships).
  const dropped =
    source.objectType === 'User' ? { addDeferred: await membershipsOf(run, link), forgetMember: link.targetAnchor } : {}
  const { targetAnchor: anchor, displayName } = link
  if (kind === 'delete') {
    // Whoever is hired again under the same address finds the account that was left.
    if (context.targetDescription.capabilities.deleteDeactivates[objectType])
      context.target.remember({ objectType, anchor, displayName, attributes: { ...link.known, active: false } })
    else context.target.forget(objectType, anchor)
    context.links.forget(source.objectType, source.anchor)
    return { result, ...dropped, link: { kind: 'delete', objectType: source.objectType, sourceAnchor: source.anchor } }
  }
  const attributes = { ...(sent.receipt.object?.attributes ?? link.known), active: false }
  context.target.remember({ objectType, anchor, displayName, attributes })
  return {
    result,
    ...dropped,
    link: putLink(run, { ...link, isActive: false, isManaged: scope.isEntitled, known: attributes }),
  }
}

/** Said once: what is staged already stays so without a second entry. */
function stagedResult(run: Run, link: Link, kind: 'disable' | 'delete'): ObjectResult | null {
  const { context, source, scope } = run
  if (run.facts.held?.state === 'staged') return null
  const reason = `${source.objectType} '${displayNameOf(source)}' would be ${kind === 'disable' ? 'disabled' : 'deleted'} in ${context.schema.targetDirectoryName}, and more removals are due than the threshold allows: an administrator decides. ${scope.why}`
  run.steps.push({
    name: 'EntrySynchronizationStagedDelete',
    provisioningStepType: 'processing',
    status: 'skipped',
    description: reason,
    details: { Action: kind },
  })
  return {
    ...nothing,
    action: 'stagedDelete',
    status: 'skipped',
    errorCode: 'StagedDelete',
    reason,
    steps: run.steps,
    targetAnchor: link.targetAnchor,
  }
}

/**
 * An account whose last write failed is disabled once more: what was read of it before that write may have been out of date,
 * and who has left must not stay signed in. Not when the target has just been asked what that write did (`settleOpenWrite`),
 * and not for what is only due (a plan withheld it, an undo took it back).
 */
function mayBeActive({ context, source, facts, deeds }: Run): boolean {
  const { escrow } = facts
  const isKnown = deeds.told.length > 0 || context.readings.isSettled(objectKey(source))
  return escrow !== undefined && !isDueCode(escrow.errorCode) && !isKnown
}

function conclude(run: Run, link: Link): Promise<Conclusion> | Conclusion {
  const { source, scope } = run
  const situation = nameSituation({
    isLinked: true,
    inScope: false,
    presence: source.presence,
    // A group that is marked as perhaps deleted is deleted once more.
    linkIsActive: link.isActive || source.objectType === 'Group' || mayBeActive(run),
    linkIsManaged: link.isManaged,
    isEntitled: scope.isEntitled,
    target: 'notAsked',
  })
  const verdict = applySwitches(situation, switchesOf(run))
  switch (verdict.verdict) {
    case 'withheld': {
      const withheld = withheldConclusion(run, `${verdict.because} ${scope.why}`)
      // It is left alone, yet whoever is unassigned is managed no longer (spec 7.2 row 6); what is deleted for good stays as it was.
      return source.presence === 'hardDeleted'
        ? withheld
        : { ...withheld, link: putLink(run, { ...link, isManaged: scope.isEntitled }) }
    }
    case 'disable':
    case 'delete':
      return removeObject(run, link, verdict.verdict)
    case 'note': {
      if (situation === 'hardDeletedUnmanaged') {
        run.context.links.forget(source.objectType, source.anchor)
        return { result: null, link: { kind: 'delete', objectType: source.objectType, sourceAnchor: source.anchor } }
      }
      return { ...skippedOutOfScope(run), link: putLink(run, { ...link, isManaged: scope.isEntitled }) }
    }
    default:
      return skippedOutOfScope(run)
  }
}

export async function leaveScope(run: Run, link: Link): Promise<Conclusion> {
  const conclusion = await conclude(run, link)
  // Its own references wait for nothing any more: whoever comes back is mapped anew.
  return conclusion.hold === undefined && conclusion.result?.status !== 'failure' && conclusion.isWithheld !== true
    ? { ...conclusion, deferred: [] }
    : conclusion
}

export function skippedOutOfScope(run: Run): Conclusion {
  const { scope, source } = run
  if (source.presence === 'hardDeleted') return { result: null }
  const code = scope.skipCode ?? 'EntrySynchronizationSkipped'
  run.steps.push(skipStep(scope.why, code))
  return { result: skipped(code, scope.why, run.steps, { targetAnchor: run.facts.link?.targetAnchor ?? null }) }
}
