/*
 * A group's members, once its users have been seen to: one write of what is to be added and removed (spec 6.4).
 */
import { compareMembers, displayNameOf, referenceStep, type ObjectResult } from '../provisioning/index.ts'
import type { Link, ModifiedProperty } from '../vocabulary/index.ts'
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

/** A group's members, when its users have been seen to (spec 6.4). */
export async function writeMemberships(run: Run, link: Link, present: ReadonlySet<string> | null): Promise<Conclusion> {
  const { source } = run
  const mapped = mapFor(run, 'update', link.known)
  const references = await resolve(run, mapped)
  const desired = references.resolved.get(membersAttribute)
  const deferred = references.deferred.filter((each) => each.attribute === membersAttribute)
  if (desired === undefined) return { result: null }
  const wanted = new Set(desired)
  const change = compareMembers(wanted, new Set(link.members), present)
  const missing = referenceStep(deferred, displayNameOf(source), false)
  if (missing !== null) run.steps.push(missing)
  const partly: Partial<ObjectResult> =
    missing === null
      ? {}
      : { status: 'warning', errorCode: 'UnableToResolveReferenceAttributeValue', reason: missing.description }
  const current: Link = { ...link, members: [...wanted] }
  if (change.add.length === 0 && change.remove.length === 0) {
    const isSame = link.members.length === wanted.size
    if (run.options.quietWhenSame) return { result: null, deferred, ...(isSame ? {} : { link: putLink(run, current) }) }
    run.steps.push(skipStep(`The members of '${displayNameOf(source)}' are as they should be.`, 'RedundantExport'))
    return {
      result: skipped('RedundantExport', 'Source and target already agree.', run.steps, {
        targetAnchor: link.targetAnchor,
        ...(missing === null ? {} : partly),
      }),
      deferred,
      ...(isSame ? {} : { link: putLink(run, current) }),
    }
  }
  if (!run.mapping.flows.update) return withheldConclusion(run, 'Update is switched off in the object mapping.')
  const modifiedProperties: ModifiedProperty[] = [
    ...change.add.map((member): ModifiedProperty => ({
      displayName: membersAttribute,
      oldValue: null,
      newValue: member,
    })),
    ...change.remove.map((member): ModifiedProperty => ({
      displayName: membersAttribute,
      oldValue: member,
      newValue: null,
    })),
  ]
  const sent = await carryOut(
    run,
    { kind: 'update', objectType: 'Group', anchor: link.targetAnchor, changes: [], members: change, known: link.known },
    modifiedProperties,
  )
  if (sent.kind === 'refused') return { result: sent.result, deferred }
  return {
    result: {
      ...nothing,
      action: 'update',
      status: 'success',
      steps: run.steps,
      modifiedProperties,
      targetAnchor: link.targetAnchor,
      ...partly,
      ...warningsOf(sent.warnings),
    },
    deferred,
    link: putLink(run, current),
  }
}
