/*
 * Plans that are kept: made, read, applied once or rejected. Applying one begins a cycle of its own, which writes exactly
 * what was planned.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { applyPlan, CycleInTheWayError, draftPlan, waitingPlan } from '../../cycle/index.ts'
import { planClusters, settingsHash } from '../../provisioning/index.ts'
import type {
  BeforeImage,
  Cycle,
  PlanAppliedReport,
  PlanClustersReport,
  PlannedWrite,
  PlannedWriteShown,
  PlannedWritesReport,
  PlanReport,
  PlansReport,
  SealedPlan,
  SynchronizationJob,
} from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { refuseUnconfigured } from './cycles.ts'
import { whileNoCycleRuns } from './exclusive.ts'
import { namesInPlans } from './names-in-plans.ts'
import { planLines } from './plan-lines.ts'

const states = ['open', 'applied', 'rejected', 'superseded'] as const
/** Plans looked through for the one whose id begins or ends so. */
const namedAmong = 1000
/** Writes read at once for clusters. */
const writesRead = 500

const by = z.string().max(200).default('')
const listing = z.object({
  state: z.enum(states).optional(),
  text: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
})
const writesListing = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  text: z.string().default(''),
  kind: z.enum(['create', 'update', 'disable', 'delete']).optional(),
  objectType: z.enum(['User', 'Group']).optional(),
  outcome: z.enum(['done', 'partly', 'void', 'failed', 'open']).optional(),
})

interface Named {
  readonly Params: { readonly job: string; readonly plan: string }
}

/** Without what may not be seen. */
function shown({ write: _write, sourceHash: _hash, ...planned }: PlannedWrite): PlannedWriteShown {
  const hidden = new Set(planned.redacted)
  if (hidden.size === 0) return planned
  const masked = (values: BeforeImage['before']): BeforeImage['before'] =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, hidden.has(name) && value !== null ? '[Redact]' : value]),
    )
  const { image } = planned
  return { ...planned, image: { ...image, before: masked(image.before), after: masked(image.after) } }
}

const answeredText: Readonly<Record<Exclude<SealedPlan['state'], 'open'>, string>> = {
  draft: 'It is still being made.',
  applied: 'It has been applied already, and a plan is used once.',
  rejected: 'It has been rejected.',
  superseded:
    'Another plan has taken its place, or one made beside it was applied: what it was made from has moved on.',
}

function refuseAnswered(plan: SealedPlan): void {
  if (plan.state === 'open') return
  throw new ApiProblem(
    409,
    'planUsedUp',
    `The plan ${plan.planId} cannot be applied or rejected. ${answeredText[plan.state]} Make a new one (muster plan --save), or look at what waits (muster plans).`,
  )
}

const isConfigurationMoved = (plan: SealedPlan, job: SynchronizationJob): boolean =>
  plan.schemaVersion !== job.schema.version || plan.settingsHash !== settingsHash(job.settings)

const isWatermarkMoved = (plan: SealedPlan, job: SynchronizationJob): boolean =>
  plan.kind === 'cycle' && plan.watermark !== job.watermark

function warningsOf(plan: SealedPlan, job: SynchronizationJob): readonly string[] {
  return [
    ...(isConfigurationMoved(plan, job)
      ? [
          'Mappings, filters or scope settings have changed since the plan was made: what they decide otherwise is void.',
        ]
      : []),
    ...(isWatermarkMoved(plan, job)
      ? ['A cycle has run since the plan was made: what it has done is not done again, and what it has moved is void.']
      : []),
  ]
}

