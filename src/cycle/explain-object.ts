/*
 * Everything known about one object for one job, without a run and without a call to the target: scope with reasons,
 * link, desired against known, what failed and what it waits for.
 */
import {
  compileSchema,
  displayNameOf,
  evaluateScope,
  firstChoice,
  lastRemovalOf,
  mapAttributes,
  mappingInput,
  modifiedProperty,
  sameValue,
  scopeObject,
  scopeTurns,
  sidesOf,
  turnWords,
  type CompiledObjectMapping,
  type MappedAttribute,
  type ScopeResult,
} from '../provisioning/index.ts'
import type { SourceConnector } from '../connectors/source.ts'
import type { Store } from '../store/store.ts'
import type {
  AttributeComparison,
  DeferredReference,
  Link,
  LastRemoval,
  ObjectExplanation,
  ScopeAnswer,
  SourceObject,
  SynchronizationJob,
  TurnAnswer,
  WaitingPlan,
} from '../vocabulary/index.ts'

/** Log entries shown with a person. */
const entriesShown = 10

function compare(
  mapping: CompiledObjectMapping,
  source: SourceObject,
  inScope: boolean,
  link: Link | undefined,
  keptNames: ReadonlyMap<string, string>,
  now: number,
): readonly AttributeComparison[] {
  const input = mappingInput(source, source.assignments, inScope, now)
  const mapped = mapAttributes({ mapping, ...input, phase: 'create', known: {} })
  const desired = new Map(mapped.attributes.map((each) => [each.name, each]))
  const atCreation = new Set(
    mapping.attributes.filter((each) => each.mapping.flowType === 'ObjectAddOnly').map((each) => each.target),
  )
  const names = [...new Set([...mapping.definitions.keys(), ...desired.keys()])].filter(
    (name) => name !== 'id' && name !== 'members',
  )
  return names.flatMap((attribute): readonly AttributeComparison[] => {
    const want = desired.get(attribute)
    const known = link?.known[attribute]
    const knownText = modifiedProperty(attribute, undefined, known, mapping.redacted.target).newValue
    if (want === undefined)
      return knownText === null ? [] : [{ attribute, desired: null, known: knownText, verdict: 'notMapped' }]
    switch (want.kind) {
      case 'failed':
        return [{ attribute, desired: want.message, known: knownText, verdict: 'failed' }]
      case 'absent':
        return knownText === null ? [] : [{ attribute, desired: null, known: knownText, verdict: 'same' }]
      case 'unique': {
        // Who has an account keeps its name. For who has none yet, only a plan knows whether the first one is free.
        if (link !== undefined) return [{ attribute, desired: knownText, known: knownText, verdict: 'same' }]
        const kept = keptNames.get(attribute)
        const choice: MappedAttribute =
          kept === undefined ? firstChoice(want) : { name: attribute, kind: 'value', value: kept }
        if (choice.kind === 'failed')
          return [{ attribute, desired: choice.message, known: knownText, verdict: 'failed' }]
        const first = choice.kind === 'value' ? choice.value : undefined
        const text = modifiedProperty(attribute, undefined, first, mapping.redacted.target).newValue
        return [{ attribute, desired: text, known: knownText, verdict: 'differs' }]
      }
      case 'reference':
        return [{ attribute, desired: want.reference.anchors.join(', ') || null, known: knownText, verdict: 'same' }]
      case 'value': {
        const text = modifiedProperty(attribute, undefined, want.value, mapping.redacted.target).newValue
        const isSame = sameValue(want.value, known, mapping.definitions.get(attribute)?.caseExact ?? true)
        const verdict = isSame ? 'same' : link !== undefined && atCreation.has(attribute) ? 'onlyAtCreation' : 'differs'
        return [{ attribute, desired: text, known: knownText, verdict }]
      }
    }
  })
}

async function waitingFor(
  store: Store,
  source: SourceConnector,
  deferred: readonly DeferredReference[],
): Promise<ObjectExplanation['waitsFor']> {
  const shown = deferred.slice(0, 100)
  const found = await source.readObjects(
    'User',
    shown.map((each) => each.referencedAnchor),
  )
  const names = new Map(found.map((object) => [object.anchor, displayNameOf(object)]))
  return shown.map((each) => ({
    attribute: each.attribute,
    referencedId: each.referencedAnchor,
    displayName: names.get(each.referencedAnchor) ?? each.referencedAnchor,
  }))
}

function scopeAnswer(source: SourceObject, mapping: CompiledObjectMapping, scoped: ScopeResult): ScopeAnswer | null {
  if (scoped.kind === 'failed') return null
  if (scoped.kind === 'decided') {
    const { isActive, isAssigned, hasRole, evaluation } = scoped.decision
    return { isActive, isAssigned, hasRole, filters: evaluation.groups }
  }
  // Dropped while reading: what the input filter says is all there is.
  const input = evaluateScope(mapping.filter, source.attributes, 'inputFilterGroups')
  return input.kind === 'failed'
    ? null
    : { isActive: true, isAssigned: true, hasRole: true, filters: input.evaluation.groups }
}

