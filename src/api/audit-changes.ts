/*
 * One hook for every route that changes something: who, what, when, with which result (spec 12.6). The entry is committed
 * with the change itself; only what is changed elsewhere, and what was refused, is told of afterwards.
 */
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { auditEntry, audited, type AuditedAct } from '../cycle/index.ts'
import type { AuditTarget, DirectoryAudit, SynchronizationJob } from '../vocabulary/index.ts'
import { auditedRoutes, memberOf, type AuditedRoute } from './audited-routes.ts'
import { identifiedBy, initiatorOf } from './caller.ts'
import { objectNamed } from './muster/directory-entries.ts'
import { jobNamed } from './parameters.ts'
import type { ApiPorts } from './ports.ts'
import { ApiProblem, toProblem } from './problems.ts'

const changingMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** A question that was not understood is no attempt to change something. */
const misunderstood: ReadonlySet<string> = new Set(['badRequest', 'itemNotFound', 'nameNotUnique'])

export function auditChanges(app: FastifyInstance, ports: ApiPorts, prefix: string): void {
  const nameless: string[] = []
  app.addHook('onReady', (done) => {
    const found = `${nameless.join(', ')}: this may change something, and the audit log has no name for it`
    done(nameless.length === 0 ? undefined : new Error(`${found}. Add it to src/api/audited-routes.ts.`))
  })
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const key = `${method} ${route.url.slice(prefix.length)}`
      const rule = auditedRoutes[key]
      if (rule === undefined) {
        if (changingMethods.has(method)) nameless.push(key)
        continue
      }
      if (!('changesNothing' in rule)) route.handler = withAudit(ports, rule, route.handler)
    }
  })
}

function withAudit(ports: ApiPorts, rule: AuditedRoute, handler: RouteHandlerMethod): RouteHandlerMethod {
  const { store } = ports.cycle
  return async function (this: FastifyInstance, request, reply) {
    const act = await actOf(ports, rule, request)
    let hasTold = false
    const telling = {
      ...ports.cycle,
      newId: () => {
        hasTold = true
        return ports.cycle.newId()
      },
    }
    try {
      const answer: unknown = await audited(telling, act, async () => await handler.call(this, request, reply))
      if (rule.isOutside === true && !hasTold && !isDryRun(request)) {
        const after = act.job === null ? null : await store.jobs.get(act.job.jobId)
        await store.audit.append(auditEntry(ports.cycle, act, { after }))
      }
      return answer
    } catch (error) {
      const { body } = toProblem(error, request.routeOptions.bodyLimit)
      if (!misunderstood.has(body.error.code) && !isDryRun(request)) {
        const failure = { after: act.job, result: 'failure', resultReason: body.error.message } as const
        await store.audit.append(auditEntry(ports.cycle, act, failure))
      }
      throw error
    }
  }
}

async function actOf(ports: ApiPorts, rule: AuditedRoute, request: FastifyRequest): Promise<AuditedAct> {
  const principal = rule.principal?.(request)
  const account = rule.account?.(request)
  return {
    activity: rule.activity,
    operation: rule.operation,
    initiatedBy: initiatorOf(request),
    correlationId: ports.cycle.newId(),
    job: await jobOf(ports, memberOf(request.params, 'job')),
    targets: [
      ...(typeof principal === 'string' ? [await principalNamed(ports, principal)] : []),
      ...(typeof account === 'string' ? [await accountTarget(ports, account)] : []),
    ],
    details: () => [...detailsOf(rule, request), { key: 'Identified by', value: identifiedBy(request) }],
  }
}

function detailsOf({ told = [] }: AuditedRoute, request: FastifyRequest): DirectoryAudit['additionalDetails'] {
  return told.flatMap((name) => {
    const value = memberOf(request.body, name) ?? memberOf(request.query, name) ?? memberOf(request.params, name)
    if (value === undefined) return []
    return [{ key: name, value: typeof value === 'string' ? value : JSON.stringify(value) }]
  })
}

/** The only job there is, when the path names none. */
async function jobOf(ports: ApiPorts, name: unknown): Promise<SynchronizationJob | null> {
  if (typeof name !== 'string') return null
  try {
    return await jobNamed(ports, name)
  } catch (error) {
    // The route says so itself.
    if (error instanceof ApiProblem) return null
    throw error
  }
}

async function principalNamed({ cycle: { store } }: ApiPorts, name: string): Promise<AuditTarget> {
  try {
    const { objectId, objectType, attributes } = await objectNamed(store.directory, name)
    const { displayName } = attributes
    return {
      id: objectId,
      displayName: typeof displayName === 'string' ? displayName : name,
      type: objectType,
      modifiedProperties: [],
    }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    return { id: null, displayName: name, type: 'Unknown', modifiedProperties: [] }
  }
}

async function accountTarget({ cycle: { store } }: ApiPorts, name: string): Promise<AuditTarget> {
  const account = (await store.accounts.get(name)) ?? (await store.accounts.byPrincipalName(name))
  return {
    id: account?.objectId ?? null,
    displayName: account?.userPrincipalName ?? name,
    type: 'Account',
    modifiedProperties: [],
  }
}

function isDryRun(request: FastifyRequest): boolean {
  const inQuery = memberOf(request.query, 'dryRun')
  return memberOf(request.body, 'dryRun') === true || inQuery === 'true' || inQuery === '1' || inQuery === ''
}
