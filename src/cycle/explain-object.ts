/*
 * Everything known about one object for one job, without a run and without a call to the target: scope with reasons,
 * link, desired against known, what failed and what it waits for.
 */
import {
  compileSchema,
  displayNameOf,
  firstChoice,
  mapAttributes,
  mappingInput,
  modifiedProperty,
  sameValue,
  scopeObject,
  type CompiledObjectMapping,
  type MappedAttribute,
} from '../provisioning/index.ts'
import type { SourceConnector } from '../connectors/source.ts'
import type { Store } from '../store/store.ts'
import type {
  AttributeComparison,
  DeferredReference,
  Link,
  ObjectExplanation,
  SourceObject,
  SynchronizationJob,
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

export async function explainObject(
  ports: { readonly store: Store; readonly source: SourceConnector; readonly now: number },
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
  return {
    jobId: job.jobId,
    inScope,
    reasons,
    paths: source.assignments,
    link:
      link === undefined
        ? null
        : { targetAnchor: link.targetAnchor, isActive: link.isActive, isManaged: link.isManaged },
    attributes: mapping === undefined ? [] : compare(mapping, source, inScope, link, keptNames, ports.now),
    escrow: escrow ?? null,
    waitsFor: await waitingFor(store, ports.source, deferred),
    log: entries,
  }
}
