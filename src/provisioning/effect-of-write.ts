/*
 * Decides what became of a write whose answer is not known, by what the target holds now: an effect that is seen is an effect,
 * and what is not seen after a while did not happen.
 */
import type { BeforeImage, OpenWrite, TargetAttributes, TargetObject, TargetValue } from '../vocabulary/index.ts'

/** A target may show what it held before for some seconds after a write (slack.md section 2.1, DELETE). */
const shownLaterMsMax = 60_000

type Same = (attribute: string, one: TargetValue | null | undefined, other: TargetValue | null | undefined) => boolean

/** What of the write the object shows; `null`: nothing. Of a create see `madeByCreate`. */
export function effectOfWrite(image: BeforeImage, held: TargetObject | null, same: Same): BeforeImage | null {
  switch (image.kind) {
    case 'create':
      return null
    case 'disable':
      return held?.attributes['active'] === false ? image : null
    case 'delete': {
      const isDeactivated = image.before['active'] !== false && held?.attributes['active'] === false
      return held === null || isDeactivated ? image : null
    }
    case 'update': {
      if (held === null) return null
      const { before, after } = image
      const changed = Object.keys(after).filter(
        (name) => !same(name, before[name], after[name]) && same(name, held.attributes[name], after[name]),
      )
      const { members } = held.attributes
      const present = new Set(typeof members === 'object' ? members : [])
      const membersAdded = image.membersAdded.filter((member) => present.has(member))
      const membersRemoved = image.membersRemoved.filter((member) => !present.has(member))
      if (changed.length + membersAdded.length + membersRemoved.length === 0) return null
      return {
        ...image,
        before: pick(before, changed),
        after: pick(after, changed),
        membersAdded,
        membersRemoved,
        membershipsLost: changed.includes('active') ? image.membershipsLost : [],
      }
    }
  }
}

function pick(values: BeforeImage['after'], names: readonly string[]): BeforeImage['after'] {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]))
}

/** Whether an account or group can be what this create made: it holds everything by which it could be found. */
export function madeByCreate(image: Pick<BeforeImage, 'after'>, attributes: TargetAttributes, same: Same): boolean {
  return Object.entries(image.after).every(([name, value]) => same(name, attributes[name], value))
}

/** What is not seen by now will not be seen any more. */
export const isSettledByNow = ({ sentAt }: OpenWrite, now: number): boolean => now - sentAt >= shownLaterMsMax
