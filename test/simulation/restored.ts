/* Whether the target is as it was at an earlier moment, in every attribute and membership; computed from what it held. */
import type { TargetObject } from '../../src/vocabulary/index.ts'
import type { TargetTruth } from './target-side.ts'

export const allObjects = (target: Pick<TargetTruth, 'objects'>): readonly TargetObject[] => [
  ...target.objects('User'),
  ...target.objects('Group'),
]

const text = ({ attributes }: TargetObject): string =>
  JSON.stringify(
    Object.entries(attributes)
      .map(([name, value]) => [name, typeof value === 'object' ? [...value].sort() : value] as const)
      // A group without members is the same with an empty list.
      .filter(([, value]) => typeof value !== 'object' || value.length > 0)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

/** What differs from then, in words; who did not exist then may only be there as a deactivated account. */
export function differences(
  then: readonly TargetObject[],
  now: readonly TargetObject[],
  excused: ReadonlySet<string>,
): readonly string[] {
  const left = new Map(now.map((object) => [`${object.objectType} ${object.anchor}`, object]))
  const wrong: string[] = []
  for (const object of then) {
    const key = `${object.objectType} ${object.anchor}`
    // A group that was made again has another anchor.
    const same =
      left.get(key) ??
      [...left.values()].find(
        (each) => object.objectType === 'Group' && each.objectType === 'Group' && text(each) === text(object),
      )
    if (same !== undefined) left.delete(`${same.objectType} ${same.anchor}`)
    if (excused.has(object.anchor)) continue
    if (same === undefined) {
      if (object.objectType === 'Group' || object.attributes['active'] === true) wrong.push(`${key} is gone`)
    } else if (text(same) !== text(object)) wrong.push(`${key} is ${text(same)} instead of ${text(object)}`)
  }
  for (const [key, object] of left)
    if ((object.objectType === 'Group' || object.attributes['active'] !== false) && !excused.has(object.anchor))
      wrong.push(`${key} is there`)
  return wrong
}
