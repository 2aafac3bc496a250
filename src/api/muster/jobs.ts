/* Jobs as things that are made and deleted (spec 2.4); what they do has routes of its own. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ensureApplication } from '../../directory/index.ts'
import type { JobCreationReport, JobRemovalReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { newJob } from '../new-job.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { whileNoCycleRuns } from './exclusive.ts'

const creation = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .refine((name) => name !== 'default', '"default" means the only job there is; choose another name'),
  userNames: z.enum(['allot', 'as-mapped']).default('allot'),
})

export function jobRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, tenantId } = ports.cycle

  app.post('/jobs', async (request, reply) => {
    const { name, userNames } = parse(creation, request.body ?? {})
    const jobs = await store.jobs.list()
    if (jobs.some((job) => job.servicePrincipalDisplayName.toLowerCase() === name.toLowerCase()))
      throw new ApiProblem(409, 'nameTaken', `There is a job called "${name}" already, so it could not be told apart.`)
    const job = newJob(ports, { appId: randomUUID(), servicePrincipalId: randomUUID(), displayName: name, userNames })
    await store.jobs.create(job)
    await ensureApplication(store.directory, job, { tenantId, now: clock.now() })
    const report: JobCreationReport = {
      jobId: job.jobId,
      displayName: name,
      status: job.status,
      scheduleState: job.scheduleState,
      others: jobs.map((each) => each.servicePrincipalDisplayName),
    }
    return await reply.status(201).send(report)
  })

  async function removalReport(job: SynchronizationJob): Promise<Omit<JobRemovalReport, 'isDeleted'>> {
    return {
      jobId: job.jobId,
      displayName: job.servicePrincipalDisplayName,
      managed: await store.provisioning.countLinks(job.jobId),
      escrowed: await store.provisioning.countEscrow(job.jobId),
      heldRemovals: (await store.provisioning.heldRemovals(job.jobId)).length,
      assignments: (await store.directory.listAssignments(job.servicePrincipalId)).length,
    }
  }

  app.delete<{ Params: { job: string } }>('/jobs/:job', async (request): Promise<JobRemovalReport> => {
    const job = await jobNamed(ports, request.params.job)
    const { dryRun } = parse(z.object({ dryRun: flag }), request.query)
    if (dryRun) return { ...(await removalReport(job)), isDeleted: false }
    return await whileNoCycleRuns(ports, job, async (lease) => {
      const report = await removalReport(job)
      await store.jobs.delete(lease)
      return { ...report, isDeleted: true }
    })
  })
}
