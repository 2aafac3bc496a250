/*
 * Drift (spec 6.2): reads the target and compares every managed account and group with what the mapping wants now. What is
 * found is handed over as it is found; the lines say how far the reading is.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  compileSchema,
  createDriftClusters,
  desiredValues,
  driftOf,
  mapAttributes,
  mappingInput,
  resolveReferences,
  scopeObject,
  wantedReferences,
  type CompiledObjectMapping,
} from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type {
  DriftFinding,
  DriftSummary,
  Link,
  ObjectTypeName,
  ReadingLine,
  SourceObject,
  SynchronizationJob,
  TargetAttributes,
  TargetObject,
  TargetValue,
} from '../vocabulary/index.ts'
import { believedSource } from './believed-source.ts'
import { createCompute, type Compute } from './give-way.ts'
import { membersAttribute } from './object-run.ts'
import { refuseUnlisted, type ReadingPorts } from './reading-ports.ts'

const linksRead = 500
/** Examples kept with each cluster. */
const examplesMax = 5

async function* allLinks(store: Store, jobId: string, objectType: ObjectTypeName): AsyncGenerator<readonly Link[]> {
  for (let after: string | null = null; ;) {
    const links: readonly Link[] = await store.provisioning.listLinks(jobId, { objectType, after, limit: linksRead })
    if (links.length > 0) yield links
    if (links.length < linksRead) return
    after = links.at(-1)?.sourceAnchor ?? null
  }
}

interface Wanted {
  readonly inScope: boolean
  readonly desired: TargetAttributes
  readonly desiredMembers: ReadonlySet<string> | null
}

/** What the mapping wants of this object now; `null`: a mapping or a filter fails, so nobody can say. */
function wantedOf(
  job: SynchronizationJob,
  mapping: CompiledObjectMapping,
  object: SourceObject,
  known: TargetAttributes,
  users: ReadonlyMap<string, { readonly targetAnchor: string; readonly isActive: boolean }>,
  now: number,
): Wanted | null {
  const scoped = scopeObject(object, mapping, job.settings)
  if (scoped.kind !== 'decided') return null
  if (!scoped.decision.inScope) return { inScope: false, desired: {}, desiredMembers: null }
  const mapped = mapAttributes({
    mapping,
    ...mappingInput(object, scoped.decision.paths, true, now),
    phase: 'update',
    known,
  })
  if (mapped.failures.length > 0 || mapped.ignoreObject) return null
  const { resolved } = resolveReferences(object.objectType, object.anchor, wantedReferences(mapped.attributes), users)
  const desired: Record<string, TargetValue> = { ...desiredValues(mapped.attributes) }
  let desiredMembers: ReadonlySet<string> | null = null
  for (const [attribute, references] of resolved) {
    const anchors = references.map((each) => each.targetAnchor)
    if (attribute === membersAttribute) desiredMembers = new Set(anchors)
    else if (mapping.definitions.get(attribute)?.multivalued === true) desired[attribute] = anchors
    else if (anchors[0] !== undefined) desired[attribute] = anchors[0]
  }
  return { inScope: true, desired, desiredMembers }
}

/** Every managed account and group beside what it should hold. */
export async function* findDrift(
  { store, source: plainSource, target, now }: ReadingPorts,
  job: SynchronizationJob,
  onFinding: (finding: DriftFinding) => void,
): AsyncGenerator<ReadingLine<DriftSummary>> {
  refuseUnlisted(target)
  const source = believedSource(plainSource)
  const schema = compileSchema(job.schema)
  const { writeOnly } = target.describe().capabilities
  const compute: Compute = createCompute()
  const clusters = createDriftClusters(examplesMax)
  let compared = 0
  let drifted = 0
  let notJudged = 0

  const found: Record<ObjectTypeName, Map<string, TargetObject>> = { User: new Map(), Group: new Map() }
  const enabled = (['User', 'Group'] as const).filter((objectType) => schema.objectMappings.get(objectType)?.enabled)
  let read = 0
  for (const objectType of enabled) {
    for await (const page of target.listObjects(objectType)) {
      for (const object of page) found[objectType].set(object.anchor, object)
      read += page.length
      yield { type: 'progress', what: 'target', done: read }
    }
  }
  // Who is who among managers and members: all people that are linked.
  const users = new Map<string, { readonly targetAnchor: string; readonly isActive: boolean }>()
  for await (const links of allLinks(store, job.jobId, 'User'))
    for (const { sourceAnchor, targetAnchor, isActive } of links) users.set(sourceAnchor, { targetAnchor, isActive })
  const memberName = (anchor: string): string => found.User.get(anchor)?.displayName ?? anchor

  for (const objectType of enabled) {
    const mapping = schema.objectMappings.get(objectType)
    if (mapping === undefined) continue
    for await (const links of allLinks(store, job.jobId, objectType)) {
      const anchors = links.map((link) => link.sourceAnchor)
      const objects = new Map((await source.readObjects(objectType, anchors)).map((each) => [each.anchor, each]))
      for (const link of links) {
        const object = objects.get(link.sourceAnchor)
        const account = found[objectType].get(link.targetAnchor) ?? null
        const findings = await compute(() => {
          if (object === undefined) return null
          const wanted = wantedOf(job, mapping, object, account?.attributes ?? link.known, users, now)
          if (wanted === null) return null
          return driftOf({
            ...wanted,
            link,
            found: account,
            stored: target.asStored(objectType, wanted.desired),
            definitions: mapping.definitions,
            notComparable: new Set([...writeOnly[objectType], membersAttribute]),
            redacted: mapping.redacted.target,
            memberName,
          })
        })
        compared += 1
        if (findings === null) notJudged += 1
        else if (findings.length > 0) drifted += 1
        clusters.add(findings ?? [])
        for (const finding of findings ?? []) onFinding(finding)
      }
      yield { type: 'progress', what: 'links', done: compared }
      await nextTurn()
    }
  }
  const summary = { jobId: job.jobId, readAt: now, compared, drifted, notJudged, clusters: clusters.result() }
  yield { type: 'summary', summary }
}
