/*
 * Lets a request of `/muster/v1` through when its caller may what the route requires (route-access.ts), before anything is
 * read or changed. What the caller may not see is answered like what is not there.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { actions, rolesWith, type Action } from '../../access/index.ts'
import type { SynchronizationJob } from '../../vocabulary/index.ts'
import { auditedRoutes } from '../audited-routes.ts'
import { jobNamedAmong } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { askerOf, type Asker } from './asker.ts'
import type { RefusalBook, RefusedChange } from './refusals.ts'
import { routeAccess, type MusterAccess, type OpenAccess } from './route-access.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller may; set before any route runs. */
    asker: Asker
    /** The job the path names, when the caller may do with it what the route does. */
    allowedJob: SynchronizationJob | null
  }
}

export function enforceAccess(app: FastifyInstance, ports: ApiPorts, refusals: RefusalBook, prefix: string): void {
  const unlisted: string[] = []
  app.decorateRequest('allowedJob', null)
  app.addHook('onReady', (done) => {
    const found = `${unlisted.join(', ')}: nobody has said who may ask this`
    done(unlisted.length === 0 ? undefined : new Error(`${found}. Add it to src/api/access/route-access.ts.`))
  })
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      const key = keyOf(each, url, prefix)
      if (!Object.hasOwn(routeAccess, key)) unlisted.push(key)
    }
  })

  async function refused(
    request: FastifyRequest,
    access: MusterAccess,
    missing: readonly Action[],
  ): Promise<ApiProblem> {
    await refusals.note(request, changeOf(keyOf(request.method, request.routeOptions.url ?? '', prefix)), missing)
    return accessDenied(access, missing)
  }

  app.addHook('onRequest', async (request) => {
    const access = accessOf(request, prefix)
    if ('isOpen' in access) return
    request.asker = askerOf(ports.cycle.store, request.caller)
    const missing = await missingFor(ports, request, access)
    if (missing.length > 0) throw await refused(request, access, missing)
  })

  // What the body says is known only now.
  app.addHook('preHandler', async (request) => {
    const access = accessOf(request, prefix)
    if ('isOpen' in access || access.also === undefined) return
    const job = request.allowedJob
    const required = access.also(request, job)
    const missing = await request.asker.missing(required, job === null ? 'everything' : [job.servicePrincipalId])
    if (missing.length > 0) throw await refused(request, access, missing)
  })
}

/** A question about what a GET answers is that GET. */
const keyOf = (method: string, url: string, prefix: string): string =>
  `${method === 'HEAD' ? 'GET' : method} ${url.slice(prefix.length)}`

function accessOf(request: FastifyRequest, prefix: string): MusterAccess | OpenAccess {
  const key = keyOf(request.method, request.routeOptions.url ?? '', prefix)
  const access = Object.hasOwn(routeAccess, key) ? routeAccess[key] : undefined
  if (access === undefined) throw new Error(`${key}: nobody has said who may ask this.`)
  return access
}

async function missingFor(
  ports: ApiPorts,
  request: FastifyRequest,
  { needs, on }: MusterAccess,
): Promise<readonly Action[]> {
  const { asker } = request
  switch (on) {
    case 'everything':
      return await asker.missing(needs, 'everything')
    case 'visible': {
      const reach = await asker.reach(needs)
      return reach === 'everything' || reach.size > 0 ? [] : needs
    }
    case 'job':
      return await missingOnJob(ports, request, needs)
    default:
      return on satisfies never
  }
}

/** Names are looked for among the jobs the caller may do this with, and from here on the job goes by its id. */
async function missingOnJob(
  ports: ApiPorts,
  request: FastifyRequest,
  needs: readonly Action[],
): Promise<readonly Action[]> {
  const params = request.params as { job?: string }
  const reach = await request.asker.reach(needs)
  const jobs = (await ports.cycle.store.jobs.list()).filter(
    ({ servicePrincipalId }) => reach === 'everything' || reach.has(servicePrincipalId),
  )
  const job = jobNamedAmong(jobs, params.job ?? '')
  if (job === undefined) return reach === 'everything' ? [] : await lackOf(request.asker, needs)
  params.job = job.jobId
  request.allowedJob = job
  return []
}

/** What to ask for: whoever holds all of it on another application lacks it on this one. */
async function lackOf(asker: Asker, needs: readonly Action[]): Promise<readonly Action[]> {
  const missing = await asker.missing(needs, 'everything')
  return missing.length === 0 ? needs : missing
}

/** What the audit log calls it; `null`: it changes nothing. */
function changeOf(key: string): RefusedChange | null {
  const rule = auditedRoutes[key]
  return rule === undefined || 'changesNothing' in rule ? null : rule
}

export function accessDenied({ on }: Pick<MusterAccess, 'on'>, missing: readonly Action[]): ApiProblem {
  const roles = rolesWith(missing, on !== 'everything')
  const wanted = missing.map((name) => `${name} (${actions[name]})`).join(', ')
  return new ApiProblem(
    403,
    'accessDenied',
    `You may not do this${on === 'everything' ? '' : ' here'}: it needs ${wanted}. ${holders(roles)} Whoever gives roles can give you one: muster access grant.`,
    { missing, roles },
  )
}

function holders(roles: readonly string[]): string {
  const last = roles.at(-1)
  if (last === undefined) return 'No single role has all of it.'
  return roles.length === 1
    ? `The role ${last} has it.`
    : `The roles ${roles.slice(0, -1).join(', ')} and ${last} have it.`
}
