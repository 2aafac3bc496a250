/*
 * The one way of one object through the service (style.md section 4): import, scope, match, map, resolve, compare,
 * decide, write, save. It only fetches and writes; each question is answered by a pure rule.
 */
import type { TargetWrite } from '../connectors/target.ts'
import {
  applySwitches,
  asLogText,
  chooseMatch,
  compareAttributes,
  compareMembers,
  desiredValues,
  displayNameOf,
  isSettled,
  mapAttributes,
  matchQueries,
  missingRequired,
  nameSituation,
  recordFailure,
  referenceStep,
  resolveReferences,
  scopeObject,
  summarize,
  wantedReferences,
  type CompiledObjectMapping,
  type MappingPhase,
  type MatchAnswer,
  type MatchResult,
  type ObjectResult,
  type ResolvedReferences,
  type ScopeDecision,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import {
  ConnectorError,
  type DeferredReference,
  type EscrowEntry,
  type Link,
  type ModifiedProperty,
  type ProvisioningStep,
  type SourceAttributes,
  type SourceObject,
  type TargetAttributes,
  type TargetObject,
  type TargetValue,
} from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'

export interface ObjectFacts {
  readonly link: Link | undefined
  readonly escrow: EscrowEntry | undefined
}

/** Which part of the cycle is running: each object passes once, some come again for what has to wait. */
export interface PassOptions {
  /** `hold` keeps disables and deletes until their number is known; `carryOut` does them. */
  readonly removals: 'hold' | 'carryOut'
  /** A group's members are written when its users exist: `later` leaves them, `now` writes them. */
  readonly memberships: 'later' | 'now'
  /** An object that comes again with nothing left to do needs no second entry. */
  readonly quietWhenSame: boolean
}

export interface ObjectReport {
  readonly result: ObjectResult | null
  readonly isEntitled: boolean
  readonly inScope: boolean
  readonly isHeld: boolean
  /** Linked for the first time, or active again: what waits for it can go on. */
  readonly becameLinked: boolean
  readonly wantsMemberships: boolean
}

/** What one object's run leaves behind, before it is put into the log's words. */
interface Conclusion {
  readonly result: ObjectResult | null
  readonly link?: Outcome['link']
  readonly deferred?: readonly DeferredReference[]
  readonly addDeferred?: readonly DeferredReference[]
  readonly forgetMember?: string
  readonly hold?: Outcome['hold']
  readonly becameLinked?: boolean
  readonly wantsMemberships?: boolean
}

const membersAttribute = 'members'

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

const nothing = {
  errorCode: null,
  reason: null,
  additionalDetails: null,
  modifiedProperties: [],
  targetAnchor: null,
} as const

const failed = (
  action: ObjectResult['action'],
  errorCode: string,
  reason: string,
  steps: readonly ProvisioningStep[],
  more: Partial<ObjectResult> = {},
): ObjectResult => ({ ...nothing, action, status: 'failure', errorCode, reason, steps, ...more })

const skipped = (
  errorCode: string,
  reason: string,
  steps: readonly ProvisioningStep[],
  more: Partial<ObjectResult> = {},
): ObjectResult => ({ ...nothing, action: 'other', status: 'skipped', errorCode, reason, steps, ...more })

function skipStep(description: string, skipReason: string): ProvisioningStep {
  return {
    name: 'EntrySynchronizationSkip',
    provisioningStepType: 'processing',
    status: 'skipped',
    description,
    details: { SkipReason: skipReason },
  }
}

type ExportName = 'EntryExportAdd' | 'EntryExportUpdate' | 'EntryExportDelete'

const exportNames: Record<TargetWrite['kind'], ExportName> = {
  create: 'EntryExportAdd',
  update: 'EntryExportUpdate',
  disable: 'EntryExportUpdate',
  delete: 'EntryExportDelete',
}

/** What the target said when it refused, for the log: never a secret, the connector has masked it. */
function exchangeDetails(error: ConnectorError): Record<string, string> {
  const details: Record<string, string> = {}
  if (error.targetErrorName !== undefined) details['TargetError'] = error.targetErrorName
  if (error.exchange !== undefined) {
    details['Request'] = `${error.exchange.method} ${error.exchange.url}`
    if (error.exchange.status !== undefined) details['Status'] = String(error.exchange.status)
    if (error.exchange.body !== undefined) details['Answer'] = error.exchange.body
  }
  return details
}

/** One object in the middle of its run. */
interface Run {
  readonly context: CycleContext
  readonly mapping: CompiledObjectMapping
  readonly source: SourceObject
  readonly facts: ObjectFacts
  readonly options: PassOptions
  readonly scope: ScopeDecision
  readonly steps: ProvisioningStep[]
}

function mapFor(run: Run, phase: MappingPhase, known: TargetAttributes): ReturnType<typeof mapAttributes> {
  const attributes: SourceAttributes = {
    ...run.source.attributes,
    objectId: run.source.anchor,
    IsSoftDeleted: !run.scope.inScope,
  }
  return mapAttributes({
    mapping: run.mapping,
    attributes,
    context: {
      now: run.context.now,
      appRoles: run.scope.paths.map((path) => ({
        id: path.appRoleId,
        value: path.appRoleValue,
        displayName: path.appRoleDisplayName,
      })),
    },
    phase,
    known,
  })
}

async function resolve(run: Run, mapped: ReturnType<typeof mapAttributes>): Promise<ResolvedReferences> {
  const wanted = wantedReferences(mapped.attributes)
  const anchors = wanted.flatMap((reference) => reference.anchors)
  const links = anchors.length === 0 ? new Map() : await run.context.links.users(anchors)
  return resolveReferences(run.source.objectType, run.source.anchor, wanted, links)
}

/** References as target values, without the members, which have a write of their own. */
function referenceValues(run: Run, references: ResolvedReferences): TargetAttributes {
  const values: Record<string, TargetValue> = {}
  for (const [attribute, anchors] of references.resolved) {
    if (attribute === membersAttribute) continue
    const multivalued = run.mapping.definitions.get(attribute)?.multivalued === true
    const [first] = anchors
    if (multivalued) values[attribute] = anchors
    else if (first !== undefined) values[attribute] = first
  }
  return values
}

/** Sends one decision and words it for the log. A refusal of this object is a value; anything larger is thrown on. */
async function carryOut(
  run: Run,
  write: TargetWrite,
  modifiedProperties: readonly ModifiedProperty[],
): Promise<
  | {
      readonly kind: 'done'
      readonly anchor: string
      readonly object: TargetObject | undefined
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly result: ObjectResult }
> {
  const name = exportNames[write.kind]
  const targetName = run.context.schema.targetDirectoryName
  const who = `${run.source.objectType} '${displayNameOf(run.source)}'`
  try {
    const receipt = await run.context.target.write(write)
    run.steps.push({
      name,
      provisioningStepType: 'export',
      status: receipt.warnings.length > 0 ? 'warning' : 'success',
      description: [`${who}: ${write.kind} in ${targetName} done.`, ...receipt.warnings].join(' '),
      details: { TargetId: receipt.anchor },
    })
    return { kind: 'done', anchor: receipt.anchor, object: receipt.object, warnings: receipt.warnings }
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    const details = exchangeDetails(error)
    run.steps.push({
      name,
      provisioningStepType: 'export',
      status: 'failure',
      description: `${who}: ${write.kind} in ${targetName} failed. ${error.message}`,
      details,
    })
    const action = write.kind
    const additionalDetails = Object.keys(details).length > 0 ? JSON.stringify(details) : null
    const targetAnchor = write.kind === 'create' ? null : write.anchor
    return {
      kind: 'refused',
      error,
      result: failed(action, error.code, error.message, run.steps, {
        modifiedProperties,
        additionalDetails,
        targetAnchor,
      }),
    }
  }
}

const warningsOf = (warnings: readonly string[]): Partial<ObjectResult> =>
  warnings.length > 0 ? { status: 'warning', reason: warnings.join(' ') } : {}

function putLink(run: Run, link: Link): NonNullable<Conclusion['link']> {
  run.context.links.note(link)
  return { kind: 'put', link }
}

function withheldConclusion(run: Run, because: string): Conclusion {
  run.steps.push(skipStep(because, 'EntrySynchronizationSkipped'))
  return {
    result: skipped('EntrySynchronizationSkipped', because, run.steps, {
      targetAnchor: run.facts.link?.targetAnchor ?? null,
    }),
  }
}

function mappingFailure(
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
  run.steps.push({
    name: action === 'create' ? 'EntrySynchronizationAdd' : 'EntrySynchronizationUpdate',
    provisioningStepType: 'processing',
    status: 'failure',
    description: `${reason} Nothing is written, so that nobody is provisioned half mapped.`,
    details: {},
  })
  return { result: failed(action, first.code, reason, run.steps) }
}

// ------------------------------------------------------------------ objects without a link

async function askMatches(
  run: Run,
  queries: ReturnType<typeof matchQueries>,
  ask: CycleContext['target']['find'],
): Promise<readonly MatchAnswer[]> {
  const answers: MatchAnswer[] = []
  for (const query of queries) {
    const hits = await ask(query)
    const links =
      hits.length === 0
        ? new Map<string, Link>()
        : await run.context.ledger.linksByTarget(
            run.source.objectType,
            hits.map((hit) => hit.anchor),
          )
    const takenBy = new Map([...links].map(([anchor, link]) => [anchor, link.sourceAnchor]))
    answers.push({ query, hits, takenBy })
    if (isSettled(answers)) break
  }
  return answers
}

async function createObject(
  run: Run,
  mapped: ReturnType<typeof mapAttributes>,
  mayMatchAgain: boolean,
): Promise<Conclusion> {
  const { context, mapping, source } = run
  const references = await resolve(run, mapped)
  const attributes: TargetAttributes = { ...desiredValues(mapped.attributes), ...referenceValues(run, references) }
  const missing = missingRequired(mapping, attributes)
  if (missing.length > 0) {
    const reason = `Required attributes have no value and no default: ${missing.join(', ')}.`
    run.steps.push({
      name: 'EntrySynchronizationAdd',
      provisioningStepType: 'processing',
      status: 'failure',
      description: reason,
      details: {},
    })
    return { result: failed('create', 'MissingValues', reason, run.steps) }
  }
  const modifiedProperties = Object.entries(attributes).map(([name, value]): ModifiedProperty => ({
    displayName: name,
    oldValue: null,
    newValue: asLogText(value),
  }))
  run.steps.push({
    name: 'EntrySynchronizationAdd',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${source.objectType} '${displayNameOf(source)}' will be created in ${context.schema.targetDirectoryName}.`,
    details: {},
  })
  const deferredNow = references.deferred.filter((each) => each.attribute !== membersAttribute)
  const waiting = referenceStep(deferredNow, displayNameOf(source), true)
  if (waiting !== null) run.steps.push(waiting)

  const sent = await carryOut(run, { kind: 'create', objectType: source.objectType, attributes }, modifiedProperties)
  if (sent.kind === 'refused') {
    // Somebody made the account since the target was read: look again, once, and take it over where matching allows (slack.md 5.2, class L).
    if (sent.error.code === 'Conflict' && mayMatchAgain)
      return await provisionUnlinked(run, context.target.findLive, false)
    return { result: sent.result }
  }
  const known = sent.object?.attributes ?? attributes
  context.target.remember(
    sent.object ?? {
      objectType: source.objectType,
      anchor: sent.anchor,
      displayName: displayNameOf(source),
      attributes,
    },
  )
  const link: Link = {
    objectType: source.objectType,
    sourceAnchor: source.anchor,
    targetAnchor: sent.anchor,
    displayName: displayNameOf(source),
    isActive: true,
    isManaged: true,
    known,
    members: [],
  }
  return {
    result: {
      ...nothing,
      action: 'create',
      status: 'success',
      steps: run.steps,
      modifiedProperties,
      targetAnchor: sent.anchor,
      ...warningsOf(sent.warnings),
    },
    link: putLink(run, link),
    ...(references.deferred.length > 0 && source.objectType === 'User' ? { deferred: references.deferred } : {}),
    becameLinked: true,
    wantsMemberships: source.objectType === 'Group',
  }
}

function matchFailure(run: Run, match: Extract<MatchResult, { kind: 'many' | 'taken' }>): Conclusion {
  const code = match.kind === 'many' ? 'DuplicateTargetEntries' : 'DuplicateSourceEntries'
  return { result: failed('other', code, match.step.description, run.steps) }
}

async function provisionUnlinked(
  run: Run,
  ask: CycleContext['target']['find'],
  mayMatchAgain: boolean,
): Promise<Conclusion> {
  const { context, mapping, source } = run
  const mapped = mapFor(run, 'create', {})
  const failure = mappingFailure(run, mapped, 'create')
  if (failure !== null) return failure
  const answers = await askMatches(run, matchQueries(mapping, mapped.attributes), ask)
  const match = chooseMatch(mapping, context.schema.targetDirectoryName, answers)
  run.steps.push(match.step)
  const situation = nameSituation({
    isLinked: false,
    inScope: true,
    match: match.kind === 'noValue' ? 'noValue' : match.kind,
  })
  const verdict = applySwitches(situation, switchesOf(run))
  if (verdict.verdict === 'withheld') return withheldConclusion(run, verdict.because)
  switch (match.kind) {
    case 'noValue':
      return { result: skipped('ImportSkipped', match.step.description, run.steps) }
    case 'many':
    case 'taken':
      return matchFailure(run, match)
    case 'none':
      return await createObject(run, mapped, mayMatchAgain)
    case 'one': {
      const link: Link = {
        objectType: source.objectType,
        sourceAnchor: source.anchor,
        targetAnchor: match.hit.anchor,
        displayName: displayNameOf(source),
        isActive: match.hit.attributes['active'] !== false,
        isManaged: true,
        known: match.hit.attributes,
        members: [],
      }
      const updated = await updateLinked(run, link, match.hit.attributes, true)
      return { ...updated, link: updated.link ?? putLink(run, link), becameLinked: true }
    }
  }
}

// ------------------------------------------------------------------ objects with a link

function switchesOf(run: Run): Parameters<typeof applySwitches>[1] {
  return {
    ...run.mapping.flows,
    skipOutOfScopeDeletions: run.context.settings.skipOutOfScopeDeletions,
    softDelete: run.context.targetDescription.capabilities.softDelete[run.source.objectType],
    activeIsMapped: run.mapping.activeIsMapped,
  }
}

/** Sends what differs. Also the second half of taking an account over, when the link is new. */
async function updateLinked(run: Run, link: Link, known: TargetAttributes, isNew: boolean): Promise<Conclusion> {
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

/** A group's members, when its users have been seen to (spec 6.4). */
async function writeMemberships(run: Run, link: Link, present: ReadonlySet<string> | null): Promise<Conclusion> {
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

async function provisionLinked(run: Run, link: Link): Promise<Conclusion> {
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

async function leaveScope(run: Run, link: Link): Promise<Conclusion> {
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

function skippedOutOfScope(run: Run): Conclusion {
  const { scope, source } = run
  if (source.presence === 'hardDeleted') return { result: null }
  const code = scope.skipCode ?? 'EntrySynchronizationSkipped'
  const reason = scope.reasons.join(' ')
  run.steps.push(skipStep(reason, code))
  return { result: skipped(code, reason, run.steps, { targetAnchor: run.facts.link?.targetAnchor ?? null }) }
}

// ------------------------------------------------------------------ the way

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
): Outcome['escrow'] | null {
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
