/*
 * Compares a managed account or group with what the mapping wants now and with what was last written (spec 6.2, DECISION:
 * drift check): what somebody else has changed in the target is told apart from what Muster has still to write.
 */
import type {
  AttributeDefinition,
  DriftCluster,
  DriftFinding,
  DriftKind,
  Link,
  ObjectTypeName,
  TargetAttributes,
  TargetObject,
  TargetValue,
} from '../vocabulary/index.ts'
import { driftKinds } from '../vocabulary/index.ts'
import { compareAttributes, modifiedProperty, sameValue } from './changes.ts'

/** What a person reads of members: their names, where somebody knows them. */
export type MemberName = (targetAnchor: string) => string

export interface DriftRequest {
  readonly link: Link
  /** What the target holds; `null`: it does not know the object any more. */
  readonly found: TargetObject | null
  /** Whether the object belongs into the target by now. */
  readonly inScope: boolean
  /** What the mapping wants in an update, with references, as the target takes it; empty when out of scope. */
  readonly desired: TargetAttributes
  readonly stored: TargetAttributes
  /** Target anchors of the members a group should have; `null` on users. */
  readonly desiredMembers: ReadonlySet<string> | null
  readonly definitions: ReadonlyMap<string, AttributeDefinition>
  readonly notComparable: ReadonlySet<string>
  readonly redacted: ReadonlySet<string>
  readonly memberName: MemberName
}

function membersOf(object: TargetObject): readonly string[] {
  const { members } = object.attributes
  return typeof members === 'object' ? members : []
}

/** Findings about one object; none when it is as it should be. */
export function driftOf(request: DriftRequest): readonly DriftFinding[] {
  const { link, found, inScope, redacted } = request
  const about = {
    objectType: link.objectType,
    sourceAnchor: link.sourceAnchor,
    targetAnchor: link.targetAnchor,
    displayName: link.displayName,
  }
  if (found === null) {
    // Nobody who left misses what is gone.
    if (!inScope) return []
    return [{ ...about, kind: 'missing', attribute: null, wanted: null, lastWritten: null, found: null }]
  }
  const actual = found.attributes
  const text = (attribute: string, value: TargetValue | undefined): string | null =>
    modifiedProperty(attribute, undefined, value, redacted).newValue
  const finding = (
    kind: DriftKind,
    attribute: string,
    wanted: TargetValue | undefined,
    lastWritten: TargetValue | undefined,
  ): DriftFinding => ({
    ...about,
    kind,
    attribute,
    wanted: text(attribute, wanted),
    lastWritten: text(attribute, lastWritten),
    found: text(attribute, actual[attribute]),
  })
  if (!inScope) {
    if (link.objectType === 'Group') return [finding('notWritten', 'displayName', undefined, link.known['displayName'])]
    if (actual['active'] === false) return []
    return [finding(link.isActive ? 'notWritten' : 'activeInTarget', 'active', false, link.isActive)]
  }
  const { changes } = compareAttributes({
    desired: request.desired,
    stored: request.stored,
    known: actual,
    definitions: request.definitions,
    notComparable: request.notComparable,
    always: new Set(),
    redacted,
  })
  const findings = changes.map((change): DriftFinding => {
    const { attribute } = change
    const caseExact = request.definitions.get(attribute)?.caseExact ?? true
    const wanted = change.kind === 'set' ? change.value : undefined
    const lastWritten = link.known[attribute]
    const isTouched = !sameValue(actual[attribute], lastWritten, caseExact)
    if (attribute === 'active' && wanted === true && link.isActive)
      return finding('disabledInTarget', attribute, wanted, lastWritten)
    return finding(isTouched ? 'changedInTarget' : 'notWritten', attribute, wanted, lastWritten)
  })
  return [...findings, ...memberDrift(request, about, membersOf(found))]
}

function memberDrift(
  { link, desiredMembers, memberName }: DriftRequest,
  about: Pick<DriftFinding, 'objectType' | 'sourceAnchor' | 'targetAnchor' | 'displayName'>,
  present: readonly string[],
): readonly DriftFinding[] {
  if (desiredMembers === null) return []
  const actual = new Set(present)
  const ours = new Set(link.members)
  const member = (kind: DriftKind, anchor: string, isWanted: boolean): DriftFinding => ({
    ...about,
    kind,
    attribute: 'members',
    wanted: isWanted ? memberName(anchor) : null,
    lastWritten: ours.has(anchor) ? memberName(anchor) : null,
    found: actual.has(anchor) ? memberName(anchor) : null,
  })
  const missing = [...desiredMembers]
    .filter((anchor) => !actual.has(anchor))
    .map((anchor) => member(ours.has(anchor) ? 'missingMember' : 'notWritten', anchor, true))
  const tooMany = present
    .filter((anchor) => !desiredMembers.has(anchor))
    .map((anchor) => member(ours.has(anchor) ? 'notWritten' : 'extraMember', anchor, false))
  return [...missing, ...tooMany]
}

export interface DriftClusters {
  add(findings: readonly DriftFinding[]): void
  result(): readonly DriftCluster[]
}

/** What somebody changed comes first, then what is still to be written; the largest first. */
export function createDriftClusters(examplesMax: number): DriftClusters {
  const clusters = new Map<
    string,
    {
      readonly kind: DriftKind
      readonly objectType: ObjectTypeName
      readonly attribute: string | null
      count: number
      readonly examples: DriftFinding[]
    }
  >()
  return {
    add(findings) {
      for (const each of findings) {
        const { kind, objectType, attribute } = each
        const key = JSON.stringify([kind, objectType, attribute])
        const cluster = clusters.get(key) ?? { kind, objectType, attribute, count: 0, examples: [] }
        cluster.count += 1
        if (cluster.examples.length < examplesMax) cluster.examples.push(each)
        clusters.set(key, cluster)
      }
    },
    result: () =>
      [...clusters.values()].sort(
        (one, other) => driftKinds.indexOf(one.kind) - driftKinds.indexOf(other.kind) || other.count - one.count,
      ),
  }
}
