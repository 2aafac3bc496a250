/*
 * The door of Microsoft Graph's part of the API: `/v1.0`, and `/beta` which answers alike (graph-api.md 1.1). Fastify brings a
 * request here whatever is behind the version; addresses are read by Graph's own rules.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FactsBook } from '../../cycle/index.ts'
import type { Demands } from '../demands.ts'
import { schemaBytesMax } from '../../provisioning/index.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import { toProblem } from '../problems.ts'
import { askerOf } from '../access/asker.ts'
import { admit, refuseUnlisted } from '../access/enforce-graph.ts'
import type { RefusalBook } from '../access/refusals.ts'
import { sightOf } from '../access/sight.ts'
import type { ApiPorts } from '../ports.ts'
import { applicationFinder, applicationOperations } from './applications.ts'
import { applicationTemplateOperations } from './application-templates.ts'
import { assignmentOperations } from './assignments.ts'
import { auditLogOperations } from './audit-logs/logs.ts'
import { refuseNameless, withAudit } from './audit.ts'
import { anyObjectOperations } from './any-objects.ts'
import { deltaOperations } from './delta.ts'
import { deletedItemOperations } from './deleted-items.ts'
import { objectByKey } from './directory-objects.ts'
import { answerBatch, isBatch, type PartAnswer } from './batch.ts'
import { badRequest, GraphProblem, problemOf } from './graph-problem.ts'
import { createGraphPorts, type GraphPorts } from './graph-ports.ts'
import { managerLinkOperations, memberOperations, ownerOperations } from './links.ts'
import { managerOperations, navigationOperations, type Finder } from './navigation.ts'
import { entityOfObject } from './odata/entity.ts'
import { onlyOptions, readQuery } from './odata/query-string.ts'
import { keyAt, type Answer, type GraphRequest, type Operation } from './operation.ts'
import { readPath } from './path.ts'
import { objectOperations } from './people-and-groups.ts'
import { roleOperations } from './role-management.ts'
import { organizationOperations } from './organization.ts'
import { createRouter } from './router.ts'
import { directoryOperations } from './synchronization/directories.ts'
import { expressionOperations } from './synchronization/expressions.ts'
import { jobOperations } from './synchronization/jobs.ts'
import { onDemandOperations } from './synchronization/on-demand.ts'
import { schemaOperations } from './synchronization/schemas.ts'
import { secretOperations } from './synchronization/secrets.ts'
import { templateOperations } from './synchronization/templates.ts'
import { passwordOperations } from './passwords.ts'
import { signedInOperations } from './signed-in.ts'
import { types } from './types/index.ts'

const versions = ['v1.0', 'beta'] as const

const graphAddress = /^\/(v1\.0|beta)(?=[/?]|$)([^?]*)(?:\?(.*))?$/is

/** Where Fastify finds Graph's part, so that no rule but ours reads the rest of the address. */
export function graphRoute(url: string): string | null {
  const version = graphAddress.exec(url)?.[1]
  return version === undefined ? null : `/${version.toLowerCase()}`
}

/** What Graph's part has in common with Muster's own. */
interface Shared {
  readonly facts: FactsBook
  readonly demands: Demands
  readonly refusals: RefusalBook
}

