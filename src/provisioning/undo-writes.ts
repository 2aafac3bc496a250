/*
 * Decides what takes earlier writes to one object back, by what the target holds now: only what still is as those writes
 * left it is put back, and whatever stands in the way is named (`conflict`).
 */
import type {
  AttributeWrite,
  BeforeImage,
  TargetAttributes,
  TargetObject,
  TargetValue,
  TargetWrite,
} from '../vocabulary/index.ts'
import type { WrittenObject } from './fold-images.ts'

export interface UndoneWrite {
  /** Groups that were made go first, members come last, when everybody they need is there. */
  readonly turn: 'groupsMade' | 'people' | 'groups' | 'members'
  readonly image: BeforeImage
  readonly write: TargetWrite
  /** Why it cannot be done, or `null`. */
  readonly conflict: string | null
}

export interface UndoFacts {
  readonly targetName: string
  /** `null`: the target does not know it any more. */
  readonly held: TargetObject | null
  readonly same: (
    attribute: string,
    one: TargetValue | null | undefined,
    other: TargetValue | null | undefined,
  ) => boolean
  /** Attributes that the target never shows. */
  readonly unseen: ReadonlySet<string>
  /** Attributes that name the object: the target may have rules of its own for them. */
  readonly names: ReadonlySet<string>
  readonly softDelete: boolean
  /** Which account or group the source object is linked to by now. */
  readonly linkedTo: string | null
  /** Who is linked to the account or group by now, when that is somebody else: their name. */
  readonly takenBy: string | null
  /** Why somebody cannot be put into a group; `null`: they can. */
  readonly cannotJoin: (member: string) => string | null
}

const membersOf = (object: TargetObject | null): ReadonlySet<string> => {
  const members = object?.attributes['members']
  return new Set(typeof members === 'object' ? members : [])
}

const valueText = (value: TargetValue | null | undefined): string =>
  value === null || value === undefined ? 'nothing' : `"${String(value)}"`

/** Whoever has got the account since would be changed, or shut out, in place of the one it was taken from. */
export const belongsToAnother = (targetAnchor: string, name: string): string =>
  `${targetAnchor} belongs to ${name} by now, so nothing of it is taken back.`

export function undoWrites(object: WrittenObject, facts: UndoFacts): readonly UndoneWrite[] {
  const writes = writesToUndo(object, facts)
  const { takenBy } = facts
  if (takenBy === null) return writes
  return writes.map((write) => ({
    ...write,
    conflict: write.conflict ?? belongsToAnother(object.targetAnchor, takenBy),
  }))
}

