/*
 * The memory target as a bad day shows it: throttled, broken, slow, forgetful, lying. Errors are those the SCIM connector
 * throws when its own repeats are used up (`src/connectors/scim/scim-client.ts`).
 */
import type { MemoryTarget } from '../../src/connectors/memory/index.ts'
import type { FindRequest, TargetConnector, TargetWrite, WriteReceipt } from '../../src/connectors/target.ts'
import {
  ConnectorError,
  credentialFailureCode,
  type Clock,
  type ObjectTypeName,
  type TargetObject,
} from '../../src/vocabulary/index.ts'
import type { LookFault, WriteFault } from './history.ts'
import type { Luck } from './luck.ts'

export type WriteEnd = 'done' | 'refused' | 'lost'

export interface TargetWatcher {
  /** Before the target has seen it. */
  comes(write: TargetWrite): Promise<void>
  ended(write: TargetWrite, end: WriteEnd, receipt: WriteReceipt | null, error: ConnectorError | null): Promise<void>
  /** A fault has happened that only this can mend: a look at everybody, or links made anew. */
  owes(debt: 'evaluation' | 'links', anchor: string): void
  tell(words: string): void
}

export interface UnluckyTargetOptions {
  readonly target: MemoryTarget
  readonly clock: Clock
  readonly latencyMs: number
  /** The troubles of the cycle that runs. */
  readonly luck: () => Luck
  readonly watcher: TargetWatcher
}

type Trouble =
  'throttled' | 'serverError' | 'timeout' | 'reset' | 'outage' | 'refused' | 'cutPage' | 'credentialsRefused'

const errors: Readonly<Record<Trouble, readonly [string, 'object' | 'job', 'nextCycle' | 'backoff']>> = {
  throttled: ['TooManyRequests', 'object', 'nextCycle'],
  serverError: ['InternalServerError', 'object', 'nextCycle'],
  timeout: ['Timeout', 'object', 'nextCycle'],
  reset: ['WebExceptionProtocolError', 'object', 'nextCycle'],
  outage: ['WebExceptionProtocolError', 'job', 'nextCycle'],
  refused: ['UnprocessableEntity', 'object', 'backoff'],
  cutPage: ['WebExceptionProtocolError', 'object', 'nextCycle'],
  credentialsRefused: [credentialFailureCode, 'job', 'backoff'],
}

function failure(kind: Trouble, retryAfterSeconds: number | null = null): ConnectorError {
  const [code, scope, retry] = errors[kind]
  const more = retryAfterSeconds === null ? {} : { retryAfterSeconds }
  return new ConnectorError(`The target answers ${code}.`, { code, scope, retry, ...more })
}

const activeIsWritten = (write: TargetWrite): boolean =>
  write.kind === 'update' && write.changes.some((change) => change.attribute === 'active')

/** Whether such a fault can happen to this write at all. */
function fits(fault: WriteFault, write: TargetWrite): boolean {
  const isUserUpdate = write.kind === 'update' && write.objectType === 'User' && !activeIsWritten(write)
  switch (fault.kind) {
    case 'silent':
      return isUserUpdate
    case 'deactivates':
      return isUserUpdate
    case 'newId':
      return write.kind !== 'create' && write.objectType === 'User'
    case 'stale':
      return true
    default:
      return true
  }
}