export function graphOperations(ports: GraphPorts, { facts, demands }: Omit<Shared, 'refusals'>): readonly Operation[] {
  const { directory } = ports
  const theUser: Finder = async (request) => entityOfObject(await objectByKey(directory, 'User', keyAt(request)))
  const theGroup: Finder = async (request) => entityOfObject(await objectByKey(directory, 'Group', keyAt(request)))
  const theApplication = applicationFinder(directory, 'Application')
  const thePrincipal = applicationFinder(directory, 'ServicePrincipal')
  return [
    ...objectOperations(ports, 'User'),
    ...deltaOperations(ports, 'User'),
    ...navigationOperations(ports, types.user, theUser),
    ...managerOperations(ports, theUser),
    ...managerLinkOperations(ports),
    ...objectOperations(ports, 'Group'),
    ...deltaOperations(ports, 'Group'),
    ...navigationOperations(ports, types.group, theGroup),
    ...memberOperations(ports),
    ...ownerOperations(ports, 'groups', theGroup),
    ...applicationOperations(ports, 'Application'),
    ...navigationOperations(ports, types.application, theApplication),
    ...ownerOperations(ports, 'applications', theApplication),
    ...applicationOperations(ports, 'ServicePrincipal'),
    ...navigationOperations(ports, types.servicePrincipal, thePrincipal),
    ...ownerOperations(ports, 'servicePrincipals', thePrincipal),
    ...applicationTemplateOperations(ports),
    ...passwordOperations(ports, 'Application'),
    ...passwordOperations(ports, 'ServicePrincipal'),
    ...assignmentOperations(ports),
    ...organizationOperations(ports),
    ...signedInOperations(ports),
    ...deletedItemOperations(ports),
    ...anyObjectOperations(ports),
    ...roleOperations(ports),
    ...templateOperations(ports),
    ...jobOperations(ports),
    ...schemaOperations(ports),
    ...expressionOperations(ports),
    ...directoryOperations(ports, facts),
    ...auditLogOperations(ports),
    ...onDemandOperations(ports, demands),
    ...secretOperations(ports),
  ]
}

/** Larger than any resource; a page of 20 links is nothing beside it. */
const bodyBytesMax = 1024 * 1024
/** Of the operation that takes the most. */
const bodyBytesReadMax = schemaBytesMax

export function graphRoutes(app: FastifyInstance, ports: ApiPorts, shared: Shared): void {
  const { log, clock } = ports.cycle
  const { refusals } = shared
  const operations = graphOperations(createGraphPorts(ports), shared)
  refuseNameless(operations)
  refuseUnlisted(operations)
  const route = createRouter(operations)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyBytesReadMax }, (_request, body, done) => {
    done(null, body)
  })

  /** Every refusal in Graph's envelope; what nobody expected is told to the operator. */
  function refusalOf(error: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
    const problem = problemOf(error) ?? toProblem(error, bodyBytesReadMax)
    const { status } = problem
    const { code, message } = problem instanceof GraphProblem ? problem : problem.body.error
    if (status >= 500 && status !== 501)
      log.error('a request failed', {
        path: request.originalUrl,
        error: error instanceof Error ? error.message : String(error),
      })
    const details = problem instanceof GraphProblem ? problem.causes : []
    sendHeaders(request, reply)
    return {
      status,
      headers: problem instanceof GraphProblem ? problem.headers : {},
      body: {
        error: {
          code: status < 500 && code === 'badRequest' ? 'Request_BadRequest' : code,
          message,
          ...(details.length === 0 ? {} : { details: details.map((each) => ({ ...each })) }),
          innerError: {
            date: new Date(clock.now()).toISOString().slice(0, 19),
            'request-id': String(reply.getHeader('request-id')),
            'client-request-id': String(reply.getHeader('client-request-id')),
          },
        },
      },
    }
  }

  app.setErrorHandler(async (error, request, reply) => {
    const { status, headers, body } = refusalOf(error, request, reply)
    return await reply.status(status).headers(headers).send(JSON.stringify(body))
  })

  for (const version of versions) {
    app.all(`/${version}`, async (request, reply) => {
      const [, , path = '', query = ''] = graphAddress.exec(request.originalUrl) ?? []
      const { method, headers } = request
      const body = typeof request.body === 'string' ? request.body : undefined
      if (!isBatch(method, path))
        return await send(request, reply, await answerOne(request, reply, { method, path, query, headers, body }))
      onlyOptions(readQuery(query), [])
      const responses = await answerBatch(readBody(headers, body, bodyBytesMax), async (part) => {
        const [address = '', partQuery = ''] = part.url.split(/\?(.*)/s)
        try {
          if (isBatch(part.method, address)) throw badRequest('A batch holds no other batch.')
          const answer = await answerOne(request, reply, { ...part, path: address, query: partQuery })
          return partOf(answer.status, answer.headers ?? {}, answer.text ?? answer.body)
        } catch (error) {
          const refusal = refusalOf(error, request, reply)
          return partOf(refusal.status, refusal.headers, refusal.body)
        }
      })
      return await send(request, reply, { status: 200, body: responses })
    })

    async function answerOne(
      request: FastifyRequest,
      reply: FastifyReply,
      { method, path, query, headers, body }: Received,
    ): Promise<Answer> {
      const { operation, keys, path: spelt } = route(method, readPath(path))
      const asker = askerOf(ports.cycle.store, request.caller)
      const asked: GraphRequest = {
        root: `${request.serviceOrigin}/${version}`,
        path: spelt,
        keys,
        query: readQuery(query),
        body: readBody(headers, body, operation.bodyBytesMax ?? bodyBytesMax),
        preferences: new Set(
          (typeof headers['prefer'] === 'string' ? headers['prefer'] : '')
            .toLowerCase()
            .split(/[,;]/)
            .map((each) => each.trim()),
        ),
        caller: request.caller,
        asker,
        sight: await sightOf(asker),
        address: request.ip,
        isGone: () => reply.raw.destroyed,
        gone: goneSignal(reply),
      }
      await admit(ports, refusals, operation, asked, request)
      return await withAudit(ports, operation, asked, request)
    }
  }
}

