/*
 * A whole Muster in memory: the real engine, the real embedded store, Muster's directory as the source and a memory
 * target. Tests say only what matters to them.
 */
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createMemoryTarget, type MemoryTarget, type MemoryTargetOptions } from '../../src/connectors/memory/index.ts'
import type { SourceConnector } from '../../src/connectors/source.ts'
import type { TargetConnector, TargetWrite } from '../../src/connectors/target.ts'
import {
  applyPlan,
  createDemandDesk,
  createProgressBoard,
  draftPlan,
  planCycle,
  planUndo,
  runJob,
  type CyclePorts,
  type JobRunEnd,
  type UndoPlanned,
  type UndoSelection,
} from '../../src/cycle/index.ts'
import { assign, unassign } from '../../src/directory/index.ts'
import { slackSchema } from '../../src/provisioning/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { DirectoryObject, Store } from '../../src/store/store.ts'
import { usualJobSettings } from '../../src/vocabulary/index.ts'
import type {
  Clock,
  Cycle,
  JobSettings,
  Link,
  ObjectTypeName,
  Plan,
  PlannedChange,
  PlannedWrite,
  ProvisioningObjectSummary,
  SealedPlan,
  SourceAttributes,
  StopSignal,
  SynchronizationJob,
  SynchronizationSchema,
  TargetAttributes,
  TargetObject,
} from '../../src/vocabulary/index.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  readonly settings?: Partial<JobSettings>
  readonly target?: MemoryTargetOptions
  /** Objects in a page of the source's feed at most. */
  readonly pageSizeMax?: number
  readonly schema?: (schema: SynchronizationSchema) => SynchronizationSchema
  /** What lies between the engine and the directory: a source that breaks off. */
  readonly source?: (plain: SourceConnector) => SourceConnector
  /** Everybody is assigned when put, unless this is false. */
  readonly assignEverybody?: boolean
}

export interface RunOptions {
  /** Called with each write before the target sees it: what happens in the middle of a cycle. */
  readonly onWrite?: (write: TargetWrite, number: number) => Promise<void> | void
  readonly stop?: StopSignal
}

export interface World {
  readonly store: Store
  readonly clock: VirtualClock
  readonly target: MemoryTarget
  readonly job: SynchronizationJob
  readonly ports: CyclePorts
  /** Puts a person into the directory, with attributes a person has, and assigns them. */
  user(name: string, attributes?: SourceAttributes, options?: { readonly isAssigned?: boolean }): Promise<string>
  group(name: string, members: readonly string[], attributes?: SourceAttributes): Promise<string>
  change(objectId: string, attributes: SourceAttributes): Promise<void>
  members(groupId: string, members: readonly string[]): Promise<void>
  softDelete(objectId: string): Promise<void>
  hardDelete(objectId: string): Promise<void>
  restore(objectId: string): Promise<void>
  assign(objectId: string): Promise<void>
  unassign(objectId: string): Promise<void>
  setSettings(settings: Partial<JobSettings>): Promise<void>
  setSchema(change: (schema: SynchronizationSchema) => SynchronizationSchema): Promise<void>
  /** Clears the watermark: the next cycle evaluates everything. */
  restart(): Promise<void>
  /** Runs one cycle to its end. */
  run(options?: RunOptions): Promise<Cycle>
  /** What has been sent to the target since its calls were last forgotten. */
  sent(): readonly TargetWrite[]
  /** Has each write of the coming cycles reported before the target sees it. */
  observeWrites(observer: RunOptions['onWrite']): void
  /** Like `run`, for cycles that do not end. */
  runRaw(options?: RunOptions): Promise<JobRunEnd>
  /** On a machine whose clock may go wrong. */
  plan(clock?: Clock): Promise<{ readonly plan: Plan; readonly changes: readonly PlannedChange[] }>
  /** Plans and keeps the plan. */
  savePlan(kind?: 'cycle' | 'everything'): Promise<SealedPlan>
  /** Plans to take back what was written; the plan is open. */
  planUndo(selection: UndoSelection): Promise<UndoPlanned>
  /** Uses the plan up; the next run carries it out. `false`: it was not open any more. */
  beginApply(planId: string): Promise<boolean>
  /** Applies the plan and runs its cycle to the end. */
  applyPlan(planId: string, options?: RunOptions): Promise<Cycle>
  writesOf(planId: string): Promise<readonly PlannedWrite[]>
  /** Log entries of one object, newest first. */
  log(objectId: string): Promise<readonly ProvisioningObjectSummary[]>
  link(objectType: ObjectTypeName, objectId: string): Promise<Link | undefined>
  close(): Promise<void>
}

