/*
 * `POST /{tenant}/oauth2/v2.0/token` and the documents beside it (graph-api.md 2.1, 2.3). Whatever goes wrong, the answer is
 * OAuth's.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiPorts } from '../ports.ts'
import { issuerOf } from './access-tokens.ts'
import { assertionType } from './client-assertion.ts'
import { oauthAnswer, OauthProblem } from './oauth-problem.ts'
import { readForm, required, type Form } from './form.ts'
import { refuseBadScope } from './scope.ts'
import type { ShownCredentials } from './token-service.ts'

const tokenPath = '/:tenant/oauth2/v2.0/token'
const configurationPath = '/:tenant/v2.0/.well-known/openid-configuration'
const keysPath = '/:tenant/discovery/v2.0/keys'
const instancePath = '/common/discovery/instance'

/** Nobody can be known here yet. */
export const openTokenRoutes: readonly string[] = [tokenPath, configurationPath, keysPath, instancePath]

/** An assertion with its chain of certificates has some kilobytes. */
const bodyBytesMax = 64 * 1024

/** How a token is asked for, by `grant_type`; the answer is the body. */
export type Grant = (
  form: Form,
  request: FastifyRequest,
  /** What the program shows of itself; throws `OauthProblem` when it shows nothing. */
  shown: () => ShownCredentials,
) => Promise<Readonly<Record<string, unknown>>>

interface OfTenant {
  readonly Params: { readonly tenant: string }
}

