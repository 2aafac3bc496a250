/*
 * Provisioning one person or one group on demand (spec section 10): Muster's own form, by names, and Graph's
 * (graph-api.md 4.4), by ids.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { JobBusyError, provisionOnDemand, removalsOnDemand } from '../../cycle/index.ts'
import { graphOnDemand } from '../../provisioning/index.ts'
import type {
  OnDemandLine,
  OnDemandReport,
  ProvisioningObjectSummary,
  SynchronizationJob,
} from '../../vocabulary/index.ts'
import { loggedInitiatorOf } from '../caller.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { createRequestBudget } from '../request-budget.ts'
import { refuseUnconfigured } from './cycles.ts'
import { objectNamed } from './directory-entries.ts'

/** Spec section 10: the portal's limit for a group with selected members. */
const membersMax = 5
/** People named in a refusal. */
const namesShown = 20

const byName = z.object({
  name: z.string().min(1),
  type: z.enum(['User', 'Group']).optional(),
  members: z.array(z.string().min(1)).optional(),
  dryRun: z.boolean().default(false),
  /** How many removals have been agreed to. */
  removals: z.int().min(0).default(0),
  /** Lines of JSON: each object as it is done, then the report. */
  lines: z.boolean().default(false),
})

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

interface Wanted {
  readonly subject: { readonly objectType: 'User' | 'Group'; readonly anchor: string }
  readonly members: 'all' | readonly string[]
}

export function onDemandRoutes(app: FastifyInstance, ports: ApiPorts): void {
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

  async function wantedByName(body: z.infer<typeof byName>): Promise<Wanted> {
    const object = await objectNamed(store.directory, body.name, body.type)
    const named = body.members ?? null
    refuseMany(named)
    if (named !== null && object.objectType === 'User') {
      throw new ApiProblem(
        400,
        'badRequest',
        `"${body.name}" is a person, and only a group has members to select. Name the group, or leave the members out.`,
      )
    }
    const members: string[] = []
    for (const name of named ?? []) members.push((await objectNamed(store.directory, name, 'User')).objectId)
    const about = { objectType: object.objectType, anchor: object.objectId }
    return { subject: about, members: named === null ? 'all' : members }
  }

  async function wantedByGraph({ parameters }: z.infer<typeof asGraph>): Promise<Wanted> {
    const about = parameters[0]?.subjects[0]
    const objectType = about?.objectTypeName.toLowerCase() === 'group' ? 'Group' : 'User'
    const members = about?.links?.members?.map((each) => each.objectId) ?? []
    refuseMany(members)
    const anchor = about?.objectId ?? ''
    const [object] = await store.directory.objects([anchor])
    if (object?.objectType !== objectType) {
      throw new ApiProblem(404, 'itemNotFound', `There is no ${objectType} with the id "${anchor}" in the directory.`)
    }
    return { subject: { objectType, anchor }, members }
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

  interface Ran extends Wanted {
    readonly job: SynchronizationJob
    readonly isDryRun: boolean
    readonly removals: number | null
    readonly initiatedBy: ProvisioningObjectSummary['initiatedBy']
  }

  async function run(asked: Ran, stop: AbortSignal, onLine: (line: OnDemandLine) => void): Promise<OnDemandReport> {
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

  /** Objects as they are done. What is refused before the first one is refused as everywhere. */
  async function* linesOf(running: Promise<OnDemandReport>, waiting: OnDemandLine[], woken: () => Promise<void>) {
    let isDone = false
    const end = running.then(
      (report): OnDemandLine => ({ type: 'report', report }),
      (error: unknown): OnDemandLine => ({
        type: 'error',
        message: error instanceof Error ? error.message : String(error),
      }),
    )
    void end.then((line) => {
      waiting.push(line)
      isDone = true
    })
    for (;;) {
      const line = waiting.shift()
      if (line !== undefined) yield `${JSON.stringify(line)}\n`
      else if (isDone) return
      else await Promise.race([woken(), end])
    }
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/provisionOnDemand', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const body = request.body
    const isGraph = typeof body === 'object' && body !== null && 'parameters' in body
    const named = isGraph ? null : parse(byName, body)
    const wanted = named === null ? await wantedByGraph(parse(asGraph, body)) : await wantedByName(named)
    // Graph’s form removes whom it names, as Microsoft’s service does (spec section 10).
    const asked = {
      ...wanted,
      job,
      initiatedBy: loggedInitiatorOf(request),
      isDryRun: named?.dryRun === true,
      removals: named === null ? null : named.removals,
    }
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort(new Error('The caller has gone.')))
    if (named?.lines !== true) {
      const report = await run(asked, gone.signal, () => undefined)
      return isGraph ? graphOnDemand(report) : report
    }
    const waiting: OnDemandLine[] = []
    let next = Promise.withResolvers<void>()
    const began = Promise.withResolvers<void>()
    const running = run(asked, gone.signal, (line) => {
      waiting.push(line)
      next.resolve()
      next = Promise.withResolvers<void>()
      began.resolve()
    })
    await Promise.race([began.promise, running])
    const lines = linesOf(running, waiting, () => next.promise)
    return await reply.type('application/x-ndjson').send(Readable.from(lines))
  })
}