/** Target attributes that tests speak of, as the mapping spells them. */
export const workEmail = 'emails[type eq "work"].value'
export const managerAttribute = 'urn:scim:schemas:extension:enterprise:1.0.manager'
export const departmentAttribute = 'urn:scim:schemas:extension:enterprise:1.0.department'

const servicePrincipalId = '7c2d4f10-55aa-4b1e-8a35-0c9be1f0d2a7'

/** No result may depend on how fast this machine is. */
const standingStill = (): number => 0

function slug(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]+/g, '.')
    .toLowerCase()
}

/** The attributes a person of this name usually has. */
export function personAttributes(name: string, attributes: SourceAttributes = {}): SourceAttributes {
  const [givenName = name, ...rest] = name.split(' ')
  return {
    displayName: name,
    givenName,
    surname: rest.join(' ') || null,
    userPrincipalName: `${slug(name)}@example.com`,
    mail: `${slug(name)}@example.com`,
    mailNickname: slug(name),
    accountEnabled: true,
    ...attributes,
  }
}

function inSmallPages(
  source: SourceConnector,
  { pageSizeMax = Number.MAX_SAFE_INTEGER }: WorldOptions,
): SourceConnector {
  return {
    ...source,
    readChanges: ({ watermark, pageSize }) =>
      source.readChanges({ watermark, pageSize: Math.min(pageSize, pageSizeMax) }),
  }
}

export interface AccountOptions {
  readonly anchor: string
  readonly mail?: string
  readonly userName?: string
  readonly attributes?: TargetAttributes
}

/** Somebody who has an account in the target already. */
export function anAccount({ anchor, mail, userName, attributes }: AccountOptions): TargetObject {
  const displayName = userName ?? anchor
  return {
    objectType: 'User',
    anchor,
    displayName,
    attributes: {
      active: true,
      displayName,
      userName: userName ?? anchor.toLowerCase(),
      [workEmail]: mail ?? `${anchor.toLowerCase()}@elsewhere.example`,
      ...attributes,
    },
  }
}