/** What one request, or one part of a batch, asks. */
interface Received {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string | undefined
}

interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
}

const partOf = (
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonObject | string | undefined,
): PartAnswer => ({
  status,
  headers: {
    ...headers,
    'Cache-Control': 'no-cache',
    ...(body === undefined ? {} : { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json' }),
  },
  body,
})

/** Made only for whoever waits long enough to look at it. */
function goneSignal({ raw }: FastifyReply): () => AbortSignal {
  return () => {
    const gone = new AbortController()
    raw.once('close', () => gone.abort(new Error('The caller has gone.')))
    return gone.signal
  }
}

async function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  sendHeaders(request, reply)
  void reply.status(answer.status).headers(answer.headers ?? {})
  if (answer.text !== undefined) return await reply.type('text/plain').send(answer.text)
  if (answer.body === undefined) return await reply.removeHeader('content-type').send()
  return await reply.send(JSON.stringify(answer.body))
}

const jsonType = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

/** Graph-api.md 1.5. */
function sendHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = randomUUID()
  const given = request.headers['client-request-id']
  void reply.headers({
    'content-type': jsonType,
    'odata-version': '4.0',
    'cache-control': 'no-cache',
    'request-id': requestId,
    'client-request-id': typeof given === 'string' && /^[\x21-\x7e]{1,100}$/.test(given) ? given : requestId,
  })
}

/** An empty body is none: clients send `Content-Type` with actions that take nothing. */
function readBody(headers: Received['headers'], body: string | undefined, bytesMax: number): unknown {
  if (body === undefined || body.trim() === '') return undefined
  if (Buffer.byteLength(body) > bytesMax)
    throw new GraphProblem(
      413,
      'Request_BadRequest',
      `The body is too large: at most ${String(bytesMax / 1024 ** 2)} MB are taken here, and nothing of it was read.`,
    )
  const type = headers['content-type']
  if (typeof type === 'string' && !/^application\/(?:[\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new GraphProblem(
      415,
      'Request_BadRequest',
      `The body is sent as '${type.slice(0, 100)}', and only application/json is read.`,
    )
  }
  try {
    return JSON.parse(body)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw badRequest('Unable to read JSON request payload. Please ensure the body is not cut off and is JSON.')
  }
}
