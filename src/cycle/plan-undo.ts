/*
 * Makes the plan that takes earlier writes back: out of their images, by what the target holds now. It is kept, read and
 * applied like any other; what stands in the way of a part is written down with it as void.
 */
import {
  compileSchema,
  createPlanSum,
  sameValue,
  settingsHash,
  undoWrites,
  type CompiledSchema,
  type UndoneWrite,
  type WrittenObject,
} from '../provisioning/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import type { Store } from '../store/store.ts'
import type { PlannedWrite, SealedPlan, StopSignal, SynchronizationJob, TargetObject } from '../vocabulary/index.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { readImages, type UndoSelection } from './undo-images.ts'

const turns = ['groupsMade', 'people', 'groups', 'members'] as const satisfies readonly UndoneWrite['turn'][]
/** Attributes that name a person or group in the target, beside those it can be found by. */
const nameAttributes = ['displayName', 'nickName']

export interface UndoRequest {
  readonly selection: UndoSelection
  readonly createdBy: string
  readonly origin: string
}

export interface UndoPlanned {
  readonly plan: SealedPlan
  /** Writes that were looked at. */
  readonly writesUndone: number
  /** Of the plan, those that cannot be done. */
  readonly conflicts: number
  /** `false`: nothing is left to be done, and no plan was kept. */
  readonly isKept: boolean
}

/** Reads each account and group once. */
function createReader(target: TargetConnector) {
  const known = new Map<string, TargetObject | null>()
  return async (objectType: TargetObject['objectType'], anchor: string): Promise<TargetObject | null> => {
    const key = `${objectType} ${anchor}`
    const before = known.get(key)
    if (before !== undefined) return before
    const object = await target.read(objectType, anchor)
    known.set(key, object)
    return object
  }
}

/** The same words for the same writes, so that a plan sums them up. */
function reasonOf({ kinds }: WrittenObject): string {
  const what = kinds.length === 0 ? 'memberships lost' : [...new Set(kinds)].reverse().join(', ')
  return `Undo of ${what}: as it was before.`
}

/** Throws when the target cannot be read; then nothing is stored. */
export async function planUndo(
  ports: CyclePorts,
  job: SynchronizationJob,
  request: UndoRequest,
  stop: StopSignal,
): Promise<UndoPlanned> {
  const { store, clock, newId } = ports
  const schema = compileSchema(job.schema)
  const { objects, count } = await readImages(store, job.jobId, request.selection)
  const { target } = ports.connect(job)
  try {
    const planned = count === 0 ? [] : await writesThatUndo(store, target, job, schema, objects, stop)
    const sum = createPlanSum()
    for (const each of planned) if (each.outcome === null) sum.add(each)
    const plan: SealedPlan = {
      planId: newId(),
      jobId: job.jobId,
      kind: 'undo',
      state: 'open',
      createdAt: clock.now(),
      createdBy: request.createdBy,
      origin: request.origin,
      waitsFor: [],
      watermark: job.watermark,
      schemaVersion: job.schema.version,
      settingsHash: settingsHash(job.settings),
      contentHash: sum.contentHash(),
      counts: sum.counts(),
      cycleId: null,
      decidedAt: null,
      decidedBy: null,
    }
    if (planned.length > 0) await store.plans.put(plan, planned)
    const isKept = planned.length > 0
    return { plan, isKept, writesUndone: count, conflicts: planned.filter((each) => each.outcome === 'void').length }
  } finally {
    await target.close()
  }
}

async function writesThatUndo(
  store: Store,
  target: TargetConnector,
  job: SynchronizationJob,
  schema: CompiledSchema,
  objects: readonly WrittenObject[],
  stop: StopSignal,
): Promise<readonly PlannedWrite[]> {
  const { capabilities } = target.describe()
  const read = createReader(target)
  /** Accounts that this plan makes active, or inactive. */
  const activity = new Map<string, boolean>()
  const all: { readonly object: WrittenObject; readonly undone: UndoneWrite }[] = []
  const ordered = [
    ...objects.filter(({ objectType }) => objectType === 'User'),
    ...objects.filter(({ objectType }) => objectType === 'Group'),
  ]
  for (const object of ordered) {
    if (stop.aborted) throw stop.reason
    const { objectType, sourceAnchor, targetAnchor } = object
    const definitions = schema.objectMappings.get(objectType)?.definitions
    const link = (await store.provisioning.linksBySource(job.jobId, objectType, [sourceAnchor])).get(sourceAnchor)
    const holder = (await store.provisioning.linksByTarget(job.jobId, objectType, [targetAnchor])).get(targetAnchor)
    const why = await whoCannotJoin(object, read, activity)
    const writes = undoWrites(object, {
      targetName: schema.targetDirectoryName,
      held: await read(objectType, targetAnchor),
      same: (name, one, other) =>
        sameValue(one ?? undefined, other ?? undefined, definitions?.get(name)?.caseExact ?? true),
      unseen: new Set(capabilities.writeOnly[objectType]),
      names: new Set([...capabilities.filterable[objectType], ...nameAttributes]),
      softDelete: capabilities.softDelete[objectType],
      linkedTo: link?.targetAnchor ?? null,
      takenBy: holder === undefined || holder.sourceAnchor === sourceAnchor ? null : holder.displayName,
      cannotJoin: (member) => why.get(member) ?? null,
    })
    for (const undone of writes) {
      if (undone.conflict === null && objectType === 'User') noteActivity(activity, targetAnchor, undone)
      all.push({
        object: object.kinds.length > 0 || link === undefined ? object : { ...object, displayName: link.displayName },
        undone,
      })
    }
  }
  return await numbered(target, schema, all)
}

