/*
 * Gathers what happens to single objects into clusters an administrator can read: the same effect on the same attribute for
 * the same cause is one sentence with a number and a few examples.
 */
import type { DiffCluster, DiffEffect, DiffExample, DiffWeight, ObjectTypeName } from '../vocabulary/index.ts'

export interface Happening {
  readonly effect: DiffEffect
  readonly attribute: string | null
  readonly cause: string | null
  readonly before: string | null
  readonly after: string | null
}

const weights: Readonly<Record<DiffEffect, DiffWeight>> = {
  isDisabled: 'harmful',
  isDeleted: 'harmful',
  getsNoAccount: 'harmful',
  mappingFails: 'harmful',
  requiredIsMissing: 'harmful',
  isRefused: 'harmful',
  collides: 'harmful',
  isCleared: 'harmful',
  isSkipped: 'harmful',
  isLeftAlone: 'harmful',
  changes: 'change',
  isNotGiven: 'change',
  appears: 'change',
  entersScope: 'change',
  onlyNewAccounts: 'change',
  isKept: 'mended',
  mappingWorks: 'mended',
  requiredIsThere: 'mended',
  isAccepted: 'mended',
  collidesNoMore: 'mended',
}

const weightOrder: readonly DiffWeight[] = ['harmful', 'change', 'mended']

/** To stand behind "12 people". */
function titleOf(effect: DiffEffect, attribute: string, cause: string | null): string {
  const because = cause === null ? '' : `: ${cause}`
  switch (effect) {
    case 'isDisabled':
      return `leave the scope and are disabled${because}`
    case 'isDeleted':
      return `leave the scope and are deleted${because}`
    case 'getsNoAccount':
      return `leave the scope and get no account${because}`
    case 'mappingFails':
      return `fail, so that nothing of them is written, by ${attribute}${because}`
    case 'requiredIsMissing':
      return `get no account for want of ${attribute}, which is required (MissingValues)`
    case 'isRefused':
      return `are refused: ${attribute} ${cause ?? ''}`
    case 'collides':
      return `share ${attribute} with somebody, whatever its case: only one of each can have it`
    case 'isCleared':
      return `lose ${attribute}: it is emptied`
    case 'isSkipped':
      return `are skipped in every run: ${attribute} answers IgnoreObjectFlow`
    case 'isLeftAlone':
      return `are left as they are from now on${because}`
    case 'changes':
      return `get another ${attribute}: it ${cause ?? 'changes'}`
    case 'isNotGiven':
      return `get no ${attribute} any more; accounts that have one keep it`
    case 'appears':
      return `get ${attribute}, which had no value`
    case 'entersScope':
      return `come into scope${cause === null ? '' : `: so far kept out by ${cause}`}`
    case 'onlyNewAccounts':
      return `keep ${attribute} as it is: the change applies to new accounts only`
    case 'isKept':
      return 'stay, who would be removed as things are'
    case 'mappingWorks':
      return `fail no more by ${attribute}`
    case 'requiredIsThere':
      return `have the required ${attribute} now`
    case 'isAccepted':
      return `are refused no more: ${attribute} ${cause ?? ''}`
    case 'collidesNoMore':
      return `share ${attribute} with nobody any more`
  }
}

export interface Clusters {
  add(
    objectType: ObjectTypeName,
    isLinked: boolean,
    happening: Happening,
    who: Pick<DiffExample, 'objectId' | 'displayName'>,
  ): void
  /** A cluster that was counted elsewhere. */
  put(
    objectType: ObjectTypeName,
    effect: DiffEffect,
    attribute: string,
    count: number,
    examples: readonly DiffExample[],
  ): void
  /** Harmful ones first, then by how many they concern. */
  sorted(): readonly DiffCluster[]
}

type Counted = { -readonly [Key in keyof DiffCluster]: DiffCluster[Key] } & { examples: DiffExample[] }

/** Beyond these, causes of one effect on one attribute are counted together: error messages may be endless. */
const causesMax = 50

export function createClusters(examplesMax: number): Clusters {
  const clusters = new Map<string, Counted>()
  const causes = new Map<string, number>()

  function clusterFor(
    objectType: ObjectTypeName,
    effect: DiffEffect,
    attribute: string | null,
    cause: string | null,
  ): Counted {
    const kind = JSON.stringify([objectType, effect, attribute])
    const key = JSON.stringify([kind, cause])
    const known = clusters.get(key)
    if (known !== undefined) return known
    const number = causes.get(kind) ?? 0
    if (cause !== null && number >= causesMax) return clusterFor(objectType, effect, attribute, null)
    causes.set(kind, number + 1)
    const made: Counted = {
      effect,
      weight: weights[effect],
      objectType,
      attribute,
      cause,
      title: titleOf(effect, attribute ?? '', cause),
      count: 0,
      linked: null,
      examples: [],
    }
    clusters.set(key, made)
    return made
  }

  return {
    add(objectType, isLinked, { effect, attribute, cause, before, after }, who) {
      const cluster = clusterFor(objectType, effect, attribute, cause)
      cluster.count += 1
      cluster.linked = (cluster.linked ?? 0) + (isLinked ? 1 : 0)
      if (cluster.examples.length < examplesMax) cluster.examples.push({ ...who, before, after })
    },
    put(objectType, effect, attribute, count, examples) {
      const cluster = clusterFor(objectType, effect, attribute, null)
      cluster.count += count
      cluster.examples.push(...examples)
    },
    sorted: () =>
      [...clusters.values()].sort(
        (one, other) =>
          weightOrder.indexOf(one.weight) - weightOrder.indexOf(other.weight) ||
          other.count - one.count ||
          one.title.localeCompare(other.title),
      ),
  }
}
