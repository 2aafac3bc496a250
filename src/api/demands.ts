/*
 * Provisioning one person or one group on demand (spec section 10), whoever asks in which form: at most so often, and nobody
 * loses an account unasked.
 */
import { z } from 'zod'
import { JobBusyError, provisionOnDemand, removalsOnDemand } from '../cycle/index.ts'
import type {
  OnDemandLine,
  OnDemandReport,
  ProvisioningObjectSummary,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import { parse } from './parameters.ts'
import type { ApiPorts } from './ports.ts'
import { ApiProblem } from './problems.ts'
import { createRequestBudget } from './request-budget.ts'

/** Spec section 10: the portal's limit for a group with selected members. */
const membersMax = 5
/** People named in a refusal. */
const namesShown = 20

const subject = z.object({
  objectId: z.string().min(1),
  objectTypeName: z.string(),
  links: z.object({ members: z.array(z.object({ objectId: z.string().min(1) })).nullish() }).nullish(),
})
const asGraph = z.object({
  parameters: z
    .array(z.object({ ruleId: z.string().nullish(), subjects: z.array(subject).length(1, 'takes one subject') }))
    .length(1, 'takes one rule'),
})

export interface Wanted {
  readonly subject: { readonly objectType: 'User' | 'Group'; readonly anchor: string }
  readonly members: 'all' | readonly string[]
}

export interface Demanded extends Wanted {
  readonly job: SynchronizationJob
  readonly isDryRun: boolean
  readonly removals: number | null
  readonly initiatedBy: ProvisioningObjectSummary['initiatedBy']
}

export interface Demands {
  refuseMany(members: readonly string[] | null): void
  /** Reads Graph's form (graph-api.md 3.10), by ids. */
  wantedByGraph(body: unknown, job: SynchronizationJob): Promise<Wanted>
  run(asked: Demanded, stop: AbortSignal, onLine?: (line: OnDemandLine) => void): Promise<OnDemandReport>
}

/** One for all forms, so that they share what may be asked in ten seconds. */
export function createDemands(ports: ApiPorts): Demands {
  const { store, clock } = ports.cycle
  const spend = createRequestBudget(clock, { requests: 5, windowMs: 10_000, what: 'Provisioning on demand' })

  function refuseMany(members: readonly string[] | null): void {
    if (members === null || members.length <= membersMax) return
    throw new ApiProblem(
      400,
      'badRequest',
      `${String(members.length)} members were selected, and at most ${String(membersMax)} are taken at once. Select fewer, or leave them out: then the whole group is provisioned with all its members.`,
    )
  }

  async function wantedByGraph(body: unknown, { schema }: SynchronizationJob): Promise<Wanted> {
    const [parameter] = parse(asGraph, body).parameters
    const [about] = parameter?.subjects ?? []
    const ruleId = parameter?.ruleId?.toLowerCase() ?? ''
    const rules = schema.synchronizationRules.map(({ id }) => id)
    if (ruleId !== '' && !rules.some((id) => id.toLowerCase() === ruleId))
      throw new ApiProblem(
        400,
        'badRequest',
        `The job has no synchronization rule "${ruleId.slice(0, 100)}". It has ${rules.join(', ')}.`,
      )
    const objectType = (['User', 'Group'] as const).find(
      (each) => each.toLowerCase() === about?.objectTypeName.toLowerCase(),
    )
    if (about === undefined || objectType === undefined)
      throw new ApiProblem(
        400,
        'badRequest',
        `"objectTypeName" is "${about?.objectTypeName.slice(0, 100) ?? ''}"; the directory has objects of the types User and Group.`,
      )
    const members = about.links?.members?.map((each) => each.objectId.toLowerCase()) ?? []
    refuseMany(members)
    const named = await store.directory.objects([about.objectId, about.objectId.toLowerCase()])
    const object = named.find((each) => each.objectType === objectType)
    if (object === undefined)
      throw new ApiProblem(
        404,
        'itemNotFound',
        `There is no ${objectType} with the id "${about.objectId.slice(0, 100)}" in the directory.`,
      )
    return { subject: { objectType, anchor: object.objectId }, members }
  }

  /** Nobody loses an account without somebody having been told how many do. */
  async function agreedRemovals(job: SynchronizationJob, wanted: Wanted, removals: number | null) {
    const losing = await removalsOnDemand(ports.cycle, job, wanted)
    if (removals === null || losing.length <= removals) return losing
    const names = losing.slice(0, namesShown).map((each) => each.displayName)
    throw new ApiProblem(
      409,
      'tooManyRemovals',
      `${String(losing.length)} of those asked for ${losing.length === 1 ? 'is' : 'are'} out of scope and would be removed from the target, and ${String(removals)} ${removals === 1 ? 'was' : 'were'} agreed to. Nothing was done: repeat it with "removals": ${String(losing.length)} if that is meant.`,
      { removals: losing.length, names },
    )
  }

  /** Groups and reports that wait for somebody who has come by now are written at once, not when the next cycle is due. */
  async function letOthersFollow({ jobId, status }: SynchronizationJob, report: OnDemandReport): Promise<void> {
    if (report.isDryRun || status !== 'Active') return
    const come = report.objects
      .filter((object) => object.objectType === 'User' && object.result === 'Success')
      .map((object) => object.sourceId)
    if ((await store.provisioning.deferredTo(jobId, come)).length === 0) return
    await store.jobs.setNextRun(jobId, clock.now())
    ports.wake()
  }

  async function run(
    asked: Demanded,
    stop: AbortSignal,
    onLine: (line: OnDemandLine) => void = () => undefined,
  ): Promise<OnDemandReport> {
    try {
      const { job, subject: about, members, isDryRun } = asked
      const agreed = await agreedRemovals(job, asked, isDryRun ? null : asked.removals)
      spend()
      const report = await provisionOnDemand(ports.cycle, {
        job,
        subject: about,
        members,
        isDryRun,
        initiatedBy: asked.initiatedBy,
        agreed,
        stop,
        onBegin: (objects) => onLine({ type: 'begin', objectType: about.objectType, objects }),
        onObject: (object) => onLine({ type: 'object', object }),
      })
      await letOthersFollow(job, report)
      return report
    } catch (error) {
      if (error instanceof JobBusyError) throw new ApiProblem(409, 'jobBusy', error.message)
      throw error
    }
  }

  return { refuseMany, wantedByGraph, run }
}
