/*
 * A target application in memory: accounts and groups with unique names, faults that can be switched on, and a record of
 * every call in order. Like Slack it only deactivates people, takes them out of their groups then, and refuses a second
 * account of the same name.
 */
import type {
  ConnectorErrorFields,
  ObjectTypeName,
  TargetAttributes,
  TargetObject,
  TargetValue,
} from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { FindRequest, TargetConnector, TargetDescription, TargetWrite, WriteReceipt } from '../target.ts'

export interface MemoryTargetOptions {
  readonly name?: string
  readonly objects?: readonly TargetObject[]
  readonly capabilities?: Partial<TargetDescription['capabilities']>
  /** Attributes that may occur only once in an object type, compared without case. */
  readonly uniqueAttributes?: Readonly<Record<ObjectTypeName, readonly string[]>>
  /** `true` (as in Slack): deleting a person only deactivates the account. */
  readonly deleteDeactivatesUsers?: boolean
  readonly listPageSize?: number
}

/** What a fault can be put on. */
export type MemoryCall = 'checkCredentials' | 'listObjects' | 'find' | 'read' | 'write'

export interface RecordedWrite {
  readonly write: TargetWrite
  /** What came of it: the receipt, or the error that was thrown. `lost` means it took effect, then threw. */
  readonly outcome: 'done' | 'refused' | 'lost'
  /** What it found; missing when nothing was there, or nothing was done. */
  readonly before?: TargetObject
  readonly receipt?: WriteReceipt
  readonly error?: ConnectorError
}

export interface MemoryTarget extends TargetConnector {
  /** Every write in the order of its arrival, refused ones included. */
  readonly writes: readonly RecordedWrite[]
  readonly finds: readonly FindRequest[]
  readonly reads: readonly { readonly objectType: ObjectTypeName; readonly anchor: string }[]
  readonly lists: readonly ObjectTypeName[]
  objects(objectType: ObjectTypeName): readonly TargetObject[]
  object(objectType: ObjectTypeName, anchor: string): TargetObject | undefined
  /** A change made by hand in the target, behind the connector's back. */
  put(object: TargetObject): void
  /** An object vanishes from the target, behind the connector's back. */
  remove(objectType: ObjectTypeName, anchor: string): void
  /** The next `times` calls (of those that `when` accepts) throw and change nothing. */
  failNext(call: MemoryCall, error: ConnectorError, times?: number, when?: (write: TargetWrite) => boolean): void
  /** The next write takes effect, then throws `error` (usually `Timeout`): its answer is lost. */
  loseNextAnswer(error?: ConnectorError, when?: (write: TargetWrite) => boolean): void
  /** Takes back the faults that nothing has met. */
  clearFaults(): void
  /** Empties `writes`, `finds`, `reads` and `lists`; the objects stay. */
  forgetCalls(): void
}

interface Fault {
  readonly call: MemoryCall
  readonly error: ConnectorError
  readonly takesEffect: boolean
  readonly when: (write: TargetWrite) => boolean
  timesLeft: number
}

const workEmail = 'emails[type eq "work"].value'

const defaultCapabilities: TargetDescription['capabilities'] = {
  list: true,
  filterable: { User: ['userName', workEmail], Group: ['displayName'] },
  softDelete: { User: true, Group: false },
  deleteDeactivates: { User: true, Group: false },
  membersPerWriteMax: 5000,
  writeOnly: { User: [], Group: [] },
  concurrencyMax: 16,
}

