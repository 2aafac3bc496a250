/*
 * How a cycle sees the target: asked one object at a time, or read whole once where that is cheaper (slack.md 6.3:
 * 100 calls instead of 100,000). What the cycle writes is seen at once.
 */
import type { FindRequest, TargetConnector, TargetWrite, WriteReceipt } from '../connectors/target.ts'
import type { Link, ObjectTypeName, TargetAttributes, TargetObject } from '../vocabulary/index.ts'

interface MembersChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface TargetView {
  /** Objects whose attribute has the value; from the reading of the whole target when there is one. */
  find(request: FindRequest): Promise<readonly TargetObject[]>
  /** The same, always asked of the target itself. */
  findLive(request: FindRequest): Promise<readonly TargetObject[]>
  /** What the linked object holds now; `null` when the target does not know it any more. */
  known(
    link: Link,
  ): Promise<{ readonly attributes: TargetAttributes; readonly members: ReadonlySet<string> | null } | null>
  /** The object as the target itself holds it now, with a group's members. */
  read(objectType: ObjectTypeName, anchor: string): Promise<TargetObject | null>
  write(write: TargetWrite): Promise<WriteReceipt>
  /** These attributes as the target would give them back. */
  asStored(objectType: ObjectTypeName, attributes: TargetAttributes): TargetAttributes
  /** Makes later looks see what was written. */
  remember(object: TargetObject): void
  /** The same for what was made and linked just now: what it holds stands in its link and is not kept a second time. */
  rememberLinked(object: TargetObject): void
  /** The same for what was written to a group's members. */
  rememberMembers(anchor: string, change: MembersChange): void
  forget(objectType: ObjectTypeName, anchor: string): void
}

/** A group that is read without members has none. */
function membersOf({ objectType, attributes }: TargetObject): ReadonlySet<string> | null {
  if (objectType !== 'Group') return null
  const members = attributes['members']
  return new Set(typeof members === 'object' ? members : [])
}

/** A group's own attributes: its members are remembered apart, as rows. */
export function withoutMembers(attributes: TargetAttributes): TargetAttributes {
  if (attributes['members'] === undefined) return attributes
  const { members: _members, ...others } = attributes
  return others
}

/** Asks the target for each object. */
export function liveView(target: TargetConnector): TargetView {
  return {
    find: (request) => target.find(request),
    findLive: (request) => target.find(request),
    async known(link) {
      // A group is not read to learn its name: that would bring thousands of members along. What was last written stands.
      // Only whether a group is still there that may have been deleted has to be asked.
      if (link.objectType === 'Group' && link.isActive) return { attributes: link.known, members: null }
      const object = await target.read(link.objectType, link.targetAnchor)
      return object === null ? null : { attributes: withoutMembers(object.attributes), members: membersOf(object) }
    },
    read: (objectType, anchor) => target.read(objectType, anchor),
    write: (write) => target.write(write),
    asStored: (objectType, attributes) => target.asStored(objectType, attributes),
    remember: () => undefined,
    rememberLinked: () => undefined,
    rememberMembers: () => undefined,
    forget: () => undefined,
  }
}

