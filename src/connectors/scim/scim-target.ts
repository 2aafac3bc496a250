/*
 * A target connector for any SCIM service: carries out the engine's decisions in the words of a dialect.
 */
import type { Clock, ObjectTypeName, TargetAttributes, TargetObject } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { AttributeWrite, TargetConnector, TargetWrite, WriteReceipt } from '../target.ts'
import type { MembersOutcome } from './change-members.ts'
import { changeMembers } from './change-members.ts'
import { differencesOf } from './answered-differently.ts'
import type { FoundObject } from './create-once.ts'
import { createOnce, deleteOnce } from './create-once.ts'
import type { MemberChanges, ScimDialect } from './dialect.ts'
import { equalsFilter } from './filter.ts'
import { createFinder } from './find-resources.ts'
import { isRecord } from './json.ts'
import { listResources } from './list-resources.ts'
import type { ScimClient } from './scim-client.ts'

export interface ScimTargetOptions {
  readonly dialect: ScimDialect
  readonly client: ScimClient
  /** Where the resources live, for the summary of a credentials check. */
  readonly resourcesUrl: URL
  readonly random: () => number
  readonly clock: Clock
  readonly listPageSize: number
  /** Most members a group may have; `null` when the target names no maximum. Asked only when a change needs several calls. */
  readonly groupMembersMax?: () => Promise<number | null>
}

