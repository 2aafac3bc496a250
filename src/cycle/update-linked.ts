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
} from '../provisioning/index.ts'
import type { Link, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import {
  membersAttribute,
  mapFor,
  resolve,
  referenceValues,
  switchesOf,
  putLink,
  withheldConclusion,
  mappingFailure,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, skipped, skipStep } from './object-results.ts'
import { carryOut } from './carry-out.ts'

/** Sends what differs. Also the second half of taking an account over, when the link is new. */
export async function updateLinked(run: Run, link: Link, known: TargetAttributes, isNew: boolean): Promise<Conclusion> {
  const { context, mapping, source } = run
  const mapped = mapFor(run, 'update', known)
  const failure = mappingFailure(run, mapped, 'update')
  if (failure !== null) return failure
  const references = await resolve(run, mapped)
  const desired: TargetAttributes = { ...desiredValues(mapped.attributes), ...referenceValues(run, references) }
  const notComparable = new Set(context.targetDescription.capabilities.writeOnly[source.objectType])
  const comparison = compareAttributes(desired, known, mapping.definitions, notComparable)
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
  if (verdict.verdict === 'withheld') return { ...withheldConclusion(run, verdict.because), wantsMemberships: false }

  // An account found active again (by hand, or by a disable that never happened) is ours to manage as before.
  const isActive = known['active'] !== false
  const current: Link = { ...link, displayName: displayNameOf(source), isActive, isManaged: true, known }
  const linkMoved = isNew || !link.isActive || !link.isManaged || link.displayName !== current.displayName
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
      result: (run.options.quietWhenSame || isGroup) && !isNew ? null : result,
      ...leftBehind,
      ...(linkMoved ? { link: putLink(run, current) } : {}),
      becameLinked: linkMoved && isActive,
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
  )
  if (sent.kind === 'refused')
    return { result: sent.result, ...leftBehind, ...(isNew ? { link: putLink(run, current) } : {}) }
  const after: Record<string, TargetValue> = { ...known }
  for (const change of comparison.changes) {
    if (change.kind === 'set') after[change.attribute] = change.value
    else delete after[change.attribute]
  }
  const object = sent.object ?? {
    objectType: source.objectType,
    anchor: link.targetAnchor,
    displayName: displayNameOf(source),
    attributes: after,
  }
  context.target.remember(object)
  const nowActive = object.attributes['active'] !== false
  return {
    result: {
      ...nothing,
      action: 'update',
      status: 'success',
      steps: run.steps,
      modifiedProperties: comparison.modifiedProperties,
      targetAnchor: link.targetAnchor,
      ...warningsOf(sent.warnings),
    },
    ...leftBehind,
    link: putLink(run, { ...current, isActive: nowActive, known: object.attributes }),
    becameLinked: nowActive && (isNew || !link.isActive),
    wantsMemberships: isGroup,
  }
}
