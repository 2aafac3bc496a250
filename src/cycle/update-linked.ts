/*
 * A linked object in scope: compare and send what differs (spec 6.2 step 4). Also the second half of a take-over.
 */
import {
  applySwitches,
  compareAttributes,
  desiredValues,
  displayNameOf,
  nameSituation,
  referenceStep,
  type Comparison,
} from '../provisioning/index.ts'
import type { Link, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import {
  membersAttribute,
  mapFor,
  resolve,
  referenceValues,
  switchesOf,
  putLink,
  membershipsOf,
  withheldConclusion,
  mappingFailure,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, skipped, skipStep } from './object-results.ts'
import { carryOut } from './carry-out.ts'

/** What the account holds after these changes, as far as nobody says otherwise. */
function changed(known: TargetAttributes, changes: Comparison['changes']): TargetAttributes {
  const after: Record<string, TargetValue> = { ...known }
  for (const change of changes) {
    if (change.kind === 'set') after[change.attribute] = change.value
    else delete after[change.attribute]
  }
  return after
}

/**
 * What the account holds, as far as it can be believed: Slack may show an account as active for a second after its
 * deactivation (slack.md 2.1), and whoever comes back within that second would stay locked out. What Muster has disabled is
 * activated by a write of its own, whatever a reading says; where somebody did so by hand, the write changes nothing.
 */
function believed(run: Run, link: Link, read: TargetAttributes, isNew: boolean): TargetAttributes {
  const isOurDisable = !isNew && !link.isActive && run.mapping.activeIsMapped && run.mapping.flows.update
  return isOurDisable && read['active'] !== undefined ? { ...read, active: false } : read
}

/** An update has left the account deactivated, whatever it was meant to change: who is in scope is not left locked out. */
function lockedOutBy(targetName: string): NonNullable<Conclusion['leftOut']> {
  const reason = `${targetName} answered with the account deactivated, although its person is in scope: it is activated in the next cycle.`
  return { errorCode: 'InternalServerError', reason }
}

/** Sends what differs. Also the second half of taking an account over, when the link is new. */
export async function updateLinked(run: Run, link: Link, read: TargetAttributes, isNew: boolean): Promise<Conclusion> {
  const known = believed(run, link, read, isNew)
  const { context, mapping, source } = run
  const mapped = await mapFor(run, 'update', known)
  const failure = mappingFailure(run, mapped, 'update')
  if (failure !== null) return failure
  const references = await resolve(run, mapped)
  const desired: TargetAttributes = { ...desiredValues(mapped.attributes), ...referenceValues(run, references) }
  const comparison = compareAttributes({
    desired,
    stored: context.target.asStored(source.objectType, desired),
    known,
    definitions: mapping.definitions,
    notComparable: new Set(context.targetDescription.capabilities.writeOnly[source.objectType]),
    always: mapping.alwaysFlows,
    redacted: mapping.redacted.target,
  })
  const isGroup = source.objectType === 'Group'
  const deferred = references.deferred.filter((each) => each.attribute !== membersAttribute)
  const leftBehind = isGroup ? {} : { deferred }
  const isSame = comparison.changes.length === 0

  const situation = nameSituation({
    isLinked: true,
    inScope: true,
    presence: source.presence,
    linkIsActive: link.isActive,
    linkIsManaged: link.isManaged,
    isEntitled: true,
    target: isSame ? 'same' : 'differs',
  })
  const verdict = applySwitches(situation, switchesOf(run))
  const waiting = referenceStep(deferred, displayNameOf(source), true)
  if (waiting !== null) run.steps.push(waiting)

  // An account found active again (by hand, or by a disable that never happened) is ours to manage as before.
  const wasActive = known['active'] !== false
  const current: Link = { ...link, displayName: displayNameOf(source), isActive: wasActive, isManaged: true, known }
  const linkMoved = isNew || link.isActive !== wasActive || !link.isManaged || link.displayName !== current.displayName
  const noted = linkMoved ? { link: putLink(run, current) } : {}
  const cameBack = wasActive && (isNew || !link.isActive)
  if (verdict.verdict === 'withheld')
    return { ...withheldConclusion(run, verdict.because), ...leftBehind, ...noted, becameLinked: cameBack }
  if (isSame) {
    run.steps.push(
      skipStep(
        `${source.objectType} '${displayNameOf(source)}' is in ${context.schema.targetDirectoryName} as it should be.`,
        'RedundantExport',
      ),
    )
    const result = isNew
      ? {
          ...nothing,
          action: 'update' as const,
          status: 'success' as const,
          steps: run.steps,
          targetAnchor: link.targetAnchor,
        }
      : skipped('RedundantExport', 'Source and target already agree.', run.steps, { targetAnchor: link.targetAnchor })
    return {
      // A group goes on with its members, and has its entry there.
      result: isGroup && !isNew ? null : result,
      ...leftBehind,
      ...noted,
      becameLinked: cameBack,
      wantsMemberships: isGroup,
    }
  }

  run.steps.push({
    name: 'EntrySynchronizationUpdate',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${source.objectType} '${displayNameOf(source)}' differs in ${comparison.changes.map((change) => change.attribute).join(', ')}.`,
    details: {},
  })
  const sent = await carryOut(
    run,
    { kind: 'update', objectType: source.objectType, anchor: link.targetAnchor, changes: comparison.changes, known },
    comparison.modifiedProperties,
    noted,
  )
  if (sent.kind === 'withheld')
    return { result: sent.result, isWithheld: true, ...leftBehind, ...noted, becameLinked: cameBack }
  if (sent.kind === 'refused') return { result: sent.result, ...leftBehind, link: putLink(run, current) }
  const { receipt } = sent
  const targetName = context.schema.targetDirectoryName
  const object = receipt.object ?? {
    objectType: source.objectType,
    anchor: link.targetAnchor,
    displayName: displayNameOf(source),
    attributes: changed(known, comparison.changes),
  }
  context.target.remember(object)
  const isActive = object.attributes['active'] !== false
  // The memberships that went with its deactivation (slack.md section 4) are to be written anew.
  const isBack = isActive && !current.isActive
  const lockedOut = !isActive && desired['active'] === true ? lockedOutBy(targetName) : null
  const warnings = [...receipt.warnings, ...(lockedOut === null ? [] : [lockedOut.reason])]
  return {
    result: {
      ...nothing,
      action: 'update',
      status: 'success',
      steps: run.steps,
      modifiedProperties: comparison.modifiedProperties,
      targetAnchor: link.targetAnchor,
      ...warningsOf(warnings),
    },
    ...leftBehind,
    ...(isBack || lockedOut !== null
      ? { addDeferred: await membershipsOf(run, link), forgetMember: link.targetAnchor }
      : {}),
    ...(lockedOut === null ? {} : { leftOut: lockedOut }),
    link: putLink(run, { ...current, isActive, known: object.attributes }),
    becameLinked: isActive && (isNew || !wasActive || !link.isActive),
    wantsMemberships: isGroup,
  }
}
