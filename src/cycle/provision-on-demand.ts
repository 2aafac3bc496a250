/*
 * One person, or one group with its members, goes through the cycle's own steps at once (spec section 10): also while a
 * cycle runs, and whatever state the job is in. The same function for one object, under the same turns (style.md section 4).
 */
import {
  compileSchema,
  displayNameOf,
  onDemandObject,
  onDemandResult,
  type CompiledSchema,
  type LogFrame,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import {
  ConnectorError,
  type BeforeImage,
  type HeldRemoval,
  type OnDemandObject,
  type OnDemandReport,
  type OnDemandStep,
  type ProvisioningObjectSummary,
  type SourceObject,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { believedSource } from './believed-source.ts'
import { exchangeDetails } from './carry-out.ts'
import type { CycleContext } from './cycle-context.ts'
import type { DemandHost } from './demand-desk.ts'
import { inFlight } from './in-flight.ts'
import { lentBy, type Connected } from './lend-context.ts'
import type { Ledger } from './ledger.ts'
import { logFrame } from './log-frame.ts'
import { losingAccess } from './losing-access.ts'
import { membersAttribute, type ObjectReport, type PassOptions } from './object-run.ts'
import { planLedger } from './plan-ledger.ts'
import { plannedTarget } from './planned-target.ts'
import { provisionObject } from './provision-object.ts'
import { objectKey, type ObjectKey } from './object-key.ts'
import { readAfresh } from './read-afresh.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { settleAhead } from './settle-ahead.ts'
import { underLease } from './under-lease.ts'

/** Members provisioned before the job is given back for a moment, so that a cycle that is due may begin. */
const membersAtOnce = 50
/** Longer than the scheduler takes to look for due jobs. */
const giveWayMs = 1500

export interface OnDemandRequest {
  readonly job: SynchronizationJob
  readonly subject: ObjectKey
  /** Of a group: all members with it, the chosen ones and nobody else’s membership, or nobody but the group itself. */
  readonly members: 'all' | 'none' | readonly string[]
  readonly isDryRun: boolean
  readonly initiatedBy: LogFrame['initiatedBy']
  /** Whose removal somebody has agreed to (`removalsOnDemand`); others' is left to the next cycle. */
  readonly agreed: readonly Omit<HeldRemoval, 'state'>[]
  readonly stop: StopSignal
  /** How many objects it is about. */
  readonly onBegin?: (objects: number) => void
  readonly onObject?: (object: OnDemandObject) => void
}

/** The people and the group that a request is about, people first. */
async function subjectsOf(
  { source }: Pick<Connected, 'source'>,
  { subject, members }: Pick<OnDemandRequest, 'subject' | 'members'>,
): Promise<readonly ObjectKey[]> {
  if (subject.objectType === 'User' || members === 'none') return [subject]
  const [group] = await source.readObjects('Group', [subject.anchor])
  const all = group?.attributes[membersAttribute]
  const anchors = members !== 'all' ? members : typeof all === 'object' && all !== null ? all : []
  // Nested groups are not expanded (spec 3.1): only people answer.
  const people = await source.readObjects('User', anchors)
  return [...people.map(({ objectType, anchor }) => ({ objectType, anchor })), subject]
}

/** Whom a request would take an account away from, if it were done now. */
export async function removalsOnDemand(
  { store, connect }: Pick<CyclePorts, 'store' | 'connect'>,
  job: SynchronizationJob,
  about: Pick<OnDemandRequest, 'subject' | 'members'>,
): Promise<readonly (Omit<HeldRemoval, 'state'> & { readonly displayName: string })[]> {
  const source = believedSource(connect(job).source.afresh())
  const subjects = await subjectsOf({ source }, about)
  const removals: (Omit<HeldRemoval, 'state'> & { readonly displayName: string })[] = []
  for (const objectType of ['User', 'Group'] as const) {
    const anchors = subjects.filter((each) => each.objectType === objectType).map((each) => each.anchor)
    const objects = (await source.readObjects(objectType, anchors)).filter(
      (object) => object.presence === 'hardDeleted' || !job.settings.skipOutOfScopeDeletions,
    )
    const names = new Map(objects.map((object) => [object.anchor, displayNameOf(object)]))
    for (const losing of await losingAccess(store, job, job.settings, objects, objectType))
      removals.push({ ...losing, displayName: names.get(losing.sourceAnchor) ?? losing.sourceAnchor })
  }
  return removals
}

/** Everything one request has at hand, whoever lends the memory. */
interface Demand {
  readonly request: OnDemandRequest
  readonly schema: CompiledSchema
  readonly frame: LogFrame
  readonly now: number
  readonly agreed: ReadonlySet<string>
}

interface Provisioned {
  readonly object: SourceObject
  readonly report: ObjectReport | null
  readonly entries: readonly ProvisioningObjectSummary[]
}

const contextOf = ({ lent }: DemandHost, { request, schema, frame, now }: Demand, ledger: Ledger): CycleContext => {
  return { ...lent, ledger, schema, settings: request.job.settings, frame, now, gate: null }
}

/** One object, once, read in its turn: nobody else works on it meanwhile. */
async function provisionOne(
  host: DemandHost,
  demand: Demand,
  about: ObjectKey,
  options: Omit<PassOptions, 'removals'>,
): Promise<Provisioned> {
  const { lent, note } = host
  const entries: ProvisioningObjectSummary[] = []
  const noting = (save: Ledger['save']) => async (outcome: Outcome) => {
    await save(outcome)
    if (outcome.logEntry !== null) entries.push(outcome.logEntry)
  }
  const { save, saveSettled } = lent.ledger
  const ledger: Ledger = { ...lent.ledger, save: noting(save), saveSettled: noting(saveSettled) }
  const context = contextOf(host, demand, ledger)
  // From here on nobody believes what was read of it before: neither a cycle that has it in hand, nor this request.
  lent.demanded.set(objectKey(about), demand.schema.version)
  const { object, facts } = await readAfresh(context, about)
  if (object === null) return { object: unknown(about), report: null, entries }
  const report = await provisionObject(context, object, facts, {
    ...options,
    removals: demand.agreed.has(objectKey(about)) ? 'carryOut' : 'leave',
  })
  if (report !== null) note(object, report)
  return { object, report, entries }
}

const unknown = ({ objectType, anchor }: ObjectKey): SourceObject => ({
  objectType,
  anchor,
  presence: 'present',
  attributes: {},
  assignments: [],
})

function whyNothing({ object, report }: Provisioned, schema: CompiledSchema): string {
  if (schema.objectMappings.get(object.objectType)?.enabled !== true)
    return `The mapping of ${object.objectType} objects is switched off, so none is provisioned.`
  if (report === null) return 'The source gives no answer about it just now; it is left as it is.'
  return object.presence === 'hardDeleted'
    ? 'It is gone for good, and has no account that would be taken away.'
    : 'There is nothing to do.'
}

/** A planned target says that it is done. */
const withoutExport = (entry: ProvisioningObjectSummary): ProvisioningObjectSummary => ({
  ...entry,
  provisioningSteps: entry.provisioningSteps.filter((step) => step.provisioningStepType !== 'export'),
})

async function person(host: DemandHost, demand: Demand, about: ObjectKey): Promise<Provisioned> {
  return await provisionOne(host, demand, about, { memberships: 'later', quietWhenSame: false })
}

/** The group itself, then its members: the second half is quiet when the first has said something. */
async function group(host: DemandHost, demand: Demand, about: ObjectKey): Promise<Provisioned> {
  const made = await provisionOne(host, demand, about, { memberships: 'later', quietWhenSame: false })
  if (made.report?.wantsMemberships !== true) return made
  const { members } = demand.request
  const filled = await provisionOne(host, demand, about, {
    memberships: 'now',
    quietWhenSame: made.entries.length > 0,
    ...(typeof members === 'string' ? {} : { onlyMembers: new Set(members) }),
  })
  return { ...filled, entries: [...made.entries, ...filled.entries] }
}

/** Whoever asks first whether the credentials hold: shown only when they do not (scenario 80). */
async function brokenConnection({ source, target }: Connected): Promise<OnDemandStep | null> {
  try {
    await source.checkCredentials()
    await target.checkCredentials()
    return null
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return connectionStep(error)
  }
}

const connectionStep = (error: ConnectorError): OnDemandStep => ({
  name: 'testConnection',
  status: 'failure',
  description: error.message,
  details: { ErrorCode: error.code, ...exchangeDetails(error) },
})

/** Whoever is deactivated is dropped from groups: what an earlier write to those did is not to be seen afterwards. */
const isChangeOfGroup = ({ kind, objectType }: BeforeImage): boolean => objectType === 'Group' && kind === 'update'

/** A cycle that is due begins now, and the rest goes on beside it. */
async function giveWay({ store, clock }: CyclePorts, { jobId }: SynchronizationJob, stop: StopSignal): Promise<void> {
  const job = await store.jobs.get(jobId)
  const mayRun = job !== null && job.status !== 'Paused' && job.status !== 'NotConfigured'
  if (mayRun && job.nextRunAt <= clock.now()) await clock.sleep(giveWayMs, stop)
}

/** Throws `JobBusyError` when another process has the job. What fails for one object is a value, as in a cycle. */
export async function provisionOnDemand(ports: CyclePorts, request: OnDemandRequest): Promise<OnDemandReport> {
  const { job, stop, isDryRun } = request
  const { source, target } = ports.connect(job)
  const connected = { source: source.afresh(), target }
  const schema = compileSchema(job.schema)
  const cycleId = ports.newId()
  const demand: Demand = {
    request,
    schema,
    frame: logFrame(job, { cycleId }, ports.tenantId, schema, request.initiatedBy),
    now: ports.clock.now(),
    agreed: new Set(
      request.agreed.map((each) => objectKey({ objectType: each.objectType, anchor: each.sourceAnchor })),
    ),
  }
  const objects: OnDemandObject[] = []
  const reported = (connection: OnDemandStep | null): OnDemandReport => ({
    jobId: job.jobId,
    cycleId,
    isDryRun,
    result: connection === null ? onDemandResult(objects) : 'Failure',
    connection,
    objects: connection === null ? objects : [],
  })
  const planned = isDryRun ? await plannedHost(ports, job, connected) : null
  const withHost = (work: (host: DemandHost) => Promise<void>): Promise<void> =>
    planned === null ? underLease(ports, job, connected, stop, work) : work(planned)
  const isDone = new Set<string>()
  async function take(host: DemandHost, about: ObjectKey): Promise<void> {
    if (stop.aborted) throw stop.reason
    const done = await (about.objectType === 'Group' ? group : person)(host, demand, about)
    const { objectType, anchor: sourceId } = about
    const named = { objectType, sourceId, displayName: displayNameOf(done.object) }
    const entries = isDryRun ? done.entries.map(withoutExport) : done.entries
    const object = onDemandObject(named, entries, whyNothing(done, schema))
    isDone.add(objectKey(about))
    objects.push(object)
    request.onObject?.(object)
  }
  /** Whom a lease that was lost has not stopped is not taken twice. */
  const takeAll = (subjects: readonly ObjectKey[]): Promise<void> =>
    withHost(async (host) => {
      if (!isDryRun && subjects.some((about) => demand.agreed.has(objectKey(about))))
        await settleAhead(contextOf(host, demand, host.lent.ledger), isChangeOfGroup)
      const left = subjects.filter((about) => !isDone.has(objectKey(about)))
      await inFlight(left, host.lent.targetDescription.capabilities.concurrencyMax, (about) => take(host, about))
    })
  try {
    const broken = await brokenConnection(connected)
    if (broken !== null) return reported(broken)
    const subjects = await subjectsOf(connected, request)
    request.onBegin?.(subjects.length)
    const people = subjects.filter((each) => each.objectType === 'User')
    for (let start = 0; start < people.length; start += membersAtOnce) {
      if (start > 0 && !isDryRun) await giveWay(ports, job, stop)
      await takeAll(people.slice(start, start + membersAtOnce))
    }
    await takeAll(subjects.filter((each) => each.objectType === 'Group'))
    return reported(null)
  } catch (error) {
    // Credentials refused, the target out of reach: of the whole job, whichever object met it.
    if (!(error instanceof ConnectorError)) throw error
    return reported(connectionStep(error))
  } finally {
    await connected.target.close()
  }
}

/** A memory that forgets, and a target that is only read. */
async function plannedHost(
  ports: CyclePorts,
  job: SynchronizationJob,
  { source, target }: Connected,
): Promise<DemandHost> {
  const ledger = planLedger(ports.store, job.jobId, () => undefined)
  return { lent: await lentBy(ports, { source, target: plannedTarget(target) }, ledger), note: () => undefined }
}
