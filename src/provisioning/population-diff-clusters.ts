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
  losesMembers: 'harmful',
  changes: 'change',
  isNotGiven: 'change',
  appears: 'change',
  entersScope: 'change',
  onlyNewAccounts: 'change',
  isCreated: 'change',
  isActivated: 'change',
  getsMembers: 'change',
  isKept: 'mended',
  mappingWorks: 'mended',
  requiredIsThere: 'mended',
  isAccepted: 'mended',
  collidesNoMore: 'mended',
}

const weightOrder: readonly DiffWeight[] = ['harmful', 'change', 'mended']

/** To stand behind "12 people", or "1 person". */
function titleOf({ effect, attribute: name, cause, count }: Omit<DiffCluster, 'title'>): string {
  const attribute = name ?? ''
  const because = cause === null ? '' : `: ${cause}`
  const s = count === 1 ? 's' : ''
  const are = count === 1 ? 'is' : 'are'
  // An undo asks nobody whether they are in scope.
  const leave = cause?.startsWith('Undo of ') === true ? '' : `leave${s} the scope and `
  switch (effect) {
    case 'isDisabled':
      return `${leave}${are} disabled${because}`
    case 'isDeleted':
      return `${leave}${are} deleted${because}`
    case 'getsNoAccount':
      return `leave${s} the scope and get${s} no account${because}`
    case 'mappingFails':
      return `fail${s}, so that nothing of them is written, by ${attribute}${because}`
    case 'requiredIsMissing':
      return `get${s} no account for want of ${attribute}, which is required (MissingValues)`
    case 'isRefused':
      return `${are} refused: ${attribute} ${cause ?? ''}`
    case 'collides':
      return `share${s} ${attribute} with somebody, whatever its case: only one of each can have it`
    case 'isCleared':
      return `lose${s} ${attribute}: it is emptied`
    case 'isSkipped':
      return `${are} skipped in every run: ${attribute} answers IgnoreObjectFlow`
    case 'isLeftAlone':
      return `${are} left as they are from now on${because}`
    case 'changes':
      return `get${s} another ${attribute}: it ${cause ?? 'changes'}`
    case 'isNotGiven':
      return `get${s} no ${attribute} any more; accounts that have one keep it`
    case 'appears':
      return `get${s} ${attribute}, which had no value`
    case 'entersScope':
      return `come${s} into scope${cause === null ? '' : `: so far kept out by ${cause}`}`
    case 'onlyNewAccounts':
      return `keep${s} ${attribute} as it is: the change applies to new accounts only`
    case 'losesMembers':
      return `lose${s} members`
    case 'isCreated':
      return `${are} created${because}`
    case 'isActivated':
      return `${are} activated again`
    case 'getsMembers':
      return `get${s} members`
    case 'isKept':
      return `stay${s}, who would be removed as things are`
    case 'mappingWorks':
      return `fail${s} no more by ${attribute}`
    case 'requiredIsThere':
      return `${count === 1 ? 'has' : 'have'} the required ${attribute} now`
    case 'isAccepted':
      return `${are} refused no more: ${attribute} ${cause ?? ''}`
    case 'collidesNoMore':
      return `share${s} ${attribute} with nobody any more`
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

/** Without its title, which depends on the number. */
type Counted = { -readonly [Key in Exclude<keyof DiffCluster, 'title'>]: DiffCluster[Key] } & {
  examples: DiffExample[]
}

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
      [...clusters.values()]
        .map((cluster) => ({ ...cluster, title: titleOf(cluster) }))
        .sort(
          (one, other) =>
            weightOrder.indexOf(one.weight) - weightOrder.indexOf(other.weight) ||
            other.count - one.count ||
            one.title.localeCompare(other.title),
        ),
  }
}