export function createScimTarget(options: ScimTargetOptions): TargetConnector {
  const { dialect, client } = options
  const { targetName } = dialect
  const finder = createFinder(client, dialect, options.listPageSize)

  async function checkCredentials(): Promise<{ readonly summary: string }> {
    const filter = equalsFilter(dialect.filterName('User', 'userName') ?? 'userName', randomGuid(options.random))
    try {
      // One page is enough, and an empty one is a success (provisioning-service.md 15.2).
      for await (const page of listResources(client, { resourceType: 'Users', pageSize: 1, filter }))
        if (page.length > 0) break
    } catch (error) {
      if (error instanceof ConnectorError) throw forWholeJob(error)
      throw error
    }
    return { summary: `${targetName} accepted the token and answered a query at ${options.resourcesUrl.href}.` }
  }

  let lastWriteAt = Number.NEGATIVE_INFINITY

  /** Who compares the whole target with what it should be must not see what was there before the last writes. */
  async function readingsHaveSettled(): Promise<void> {
    const waitMs = lastWriteAt + dialect.readsSettleAfterMs - options.clock.now()
    if (waitMs > 0) await options.clock.sleep(waitMs)
  }

  async function* listObjects(objectType: ObjectTypeName): AsyncIterable<readonly TargetObject[]> {
    await readingsHaveSettled()
    const resourceType = objectType === 'User' ? 'Users' : 'Groups'
    for await (const page of listResources(client, { resourceType, pageSize: options.listPageSize })) {
      yield page.map((resource) => dialect.readResource(objectType, resource)).filter((object) => object !== null)
    }
  }

  async function read(objectType: ObjectTypeName, anchor: string): Promise<TargetObject | null> {
    const endpoint = objectType === 'User' ? 'readUser' : 'readGroup'
    const path = pathOf(objectType, anchor)
    try {
      const object = objectIn(objectType, await client.request({ endpoint, method: 'GET', path }))
      if (object !== undefined) return object
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'InvalidAnchor') return null
      throw error
    }
    throw new ConnectorError(
      `${targetName} answered GET ${path} with something that is no ${objectType}, so nothing is known about it; ` +
        'check the address of the target.',
      { code: 'SystemForCrossDomainIdentityManagementServiceIncompatible', scope: 'object', retry: 'backoff' },
    )
  }

  async function lookUp(objectType: ObjectTypeName, attributes: TargetAttributes): Promise<FoundObject | null> {
    const sent = dialect.asStored(objectType, attributes)
    const identity = dialect.identity[objectType].filter((attribute) => sent[attribute] !== undefined)
    for (const attribute of identity) {
      const [object] = await finder.find({ objectType, attribute, value: String(sent[attribute]) })
      if (object === undefined) continue
      const isWhatWasSent = identity.every((name) => sameText(object.attributes[name], sent[name]))
      // Who holds only the weaker name may be anybody; the target itself says whether that is a conflict.
      if (isWhatWasSent || attribute === identity[0])
        return { object, isWhatWasSent, holdsIdentity: attribute === identity[0] }
    }
    return null
  }

  async function create(objectType: ObjectTypeName, attributes: TargetAttributes): Promise<WriteReceipt> {
    const { members, ...own } = attributes
    const { body, sent, warnings: notSent } = dialect.createBody(objectType, own)
    const path = objectType === 'User' ? '/Users' : '/Groups'
    const endpoint = objectType === 'User' ? 'createUser' : 'createGroup'
    const creation = await createOnce(client, { endpoint, method: 'POST', path, body }, () => lookUp(objectType, own))
    const answered = creation.kind === 'found' ? creation.object : objectIn(objectType, creation.json)
    const object = answered ?? (await lookUp(objectType, own))?.object
    if (object === undefined) {
      throw new ConnectorError(
        `${targetName} answered POST ${path} with success but without an id, and the ${objectType} cannot be found; ` +
          'it is matched again in the next cycle.',
        { code: 'SystemForCrossDomainIdentityManagementServiceIncompatible', scope: 'object', retry: 'nextCycle' },
      )
    }
    const warnings = [...notSent]
    if (creation.kind === 'found') {
      warnings.push(
        `The answer to the create was lost; ${objectType} ${object.anchor} was found with the same identifying values, ` +
          'so no second one was made.',
      )
    }
    const stored = await confirmed(object, sent)
    warnings.push(...differencesOf(dialect, stored, sent))
    if (!Array.isArray(members) || members.length === 0)
      return { anchor: object.anchor, object: stored, sent, warnings }
    return withMembers({ anchor: object.anchor, object: stored, sent, warnings }, members as readonly string[])
  }

  /** A create may answer before the profile is stored, or drop it without a word: one more look decides (slack.md 3.2). */
  async function confirmed(object: TargetObject, sent: readonly AttributeWrite[]): Promise<TargetObject> {
    if (differencesOf(dialect, object, sent).length === 0) return object
    return (await read(object.objectType, object.anchor)) ?? object
  }

  /** A new group exists whatever becomes of its members, so its anchor must not be lost (provisioning-service.md 6.4). */
  async function withMembers(receipt: WriteReceipt, members: readonly string[]): Promise<WriteReceipt> {
    const { anchor, object } = receipt
    let outcome: MembersOutcome
    try {
      const wanted = { add: members, remove: [] }
      outcome = await client.alone(pathOf('Group', anchor), () => changeWholeGroup(anchor, wanted))
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
      outcome = { leftOut: members, warnings: [error.message] }
    }
    const leftOut = new Set(outcome.leftOut)
    const added = members.filter((member) => !leftOut.has(member)).sort()
    return {
      anchor,
      ...(object === undefined ? {} : { object: { ...object, attributes: { ...object.attributes, members: added } } }),
      sent: [...receipt.sent, { attribute: 'members', kind: 'set', value: added }],
      warnings: [...receipt.warnings, ...outcome.warnings],
      ...(outcome.leftOut.length === 0 ? {} : { membersLeftOut: outcome.leftOut }),
    }
  }

  /**
   * A change that fits into one call is refused as a whole when the group would be too large. Of several calls the last one
   * would be refused and half a group be left, so the size is worked out before the first (slack.md section 4).
   */
  async function changeWholeGroup(anchor: string, wanted: MemberChanges): Promise<MembersOutcome> {
    const add = new Set(wanted.add)
    const remove = new Set(wanted.remove)
    if (add.size > 0 && add.size + remove.size > dialect.capabilities.membersPerWriteMax) {
      const most = (await options.groupMembersMax?.()) ?? null
      if (most !== null) refuseTooLarge(anchor, most, await sizeAfter(anchor, add, remove))
    }
    return changeMembers(client, dialect, anchor, wanted)
  }

  async function sizeAfter(anchor: string, add: ReadonlySet<string>, remove: ReadonlySet<string>): Promise<number> {
    const held = (await read('Group', anchor))?.attributes.members
    const before = Array.isArray(held) ? (held as readonly string[]) : []
    return new Set([...before.filter((member) => !remove.has(member)), ...add]).size
  }

  function refuseTooLarge(anchor: string, most: number, after: number): void {
    if (after <= most) return
    throw new ConnectorError(
      `Group ${anchor} would have ${after.toLocaleString('en-US')} members and ${targetName} allows ` +
        `${most.toLocaleString('en-US')} here, so none was added or removed; split the group in the source.`,
      { code: 'UnprocessableEntity', scope: 'object', retry: 'backoff', targetErrorName: 'group_member_max_exceeded' },
    )
  }

  async function update(write: TargetWrite & { readonly kind: 'update' }): Promise<WriteReceipt> {
    const { objectType, anchor } = write
    const { body, sent, warnings: notSent } = dialect.updateBody(objectType, write.changes, write.known)
    const warnings = [...notSent]
    let object: TargetObject | undefined
    if (body !== null) {
      const endpoint = objectType === 'User' ? 'updateUser' : 'updateGroup'
      object = objectIn(
        objectType,
        await client.request({ endpoint, method: 'PATCH', path: pathOf(objectType, anchor), body }),
      )
      if (object !== undefined) warnings.push(...differencesOf(dialect, object, sent))
    }
    if (write.members === undefined) return { anchor, ...(object === undefined ? {} : { object }), sent, warnings }
    const outcome = await changeWholeGroup(anchor, write.members)
    return {
      anchor,
      sent,
      warnings: [...warnings, ...outcome.warnings],
      ...(outcome.leftOut.length === 0 ? {} : { membersLeftOut: outcome.leftOut }),
    }
  }

  async function disable(objectType: ObjectTypeName, anchor: string): Promise<WriteReceipt> {
    if (!dialect.capabilities.softDelete[objectType]) {
      throw new ConnectorError(
        `${targetName} cannot disable a ${objectType}, so nothing was sent; delete it or leave it alone.`,
        { code: 'NotImplemented', scope: 'object', retry: 'never' },
      )
    }
    const body = dialect.disableBody()
    const json = await client.request({
      endpoint: 'updateUser',
      method: 'PATCH',
      path: pathOf(objectType, anchor),
      body,
      isUrgent: true,
    })
    const object = objectIn(objectType, json)
    const sent = [{ attribute: 'active', kind: 'set', value: false }] as const
    const warnings = object === undefined ? [] : differencesOf(dialect, object, sent)
    return { anchor, ...(object === undefined ? {} : { object }), sent, warnings }
  }

  async function remove(objectType: ObjectTypeName, anchor: string): Promise<WriteReceipt> {
    const endpoint = objectType === 'User' ? 'deleteUser' : 'deleteGroup'
    const call = {
      endpoint,
      method: 'DELETE',
      path: pathOf(objectType, anchor),
      isUrgent: objectType === 'User',
    } as const
    return { anchor, sent: [], warnings: await deleteOnce(client, call) }
  }

  function objectIn(objectType: ObjectTypeName, json: unknown): TargetObject | undefined {
    return isRecord(json) ? (dialect.readResource(objectType, json) ?? undefined) : undefined
  }

  return {
    describe: () => ({ name: targetName, capabilities: dialect.capabilities }),
    asStored: (objectType, attributes) => dialect.asStored(objectType, attributes),
    checkCredentials,
    listObjects,
    find: (request) => finder.find(request),
    read,
    write: async (write) => {
      try {
        return await carryOut(write)
      } finally {
        lastWriteAt = options.clock.now()
      }
    },
    traffic: () => client.traffic(),
    budgets: () => client.budgets(),
    close: () => client.close(),
  }

  async function carryOut(write: TargetWrite): Promise<WriteReceipt> {
    if (write.kind === 'create') return await create(write.objectType, write.attributes)
    return await client.alone(pathOf(write.objectType, write.anchor), () => {
      switch (write.kind) {
        case 'update':
          return update(write)
        case 'disable':
          return disable(write.objectType, write.anchor)
        case 'delete':
          return remove(write.objectType, write.anchor)
      }
    })
  }
}

function pathOf(objectType: ObjectTypeName, anchor: string): string {
  return `/${objectType === 'User' ? 'Users' : 'Groups'}/${encodeURIComponent(anchor)}`
}

function sameText(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase()
}

/** A value nobody can have as a userName (provisioning-service.md 15.2). */
function randomGuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16))
}

/** What makes the very first query fail will make every other one fail. */
function forWholeJob(error: ConnectorError): ConnectorError {
  if (error.scope === 'job') return error
  const { code, retry, retryAfterSeconds, targetErrorName, exchange } = error
  return new ConnectorError(error.message, {
    code,
    scope: 'job',
    retry,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(targetErrorName === undefined ? {} : { targetErrorName }),
    ...(exchange === undefined ? {} : { exchange }),
    cause: error,
  })
}
