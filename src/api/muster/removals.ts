/* Removals that wait for an administrator, and their answer (spec section 8). */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Store } from '../../store/store.ts'
import type { HeldRemoval, RemovalsReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'

/** Removals shown in one answer; the count always says how many there are. */
const shownMax = 1000

export async function countWaitingRemovals({ provisioning }: Store, jobId: string): Promise<number> {
  return (await provisioning.heldRemovals(jobId)).filter((each) => each.state === 'staged').length
}

export function removalRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle

  async function removalsReport(job: SynchronizationJob, text: string): Promise<RemovalsReport> {
    const held = (await store.provisioning.heldRemovals(job.jobId)).filter((each) => each.state !== 'held')
    const named = await Promise.all(
      (['User', 'Group'] as const).map(async (objectType) => {
        const ofType = held.filter((each) => each.objectType === objectType)
        const anchors = ofType.map((each) => each.sourceAnchor)
        return { ofType, links: await store.provisioning.linksBySource(job.jobId, objectType, anchors) }
      }),
    )
    const removals = named.flatMap(({ ofType, links }) =>
      ofType.map((each: HeldRemoval) => ({
        ...each,
        displayName: links.get(each.sourceAnchor)?.displayName ?? each.sourceAnchor,
        targetAnchor: links.get(each.sourceAnchor)?.targetAnchor ?? null,
      })),
    )
    const wanted = text.toLowerCase()
    const matching = removals.filter(({ displayName, sourceAnchor }) =>
      `${displayName} ${sourceAnchor}`.toLowerCase().includes(wanted),
    )
    return {
      quarantine: job.quarantine,
      deletionPrevention: job.settings.deletionPrevention,
      staged: held.filter((each) => each.state === 'staged').length,
      approved: held.filter((each) => each.state === 'approved').length,
      total: matching.length,
      removals: matching.slice(0, shownMax),
    }
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/removals', async (request): Promise<RemovalsReport> => {
    const { text } = parse(z.object({ text: z.string().default('') }), request.query)
    return await removalsReport(await jobNamed(ports, request.params.job), text)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/removals/allow', async (request): Promise<RemovalsReport> => {
    const job = await jobNamed(ports, request.params.job)
    const { dryRun } = parse(z.object({ dryRun: flag }), request.query)
    if (!dryRun && (await store.provisioning.approveRemovals(job.jobId)) > 0) {
      await store.jobs.setNextRun(job.jobId, clock.now())
      ports.wake()
    }
    return await removalsReport(job, '')
  })
}
