/* Decides what of a planned undo is left to be sent, by what the target holds at this moment. */
import { modifiedProperty, sameValue, type CompiledObjectMapping } from '../provisioning/index.ts'
import type {
  Link,
  ModifiedProperty,
  PlannedWrite,
  TargetObject,
  TargetValue,
  TargetWrite,
} from '../vocabulary/index.ts'
import { membersAttribute } from './object-run.ts'
import { withoutMembers } from './target-view.ts'

export type UndoVerdict =
  | { readonly kind: 'send'; readonly write: TargetWrite; readonly properties: readonly ModifiedProperty[] }
  | { readonly kind: 'isSo'; readonly because: string }
  | { readonly kind: 'void'; readonly because: string }

const membersOf = (object: TargetObject): ReadonlySet<string> => {
  const members = object.attributes['members']
  return new Set(typeof members === 'object' ? members : [])
}

export function verdictOn(
  { image, write }: PlannedWrite,
  anchor: string,
  held: TargetObject | null,
  link: Link | undefined,
  mapping: CompiledObjectMapping,
): UndoVerdict {
  const redacted = mapping.redacted.target
  const same = (name: string, one: TargetValue | null | undefined, other: TargetValue | null | undefined): boolean =>
    sameValue(one ?? undefined, other ?? undefined, mapping.definitions.get(name)?.caseExact ?? true)
  const property = (name: string): ModifiedProperty =>
    modifiedProperty(name, held?.attributes[name], image.after[name] ?? undefined, redacted)
  switch (write.kind) {
    case 'create':
      if (link !== undefined) return { kind: 'isSo', because: `It is there already: ${link.targetAnchor}.` }
      return { kind: 'send', write, properties: Object.keys(image.after).map(property) }
    case 'disable':
      if (held === null || held.attributes['active'] === false)
        return { kind: 'isSo', because: 'It is not active any more.' }
      return { kind: 'send', write, properties: [property('active')] }
    case 'delete': {
      if (held === null) return { kind: 'isSo', because: 'It is gone already.' }
      const strangers = [...membersOf(held)].filter((member) => !image.membersRemoved.includes(member))
      if (image.objectType === 'Group' && strangers.length > 0)
        return { kind: 'void', because: 'Others have put people into it since the plan was made.' }
      return { kind: 'send', write, properties: [] }
    }
    case 'update': {
      if (held === null) return { kind: 'void', because: `The target does not know ${anchor} any more.` }
      const changes = write.changes.filter(
        ({ attribute }) => !same(attribute, held.attributes[attribute], image.after[attribute]),
      )
      const moved = changes.find(
        ({ attribute }) => !same(attribute, held.attributes[attribute], image.before[attribute]),
      )
      if (moved !== undefined)
        return { kind: 'void', because: `Somebody has changed ${moved.attribute} since the plan was made.` }
      const present = membersOf(held)
      const add = image.membersAdded.filter((member) => !present.has(member))
      const remove = image.membersRemoved.filter((member) => present.has(member))
      if (changes.length + add.length + remove.length === 0) return { kind: 'isSo', because: 'It is so already.' }
      return {
        kind: 'send',
        write: {
          ...write,
          anchor,
          changes,
          known: withoutMembers(held.attributes),
          ...(add.length + remove.length === 0 ? {} : { members: { add, remove } }),
        },
        properties: [
          ...changes.map(({ attribute }) => property(attribute)),
          ...add.map((member) => modifiedProperty(membersAttribute, undefined, member, redacted)),
          ...remove.map((member) => modifiedProperty(membersAttribute, member, undefined, redacted)),
        ],
      }
    }
  }
}
