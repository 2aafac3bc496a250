/*
 * Who calls: the holder of the operator key, a program or a person with a token, or nobody known. What they may is decided
 * elsewhere; nobody known gets in only where no caller can be known yet.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopbackName, type Caller } from '../vocabulary/index.ts'
import { GraphProblem } from './graph/graph-problem.ts'
import type { ApiPorts, Identify } from './ports.ts'
import { ApiProblem } from './problems.ts'
import { openSignInRoutes } from './sign-in/index.ts'
import { openTokenRoutes, TokenRefused, type TokenService } from './token/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any route runs. */
    caller: Caller
  }
}

export const anonymous: Caller = { kind: 'anonymous' }

/** Where nobody can be known yet, or need be: the routes as they are declared. */
const openRoutes: ReadonlySet<string> = new Set([
  '/metadata/endpoints',
  '/muster/v1/health',
  // They describe the API, and nothing of this installation.
  '/muster/v1/openapi.json',
  '/muster/v1/graph-openapi.json',
  '/muster/v1/docs',
  // Slack's consent page sends a browser; the state it brings along says whose it is.
  '/muster/v1/slack/callback',
  ...openTokenRoutes,
  ...openSignInRoutes,
])

/** Under which name the command line says it runs. The operator's key proves the right, the name is only said. */
export const operatorHeader = 'muster-operator'

export function createIdentify({
  operatorKey,
  tokenService,
}: {
  readonly operatorKey: string
  readonly tokenService: Pick<TokenService, 'callerOf'>
}): Identify {
  return async (request) => {
    const { authorization } = request.headers
    if (authorization === undefined) return anonymous
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (token === undefined) throw new TokenRefused('The header Authorization is not "Bearer" with one token after it.')
    if (isSame(token, operatorKey) && isOfThisMachine(request.ip))
      return { kind: 'operator', displayName: operatorName(request) }
    return await tokenService.callerOf(token)
  }
}

export function authenticate(app: FastifyInstance, ports: ApiPorts): void {
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url
    request.caller = anonymous
    // What does not exist is nobody's secret.
    if (route === undefined || openRoutes.has(route)) return
    const reason = await identified(request, ports.identify)
    if (reason === null) return
    const isGraph = route === '/v1.0' || route === '/beta'
    const error = request.headers.authorization === undefined ? '' : ', error="invalid_token"'
    void reply.header('www-authenticate', `${challenge(request, ports.cycle.tenantId)}${error}`)
    throw isGraph
      ? new GraphProblem(401, 'InvalidAuthenticationToken', reason)
      : new ApiProblem(401, 'unauthenticated', `${reason} ${howToBeKnown}`)
  })
}

/** Sets who calls, or answers why nobody is known. */
async function identified(request: FastifyRequest, identify: Identify): Promise<string | null> {
  try {
    request.caller = await identify(request)
  } catch (error) {
    if (error instanceof TokenRefused) return error.message
    throw error
  }
  return request.caller.kind === 'anonymous' ? 'Access token is empty.' : null
}

/** How Microsoft Graph names the place to get a token (RFC 6750 section 3). */
const challenge = (request: FastifyRequest, tenantId: string): string =>
  `Bearer realm="", authorization_uri="${request.serviceOrigin}/${tenantId}/oauth2/v2.0/authorize", client_id="00000003-0000-0000-c000-000000000000"`

const howToBeKnown =
  'On the machine that Muster runs on, the command line shows the operator key by itself (operator.key in the data folder, ' +
  'or ~/.muster/services). Elsewhere set MUSTER_CLIENT_ID and MUSTER_CLIENT_SECRET (muster client create), or send "Authorization: Bearer" with an ' +
  'access token.'

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The key is for commands on this machine: elsewhere it is worth nothing, should it ever get there. */
const isOfThisMachine = (ip: string): boolean => isLoopbackName(ip.replace(/^::ffff:/, ''))

function operatorName(request: FastifyRequest): string {
  const header = request.headers[operatorHeader]
  const fallback = 'local operator'
  if (typeof header !== 'string' || header === '' || header.length > 300) return fallback
  try {
    return decodeURIComponent(header)
  } catch (error) {
    if (error instanceof URIError) return fallback
    throw error
  }
}
