/*
 * The one way of one object through the service (style.md section 4): import, scope, match, map, resolve, compare,
 * decide, write, save. It only fetches and writes; each question is answered by a pure rule.
 */
import {
  asLogText,
  displayNameOf,
  dueNext,
  recordFailure,
  scopeObject,
  scopingStep,
  type CompiledObjectMapping,
  type ObjectResult,
  type ScopeDecision,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import {
  ConnectorError,
  type EscrowEntry,
  type Link,
  type PlannedWriteEnd,
  type ProvisioningStep,
  type SourceObject,
  type SourceValue,
} from '../vocabulary/index.ts'
import { imagesTogether } from './before-image.ts'
import type { CycleContext } from './cycle-context.ts'
import {
  membersAttribute,
  type ObjectFacts,
  type PassOptions,
  type ObjectReport,
  type Conclusion,
  type Deeds,
  type Run,
} from './object-run.ts'
import { failed, skipped } from './object-results.ts'
import { exchangeDetails } from './carry-out.ts'
import { provisionUnlinked } from './provision-unlinked.ts'
import { updateLinked } from './update-linked.ts'
import { writeMemberships } from './write-memberships.ts'
import { entryOf } from './object-entry.ts'
import { settleOpenWrite } from './settle-open-write.ts'
import { leaveScope, skippedOutOfScope } from './leave-scope.ts'
import { objectKey } from './object-key.ts'
import { readAfresh } from './read-afresh.ts'

function importStep(source: SourceObject, systemName: string, redacted: ReadonlySet<string>): ProvisioningStep {
  const details: Record<string, string> = { objectId: source.anchor }
  for (const [name, value] of Object.entries(source.attributes)) {
    if (value === null || name === membersAttribute) continue
    details[name] = redacted.has(name) ? '[Redact]' : (asLogText(valueInLog(value)) ?? '')
  }
  return {
    name: 'EntryImport',
    provisioningStepType: 'import',
    status: 'success',
    description: `Retrieved ${source.objectType} '${displayNameOf(source)}' from ${systemName}.`,
    details,
  }
}

const valueInLog = (value: Exclude<SourceValue, null>): Exclude<SourceValue, null | bigint> =>
  typeof value === 'bigint' ? String(value) : value

async function provisionLinked(run: Run, link: Link): Promise<Conclusion> {
  const { context, source } = run
  const known = await context.target.known(link)
  // Muster's own delete took effect, and its answer was lost: back in scope, the group is made anew.
  if (known === null && source.objectType === 'Group' && !link.isActive) return await provisionUnlinked(run)
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
): Promise<{
  readonly conclusion: Conclusion
  readonly scope: ScopeDecision | null
  readonly deeds: Deeds
  readonly planned: readonly PlannedWriteEnd[]
}> {
  const deeds: Deeds = { images: [], told: [], isOpen: null, becameLinked: false }
  const steps = [importStep(source, context.schema.sourceDirectoryName, mapping.redacted.source)]
  const scoped = await context.compute(() => scopeObject(source, mapping, context.settings))
  steps.push(scopingStep(source, scoped))
  if (scoped.kind !== 'decided') {
    const result =
      scoped.kind === 'failed'
        ? failed('other', 'UnprocessableEntity', scoped.message, steps)
        : skipped('EntrySynchronizationSkipped', scoped.message, steps)
    return { conclusion: { result }, scope: null, deeds, planned: [] }
  }
  const left = { scope: scoped.decision, deeds, planned: [] as PlannedWriteEnd[] }
  const run: Run = { context, mapping, source, facts, options, steps, ...left }
  try {
    return { conclusion: await act(await settleOpenWrite(run)), ...left }
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    return { conclusion: lookUpFailed(run, error), ...left }
  }
}

async function act(run: Run): Promise<Conclusion> {
  const { link } = run.facts
  if (run.scope.inScope) return link === undefined ? await provisionUnlinked(run) : await provisionLinked(run, link)
  return link === undefined ? skippedOutOfScope(run) : await leaveScope(run, link)
}

/** The target could not be asked about this object; writes word their own refusals (`carry-out.ts`). */
function lookUpFailed(run: Run, error: ConnectorError): Conclusion {
  const details = exchangeDetails(error)
  run.steps.push({
    name: 'EntryImport',
    provisioningStepType: 'matching',
    status: 'failure',
    description: `Could not look the ${run.source.objectType} up in ${run.context.schema.targetDirectoryName}. ${error.message}`,
    details,
  })
  const { link } = run.facts
  return {
    result: failed(link === undefined ? 'other' : 'update', error.code, error.message, run.steps, {
      additionalDetails: Object.keys(details).length > 0 ? JSON.stringify(details) : null,
      targetAnchor: link?.targetAnchor ?? null,
    }),
  }
}

/** What is to be tried again, and why; `null` when all was done. */
function failureOf({ result, leftOut }: Conclusion): NonNullable<Conclusion['leftOut']> | null {
  if (result?.status === 'failure')
    return { errorCode: result.errorCode ?? 'InternalError', reason: result.reason ?? '' }
  return leftOut ?? null
}

const isDone = (conclusion: Conclusion): boolean => failureOf(conclusion) === null && conclusion.isWithheld !== true

/** When it is tried again (spec 6.5). What is given up after its last attempt waits for nothing any more. */
function escrowAfter(
  now: number,
  source: SourceObject,
  earlier: EscrowEntry | undefined,
  conclusion: Conclusion,
): Pick<Outcome, 'escrow' | 'deferred'> {
  const { objectType, anchor: sourceAnchor } = source
  // It has not failed: the next cycle takes it up as it is then.
  if (conclusion.isWithheld === true) {
    const { errorCode, reason } = conclusion.result ?? {}
    const why = { errorCode: errorCode ?? 'PlanVoid', reason: reason ?? '' }
    return { escrow: { kind: 'put', entry: dueNext({ objectType, sourceAnchor, earlier, ...why, now }) } }
  }
  const failure = failureOf(conclusion)
  if (failure !== null) {
    const entry = recordFailure({ objectType, sourceAnchor, earlier, ...failure, now })
    if (entry !== null) return { escrow: { kind: 'put', entry } }
  }
  if (earlier === undefined) return {}
  return {
    escrow: { kind: 'clear', objectType, sourceAnchor },
    ...(failure === null ? {} : { deferred: { ownerType: objectType, ownerAnchor: sourceAnchor, references: [] } }),
  }
}

/** Who is gone for good has left no name in the source; the link remembers it. */
function named(source: SourceObject, link: Link | undefined): SourceObject {
  if (source.presence !== 'hardDeleted' || link === undefined || displayNameOf(source) !== source.anchor) return source
  return { ...source, attributes: { ...source.attributes, displayName: link.displayName } }
}

/** An object that comes again with nothing left to do needs no second entry. */
function isWorthAnEntry(result: ObjectResult | null, isQuiet: boolean): result is ObjectResult {
  if (result === null) return false
  return !isQuiet || result.action !== 'other' || result.status === 'failure'
}

/**
 * Takes one source object all the way and saves what came of it, one at a time for each object. Throws what concerns the
 * whole job: credentials, a lost lease, a store that cannot write. `null` when the object's mapping is switched off or missing.
 */
export async function provisionObject(
  context: CycleContext,
  object: SourceObject,
  facts: ObjectFacts,
  options: PassOptions,
): Promise<ObjectReport | null> {
  const mapping = context.schema.objectMappings.get(object.objectType)
  if (mapping === undefined || !mapping.enabled) return null
  const key = objectKey(object)
  return await context.objectTurns.take([key], async () => {
    const demandedUnder = context.demanded.get(key)
    // A schema saved meanwhile has been applied to it already, and the next cycle applies it to everybody (spec 5.8).
    if (demandedUnder !== undefined && demandedUnder !== context.schema.version) return null
    const isOld = demandedUnder !== undefined || facts.reading?.isStale(key) === true
    const now = isOld ? await readAfresh(context, object) : { object, facts }
    return await provisionInTurn(context, mapping, now.object ?? object, now.facts, options)
  })
}

async function provisionInTurn(
  context: CycleContext,
  mapping: CompiledObjectMapping,
  object: SourceObject,
  facts: ObjectFacts,
  options: PassOptions,
): Promise<ObjectReport> {
  const began = context.clock.now()
  const source = named(object, facts.link)
  const { conclusion, scope, deeds, planned } = await conclude(context, mapping, source, facts, options)
  const { quietWhenSame } = options
  const isAgain = quietWhenSame === 'onceToldOf' ? context.readings.isToldOf(objectKey(source)) : quietWhenSame
  const isQuiet = isAgain || deeds.told.length > 0
  const result = isWorthAnEntry(conclusion.result, isQuiet) ? conclusion.result : null
  // What is only held, or goes on in the membership pass, has not succeeded yet: its escrow keeps counting.
  const { readings } = context
  const isUnfinished =
    // That a group's members are written says nothing of its name, which was refused or withheld, maybe before a stop.
    (options.memberships === 'now' && isDone(conclusion) && !readings.isWell(objectKey(source))) ||
    conclusion.hold !== undefined ||
    (conclusion.result === null && conclusion.wantsMemberships === true && options.memberships === 'later')
  const ended = context.clock.now()
  const beforeImage = imagesTogether(deeds.images)
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  const outcome: Outcome = {
    logEntry: result === null ? null : entryOf(context, source, result, began),
    ...(beforeImage === undefined ? {} : { beforeImage }),
    ...(deeds.isOpen === false ? { openWrite: { kind: 'close', ...owner } } : {}),
    ...(planned.length === 0 ? {} : { planned }),
    ...(conclusion.link === undefined ? {} : { link: conclusion.link }),
    ...(conclusion.deferred === undefined
      ? {}
      : { deferred: { ownerType: source.objectType, ownerAnchor: source.anchor, references: conclusion.deferred } }),
    ...(isUnfinished ? {} : escrowAfter(ended, source, facts.escrow, conclusion)),
    ...(conclusion.addDeferred === undefined || conclusion.addDeferred.length === 0
      ? {}
      : { addDeferred: conclusion.addDeferred }),
    ...(conclusion.forgetMember === undefined ? {} : { forgetMember: conclusion.forgetMember }),
    ...(conclusion.hold === undefined ? {} : { hold: conclusion.hold }),
    ...(mapping.hasUniqueValues && isGoneForGood(source, conclusion)
      ? { releaseNames: { objectType: source.objectType, sourceAnchor: source.anchor } }
      : {}),
    // Who has been removed, or has come back, waits no longer.
    ...((options.removals === 'carryOut' || facts.held !== undefined) && conclusion.hold === undefined
      ? { releaseHold: { objectType: source.objectType, sourceAnchor: source.anchor } }
      : {}),
  }
  if (hasSomething(outcome)) await context.ledger.save(outcome)
  if (deeds.isOpen !== null) context.openWrites.end(owner, deeds.isOpen)
  readings.note(objectKey(source), { hasFailed: !isDone(conclusion), isToldOf: result !== null })
  return {
    result,
    isEntitled: scope?.isEntitled ?? false,
    inScope: scope?.inScope ?? false,
    hold: conclusion.hold ?? null,
    told: deeds.told,
    becameLinked: deeds.becameLinked || (conclusion.becameLinked ?? false),
    wantsMemberships: conclusion.wantsMemberships ?? false,
    deferred: conclusion.deferred ?? [],
  }
}

/** Nobody comes back who could want the name again. */
function isGoneForGood(source: SourceObject, { hold, result }: Conclusion): boolean {
  return source.presence === 'hardDeleted' && hold === undefined && result?.status !== 'failure'
}

function hasSomething(outcome: Outcome): boolean {
  return outcome.logEntry !== null || Object.keys(outcome).length > 1
}
