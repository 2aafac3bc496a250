/*
 * What a plan that is kept is compared by: fingerprints of what it was made from, and the parts of a write that must be the
 * same when it is carried out.
 */
import type {
  BeforeImage,
  JobSettings,
  PlanCounts,
  PlannedWrite,
  SourceObject,
  TargetValue,
} from '../vocabulary/index.ts'
import { fingerprint } from './schema-version.ts'

/** Names in order, so that equal things are equal texts. */
function ordered(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, ordered(each)]),
  )
}

const textOf = (value: unknown): string => JSON.stringify(ordered(value))

/** The settings that decide what a cycle writes; when it runs and who is told does not count. */
export function settingsHash(settings: JobSettings): string {
  const { syncAll, scopeWaitsForRestart, defaultAccessIsEntitled, skipOutOfScopeDeletions, repairsReferences } =
    settings
  const isForAll = syncAll || scopeWaitsForRestart
  return fingerprint(textOf({ isForAll, defaultAccessIsEntitled, skipOutOfScopeDeletions, repairsReferences }))
}

/** Everything of a source object that decides about it. */
export function sourceHash({
  presence,
  attributes,
  assignments,
}: Pick<SourceObject, 'presence' | 'attributes' | 'assignments'>): string {
  // Of somebody deleted for good nothing is left that could change.
  if (presence === 'hardDeleted') return fingerprint(presence)
  const paths = assignments
    .map(({ kind, groupId, appRoleId, appRoleValue }) => textOf({ kind, groupId, appRoleId, appRoleValue }))
    .sort()
  return fingerprint(textOf({ presence, attributes, paths }))
}

/** A list has no order in SCIM. */
const asCompared = (value: TargetValue | null | undefined): unknown =>
  typeof value === 'object' && value !== null ? [...value].sort() : (value ?? null)

/**
 * What must be the same between a planned write and the real one. References and members stand apart: whether somebody is
 * linked in time decides in which of an object's writes they go out, and not whether they do.
 */
export interface ImageParts {
  /** Kind, object and all other attributes with what was there before; `null` when the write has only references. */
  readonly plain: string | null
  readonly references: readonly string[]
}

export function partsOf(
  image: BeforeImage,
  referenceAttributes: ReadonlySet<string>,
  /** Anchors that were made up when the plan was made, as they are by now. */
  translate: (anchor: string) => string = (anchor) => anchor,
): ImageParts {
  const { kind, objectType, sourceAnchor, before, after } = image
  const isRemoval = kind === 'disable' || kind === 'delete'
  const plain: [string, unknown, unknown][] = []
  const references = [
    ...image.membersAdded.map((member) => `+${translate(member)}`),
    ...image.membersRemoved.map((member) => `-${translate(member)}`),
  ]
  const translated = (value: TargetValue | null | undefined): unknown => {
    if (typeof value === 'string') return translate(value)
    return asCompared(typeof value === 'object' && value !== null ? value.map(translate) : value)
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [translated(before[name]), translated(after[name])]
    if (isRemoval || !referenceAttributes.has(name)) plain.push([name, was, is])
    else references.push(textOf([name, was, is]))
  }
  plain.sort(([one], [other]) => (one < other ? -1 : 1))
  const isPlain = isRemoval || kind === 'create' || plain.length > 0
  const anchor = image.targetAnchor === null ? null : translate(image.targetAnchor)
  return { plain: isPlain ? textOf([kind, objectType, sourceAnchor, anchor, plain]) : null, references }
}

/** Whether the values that both changed were the same before: if not, the target has moved. */
export function wereTheSame(one: BeforeImage, other: BeforeImage): boolean {
  return Object.keys(one.before).every(
    (name) =>
      !(name in other.before) || textOf(asCompared(one.before[name])) === textOf(asCompared(other.before[name])),
  )
}

/** How much a plan does; fed with one write after the other. */
export interface PlanSum {
  add(write: PlannedWrite): void
  counts(): PlanCounts
  /** The same for plans that do the same, in whatever order. */
  contentHash(): string
}

export function createPlanSum(): PlanSum {
  const sums = { creates: 0, updates: 0, membershipChanges: 0, disables: 0, deletes: 0 }
  const objects = { User: new Set<string>(), Group: new Set<string>() }
  const contents: string[] = []
  return {
    add({ image, newcomers }) {
      const { kind, objectType, sourceAnchor, membersAdded, membersRemoved } = image
      objects[objectType].add(sourceAnchor)
      if (kind === 'create') sums.creates += 1
      else if (kind === 'disable') sums.disables += 1
      else if (kind === 'delete') sums.deletes += 1
      else {
        if (Object.keys(image.after).length > 0) sums.updates += 1
        sums.membershipChanges += membersAdded.length + membersRemoved.length
      }
      const translate = (anchor: string): string =>
        newcomers[anchor] === undefined ? anchor : `of ${newcomers[anchor]}`
      const { plain, references } = partsOf(image, new Set(), translate)
      contents.push(fingerprint(textOf([plain, [...references].sort()])))
    },
    counts: () => ({ ...sums, people: objects.User.size, groups: objects.Group.size }),
    contentHash: () => fingerprint([...contents].sort().join(' ')),
  }
}