function noteActivity(activity: Map<string, boolean>, anchor: string, { image }: UndoneWrite): void {
  if (image.after['active'] === true) activity.set(anchor, true)
  else if (image.kind === 'disable' || image.kind === 'delete') activity.set(anchor, false)
}

/** Whoever is deactivated, or gone, cannot be a member (slack.md section 4). */
async function whoCannotJoin(
  { members, objectType }: WrittenObject,
  read: ReturnType<typeof createReader>,
  activity: ReadonlyMap<string, boolean>,
): Promise<ReadonlyMap<string, string>> {
  const why = new Map<string, string>()
  if (objectType !== 'Group') return why
  for (const [member, { was }] of members) {
    if (!was) continue
    const isActive = activity.get(member) ?? (await read('User', member))?.attributes['active']
    if (isActive === undefined)
      why.set(member, `The account ${member} is not there any more, so it cannot be put back into the group.`)
    else if (isActive === false)
      why.set(member, `The account ${member} is deactivated, so it cannot be put back into the group.`)
  }
  return why
}

/** In the order in which they are carried out; a name that somebody else has by then is a conflict. */
async function numbered(
  target: TargetConnector,
  schema: CompiledSchema,
  all: readonly { readonly object: WrittenObject; readonly undone: UndoneWrite }[],
): Promise<readonly PlannedWrite[]> {
  const { filterable } = target.describe().capabilities
  const freed = new Set<string>()
  const planned: PlannedWrite[] = []
  const madeUp = new Map<string, string>()
  const unmade = new Set<WrittenObject>()
  for (const turn of turns)
    for (const { object, undone } of all.filter((each) => each.undone.turn === turn)) {
      const { objectType } = object
      let { image, write } = undone
      const keyOf = (name: string, value: unknown): string => `${objectType} ${name} ${String(value).toLowerCase()}`
      let conflict = undone.conflict
      for (const name of filterable[objectType]) {
        const value = image.after[name]
        if (conflict !== null || typeof value !== 'string' || image.kind === 'delete') continue
        const hits = await target.find({ objectType, attribute: name, value })
        const other = hits.find((hit) => hit.anchor !== object.targetAnchor)
        if (other !== undefined && !freed.has(keyOf(name, value)))
          conflict = `${name} "${value}" is taken by ${other.displayName} (${other.anchor}) by now.`
      }
      if (conflict === null)
        for (const [name, value] of Object.entries(image.before))
          if (typeof value === 'string') freed.add(keyOf(name, value))
      if (image.kind === 'create' && conflict !== null) unmade.add(object)
      if (turn === 'members' && unmade.has(object)) conflict ??= 'The group itself cannot be made again.'
      const number = planned.length + 1
      const newcomers: Record<string, string> = {}
      if (image.kind === 'create' && conflict === null)
        madeUp.set(`${objectType} ${object.targetAnchor}`, `planned-${String(number)}`)
      const anchor = madeUp.get(`${objectType} ${object.targetAnchor}`)
      if (turn === 'members' && anchor !== undefined && write.kind === 'update') {
        newcomers[anchor] = object.sourceAnchor
        image = { ...image, targetAnchor: anchor }
        write = { ...write, anchor }
      }
      const redacted = schema.objectMappings.get(objectType)?.redacted.target
      planned.push({
        number,
        image: { ...image, displayName: object.displayName },
        write,
        reason: reasonOf(object),
        sourceHash: null,
        newcomers,
        redacted: Object.keys(image.after).filter((name) => redacted?.has(name) === true),
        outcome: conflict === null ? null : 'void',
        moved: conflict === null ? null : 'target',
        outcomeReason: conflict,
      })
    }
  return planned
}