/** Creates a target that holds `objects`; new ones get the anchors U1, U2, ... and G1, G2, ... */
export function createMemoryTarget(options: MemoryTargetOptions = {}): MemoryTarget {
  const deleteDeactivatesUsers = options.deleteDeactivatesUsers ?? true
  const capabilities = {
    ...defaultCapabilities,
    deleteDeactivates: { User: deleteDeactivatesUsers, Group: false },
    ...options.capabilities,
  }
  const unique = options.uniqueAttributes ?? { User: ['userName', workEmail], Group: ['displayName'] }
  const stored: Record<ObjectTypeName, Map<string, TargetObject>> = { User: new Map(), Group: new Map() }
  // Folded value -> anchors, for each unique or filterable attribute: matching thousands of people must not be quadratic.
  const indexes: Record<ObjectTypeName, ReadonlyMap<string, Map<string, Set<string>>>> = {
    User: emptyIndexes([...unique.User, ...capabilities.filterable.User]),
    Group: emptyIndexes([...unique.Group, ...capabilities.filterable.Group]),
  }
  const writes: RecordedWrite[] = []
  const finds: FindRequest[] = []
  const reads: { readonly objectType: ObjectTypeName; readonly anchor: string }[] = []
  const lists: ObjectTypeName[] = []
  let faults: Fault[] = []
  let requests = 0
  let issued = 0

  function put(object: TargetObject): void {
    remove(object.objectType, object.anchor)
    stored[object.objectType].set(object.anchor, object)
    for (const [attribute, index] of indexes[object.objectType]) {
      const value = folded(object.attributes[attribute])
      if (value === null) continue
      const anchors = index.get(value)
      if (anchors === undefined) index.set(value, new Set([object.anchor]))
      else anchors.add(object.anchor)
    }
  }

  function remove(objectType: ObjectTypeName, anchor: string): void {
    const object = stored[objectType].get(anchor)
    if (object === undefined) return
    stored[objectType].delete(anchor)
    for (const [attribute, index] of indexes[objectType]) {
      const value = folded(object.attributes[attribute])
      if (value === null) continue
      const anchors = index.get(value)
      anchors?.delete(anchor)
      if (anchors?.size === 0) index.delete(value)
    }
  }

  function takeFault(call: MemoryCall, write?: TargetWrite): Fault | undefined {
    const fault = faults.find((candidate) => candidate.call === call && (write === undefined || candidate.when(write)))
    if (fault === undefined) return undefined
    fault.timesLeft -= 1
    if (fault.timesLeft <= 0) faults = faults.filter((candidate) => candidate !== fault)
    return fault
  }

  async function arrive(call: MemoryCall): Promise<void> {
    requests += 1
    await Promise.resolve()
    const fault = call === 'write' ? undefined : takeFault(call)
    if (fault !== undefined) throw fault.error
  }

  function refuseTaken(objectType: ObjectTypeName, anchor: string | null, attributes: TargetAttributes): void {
    for (const attribute of unique[objectType]) {
      const value = folded(attributes[attribute])
      if (value === null) continue
      const holder = [...(indexes[objectType].get(attribute)?.get(value) ?? [])].find((other) => other !== anchor)
      if (holder === undefined) continue
      throw refusal(
        `${objectType} ${holder} already has ${attribute} "${String(attributes[attribute])}", so it cannot be used twice; ` +
          'change the value or link that account.',
        { code: 'Conflict', scope: 'object', retry: 'backoff', existingAnchor: holder, refusedAttribute: attribute },
      )
    }
  }

  function linked(objectType: ObjectTypeName, anchor: string): TargetObject {
    const object = stored[objectType].get(anchor)
    if (object !== undefined) return object
    throw refusal(`The target has no ${objectType} ${anchor}, so nothing was written; match the object again.`, {
      code: 'InvalidAnchor',
      scope: 'object',
      retry: 'backoff',
    })
  }

  function apply(write: TargetWrite): WriteReceipt {
    switch (write.kind) {
      case 'create': {
        refuseTaken(write.objectType, null, write.attributes)
        issued += 1
        const anchor = `${write.objectType === 'User' ? 'U' : 'G'}${issued}`
        const given = write.objectType === 'User' ? { active: true, ...write.attributes } : write.attributes
        const members = asList(given.members)
        const attributes = members.length === 0 ? { ...given } : { ...given, members: [] }
        const membersLeftOut = members.length === 0 ? [] : changeMembers(attributes, { add: members, remove: [] })
        const object = objectOf(write.objectType, anchor, attributes)
        put(object)
        return {
          anchor,
          object,
          sent: Object.entries(write.attributes).map(([attribute, value]) => ({ attribute, kind: 'set', value })),
          ...leftOut(membersLeftOut),
        }
      }
      case 'update': {
        const before = linked(write.objectType, write.anchor)
        const attributes = { ...before.attributes }
        for (const change of write.changes) {
          if (change.kind === 'set') attributes[change.attribute] = change.value
          else delete attributes[change.attribute]
        }
        if (write.objectType === 'User' && attributes.active === false) dropMemberships(write.anchor)
        refuseTaken(write.objectType, write.anchor, attributes)
        const membersLeftOut = write.members === undefined ? [] : changeMembers(attributes, write.members)
        const object = objectOf(write.objectType, write.anchor, attributes)
        put(object)
        return {
          anchor: write.anchor,
          object,
          sent: write.changes,
          ...leftOut(membersLeftOut),
        }
      }
      case 'disable':
        if (!capabilities.softDelete[write.objectType]) {
          throw refusal(`The target cannot disable a ${write.objectType}, so nothing was written; delete it instead.`, {
            code: 'NotImplemented',
            scope: 'object',
            retry: 'never',
          })
        }
        return deactivate(linked(write.objectType, write.anchor))
      case 'delete': {
        const before = linked(write.objectType, write.anchor)
        if (write.objectType === 'User' && deleteDeactivatesUsers) return { ...deactivate(before), sent: [] }
        remove(write.objectType, write.anchor)
        return { anchor: write.anchor, sent: [], warnings: [] }
      }
    }
  }

  /** Only active accounts can be members; the others are returned. */
  function changeMembers(
    attributes: Record<string, TargetValue>,
    wanted: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): readonly string[] {
    const members = new Set(asList(attributes.members))
    const refused: string[] = []
    for (const member of wanted.remove) members.delete(member)
    for (const member of wanted.add) {
      if (stored.User.get(member)?.attributes.active === true) members.add(member)
      else refused.push(member)
    }
    attributes.members = [...members].sort()
    return refused
  }

  /** Who is deactivated leaves all groups, and does not come back to them by being activated (slack.md section 4). */
  function dropMemberships(anchor: string): void {
    for (const group of stored.Group.values()) {
      const members = asList(group.attributes.members)
      if (!members.includes(anchor)) continue
      put({ ...group, attributes: { ...group.attributes, members: members.filter((member) => member !== anchor) } })
    }
  }

  function deactivate(before: TargetObject): WriteReceipt {
    const object = objectOf(before.objectType, before.anchor, { ...before.attributes, active: false })
    put(object)
    dropMemberships(before.anchor)
    return { anchor: before.anchor, object, sent: [{ attribute: 'active', kind: 'set', value: false }], warnings: [] }
  }

  async function write(request: TargetWrite): Promise<WriteReceipt> {
    await arrive('write')
    const fault = takeFault('write', request)
    if (fault !== undefined && !fault.takesEffect) {
      writes.push({ write: request, outcome: 'refused', error: fault.error })
      throw fault.error
    }
    let receipt: WriteReceipt
    const held = request.kind === 'create' ? undefined : stored[request.objectType].get(request.anchor)
    const before = held === undefined ? {} : { before: held }
    try {
      receipt = apply(request)
    } catch (error) {
      if (error instanceof ConnectorError) writes.push({ write: request, outcome: 'refused', error })
      throw error
    }
    if (fault !== undefined) {
      writes.push({ write: request, outcome: 'lost', ...before, receipt, error: fault.error })
      throw fault.error
    }
    writes.push({ write: request, outcome: 'done', ...before, receipt })
    return receipt
  }

  async function* listObjects(objectType: ObjectTypeName): AsyncIterable<readonly TargetObject[]> {
    lists.push(objectType)
    await arrive('listObjects')
    const objects = [...stored[objectType].values()]
    const pageSize = options.listPageSize ?? 1000
    for (let start = 0; start < objects.length; start += pageSize) yield objects.slice(start, start + pageSize)
  }

  for (const object of options.objects ?? []) put(object)

  return {
    describe: () => ({ name: options.name ?? 'memory target', capabilities }),
    asStored: (_objectType, attributes) => attributes,
    checkCredentials: async () => {
      await arrive('checkCredentials')
      return { summary: 'The memory target needs no credentials.' }
    },
    listObjects,
    find: async (request) => {
      finds.push(request)
      await arrive('find')
      const index = indexes[request.objectType].get(request.attribute)
      if (index === undefined) {
        throw refusal(
          `The target cannot look for a ${request.objectType} by ${request.attribute}; match by another attribute.`,
          {
            code: 'SchemaAttributeNotFound',
            scope: 'object',
            retry: 'backoff',
          },
        )
      }
      const anchors = index.get(request.value.toLowerCase()) ?? new Set<string>()
      return [...anchors].map((anchor) => linked(request.objectType, anchor))
    },
    read: async (objectType, anchor) => {
      reads.push({ objectType, anchor })
      await arrive('read')
      return stored[objectType].get(anchor) ?? null
    },
    write,
    traffic: () => ({ requests, writes: writes.length, throttled: 0 }),
    close: () => Promise.resolve(),
    writes,
    finds,
    reads,
    lists,
    objects: (objectType) => [...stored[objectType].values()],
    object: (objectType, anchor) => stored[objectType].get(anchor),
    put,
    remove,
    failNext: (call, error, times = 1, when = () => true) => {
      faults.push({ call, error, takesEffect: false, when, timesLeft: times })
    },
    loseNextAnswer: (error, when = () => true) => {
      const lost =
        error ??
        refusal('The target did not answer in time, so nobody knows whether the write took effect; match again.', {
          code: 'Timeout',
          scope: 'object',
          retry: 'nextCycle',
        })
      faults.push({ call: 'write', error: lost, takesEffect: true, when, timesLeft: 1 })
    },
    clearFaults: () => {
      faults = []
    },
    forgetCalls: () => {
      for (const record of [writes, finds, reads, lists]) record.length = 0
    },
  }
}

function refusal(message: string, fields: ConnectorErrorFields): ConnectorError {
  return new ConnectorError(message, fields)
}

function leftOut(members: readonly string[]): Pick<WriteReceipt, 'warnings' | 'membersLeftOut'> {
  if (members.length === 0) return { warnings: [] }
  const warnings = members.map((member) => `The target knows no active User ${member}; it was left out of the group.`)
  return { warnings, membersLeftOut: members }
}

function emptyIndexes(attributes: readonly string[]): ReadonlyMap<string, Map<string, Set<string>>> {
  return new Map([...new Set(attributes)].map((attribute) => [attribute, new Map<string, Set<string>>()]))
}

/** A value as uniqueness and `find` compare it; `null` when there is nothing to compare. */
function folded(value: TargetValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : null
}

function asList(value: TargetValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : []
}

function objectOf(objectType: ObjectTypeName, anchor: string, attributes: TargetAttributes): TargetObject {
  const name = attributes.displayName ?? attributes.userName
  return { objectType, anchor, displayName: typeof name === 'string' ? name : anchor, attributes }
}
