/*
 * The one way of one object through the service (style.md section 4): import, scope, match, map, resolve, compare,
 * decide, write, save. It only fetches and writes; each question is answered by a pure rule.
 */
import {
  displayNameOf,
  recordFailure,
  scopeObject,
  summarize,
  type CompiledObjectMapping,
  type ObjectResult,
  type ScopeDecision,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import type { EscrowEntry, Link, ProvisioningStep, SourceObject } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import {
  membersAttribute,
  type ObjectFacts,
  type PassOptions,
  type ObjectReport,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { failed } from './object-results.ts'
import { carryOut } from './carry-out.ts'
import { provisionUnlinked } from './provision-unlinked.ts'
import { updateLinked } from './update-linked.ts'
import { writeMemberships } from './write-memberships.ts'
import { leaveScope, skippedOutOfScope } from './leave-scope.ts'

function importStep(source: SourceObject, systemName: string): ProvisioningStep {
  const details: Record<string, string> = { objectId: source.anchor }
  for (const [name, value] of Object.entries(source.attributes)) {
    if (value === null || name === membersAttribute) continue
    details[name] =
      typeof value === 'object' ? value.join(', ') : value === true ? 'True' : value === false ? 'False' : String(value)
  }
  return {
    name: 'EntryImport',
    provisioningStepType: 'import',
    status: 'success',
    description: `Retrieved ${source.objectType} '${displayNameOf(source)}' from ${systemName}.`,
    details,
  }
}

export async function provisionLinked(run: Run, link: Link): Promise<Conclusion> {
  const { context, source } = run
  const known = await context.target.known(link)
  if (known === null) {
    const reason = `${link.targetAnchor} is linked to '${displayNameOf(source)}' but ${context.schema.targetDirectoryName} does not know it any more.`
    run.steps.push({
      name: 'EntryImport',
      provisioningStepType: 'matching',
      status: 'failure',
      description: reason,
      details: { TargetId: link.targetAnchor },
    })
    return { result: failed('update', 'InvalidAnchor', reason, run.steps, { targetAnchor: link.targetAnchor }) }
  }
  run.steps.push({
    name: 'EntryImport',
    provisioningStepType: 'matching',
    status: 'success',
    description: `Linked to ${link.targetAnchor} in ${context.schema.targetDirectoryName}.`,
    details: { TargetId: link.targetAnchor },
  })
  if (source.objectType === 'Group' && run.options.memberships === 'now')
    return await writeMemberships(run, link, known.members)
  return await updateLinked(run, link, known.attributes, false)
}

async function conclude(
  context: CycleContext,
  mapping: CompiledObjectMapping,
  source: SourceObject,
  facts: ObjectFacts,
  options: PassOptions,
): Promise<{ readonly conclusion: Conclusion; readonly scope: ScopeDecision | null }> {
  const steps = [importStep(source, context.schema.sourceDirectoryName)]
  const scoped = scopeObject(source, mapping, context.settings)
  steps.push(scoped.kind === 'decided' ? scoped.decision.step : scoped.step)
  if (scoped.kind === 'failed') {
    return { conclusion: { result: failed('other', 'UnprocessableEntity', scoped.message, steps) }, scope: null }
  }
  const run: Run = { context, mapping, source, facts, options, scope: scoped.decision, steps }
  const { link } = facts
  const conclusion = scoped.decision.inScope
    ? link === undefined
      ? await provisionUnlinked(run, context.target.find, true)
      : await provisionLinked(run, link)
    : link === undefined
      ? skippedOutOfScope(run)
      : await leaveScope(run, link)
  return { conclusion, scope: scoped.decision }
}

function escrowAfter(
  context: CycleContext,
  source: SourceObject,
  earlier: EscrowEntry | undefined,
  result: ObjectResult | null,
): NonNullable<Outcome['escrow']> | null {
  if (result?.status === 'failure') {
    const entry = recordFailure({
      objectType: source.objectType,
      sourceAnchor: source.anchor,
      earlier,
      errorCode: result.errorCode ?? 'InternalError',
      reason: result.reason ?? '',
      now: context.clock.now(),
    })
    if (entry !== null) return { kind: 'put', entry }
  }
  return earlier === undefined ? null : { kind: 'clear', objectType: source.objectType, sourceAnchor: source.anchor }
}

/**
 * Takes one source object all the way and saves what came of it. Throws what concerns the whole job: credentials, a lost
 * lease, a store that cannot write. `null` when the object's mapping is switched off or missing.
 */
export async function provisionObject(
  context: CycleContext,
  source: SourceObject,
  facts: ObjectFacts,
  options: PassOptions,
): Promise<ObjectReport | null> {
  const mapping = context.schema.objectMappings.get(source.objectType)
  if (mapping === undefined || !mapping.enabled) return null
  const began = context.clock.now()
  const { conclusion, scope } = await conclude(context, mapping, source, facts, options)
  const { result } = conclusion
  // What is only held, or goes on in the membership pass, has not succeeded yet: its escrow keeps counting.
  const isUnfinished =
    conclusion.hold !== undefined ||
    (result === null && conclusion.wantsMemberships === true && options.memberships === 'later')
  const escrow = isUnfinished ? null : escrowAfter(context, source, facts.escrow, result)
  const ended = context.clock.now()
  const outcome: Outcome = {
    logEntry:
      result === null
        ? null
        : summarize({
            frame: context.frame,
            id: context.newId(),
            changeId: context.newId(),
            at: new Date(ended).toISOString(),
            durationInMilliseconds: ended - began,
            source,
            result,
          }),
    ...(conclusion.link === undefined ? {} : { link: conclusion.link }),
    ...(escrow === null ? {} : { escrow }),
    ...(conclusion.deferred === undefined
      ? {}
      : { deferred: { ownerType: source.objectType, ownerAnchor: source.anchor, references: conclusion.deferred } }),
    ...(conclusion.addDeferred === undefined || conclusion.addDeferred.length === 0
      ? {}
      : { addDeferred: conclusion.addDeferred }),
    ...(conclusion.forgetMember === undefined ? {} : { forgetMember: conclusion.forgetMember }),
    ...(conclusion.hold === undefined ? {} : { hold: conclusion.hold }),
    ...(options.removals === 'carryOut' && conclusion.hold === undefined
      ? { releaseHold: { objectType: source.objectType, sourceAnchor: source.anchor } }
      : {}),
  }
  if (hasSomething(outcome)) await context.ledger.save(outcome)
  return {
    result,
    isEntitled: scope?.isEntitled ?? false,
    inScope: scope?.inScope ?? false,
    isHeld: conclusion.hold !== undefined,
    becameLinked: conclusion.becameLinked ?? false,
    wantsMemberships: conclusion.wantsMemberships ?? false,
  }
}

function hasSomething(outcome: Outcome): boolean {
  return outcome.logEntry !== null || Object.keys(outcome).length > 1
}
