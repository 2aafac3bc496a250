/*
 * Makes a plan readable by its blast radius: the same thing that happens to many for the same cause is one sentence with a
 * number and a few examples, and those who lose something come first.
 */
import type { DiffCluster, DiffEffect, PlannedWrite, TargetValue } from '../vocabulary/index.ts'
import { asLogText } from './changes.ts'
import { nameChange } from './population-diff-change.ts'
import { createClusters, type Happening } from './population-diff-clusters.ts'

const order: readonly DiffEffect[] = [
  'isDeleted',
  'isDisabled',
  'losesMembers',
  'isCleared',
  'isCreated',
  'isActivated',
  'changes',
  'appears',
  'getsMembers',
]

/** What a clause found differs from one person to the next. */
const withoutValues = (reason: string): string =>
  reason.replace(/ \(found (?:nothing|"(?:[^"\\]|\\.)*")\)/g, '').replace(/\.$/, '')

const nothing = { attribute: null, cause: null, before: null, after: null } as const

const isEmpty = (value: TargetValue | null | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

function attributeHappenings({ image, redacted, reason }: PlannedWrite): readonly Happening[] {
  return Object.keys(image.after).map((attribute): Happening => {
    const [was, is] = [image.before[attribute], image.after[attribute]]
    if (attribute === 'active')
      return is === false
        ? { ...nothing, effect: 'isDisabled', cause: withoutValues(reason) }
        : { ...nothing, effect: 'isActivated' }
    const shown = (value: TargetValue | null | undefined): string | null =>
      isEmpty(value) ? null : redacted.includes(attribute) ? '[Redact]' : asLogText(value ?? undefined)
    const [before, after] = [shown(was), shown(is)]
    if (before === null) return { effect: 'appears', attribute, cause: null, before, after }
    if (after === null) return { effect: 'isCleared', attribute, cause: null, before, after }
    const isText = typeof was === 'string' && typeof is === 'string' && !redacted.includes(attribute)
    return { effect: 'changes', attribute, cause: isText ? nameChange(was, is) : null, before, after }
  })
}

function happenings(planned: PlannedWrite): readonly Happening[] {
  const { image, reason } = planned
  const cause = withoutValues(reason)
  switch (image.kind) {
    case 'delete':
      return [{ ...nothing, effect: 'isDeleted', cause }]
    case 'disable':
      return [{ ...nothing, effect: 'isDisabled', cause }]
    case 'create':
      return [{ ...nothing, effect: 'isCreated', cause }]
    case 'update': {
      const members = (effect: DiffEffect, count: number, how: string): readonly Happening[] =>
        count === 0 ? [] : [{ ...nothing, effect, after: `${String(count)} ${how}` }]
      return [
        ...attributeHappenings(planned),
        ...members('losesMembers', image.membersRemoved.length, 'taken out'),
        ...members('getsMembers', image.membersAdded.length, 'put in'),
      ]
    }
  }
}

export interface PlanClusters {
  add(planned: PlannedWrite): void
  /** Those who lose something first. */
  sorted(): readonly DiffCluster[]
}

export function planClusters(examplesMax: number): PlanClusters {
  const clusters = createClusters(examplesMax)
  return {
    add(planned) {
      const { objectType, sourceAnchor: objectId, displayName, targetAnchor } = planned.image
      for (const happening of happenings(planned))
        clusters.add(objectType, targetAnchor !== null, happening, { objectId, displayName })
    },
    sorted: () =>
      clusters
        .sorted()
        .toSorted((one, other) => order.indexOf(one.effect) - order.indexOf(other.effect) || other.count - one.count),
  }
}