/** Reads the whole target first; `onPage` reports how many objects have been read. */
export async function wholeView(
  target: TargetConnector,
  objectTypes: readonly ObjectTypeName[],
  onPage: (objects: number) => void,
): Promise<TargetView> {
  const live = liveView(target)
  const { filterable } = target.describe().capabilities
  const byAnchor = new Map<string, TargetObject>()
  /** Of these only what others may look for is kept: a large company would not fit into memory twice. */
  const inTheirLinks = new Set<string>()
  /** Most values are one object's only. */
  const byValue = new Map<string, string | Set<string>>()
  const anchorKey = (objectType: ObjectTypeName, anchor: string): string => `${objectType} ${anchor}`
  const valueKey = (objectType: ObjectTypeName, attribute: string, value: string): string =>
    `${objectType} ${attribute} ${value.toLowerCase()}`

  const valueKeys = (object: TargetObject): readonly string[] =>
    filterable[object.objectType].flatMap((attribute) => {
      const value = object.attributes[attribute]
      return typeof value === 'string' && value !== '' ? [valueKey(object.objectType, attribute, value)] : []
    })

  function forget(objectType: ObjectTypeName, anchor: string): void {
    const before = byAnchor.get(anchorKey(objectType, anchor))
    if (before === undefined) return
    for (const key of valueKeys(before)) {
      const anchors = byValue.get(key)
      if (typeof anchors === 'object') anchors.delete(anchor)
      else if (anchors === anchor) byValue.delete(key)
    }
    byAnchor.delete(anchorKey(objectType, anchor))
    inTheirLinks.delete(anchorKey(objectType, anchor))
  }

  /** What was written to a group says nothing of its members: those that were read stay. */
  function withEarlierMembers(object: TargetObject): TargetObject {
    if (object.objectType !== 'Group' || object.attributes['members'] !== undefined) return object
    const members = byAnchor.get(anchorKey('Group', object.anchor))?.attributes['members']
    return members === undefined ? object : { ...object, attributes: { ...object.attributes, members } }
  }

  // Who is deactivated is dropped from the groups (slack.md section 4) that were read or written before that.
  let moment = 0
  const droppedAt = new Map<string, number>()
  const membersSeenAt = new Map<string, number>()

  function noteMembers({ objectType, anchor, attributes }: TargetObject): void {
    moment += 1
    if (objectType === 'User' && attributes['active'] === false) droppedAt.set(anchor, moment)
    if (objectType === 'Group' && attributes['members'] !== undefined) membersSeenAt.set(anchor, moment)
  }

  /** `null`: nobody has read them since it was made. */
  function membersNow(group: TargetObject): ReadonlySet<string> | null {
    const members = group.attributes['members'] === undefined ? null : membersOf(group)
    const seenAt = membersSeenAt.get(group.anchor) ?? 0
    return members === null ? null : new Set([...members].filter((each) => (droppedAt.get(each) ?? 0) <= seenAt))
  }

  function remember(written: TargetObject): void {
    noteMembers(written)
    const object = withEarlierMembers(written)
    forget(object.objectType, object.anchor)
    byAnchor.set(anchorKey(object.objectType, object.anchor), object)
    for (const key of valueKeys(object)) {
      const anchors = byValue.get(key)
      if (anchors === undefined) byValue.set(key, object.anchor)
      else if (typeof anchors === 'string') byValue.set(key, new Set([anchors, object.anchor]))
      else anchors.add(object.anchor)
    }
  }

  function rememberLinked(object: TargetObject): void {
    const { objectType, anchor, displayName, attributes } = object
    const lookedFor = filterable[objectType].flatMap((name) =>
      attributes[name] === undefined ? [] : [[name, attributes[name]] as const],
    )
    remember({ objectType, anchor, displayName, attributes: Object.fromEntries(lookedFor) })
    inTheirLinks.add(anchorKey(objectType, anchor))
  }

  function rememberMembers(anchor: string, { add, remove }: MembersChange): void {
    const group = byAnchor.get(anchorKey('Group', anchor))
    const members = group === undefined ? null : membersNow(group)
    if (group === undefined || members === null) return
    const gone = new Set(remove)
    const left = [...new Set([...members, ...add])].filter((member) => !gone.has(member))
    remember({ ...group, attributes: { ...group.attributes, members: left } })
  }

  const asRead = (object: TargetObject): TargetObject =>
    object.objectType === 'Group' ? { ...object, attributes: { members: [], ...object.attributes } } : object

  for (const objectType of objectTypes) {
    for await (const page of target.listObjects(objectType)) {
      for (const object of page) remember(asRead(object))
      onPage(byAnchor.size)
    }
  }

  return {
    find: (request) => {
      const { objectType, attribute } = request
      const stored = live.asStored(objectType, { [attribute]: request.value })[attribute]
      const held = byValue.get(valueKey(objectType, attribute, String(stored ?? request.value))) ?? []
      const anchors = typeof held === 'string' ? [held] : [...held]
      return Promise.resolve(anchors.flatMap((anchor) => byAnchor.get(anchorKey(request.objectType, anchor)) ?? []))
    },
    findLive: (request) => live.findLive(request),
    known: (link) => {
      const key = anchorKey(link.objectType, link.targetAnchor)
      if (inTheirLinks.has(key)) return Promise.resolve({ attributes: link.known, members: null })
      const object = byAnchor.get(key)
      if (object === undefined) return live.known(link)
      return Promise.resolve({ attributes: withoutMembers(object.attributes), members: membersNow(object) })
    },
    read: (objectType, anchor) => live.read(objectType, anchor),
    write: (write) => live.write(write),
    asStored: (objectType, attributes) => live.asStored(objectType, attributes),
    remember,
    rememberLinked,
    rememberMembers,
    forget,
  }
}
