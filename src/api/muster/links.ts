/*
 * The pair of source object and target account as an administrator may see and delete it (spec 4.1; graph-api.md,
 * objectConnection): one at a time, deleted only while the job is paused.
 */
import type { FastifyInstance } from 'fastify'
import type { Link, LinkReport, LinkRemovalReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { jobNamed } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { whileNoCycleRuns } from './exclusive.ts'

const types = ['User', 'Group'] as const

export function linkRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle

  /** By source id first, then by target id; a name, when it is exactly one object's. */
  async function findLink(job: SynchronizationJob, name: string): Promise<Link | null> {
    const found = async (id: string): Promise<Link | null> => {
      for (const look of ['linksBySource', 'linksByTarget'] as const) {
        for (const objectType of types) {
          const link = (await store.provisioning[look](job.jobId, objectType, [id])).get(id)
          if (link !== undefined) return link
        }
      }
      return null
    }
    const byId = await found(name)
    if (byId !== null) return byId
    const named = await store.directory.lookUp(name)
    const [only] = named
    return only !== undefined && named.length === 1 ? await found(only.objectId) : null
  }

  app.get('/jobs/:job/links', () => {
    throw new ApiProblem(
      400,
      'badRequest',
      'Links are not listed; ask for one by its source or target id, or by a name.',
    )
  })

  for (const url of ['/jobs/:job/links', '/jobs/:job/links/:id'])
    app.route({
      method: ['POST', 'PUT', 'PATCH'],
      url,
      handler: () => {
        throw new ApiProblem(
          405,
          'notAllowed',
          'A link is neither made nor changed by hand: delete it, and the next evaluation of the object matches anew.',
        )
      },
    })

  app.get<{ Params: { job: string; id: string } }>('/jobs/:job/links/:id', async (request): Promise<LinkReport> => {
    const job = await jobNamed(ports, request.params.job)
    const link = await findLink(job, request.params.id)
    if (link === null) {
      throw new ApiProblem(
        404,
        'itemNotFound',
        `Nothing is linked under "${request.params.id}". Name the id of a person or group in the directory, or of an account in Slack.`,
      )
    }
    return reportOf(link)
  })

  app.delete<{ Params: { job: string; id: string } }>(
    '/jobs/:job/links/:id',
    async (request): Promise<LinkRemovalReport> => {
      const job = await jobNamed(ports, request.params.job)
      if (job.scheduleState === 'Active') {
        throw new ApiProblem(
          409,
          'jobNotPaused',
          `The job is ${job.status}, and a link is deleted only while nothing uses it. Pause the job (muster pause), delete the link, then start the job again (muster start).`,
        )
      }
      const link = await findLink(job, request.params.id)
      if (link === null) return { link: null }
      const about = { objectType: link.objectType, sourceAnchor: link.sourceAnchor }
      await whileNoCycleRuns(ports, job, async (lease) => {
        const escrow = (await store.provisioning.escrow(job.jobId, link.objectType, [link.sourceAnchor])).get(
          link.sourceAnchor,
        )
        const retried =
          escrow === undefined
            ? {}
            : { escrow: { kind: 'put', entry: { ...escrow, nextAttemptAt: clock.now() } } as const }
        // What failed for want of the account is tried again in the next cycle.
        await store.provisioning.saveOutcomes(lease, [
          { logEntry: null, link: { kind: 'delete', ...about }, releaseHold: about, ...retried },
        ])
      })
      return { link: reportOf(link) }
    },
  )
}

const reportOf = ({ objectType, sourceAnchor, targetAnchor, displayName, isActive, isManaged }: Link): LinkReport => ({
  objectTypeName: objectType,
  sourceAnchor,
  targetAnchor,
  displayName,
  isActive,
  isManaged,
})
