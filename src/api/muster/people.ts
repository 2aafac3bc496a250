/* Searching the directory, and everything known about one person or group. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { PeopleFound, PersonReport } from '../../vocabulary/index.ts'
import { visibleJobs } from '../access/visible-jobs.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { directoryEntry, objectNamed } from './directory-entries.ts'
import { explainNow } from './object-now.ts'

const search = z.object({
  text: z.string().default(''),
  type: z.enum(['User', 'Group']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})

export function peopleRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle

  app.get('/directory/objects', async (request): Promise<PeopleFound> => {
    const { text, type, limit, offset } = parse(search, request.query)
    const found = await store.directory.search({
      text,
      limit,
      offset,
      ...(type === undefined ? {} : { objectType: type }),
    })
    return { matches: found.objects.map(directoryEntry), total: found.total }
  })

  app.get('/people', async (request): Promise<PersonReport> => {
    const { name } = parse(z.object({ name: z.string().min(1) }), request.query)
    const object = await objectNamed(store.directory, name)
    const managerId = object.attributes['manager']
    const [manager] = typeof managerId === 'string' ? await store.directory.objects([managerId]) : []
    const groupIds = (await store.directory.groupsOf([object.objectId])).get(object.objectId) ?? []
    const groups = await store.directory.objects(groupIds)
    const jobs = await visibleJobs(
      store,
      request.asker,
      'microsoft.directory/servicePrincipals/synchronization/standard/read',
    )
    const explanations = []
    for (const job of jobs) {
      explanations.push(await explainNow(ports, job, object))
    }
    return {
      entry: directoryEntry(object),
      attributes: object.attributes,
      manager: manager === undefined ? null : directoryEntry(manager),
      groups: groups.map(directoryEntry),
      jobs: explanations,
    }
  })
}
