/* The parts of the token service that the door of the API and the check of callers share. */
import { matchSecret } from '../../directory/index.ts'
import type { Store } from '../../store/store.ts'
import type { Caller } from '../../vocabulary/index.ts'
import { createAccessTokens, TokenRefused, type AccessTokens, type TokenPorts } from './access-tokens.ts'
import { createAttempts, createUsedAssertions } from './attempts.ts'
import { readAssertion } from './client-assertion.ts'
import { callerOfClient, clientOf, holdsCredential, type Client } from './clients.ts'
import { OauthProblem } from './oauth-problem.ts'
import { callerOfPerson } from './person-tokens.ts'
import type { KeptPairs } from './signing-keys.ts'
import { createTenant, type Tenant } from './tenant.ts'

/** What a program shows at the token endpoint. */
export interface ShownCredentials {
  readonly clientId: string
  readonly address: string
  readonly shown:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'assertion'; readonly assertion: string; readonly audiences: readonly string[] }
}

export interface ProvenClient {
  readonly client: Client
  readonly keyId: string
  /** As Entra's claim `azpacr`: 1 for a secret, 2 for a certificate. */
  readonly by: '1' | '2'
}

export interface TokenService {
  readonly tokens: AccessTokens
  readonly tenant: Tenant
  /** Throws `OauthProblem`. */
  proveClient(shown: ShownCredentials): Promise<ProvenClient>
  issueToProgram(root: string, proven: ProvenClient): ReturnType<AccessTokens['issueToken']>
  /** Who holds the token, as the directory knows him now; throws `TokenRefused`. */
  callerOf(token: string): Promise<Caller>
}

export interface TokenServicePorts<Known extends KeptPairs> extends TokenPorts<Known> {
  readonly store: Pick<Store, 'accounts' | 'directory'>
}

export function createTokenService<Known extends KeptPairs>(ports: TokenServicePorts<Known>): TokenService {
  const { clock, tenantId } = ports
  const { directory } = ports.store
  const tokens = createAccessTokens(ports)
  const attempts = createAttempts(clock)
  const usedAssertions = createUsedAssertions(clock)

  async function theClient(clientId: string): Promise<Client> {
    const client = await clientOf(directory, clientId)
    if (client === null)
      throw new OauthProblem(
        'unknownClient',
        `Application with identifier '${clientId.slice(0, 100)}' was not found in the directory '${tenantId}'. It was deleted, or never made here: muster client list shows those there are.`,
      )
    if (!client.isEnabled)
      throw new OauthProblem('disabledClient', `Application '${client.appId}' (${client.displayName}) is disabled.`)
    return client
  }

  function bySecret(client: Client, secret: string): ProvenClient {
    const matches = [client.application, client.servicePrincipal].map(({ properties }) =>
      matchSecret(properties, secret, clock.now()),
    )
    const match = matches.find(({ kind }) => kind === 'matches')
    if (match?.kind === 'matches') return { client, keyId: match.keyId, by: '1' }
    if (matches.some(({ kind }) => kind === 'expired'))
      throw new OauthProblem(
        'expiredSecret',
        `The provided client secret keys for app '${client.appId}' are expired. Make a new one: muster client add-secret ${client.appId}.`,
      )
    throw new OauthProblem(
      'badSecret',
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client.appId}'.`,
    )
  }

  async function byAssertion(
    client: Client,
    assertion: string,
    audiences: readonly string[],
    address: string,
  ): Promise<ProvenClient> {
    const { keyId, jti, expiresAt } = await readAssertion({ assertion, client, audiences, now: clock.now() })
    if (jti !== null && !usedAssertions.mayUse({ client: client.appId, jti, assertion, address, expiresAt }))
      throw new OauthProblem(
        'badAssertion',
        'Client assertion was used before (its jti is known): sign a fresh one for each client and request.',
      )
    return { client, keyId, by: '2' }
  }

  return {
    tokens,
    tenant: createTenant(directory, clock, tenantId),

    async proveClient({ clientId, address, shown }) {
      const waitSeconds = attempts.mustWaitSeconds(clientId, address)
      if (waitSeconds !== null)
        throw new OauthProblem(
          'tooManyAttempts',
          `There were too many failed attempts for this client. Try again in ${String(waitSeconds)} s, with the right secret.`,
          waitSeconds,
        )
      try {
        const client = await theClient(clientId)
        return shown.kind === 'secret'
          ? bySecret(client, shown.secret)
          : await byAssertion(client, shown.assertion, shown.audiences, address)
      } catch (error) {
        if (error instanceof OauthProblem) attempts.failed(clientId, address)
        throw error
      }
    },

    async issueToProgram(root, { client, keyId, by }) {
      const caller = await callerOfClient(directory, client)
      const { objectId } = client.servicePrincipal
      return await tokens.issueToken(root, {
        oid: objectId,
        sub: objectId,
        appid: client.appId,
        azp: client.appId,
        appidacr: by,
        azpacr: by,
        app_displayname: client.displayName,
        idtyp: 'app',
        roles: caller.kind === 'application' ? [...caller.permissions] : [],
        // The credential it was got with: when that is taken away, so is this token.
        [credentialClaim]: keyId,
      })
    },

    async callerOf(token) {
      const claims = await tokens.readToken(token)
      if (claims['idtyp'] === 'user') return await callerOfPerson(ports.store, claims)
      const { azp, oid, idtyp, [credentialClaim]: keyId } = claims
      if (idtyp !== 'app' || typeof azp !== 'string' || typeof oid !== 'string' || typeof keyId !== 'string')
        throw new TokenRefused('Access token validation failure. It is the token of no program.')
      const client = await clientOf(directory, azp)
      if (client?.servicePrincipal.objectId !== oid)
        throw new TokenRefused('Access token validation failure. The application it was issued to is deleted.')
      if (!client.isEnabled)
        throw new TokenRefused('Access token validation failure. The application it was issued to is disabled.')
      if (!holdsCredential(client, keyId, clock.now()))
        throw new TokenRefused(
          'Access token validation failure. The secret or certificate that it was got with has expired or was removed.',
        )
      return await callerOfClient(directory, client)
    },
  }
}

const credentialClaim = 'muster_credential'