export function tokenRoutes(
  app: FastifyInstance,
  { cycle: { clock, log }, tokenService }: ApiPorts,
  moreGrants: Readonly<Record<string, Grant>> = {},
): void {
  const { tenant, tokens } = tokenService
  const grants: Readonly<Record<string, Grant>> = { client_credentials: clientCredentials, ...moreGrants }

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyBytesMax }, (_request, body, done) => {
    done(null, body)
  })
  app.setErrorHandler(async (error, request, reply) => await sendProblem(error, request, reply))

  app.post<OfTenant>(tokenPath, async (request, reply) => {
    await refuseOtherTenant(request.params.tenant)
    const form = readForm(request)
    const grantType = required(form, 'grant_type')
    const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
    if (grant === undefined)
      throw new OauthProblem(
        'badGrantType',
        `The grant type '${grantType.slice(0, 100)}' is not supported here. Supported are ${Object.keys(grants).join(', ')}.`,
      )
    // RFC 6749 section 5.1.
    void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    return await grant(form, request, () => shownBy(form, request))
  })

  app.get<OfTenant>(configurationPath, async (request) => {
    await refuseOtherTenant(request.params.tenant)
    const root = request.serviceOrigin
    const base = `${root}/${tenant.tenantId}`
    return {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['PS256', 'RS256', 'ES256'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: issuerOf(root, tenant.tenantId),
      request_uri_parameter_supported: false,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      authorization_response_iss_parameter_supported: true,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      revocation_endpoint: `${base}/oauth2/v2.0/revoke`,
      userinfo_endpoint: `${root}/oidc/userinfo`,
      claims_supported: [
        'sub',
        'iss',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'amr',
        'nonce',
        'oid',
        'tid',
        'name',
        'preferred_username',
      ],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: Object.keys(grants),
      tenant_region_scope: null,
      cloud_instance_name: new URL(root).host,
      msgraph_host: new URL(root).host,
    }
  })

  app.get<OfTenant>(keysPath, async (request) => {
    await refuseOtherTenant(request.params.tenant)
    return { keys: await tokens.keys.published() }
  })

  app.get(instancePath, (request) => {
    const root = request.serviceOrigin
    const { host } = new URL(root)
    return {
      tenant_discovery_endpoint: `${root}/${tenant.tenantId}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    }
  })

  async function clientCredentials(form: Form, request: FastifyRequest): Promise<Readonly<Record<string, unknown>>> {
    const shown = shownBy(form, request)
    // Before the secret is looked at: a client with a wrong scope is told so, whatever else is wrong.
    refuseBadScope(required(form, 'scope'), request.serviceOrigin)
    const proven = await tokenService.proveClient(shown)
    const { accessToken, expiresInSeconds } = await tokenService.issueToProgram(request.serviceOrigin, proven)
    return {
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ext_expires_in: expiresInSeconds,
      access_token: accessToken,
    }
  }

  /** In the body, or by HTTP Basic with both parts form-encoded (RFC 6749 section 2.3.1). */
  function shownBy(form: Form, request: FastifyRequest): ShownCredentials {
    const address = request.ip
    const basic = basicOf(request)
    const clientId = basic?.clientId ?? required(form, 'client_id')
    if (form.get('client_id') !== undefined && form.get('client_id') !== clientId)
      throw new OauthProblem(
        'badRequest',
        'The client_id of the body is another than that of the header Authorization.',
      )
    const assertion = form.get('client_assertion')
    if (assertion !== undefined) {
      if (form.get('client_assertion_type') !== assertionType)
        throw new OauthProblem('badRequest', `With client_assertion goes client_assertion_type=${assertionType}.`)
      return { clientId, address, shown: { kind: 'assertion', assertion, audiences: audiencesOf(request) } }
    }
    const secret = basic?.secret ?? form.get('client_secret')
    if (secret === undefined)
      throw new OauthProblem(
        'noCredential',
        "'client_assertion' or 'client_secret' is required: the program has to prove who it is.",
      )
    return { clientId, address, shown: { kind: 'secret', secret } }
  }

  /** The endpoint by the name it was called, and by the tenant's id; OpenID's clients name the issuer. */
  function audiencesOf(request: FastifyRequest): readonly string[] {
    const root = request.serviceOrigin
    const [path = ''] = request.originalUrl.split('?')
    return [`${root}${path}`, `${root}/${tenant.tenantId}/oauth2/v2.0/token`, issuerOf(root, tenant.tenantId)]
  }

  async function refuseOtherTenant(name: string): Promise<void> {
    if (await tenant.isNamed(name)) return
    throw new OauthProblem(
      'unknownTenant',
      `Tenant '${name.slice(0, 100)}' not found. Check to make sure you have the correct tenant ID: this service has one, which muster client create prints, and which goes by its domains too.`,
    )
  }

  async function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { kind, message, retryAfterSeconds } = asProblem(error, request)
    const given = request.headers['client-request-id']
    const correlationId = typeof given === 'string' && /^[0-9a-f-]{36}$/i.test(given) ? given : randomUUID()
    const { status, body } = oauthAnswer(kind, message, clock.now(), correlationId)
    void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    if (retryAfterSeconds !== null) void reply.header('retry-after', String(retryAfterSeconds))
    // RFC 6749 section 5.2: who came with the header is told by the header.
    if (status === 401 && request.headers.authorization !== undefined)
      void reply.header('www-authenticate', 'Basic realm="Muster"')
    return await reply.status(status).type('application/json; charset=utf-8').send(body)
  }

  function asProblem(error: unknown, request: FastifyRequest): OauthProblem {
    if (error instanceof OauthProblem) return error
    const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500
    const message = error instanceof Error ? error.message : String(error)
    if (typeof status === 'number' && status < 500) return new OauthProblem('badRequest', message)
    log.error('a request for a token failed', { path: request.url, error: message })
    return new OauthProblem('failed', 'The service failed unexpectedly. The operator’s log has the cause; try again.')
  }
}

function basicOf({ headers }: FastifyRequest): { readonly clientId: string; readonly secret: string } | null {
  const encoded = /^Basic +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return null
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const plain = (text: string): string => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch (error) {
      // Written as it is, by a client that does not encode.
      if (error instanceof URIError) return text
      throw error
    }
  }
  return { clientId: plain(id), secret: plain(rest.join(':')) }
}
