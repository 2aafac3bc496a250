/* `/servicePrincipals/{id}/synchronization/jobs`: making, reading, deleting, starting, pausing, restarting (graph-api.md 4.1). */
import type { DirectoryApplication } from '../../../store/store.ts'
import { resetScopes, type ResetScope, type SynchronizationJob } from '../../../vocabulary/index.ts'
import { createJobControl } from '../../job-control.ts'
import { newJob } from '../../new-job.ts'
import { whileNoCycleRuns } from '../../muster/exclusive.ts'
import { parametersOf, readResource } from '../bodies.ts'
import { smallCollection, type Collection } from '../collection.ts'
import { badRequest } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { listOperations } from '../list-operations.ts'
import { onlyOptions } from '../odata/query-string.ts'
import { noContent, type GraphRequest, type Operation } from '../operation.ts'
import { answerEntity, wholeBody } from '../single.ts'
import { types } from '../types/index.ts'
import { requireValues, textIn } from '../write-rules.ts'
import { jobEntity } from './job-entity.ts'
import { contextSet, jobAt, jobsOf, principalAt, synchronizationPath } from './places.ts'
import { settingsIn } from './secret-pairs.ts'
import { templateNamed } from './templates.ts'

const path = `${synchronizationPath}/jobs`

export function jobOperations(ports: GraphPorts): readonly Operation[] {
  const { api, store } = ports
  const control = createJobControl(api)

  async function collectionAt(request: GraphRequest): Promise<Collection> {
    const principal = await principalAt(ports, request)
    return smallCollection({
      types: [types.synchronizationJob],
      set: contextSet(principal, 'jobs'),
      entities: async () => await Promise.all((await jobsOf(ports, principal)).map((job) => jobEntity(api, job))),
    })
  }

  async function create(principal: DirectoryApplication, templateId: string): Promise<SynchronizationJob> {
    const template = templateNamed(templateId)
    if (template === undefined)
      throw badRequest(
        `There is no synchronization template '${templateId.slice(0, 100)}' for this application. Its templates stand at ${synchronizationPath.replace('{id}', principal.objectId)}/templates.`,
      )
    const displayName = principal.properties['displayName']
    const wanted = await newJob(api, {
      appId: principal.appId,
      servicePrincipalId: principal.objectId,
      displayName: typeof displayName === 'string' ? displayName : template.templateId,
      userNames: 'allot',
    })
    const same = (await store.jobs.list()).find(
      (job) =>
        job.jobId === wanted.jobId ||
        (job.servicePrincipalId === principal.objectId && job.templateId === template.templateId),
    )
    if (same !== undefined)
      throw badRequest(
        `This application has a job of the template '${template.templateId}' already: ${same.jobId}. Two of them would write to the same accounts. Use that one, or delete it first.`,
        { details: [{ code: 'ConflictingObjects', target: same.jobId }] },
      )
    // Secrets may have been stored before, and some of them are settings.
    const stored = await api.secrets.list(principal.objectId)
    const job = { ...wanted, settings: { ...wanted.settings, ...settingsIn(stored, wanted.settings) } }
    await store.jobs.create(job)
    return job
  }

  const action = (name: string, work: (job: SynchronizationJob, body: unknown) => Promise<void>): Operation => ({
    method: 'POST',
    template: `${path}/{id}/${name}`,
    async handle(request) {
      onlyOptions(request.query, [])
      const { job } = await jobAt(ports, request)
      await work(job, request.body)
      return noContent
    },
  })

  return [
    ...listOperations(ports, path, collectionAt),
    {
      method: 'POST',
      template: path,
      async handle(request) {
        onlyOptions(request.query, [])
        const principal = await principalAt(ports, request)
        const { values } = readResource(request.body, types.synchronizationJob, 'create')
        requireValues(values, ['templateId'], types.synchronizationJob)
        const job = await create(principal, textIn(values, 'templateId'))
        return {
          status: 201,
          headers: { location: `${request.root}${request.path}/${job.jobId}` },
          body: wholeBody(request, await jobEntity(api, job), contextSet(principal, 'jobs')),
        }
      },
    },
    {
      method: 'GET',
      template: `${path}/{id}`,
      async handle(request) {
        const { principal, job } = await jobAt(ports, request)
        return await answerEntity(ports, request, await jobEntity(api, job), { set: contextSet(principal, 'jobs') })
      },
    },
    {
      method: 'DELETE',
      template: `${path}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { job } = await jobAt(ports, request)
        // Who is assigned belongs to the application, which stays (docs/decisions, "jobs by way of Graph").
        await whileNoCycleRuns(api, job, (lease) => store.jobs.delete(lease, { keepsAssignments: true }))
        return noContent
      },
    },
    action('start', (job) => control.start(job)),
    action('pause', (job) => control.pause(job)),
    action('restart', async (job, body) => {
      await control.restart(job, readResetScope(body))
    }),
  ]
}

/** Flags in one text, with or without blanks; none at all is the portal's restart (graph-api.md 3.10). */
function readResetScope(body: unknown): readonly ResetScope[] {
  const { criteria } = parametersOf(body, ['criteria'], 'restart')
  if (criteria === undefined || criteria === null) return []
  const { resetScope } = parametersOf(criteria, ['resetScope'], 'criteria')
  if (resetScope === undefined || resetScope === null) return []
  if (typeof resetScope !== 'string') throw badScope(JSON.stringify(resetScope))
  return resetScope
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      const known = resetScopes.find((each) => each.toLowerCase() === name.toLowerCase())
      if (known === undefined) throw badScope(name)
      return known
    })
}

const badScope = (found: string): ReturnType<typeof badRequest> =>
  badRequest(
    `Invalid value specified for property 'resetScope': '${found.slice(0, 100)}' is none of ${resetScopes.join(', ')}, which are joined by commas.`,
  )