export function planRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, newId } = ports.cycle

  /** By its id, by the unmistakable beginning or end of it, or `latest` for the newest that is open. */
  async function planNamed(job: SynchronizationJob, name: string): Promise<SealedPlan> {
    const exact = await store.plans.get(name)
    if (exact !== null && exact.state !== 'draft') {
      if (exact.jobId === job.jobId) return exact
      throw new ApiProblem(
        409,
        'planOfAnotherJob',
        `The plan ${name} is one of the job ${exact.jobId}, not of this one.`,
      )
    }
    const isLatest = name === 'latest'
    const { plans } = await store.plans.list(job.jobId, isLatest ? { state: 'open', limit: 1 } : { limit: namedAmong })
    const found = isLatest ? plans : plans.filter(({ planId }) => planId.startsWith(name) || planId.endsWith(name))
    const [plan, ...others] = found
    if (plan !== undefined && others.length === 0) return plan
    if (plan !== undefined)
      throw new ApiProblem(404, 'nameNotUnique', `"${name}" fits ${String(found.length)} plans: name the id whole.`)
    throw new ApiProblem(
      404,
      'itemNotFound',
      isLatest
        ? 'No plan is open. Make one with muster plan --save.'
        : `There is no plan "${name}". "muster plans" lists them; those older than the log is kept are gone.`,
    )
  }

  const carriedOutBy = async (plan: SealedPlan): Promise<Cycle | null> =>
    plan.cycleId === null
      ? null
      : ((await store.jobs.cycles(plan.jobId, 200)).find((cycle) => cycle.cycleId === plan.cycleId) ?? null)

  app.get<{ Params: { job: string } }>('/jobs/:job/plans', async (request): Promise<PlansReport> => {
    const job = await jobNamed(ports, request.params.job)
    const { state, text, limit, cursor } = parse(listing, request.query)
    const asked = {
      text,
      limit,
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { cursor }),
    }
    try {
      return { ...(await store.plans.list(job.jobId, asked)), waiting: await waitingPlan(store, job.jobId) }
    } catch (error) {
      if (error instanceof RangeError) throw new ApiProblem(400, 'badRequest', error.message)
      throw error
    }
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/plans', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const body = parse(z.object({ kind: z.enum(['cycle', 'everything']).default('cycle'), by }), request.body)
    const running = await store.jobs.runningCycle(job.jobId)
    if (running !== null && running.planId !== null)
      throw new ApiProblem(
        409,
        'cycleRunning',
        `The plan ${running.planId} is being carried out just now: what comes after it can be planned when it has ended (muster status).`,
      )
    const origin = body.kind === 'cycle' ? 'the next cycle' : 'everybody, evaluated anew'
    const lines = planLines(ports, job, reply, async (cycle, stop, onChange) => {
      const { plan, draft } = await draftPlan(
        cycle,
        job,
        { kind: body.kind, createdBy: body.by, origin },
        stop,
        onChange,
      )
      const sealed: SealedPlan = { ...draft, state: 'open' }
      await store.plans.put(sealed, [])
      return [
        { type: 'plan', plan },
        { type: 'sealed', plan: sealed },
      ]
    })
    return await reply.type('application/x-ndjson').send(lines)
  })

  app.get<Named>('/jobs/:job/plans/:plan', async (request): Promise<PlanReport> => {
    const job = await jobNamed(ports, request.params.job)
    const plan = await planNamed(job, request.params.plan)
    return {
      plan,
      outcomes: await store.plans.countOutcomes(plan.planId),
      isConfigurationMoved: isConfigurationMoved(plan, job),
      isWatermarkMoved: isWatermarkMoved(plan, job),
      cycle: await carriedOutBy(plan),
    }
  })

  app.get<Named>('/jobs/:job/plans/:plan/writes', async (request): Promise<PlannedWritesReport> => {
    const job = await jobNamed(ports, request.params.job)
    const plan = await planNamed(job, request.params.plan)
    const { kind, objectType, outcome, ...query } = parse(writesListing, request.query)
    const { writes, total } = await store.plans.writes(plan.planId, {
      ...query,
      ...(kind === undefined ? {} : { kind }),
      ...(objectType === undefined ? {} : { objectType }),
      ...(outcome === undefined ? {} : { outcome }),
    })
    return { total, writes: writes.map(shown), names: await namesInPlans(store, job.jobId, writes) }
  })

  app.get<Named>('/jobs/:job/plans/:plan/clusters', async (request): Promise<PlanClustersReport> => {
    const plan = await planNamed(await jobNamed(ports, request.params.job), request.params.plan)
    const { examples } = parse(
      z.object({ examples: z.coerce.number().int().min(0).max(1000).default(3) }),
      request.query,
    )
    const clusters = planClusters(examples)
    for (let after = 0; ;) {
      const { writes } = await store.plans.writes(plan.planId, { after, limit: writesRead })
      for (const each of writes) clusters.add(each)
      const last = writes.at(-1)
      if (last === undefined || writes.length < writesRead) return { clusters: clusters.sorted() }
      after = last.number
    }
  })

  app.post<Named>('/jobs/:job/plans/:plan/apply', async (request): Promise<PlanAppliedReport> => {
    const job = await jobNamed(ports, request.params.job)
    refuseUnconfigured(job)
    const plan = await planNamed(job, request.params.plan)
    const { dryRun } = parse(z.object({ dryRun: flag }), request.query)
    const body = parse(z.object({ by, keepRunning: z.boolean().default(false) }), request.body ?? {})
    refuseAnswered(plan)
    const warnings = warningsOf(plan, job)
    if (dryRun) return { plan, cycleId: null, warnings }
    const application = { plan, by: body.by, cycleId: newId(), now: clock.now(), keepRunning: body.keepRunning }
    try {
      const cycle = await whileNoCycleRuns(ports, job, (lease) => applyPlan(store, lease, job, application))
      if (cycle === null) refuseAnswered(await planNamed(job, plan.planId))
      await store.jobs.setNextRun(job.jobId, clock.now())
      ports.wake()
      return { plan: await planNamed(job, plan.planId), cycleId: cycle?.cycleId ?? null, warnings }
    } catch (error) {
      // Somebody who was quicker holds the job just now: that is said, not that it is busy.
      if (error instanceof ApiProblem && error.code === 'cycleRunning')
        refuseAnswered(await planNamed(job, plan.planId))
      if (error instanceof CycleInTheWayError) throw new ApiProblem(409, 'cycleRunning', error.message)
      throw error
    }
  })

  app.post<Named>('/jobs/:job/plans/:plan/reject', async (request): Promise<SealedPlan> => {
    const job = await jobNamed(ports, request.params.job)
    const plan = await planNamed(job, request.params.plan)
    const body = parse(z.object({ by }), request.body ?? {})
    const decision = { state: 'rejected', at: clock.now(), by: body.by } as const
    const isMine = await store.plans.decide(plan.planId, decision)
    const now = await planNamed(job, plan.planId)
    if (!isMine) refuseAnswered(now)
    return now
  })
}
