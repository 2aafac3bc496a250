/* How new people are named: as their mapping says, or allotted so that names never collide. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { countLinked } from '../../cycle/index.ts'
import {
  namesIn,
  userNamesMode,
  whyNotAllotted,
  withUserNames,
  withVersion,
  type UserNamesMode,
} from '../../provisioning/index.ts'
import type { NamesReport, SynchronizationJob } from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import { ApiProblem } from '../problems.ts'
import type { ApiPorts } from '../ports.ts'

const wish = z.object({
  mode: z.enum(['allotted', 'asMapped']),
  /** Missing: as before. */
  avoided: z.array(z.string().max(80)).max(10_000).optional(),
})

const peopleRead = 1000

export function namesRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle

  async function countPeople(job: SynchronizationJob): Promise<Pick<NamesReport, 'unnamed' | 'named'>> {
    const ids = await store.directory.presentIds('User')
    let [unnamed, named] = [0, 0]
    for (let start = 0; start < ids.length; start += peopleRead) {
      const people = await ports.sourceOf(job).readObjects('User', ids.slice(start, start + peopleRead))
      const { linked, unlinked } = await countLinked(store, job, people)
      unnamed += unlinked
      named += linked
    }
    return { unnamed, named }
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/names', async (request): Promise<NamesReport> => {
    const job = await jobNamed(ports, request.params.job)
    return { ...userNamesMode(job.schema), isChanged: false, ...(await countPeople(job)) }
  })

  app.patch<{ Params: { job: string }; Querystring: { dryRun?: string } }>(
    '/jobs/:job/names',
    async (request): Promise<NamesReport> => {
      const job = await jobNamed(ports, request.params.job)
      const { mode, avoided } = parse(wish, request.body)
      const isDryRun = parse(z.object({ dryRun: flag }), request.query).dryRun
      const before = userNamesMode(job.schema)
      const wanted: UserNamesMode = {
        mode,
        avoided: mode === 'asMapped' ? [] : namesIn((avoided ?? before.avoided).join(',')),
      }
      const problem = mode === 'allotted' ? whyNotAllotted(job.schema) : null
      if (problem !== null) throw new ApiProblem(409, 'badRequest', problem)
      const isChanged = before.mode !== mode || before.avoided.join() !== wanted.avoided.join()
      const report = { ...wanted, isChanged: isChanged && !isDryRun, ...(await countPeople(job)) }
      if (!report.isChanged) return report
      const schema = withUserNames(job.schema, wanted)
      // A changed mapping evaluates everybody anew (spec 5.8), and a running cycle ends with the old one.
      await store.jobs.saveSchema(job.jobId, withVersion(schema, job.jobId))
      await store.jobs.setNextRun(job.jobId, clock.now())
      ports.wake()
      return report
    },
  )
}
