/* The door of the API: one Fastify application with every route. */
import multipart from '@fastify/multipart'
import fastify, { type FastifyInstance } from 'fastify'
import { createFactsBook } from '../cycle/index.ts'
import { auditChanges } from './audit-changes.ts'
import { enforceAccess } from './access/enforce.ts'
import { createRefusalBook } from './access/refusals.ts'
import { authenticate } from './authenticate.ts'
import { createDemands } from './demands.ts'
import { descriptionRoutes } from './description/index.ts'
import { createGraphPorts } from './graph/graph-ports.ts'
import { graphOperations, graphRoute, graphRoutes } from './graph/index.ts'
import { metadataRoutes } from './graph/metadata-endpoints.ts'
import { knowHosts } from './known-hosts.ts'
import { listRoutes } from './route-list.ts'
import { accountRoutes } from './muster/accounts.ts'
import { accessRoutes } from './muster/access.ts'
import { clientRoutes } from './muster/clients.ts'
import { auditRoutes } from './muster/audit.ts'
import { connectionRoutes, isConsentAnswer } from './muster/connection.ts'
import { completionRoutes } from './muster/completion.ts'
import { cycleRoutes } from './muster/cycles.ts'
import { jobRoutes } from './muster/jobs.ts'
import { importFileBytesMax, importRoutes } from './muster/import.ts'
import { keyRoutes } from './muster/keys.ts'
import { linkRoutes } from './muster/links.ts'
import { logRoutes } from './muster/log.ts'
import { quarantineRoutes } from './muster/quarantine.ts'
import { roleRoutes } from './muster/roles.ts'
import { secretRoutes } from './muster/secrets.ts'
import { settingsRoutes } from './muster/settings.ts'
import { namesRoutes } from './muster/names.ts'
import { peopleRoutes } from './muster/people.ts'
import { notificationRoutes } from './muster/notifications.ts'
import { onDemandRoutes } from './muster/on-demand.ts'
import { planRoutes } from './muster/plans.ts'
import { populationDiffRoutes } from './muster/population-diff.ts'
import { removalRoutes } from './muster/removals.ts'
import { restartRoutes } from './muster/restart.ts'
import { schemaRoutes } from './muster/schema.ts'
import { scopeRoutes } from './muster/scope.ts'
import { sourceRoutes } from './muster/source.ts'
import { statusRoutes } from './muster/status.ts'
import { targetReadingRoutes } from './muster/target-readings.ts'
import { tryRoutes } from './muster/try.ts'
import { undoRoutes } from './muster/undo.ts'
import { whyRoutes } from './muster/why.ts'
import { createPortServer } from './port/one-port.ts'
import type { ApiPorts } from './ports.ts'
import { ApiProblem, toProblem } from './problems.ts'
import { throttle } from './throttle.ts'
import { answerUnreadable, refuseAddress } from './unreadable-request.ts'
import { createClientNamed, isSignInVisit, personGrants, signInRoutes, userInfoRoutes } from './sign-in/index.ts'
import { tokenRoutes } from './token/index.ts'

export { createTokenService } from './token/index.ts'
export { createIdentify } from './authenticate.ts'
export { deltaTokenMs } from './graph/delta.ts'
export type { ApiPorts, ConnectionPort, SourcePort } from './ports.ts'
export type { ListedRoute } from './route-list.ts'

const prefix = '/muster/v1'

export async function createApi(ports: ApiPorts): Promise<FastifyInstance> {
  const facts = createFactsBook(ports.cycle.store)
  const refusals = createRefusalBook(ports)
  const demands = createDemands(ports)
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    serverFactory: (handler) => createPortServer(handler, ports.tls),
    clientErrorHandler: answerUnreadable,
    frameworkErrors: refuseAddress,
    rewriteUrl: ({ url = '/' }) => graphRoute(url) ?? url,
  })
  listRoutes(app)
  await app.register(multipart, { limits: { fileSize: importFileBytesMax, files: 500 } })
  knowHosts(
    app,
    { publicUrl: ports.publicUrl, isCertified: ports.tls?.isFor },
    (request) => isConsentAnswer(request) || isSignInVisit(request),
  )
  authenticate(app, ports)
  throttle(app, ports.cycle.clock, ports.requestLimit ?? 0)
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = toProblem(error, request.routeOptions.bodyLimit)
    if (status >= 500)
      ports.cycle.log.error('a request failed', {
        // What stands behind it may be a code or a token.
        path: request.url.replace(/\?.*/, ''),
        error: error instanceof Error ? error.message : String(error),
      })
    return await reply.status(status).send(body)
  })
  app.setNotFoundHandler((request) => {
    throw new ApiProblem(
      404,
      'itemNotFound',
      `There is nothing at ${request.method} ${request.url.slice(0, 200)}. The commands (muster --help) know what there is.`,
    )
  })
  await app.register(
    (muster, _options, done) => {
      enforceAccess(muster, ports, refusals, prefix)
      auditChanges(muster, ports, prefix)
      muster.get('/health', () => ({ status: 'ok' }))
      descriptionRoutes(muster, ports.version, graphOperations(createGraphPorts(ports), { facts, demands }))
      statusRoutes(muster, ports)
      sourceRoutes(muster, ports)
      jobRoutes(muster, ports)
      cycleRoutes(muster, ports)
      onDemandRoutes(muster, ports, demands)
      whyRoutes(muster, ports)
      logRoutes(muster, ports)
      peopleRoutes(muster, ports)
      importRoutes(muster, ports)
      schemaRoutes(muster, ports, facts)
      scopeRoutes(muster, ports)
      settingsRoutes(muster, ports)
      roleRoutes(muster, ports)
      quarantineRoutes(muster, ports)
      tryRoutes(muster, ports, facts)
      targetReadingRoutes(muster, ports)
      completionRoutes(muster, ports, facts)
      populationDiffRoutes(muster, ports)
      planRoutes(muster, ports)
      removalRoutes(muster, ports)
      connectionRoutes(muster, ports)
      keyRoutes(muster, ports)
      secretRoutes(muster, ports)
      linkRoutes(muster, ports)
      restartRoutes(muster, ports)
      notificationRoutes(muster, ports)
      namesRoutes(muster, ports)
      undoRoutes(muster, ports)
      auditRoutes(muster, ports)
      accessRoutes(muster, ports)
      accountRoutes(muster, ports)
      clientRoutes(muster, ports)
      done()
    },
    { prefix },
  )
  metadataRoutes(app)
  await app.register(async (signIn) => {
    await signInRoutes(signIn, ports)
  })
  userInfoRoutes(app)
  await app.register((tokens, _options, done) => {
    tokenRoutes(tokens, ports, personGrants(ports, createClientNamed(ports)))
    done()
  })
  await app.register((graph, _options, done) => {
    graphRoutes(graph, ports, { facts, demands, refusals })
    done()
  })
  return app
}