export async function aWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createVirtualClock()
  const store = await openSqliteStore({ file: ':memory:', stopwatch: standingStill })
  const target = createMemoryTarget(options.target)
  let ids = 0
  const newId = (): string => {
    ids += 1
    return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`
  }
  const jobId = 'Slack.test'
  const plain = slackSchema({ id: jobId, version: '1', provisionGroups: true })
  const job: SynchronizationJob = {
    jobId,
    servicePrincipalId,
    servicePrincipalDisplayName: 'Slack',
    templateId: 'Slack',
    status: 'NotRun',
    settings: {
      ...usualJobSettings,
      ...options.settings,
    },
    schema: options.schema === undefined ? plain : options.schema(plain),
    watermark: null,
    nextRunAt: clock.now(),
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    scheduleState: 'Active',
    escrowsPruned: false,
  }
  await store.jobs.create(job)
  let onWrite: RunOptions['onWrite']
  let writesOfRun = 0
  const observed: TargetConnector = {
    ...target,
    async write(write) {
      writesOfRun += 1
      await onWrite?.(write, writesOfRun)
      return await target.write(write)
    },
    close: () => Promise.resolve(),
  }
  const inPages = inSmallPages(createDirectorySource({ directory: store.directory, servicePrincipalId }), options)
  const source = options.source?.(inPages) ?? inPages
  const ports: CyclePorts = {
    store,
    connect: () => ({
      source,
      target: observed,
    }),
    clock,
    newId,
    tenantId: 'test-tenant',
    progress: createProgressBoard(clock),
    desk: createDemandDesk('test'),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    stopwatch: standingStill,
  }
  const never = new AbortController().signal
  let versions = 1

  async function row(objectId: string): Promise<DirectoryObject> {
    const [found] = await store.directory.objects([objectId])
    if (found === undefined) throw new Error(`no object ${objectId} in the directory`)
    return found
  }
  async function put(object: Omit<DirectoryObject, 'changeNumber'>): Promise<void> {
    await store.directory.transaction((transaction) => transaction.putObjects([object]))
  }
  async function currentJob(): Promise<SynchronizationJob> {
    const current = await store.jobs.get(jobId)
    if (current === null) throw new Error('the job is gone')
    return current
  }
  async function setMembers(groupId: string, members: readonly string[]): Promise<void> {
    await store.directory.transaction(async (transaction) => {
      const before = (await transaction.members([groupId])).get(groupId) ?? []
      await transaction.replaceMembers(groupId, members)
      const moved = [...before.filter((id) => !members.includes(id)), ...members.filter((id) => !before.includes(id))]
      await transaction.touch([...new Set([...moved, groupId])])
    })
  }
  /** Whoever was entitled through a group is concerned when the group goes or comes back. */
  async function touchMembers(groupId: string): Promise<void> {
    await store.directory.transaction(async (transaction) => {
      await transaction.touch((await transaction.members([groupId])).get(groupId) ?? [])
    })
  }

  const world: World = {
    store,
    clock,
    target,
    job,
    ports,
    async user(name, attributes = {}, { isAssigned = options.assignEverybody !== false } = {}) {
      const objectId = `user-${slug(name)}`
      await put({
        objectId,
        objectType: 'User',
        presence: 'present',
        deletedAt: null,
        attributes: personAttributes(name, attributes),
      })
      if (isAssigned) await world.assign(objectId)
      return objectId
    },
    async group(name, members, attributes = {}) {
      const objectId = `group-${slug(name)}`
      await put({
        objectId,
        objectType: 'Group',
        presence: 'present',
        deletedAt: null,
        attributes: { displayName: name, securityEnabled: true, ...attributes },
      })
      await setMembers(objectId, members)
      return objectId
    },
    async change(objectId, attributes) {
      const before = await row(objectId)
      await put({ ...before, attributes: { ...before.attributes, ...attributes } })
    },
    members: setMembers,
    async softDelete(objectId) {
      await put({ ...(await row(objectId)), presence: 'softDeleted', deletedAt: clock.now() })
      await touchMembers(objectId)
    },
    async hardDelete(objectId) {
      await put({ ...(await row(objectId)), presence: 'hardDeleted', deletedAt: clock.now(), attributes: {} })
      await touchMembers(objectId)
    },
    async restore(objectId) {
      await put({ ...(await row(objectId)), presence: 'present', deletedAt: null })
      await touchMembers(objectId)
    },
    async assign(objectId) {
      await assign(store.directory, { servicePrincipalId, principal: await row(objectId), assignmentId: newId() })
    },
    async unassign(objectId) {
      await unassign(store.directory, servicePrincipalId, await row(objectId))
    },
    async setSettings(settings) {
      await store.jobs.saveSettings(jobId, { ...(await currentJob()).settings, ...settings })
    },
    async setSchema(change) {
      versions += 1
      await store.jobs.saveSchema(jobId, { ...change((await currentJob()).schema), version: String(versions) })
    },
    restart: () => store.jobs.clearWatermark(jobId),
    sent: () => target.writes.map((each) => each.write),
    observeWrites(observer) {
      onWrite = observer
      writesOfRun = 0
    },
    async runRaw(options = {}) {
      world.observeWrites(options.onWrite)
      const claim = await store.jobs.claim({ owner: 'test', leaseMs: 15_000, now: clock.now(), jobId })
      if (claim === null) throw new Error('the job could not be claimed')
      return await runJob(ports, claim, options.stop ?? never)
    },
    async run(options) {
      const end = await world.runRaw(options)
      if (end.kind !== 'ended') throw new Error(`the cycle did not end: ${JSON.stringify(end)}`)
      return end.cycle
    },
    async plan(seen: Clock = clock) {
      const changes: PlannedChange[] = []
      const plan = await planCycle({ ...ports, clock: seen }, await currentJob(), never, (change) =>
        changes.push(change),
      )
      return { plan, changes }
    },
    async savePlan(kind = 'cycle') {
      const request = { kind, createdBy: 'ana', origin: 'test' }
      const { draft } = await draftPlan(ports, await currentJob(), request, never, () => undefined)
      const plan: SealedPlan = { ...draft, state: 'open' }
      await store.plans.put(plan, [])
      return plan
    },
    planUndo: async (selection) =>
      await planUndo(ports, await currentJob(), { selection, createdBy: 'ana', origin: 'undo of a test' }, never),
    async beginApply(planId) {
      const plan = await store.plans.get(planId)
      const claim = await store.jobs.claim({ owner: 'test', leaseMs: 15_000, now: clock.now(), jobId })
      if (claim === null || plan === null) throw new Error('the plan could not be applied')
      const request = { plan, by: 'ben', cycleId: newId(), now: clock.now() }
      try {
        return (await applyPlan(store, claim.lease, claim.job, request)) !== null
      } finally {
        await store.jobs.release(claim.lease)
      }
    },
    async applyPlan(planId, options) {
      if (!(await world.beginApply(planId))) throw new Error('the plan is not open')
      return await world.run(options)
    },
    async writesOf(planId) {
      return (await store.plans.writes(planId, { after: 0, limit: 1000 })).writes
    },
    async log(objectId) {
      return (await store.provisioning.queryLog({ jobId, identityId: objectId, limit: 100 })).entries
    },
    async link(objectType, objectId) {
      return (await store.provisioning.linksBySource(jobId, objectType, [objectId])).get(objectId)
    },
    close: () => store.close(),
  }
  return world
}