function turnAnswer(
  source: SourceObject,
  mapping: CompiledObjectMapping | undefined,
  job: SynchronizationJob,
  assignedGroup: string | null,
): TurnAnswer {
  if (mapping?.enabled !== true) {
    const none = `No change of its facts does while the mapping of ${source.objectType} objects is switched off.`
    return { wanted: 'in', ways: [], none }
  }
  const attributes = sidesOf(job.schema, source.objectType).source?.attributes ?? []
  const types = new Map(attributes.map(({ name, type }) => [name, type]))
  const { wanted, turns, none } = scopeTurns({ source, mapping, settings: job.settings, types, assignedGroup })
  return { wanted, ways: turns.map((turn) => turnWords(wanted, turn)), none }
}

/** A disable and a delete may follow one another; failed ones took nothing away. */
async function lastRemoval(store: Store, jobId: string, identityId: string): Promise<LastRemoval | null> {
  const entries = await Promise.all(
    (['disable', 'delete'] as const).flatMap((action) =>
      (['success', 'warning'] as const).map(
        async (status) => (await store.provisioning.queryLog({ jobId, identityId, action, status, limit: 1 })).entries,
      ),
    ),
  )
  return lastRemovalOf(entries.flat())
}

/** Plans that wait and concern this object: the newest first, and no more than anybody reads. */
async function waitingPlans(
  { plans }: Store,
  jobId: string,
  { objectType, anchor }: SourceObject,
): Promise<readonly WaitingPlan[]> {
  const open = (await plans.list(jobId, { state: 'open', limit: 10 })).plans
  const found: WaitingPlan[] = []
  for (const { planId, origin } of open) {
    const writes = await plans.writesOf(planId, objectType, anchor)
    if (writes.length > 0)
      found.push({ planId, origin, writes: writes.map(({ image, reason }) => `${image.kind}: ${reason}`) })
  }
  return found
}

/** Whether a cycle takes it up: only then what differs is written. */
async function isDue(
  ports: { readonly store: Store; readonly source: SourceConnector },
  jobId: string,
  watermark: string | null,
  { objectType, anchor }: SourceObject,
  deferred: readonly DeferredReference[],
): Promise<boolean> {
  const { provisioning, jobs } = ports.store
  const running = await jobs.runningCycle(jobId)
  const position = running === null ? watermark : running.position
  if (position === null || (await ports.source.hasChangedSince(position, objectType, anchor))) return true
  if ((await provisioning.openWrites(jobId, { objectType, sourceAnchor: anchor })).length > 0) return true
  const waitedFor = deferred.map((each) => each.referencedAnchor)
  const linked = await provisioning.linksBySource(jobId, 'User', waitedFor)
  return [...linked.values()].some((link) => link.isActive)
}

export async function explainObject(
  ports: {
    readonly store: Store
    readonly source: SourceConnector
    readonly now: number
    /** Named as an example of how to come into scope. */
    readonly assignedGroup: string | null
  },
  job: SynchronizationJob,
  source: SourceObject,
): Promise<ObjectExplanation> {
  const { store } = ports
  const mapping = compileSchema(job.schema).objectMappings.get(source.objectType)
  const link = (await store.provisioning.linksBySource(job.jobId, source.objectType, [source.anchor])).get(
    source.anchor,
  )
  const escrow = (await store.provisioning.escrow(job.jobId, source.objectType, [source.anchor])).get(source.anchor)
  const deferred = await store.provisioning.deferredOf(job.jobId, source.anchor)
  const kept = await store.provisioning.allottedNames(job.jobId, source.objectType, [source.anchor])
  const keptNames = new Map(kept.map((name) => [name.attribute, name.value]))
  const { entries } = await store.provisioning.queryLog({
    jobId: job.jobId,
    identityId: source.anchor,
    limit: entriesShown,
  })
  const scoped = mapping === undefined || !mapping.enabled ? null : scopeObject(source, mapping, job.settings)
  const inScope = scoped?.kind === 'decided' && scoped.decision.inScope
  const reasons =
    scoped === null
      ? [`The mapping of ${source.objectType} objects is switched off.`]
      : scoped.kind === 'decided'
        ? scoped.decision.reasons
        : [scoped.message]
  const held = (await store.provisioning.heldRemovals(job.jobId)).find(
    (each) => each.objectType === source.objectType && each.sourceAnchor === source.anchor,
  )
  return {
    jobId: job.jobId,
    schemaVersion: job.schema.version,
    inScope,
    reasons,
    paths: source.assignments,
    scope: mapping === undefined || scoped === null ? null : scopeAnswer(source, mapping, scoped),
    turn: turnAnswer(source, mapping, job, ports.assignedGroup),
    held: held ?? null,
    plans: await waitingPlans(store, job.jobId, source),
    lastRemoval: await lastRemoval(store, job.jobId, source.anchor),
    link:
      link === undefined
        ? null
        : { targetAnchor: link.targetAnchor, isActive: link.isActive, isManaged: link.isManaged },
    attributes: mapping === undefined ? [] : compare(mapping, source, inScope, link, keptNames, ports.now),
    escrow: escrow ?? null,
    isDue:
      escrow !== undefined ||
      (held !== undefined && held.state !== 'staged') ||
      (await isDue(ports, job.jobId, job.watermark, source, deferred)),
    waitsFor: await waitingFor(store, ports.source, deferred),
    log: entries,
  }
}
