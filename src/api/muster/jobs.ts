/* Jobs as things that are made and deleted (spec 2.4); what they do has routes of its own. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ensureApplication } from '../../directory/index.ts'
import {
  isLoopbackName,
  type JobCreationReport,
  type JobRemovalReport,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
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
  /** It may steer the workspace of the settings although another job does. */
  sharesWorkspace: z.boolean().default(false),
})

export function jobRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, tenantId } = ports.cycle

  app.post('/jobs', async (request, reply) => {
    const { name, userNames, sharesWorkspace } = parse(creation, request.body ?? {})
    const jobs = await store.jobs.list()
    if (jobs.some((job) => job.servicePrincipalDisplayName.toLowerCase() === name.toLowerCase()))
      throw new ApiProblem(409, 'nameTaken', `There is a job called "${name}" already, so it could not be told apart.`)
    const users = await ports.connections.usersOfInstallation()
    // A simulator has nobody to shut out when two jobs undo each other's work.
    const isSimulator = isLoopbackName(new URL(ports.connection.targetUrl).hostname)
    const usesInstallation = users.length === 0 || sharesWorkspace || isSimulator
    const servicePrincipalId = randomUUID()
    if (usesInstallation) await ports.connections.useInstallation(servicePrincipalId)
    if (sharesWorkspace) await ports.connections.share(servicePrincipalId, true)
    const job = await newJob(ports, { appId: randomUUID(), servicePrincipalId, displayName: name, userNames })
    await store.jobs.create(job)
    await ensureApplication(store.directory, job, { tenantId, now: clock.now() })
    const report: JobCreationReport = {
      jobId: job.jobId,
      displayName: name,
      status: job.status,
      scheduleState: job.scheduleState,
      usesInstallation,
      others: users.map((each) => each.servicePrincipalDisplayName),
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
      await ports.connections.forget(job)
      return { ...report, isDeleted: true }
    })
  })
}
