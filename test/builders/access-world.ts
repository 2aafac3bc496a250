/* Two applications with a job each, and somebody for every role: who is who is said by a header, so that what each may is asked. */
import { createApi, type ApiPorts } from '../../src/api/index.ts'
import { ApiProblem } from '../../src/api/problems.ts'
import { builtInRoles, ownerRole } from '../../src/access/index.ts'
import { assign, ensureApplication } from '../../src/directory/index.ts'
import type { Caller, RoleDefinition } from '../../src/vocabulary/index.ts'
import { apiPorts } from './api-ports.ts'
import { aLogEntry, anOutcome } from './stored.ts'
import { aWorld, type World } from './world.ts'

export interface AccessAnswer {
  readonly status: number
  readonly text: string
  readonly json: unknown
}

export interface AskOptions {
  readonly body?: unknown
  /** Sent as it is. */
  readonly rawBody?: string
}

export interface App {
  readonly jobId: string
  readonly servicePrincipalId: string
  readonly applicationId: string
  readonly displayName: string
  /** Of one person to it. */
  readonly assignmentId: string
}

export interface AccessWorld extends World {
  readonly api: ApiPorts
  readonly app: Awaited<ReturnType<typeof createApi>>
  /** What the owner owns, and what somebody else does. */
  readonly own: App
  readonly another: App
  /** `Global Reader`, ..., `Application Owner`, `nobody`, `operator`, or whoever was brought in. */
  ask(caller: string, method: string, url: string, options?: AskOptions): Promise<AccessAnswer>
  bringIn(name: string, caller: Caller): void
  /** Gives a person the role, on everything or on an application. */
  give(name: string, role: RoleDefinition, servicePrincipalId?: string): Promise<void>
}

export const personCalled = (name: string): Caller & { readonly kind: 'person' } => ({
  kind: 'person',
  objectId: `person ${name}`,
  displayName: name,
  userPrincipalName: `${name.toLowerCase().replaceAll(' ', '.')}@example.com`,
})

/** Roles that hold everywhere, then the owner, then somebody without any. */
export const askers: readonly string[] = [
  ...builtInRoles.filter((role) => role !== ownerRole).map(({ displayName }) => displayName),
  ownerRole.displayName,
  'nobody',
]

/** All its routes are there, and it refuses everything. */
const noSlack: ApiPorts['connection'] = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: 'none', tokenExpiresAt: null }),
  test: () => refused(),
  save: () => refused(),
  beginAuthorization: () => {
    throw new ApiProblem(409, 'noSlack', 'There is no Slack here.')
  },
  finishAuthorization: () => refused(),
  authorizationOutcome: () => refused(),
  takeCode: () => refused(),
  probe: () => refused(),
}

const refused = (): Promise<never> => Promise.reject(new ApiProblem(409, 'noSlack', 'There is no Slack here.'))

export async function anAccessWorld(): Promise<AccessWorld> {
  const world = await aWorld({ assignEverybody: false })
  const { store, clock, ports } = world
  const callers = new Map<string, Caller>(askers.map((name) => [name, personCalled(name)]))
  callers.set('operator', { kind: 'operator', displayName: 'operator' })

  async function anApp(jobId: string, servicePrincipalId: string, displayName: string): Promise<App> {
    await ensureApplication(
      store.directory,
      { jobId, servicePrincipalId, servicePrincipalDisplayName: displayName },
      { tenantId: ports.tenantId, now: clock.now() },
    )
    const [principal] = await store.directory.applications([servicePrincipalId])
    const all = await store.directory.applicationsOf(principal?.appId ?? '')
    const application = all.find(({ objectType }) => objectType === 'Application')
    const objectId = await world.user(`Somebody of ${displayName}`)
    const [person] = await store.directory.objects([objectId])
    if (application === undefined || person === undefined) throw new Error('The application was not made.')
    const assignmentId = ports.newId()
    await assign(store.directory, { servicePrincipalId, principal: person, assignmentId })
    return { jobId, servicePrincipalId, applicationId: application.objectId, displayName, assignmentId }
  }

  const own = await anApp(world.job.jobId, world.job.servicePrincipalId, world.job.servicePrincipalDisplayName)
  const other = { jobId: 'Slack.another', servicePrincipalId: '11111111-2222-4333-8444-555555555555' }
  await store.jobs.create({ ...world.job, ...other, servicePrincipalDisplayName: 'Another' })
  const another = await anApp(other.jobId, other.servicePrincipalId, 'Another')
  const owner = personCalled(ownerRole.displayName)
  await store.directory.transaction(async (transaction) => {
    for (const id of [own.servicePrincipalId, own.applicationId])
      await transaction.changeOwners(id, { added: [owner.objectId], removed: [] })
  })

  async function give(name: string, role: RoleDefinition, servicePrincipalId?: string): Promise<void> {
    const caller = callers.get(name)
    if (caller === undefined || !('objectId' in caller)) throw new Error(`${name} can have no role.`)
    await store.access.addAssignment({
      roleAssignmentId: ports.newId(),
      principalId: caller.objectId,
      roleDefinitionId: role.roleDefinitionId,
      directoryScopeId: servicePrincipalId === undefined ? '/' : `/${servicePrincipalId}`,
      createdAt: clock.now(),
    })
  }
  for (const role of builtInRoles) if (role !== ownerRole) await give(role.displayName, role)

  for (const { jobId, displayName } of [own, another]) {
    const claimed = await store.jobs.claim({ owner: 'test', leaseMs: 60_000, now: clock.now(), jobId })
    if (claimed === null) throw new Error('The job could not be claimed.')
    const entry = aLogEntry(`entry of ${displayName}`, { jobId })
    await store.provisioning.saveOutcomes(claimed.lease, [anOutcome({ logEntry: entry })])
    await store.jobs.release(claimed.lease)
  }

  const plain = apiPorts(ports, noSlack)
  const api: ApiPorts = {
    ...plain,
    identify: (request) => {
      const caller = callers.get(String(request.headers['x-caller']))
      return caller === undefined ? plain.identify(request) : Promise.resolve(caller)
    },
  }
  const app = await createApi(api)
  await app.ready()

  return {
    ...world,
    api,
    app,
    own,
    another,
    give,
    bringIn: (name, caller) => void callers.set(name, caller),
    async ask(caller, method, url, { body, rawBody } = {}) {
      const payload = rawBody ?? (body === undefined ? undefined : JSON.stringify(body))
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          host: 'localhost',
          'x-caller': caller,
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(payload === undefined ? {} : { payload }),
      })
      const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json')
      return {
        status: answer.statusCode,
        text: answer.body,
        json: isJson && answer.body !== '' ? (JSON.parse(answer.body) as unknown) : null,
      }
    },
    async close() {
      await app.close()
      await world.close()
    },
  }
}