export function unluckyTarget({ target, clock, latencyMs, luck, watcher }: UnluckyTargetOptions): TargetConnector {
  /** What the next looks still see, by type and anchor; `null`: nothing. */
  const past = new Map<string, { readonly object: TargetObject | null; looks: number }>()
  let calls = 0

  /** Answers do not come in the order of the questions. */
  async function travel(): Promise<void> {
    calls += 1
    if (latencyMs > 0) await clock.sleep(((calls * 7919) % latencyMs) + 1)
  }

  const keyOf = ({ objectType, anchor }: Pick<TargetObject, 'objectType' | 'anchor'>): string =>
    `${objectType} ${anchor}`

  function takeLook(...kinds: readonly LookFault['kind'][]): LookFault['kind'] | undefined {
    return luck().take('look', ({ fault }) => kinds.includes(fault.kind))?.fault.kind
  }

  async function look(what: string): Promise<void> {
    await travel()
    const kind = takeLook('throttled', 'serverError', 'timeout', 'reset', 'outage')
    if (kind === undefined) return
    watcher.tell(`${what}: the target answers with ${kind}`)
    throw failure(kind as Trouble)
  }

  function seenBefore(object: TargetObject): TargetObject | null | undefined {
    const seen = past.get(keyOf(object))
    if (seen === undefined) return undefined
    seen.looks -= 1
    if (seen.looks <= 0) past.delete(keyOf(object))
    watcher.tell(`the target shows ${object.anchor} as it was before`)
    return seen.object
  }

  const asSeen = (objects: readonly TargetObject[]): readonly TargetObject[] =>
    objects.flatMap((object) => {
      const earlier = seenBefore(object)
      return earlier === undefined ? [object] : earlier === null ? [] : [earlier]
    })

  async function* listObjects(objectType: ObjectTypeName): AsyncIterable<readonly TargetObject[]> {
    await look(`list of ${objectType}s`)
    const fault = takeLook('cutPage', 'repeatedPage', 'lackingPage')
    if (fault !== undefined) watcher.tell(`list of ${objectType}s: ${fault}`)
    for await (const page of target.listObjects(objectType)) {
      const objects = asSeen(page)
      if (fault === 'cutPage') {
        yield objects.slice(0, Math.ceil(objects.length / 2))
        throw failure('cutPage')
      }
      yield fault === 'lackingPage' ? objects.filter((_object, index) => index % 2 === 0) : objects
      if (fault === 'repeatedPage') yield objects
    }
  }

  async function find(request: FindRequest): Promise<readonly TargetObject[]> {
    await look(`search for ${request.value}`)
    const holds = (object: TargetObject | null): object is TargetObject =>
      object !== null && String(object.attributes[request.attribute]).toLowerCase() === request.value.toLowerCase()
    return asSeen(await target.find(request)).filter(holds)
  }

  function renumber(anchor: string): void {
    const account = target.object('User', anchor)
    if (account === undefined) return
    const renamed = `W-${anchor}`
    target.remove('User', anchor)
    target.put({ ...account, anchor: renamed })
    for (const group of target.objects('Group')) {
      const { members } = group.attributes
      if (typeof members !== 'object' || !members.includes(anchor)) continue
      const moved = members.map((member) => (member === anchor ? renamed : member)).sort()
      target.put({ ...group, attributes: { ...group.attributes, members: moved } })
    }
    watcher.owes('links', renamed)
  }

  function remember(write: TargetWrite, anchor: string, before: TargetObject | null, looks: number): void {
    past.set(keyOf({ objectType: write.objectType, anchor }), { object: before, looks })
  }

  async function suffer(fault: WriteFault, write: TargetWrite): Promise<WriteReceipt> {
    const anchor = write.kind === 'create' ? null : write.anchor
    const before = anchor === null ? null : (target.object(write.objectType, anchor) ?? null)
    switch (fault.kind) {
      case 'throttled':
        throw failure('throttled', fault.retryAfterSeconds)
      case 'refused':
        throw failure('refused')
      case 'serverError':
      case 'timeout':
      case 'reset':
      case 'outage':
        if (fault.tookEffect) target.loseNextAnswer(failure(fault.kind), (candidate) => candidate === write)
        else throw failure(fault.kind)
        return await target.write(write)
      case 'silent':
        if (anchor === null || before === null) return await target.write(write)
        // Said or not: what the target did not take is compared again with everybody.
        watcher.owes('evaluation', anchor)
        return fault.isTold
          ? { anchor, object: before, sent: [], warnings: ['Nothing of it is to be seen.'] }
          : { anchor, sent: [], warnings: [] }
      case 'deactivates': {
        const { object: _object, ...receipt } = await target.write(write)
        await target.write({ kind: 'disable', objectType: write.objectType, anchor: receipt.anchor })
        if (!fault.isTold) watcher.owes('evaluation', receipt.anchor)
        const object = target.object(write.objectType, receipt.anchor)
        return fault.isTold && object !== undefined ? { ...receipt, object } : receipt
      }
      case 'newId':
        if (anchor !== null) renumber(anchor)
        return await target.write(write)
      case 'stale': {
        const receipt = await target.write(write)
        remember(write, receipt.anchor, before, fault.looks)
        return receipt
      }
    }
  }

  async function write(request: TargetWrite): Promise<WriteReceipt> {
    await watcher.comes(request)
    await travel()
    const fault = luck().take('write', (each) => fits(each.fault, request))?.fault
    if (fault !== undefined) watcher.tell(`this write meets: ${JSON.stringify(fault)}`)
    const tookEffect = fault !== undefined && 'tookEffect' in fault && fault.tookEffect
    try {
      const receipt = await (fault === undefined ? target.write(request) : suffer(fault, request))
      await watcher.ended(request, 'done', receipt, null)
      return receipt
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      const isLost = tookEffect && error.retry === 'nextCycle'
      await watcher.ended(request, isLost ? 'lost' : 'refused', null, error)
      throw error
    }
  }

  return {
    ...target,
    async checkCredentials() {
      await travel()
      const kind = takeLook('credentialsRefused')
      if (kind !== undefined) throw failure('credentialsRefused')
      return await target.checkCredentials()
    },
    listObjects,
    find,
    async read(objectType, anchor) {
      await look(`look at ${anchor}`)
      const object = await target.read(objectType, anchor)
      return object === null ? null : (asSeen([object])[0] ?? null)
    },
    write,
    close: () => Promise.resolve(),
  }
}