function writesToUndo(object: WrittenObject, facts: UndoFacts): readonly UndoneWrite[] {
  const { objectType, sourceAnchor, targetAnchor, displayName, was, is } = object
  const { held, targetName } = facts
  const plain = {
    objectType,
    sourceAnchor,
    targetAnchor,
    displayName,
    before: {},
    after: {},
    membersAdded: [],
    membersRemoved: [],
    membershipsLost: [],
  } as const
  const turn = objectType === 'User' ? 'people' : 'groups'
  const isUser = objectType === 'User'

  function update(changes: BeforeImage['after'], conflict: string | null = null): UndoneWrite {
    const names = Object.keys(changes)
    const before = Object.fromEntries(
      names.map((name) => [name, conflict === null ? (held?.attributes[name] ?? null) : (is[name] ?? null)]),
    )
    const writes = names.map((attribute): AttributeWrite => {
      const value = changes[attribute] ?? null
      return value === null ? { attribute, kind: 'cleared' } : { attribute, kind: 'set', value }
    })
    return {
      turn,
      image: { ...plain, kind: 'update', before, after: changes },
      write: { kind: 'update', objectType, anchor: targetAnchor, changes: writes, known: {} },
      conflict,
    }
  }

  function remove(conflict: string | null = null): UndoneWrite {
    const kind = isUser && facts.softDelete ? 'disable' : 'delete'
    const { members: _members, ...attributes } = held?.attributes ?? {}
    const nothing = Object.fromEntries(Object.keys(attributes).map((name) => [name, null]))
    return {
      turn: isUser ? 'people' : 'groupsMade',
      image:
        kind === 'disable'
          ? { ...plain, kind, before: { active: true }, after: { active: false } }
          : { ...plain, kind, before: attributes, after: nothing, membersRemoved: [...membersOf(held)] },
      write: { kind, objectType, anchor: targetAnchor },
      conflict,
    }
  }

  function members(add: readonly string[], take: readonly string[], conflict: string | null = null): UndoneWrite {
    return {
      turn: 'members',
      image: { ...plain, kind: 'update', membersAdded: add, membersRemoved: take },
      write: {
        kind: 'update',
        objectType,
        anchor: targetAnchor,
        changes: [],
        members: { add, remove: take },
        known: {},
      },
      conflict,
    }
  }

  /** Those who were in, each who cannot be put back with the reason. */
  function putBack(wanted: readonly string[], take: readonly string[]): readonly UndoneWrite[] {
    const blocked = wanted.flatMap((member) => {
      const why = facts.cannotJoin(member)
      return why === null ? [] : [members([member], [], why)]
    })
    const add = wanted.filter((member) => facts.cannotJoin(member) === null)
    return [...blocked, ...(add.length + take.length === 0 ? [] : [members(add, take)])]
  }

  function make(): readonly UndoneWrite[] {
    const attributes: TargetAttributes = Object.fromEntries(
      Object.entries(was).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    )
    const conflict =
      facts.linkedTo !== null && facts.linkedTo !== targetAnchor
        ? `It has been made again since: ${facts.linkedTo} in ${targetName}.`
        : null
    const created: UndoneWrite = {
      turn,
      image: {
        ...plain,
        targetAnchor: null,
        kind: 'create',
        before: Object.fromEntries(Object.keys(attributes).map((name) => [name, null])),
        after: attributes,
      },
      write: { kind: 'create', objectType, attributes },
      conflict,
    }
    const inBefore = [...object.members].filter(([, each]) => each.was).map(([member]) => member)
    return [created, ...(conflict === null ? putBack(inBefore, []) : [])]
  }

  if (!object.wasThere) {
    if (!object.isThere || held === null || held.attributes['active'] === false) return []
    const ours = [...object.members].filter(([, each]) => each.is).map(([member]) => member)
    const strangers = isUser ? [] : [...membersOf(held)].filter((member) => !ours.includes(member))
    return strangers.length === 0
      ? [remove()]
      : [
          remove(
            `Others have put people into it since (${strangers.slice(0, 5).join(', ')}): deleting it would lose them.`,
          ),
        ]
  }
  if (!object.isThere && held === null) return make()

  const back: Record<string, TargetValue | null> = {}
  const blocked: UndoneWrite[] = []
  for (const [name, before] of Object.entries(was)) {
    const left = is[name]
    if (facts.same(name, before, left)) continue
    if (held === null || facts.same(name, held.attributes[name], before)) continue
    if (facts.unseen.has(name))
      blocked.push(
        update(
          { [name]: before },
          `${targetName} never shows ${name}, so nobody can tell whether it is as it was left.`,
        ),
      )
    else if (facts.same(name, held.attributes[name], left)) back[name] = before
    else
      blocked.push(
        update(
          { [name]: before },
          `Somebody has changed ${name} since: it is ${valueText(held.attributes[name])}, and was left as ${valueText(left)}.`,
        ),
      )
  }
  const differs = Object.keys(was).some((name) => !facts.same(name, was[name], is[name]))
  const moved = [...object.members].filter(([, each]) => each.was !== each.is)
  if (held === null) {
    const why = `${targetName} does not know ${targetAnchor} any more.`
    if (differs) return [update(was, why)]
    const come = moved.filter(([, each]) => each.was).map(([member]) => member)
    const go = moved.filter(([, each]) => each.is).map(([member]) => member)
    return moved.length === 0 ? [] : [members(come, go, why)]
  }
  const { active, ...others } = back
  const isDisabled = active === false
  const first = isDisabled || active === undefined ? others : back
  const named = Object.fromEntries(Object.entries(first).filter(([name]) => facts.names.has(name)))
  const unnamed = Object.fromEntries(Object.entries(first).filter(([name]) => !facts.names.has(name)))
  const inNow = membersOf(held)
  const come = moved.filter(([member, each]) => each.was && !inNow.has(member)).map(([member]) => member)
  const go = moved.filter(([member, each]) => each.is && inNow.has(member)).map(([member]) => member)
  return [
    ...blocked,
    ...(Object.keys(unnamed).length === 0 ? [] : [update(unnamed)]),
    // Apart, because the target may refuse names that it once accepted.
    ...(Object.keys(named).length === 0 ? [] : [update(named)]),
    ...(isDisabled ? [remove()] : []),
    ...putBack(come, go),
  ]
}
