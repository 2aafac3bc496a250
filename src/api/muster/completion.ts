/* What an editor offers to whoever writes a mapping or a scoping filter of a job. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { FactsBook } from '../../cycle/index.ts'
import { describeCompletion, sidesOf } from '../../provisioning/index.ts'
import type { Completion } from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'

const query = z.object({ objectType: z.enum(['User', 'Group']).default('User') })

export function completionRoutes(app: FastifyInstance, ports: ApiPorts, facts: FactsBook): void {
  app.get<{ Params: { job: string } }>('/jobs/:job/completion', async (request): Promise<Completion> => {
    const job = await jobNamed(ports, request.params.job)
    const { objectType } = parse(query, request.query)
    const source = await facts.ofSource(job, ports.sourceOf(job))
    const target = await facts.ofTarget(job)
    return describeCompletion(sidesOf(job.schema, objectType), {
      source: source[objectType],
      target: target[objectType],
    })
  })
}
