/*
 * What the token endpoint gives to programs that act for a person: for a code, then for each refresh token (RFC 6749 sections
 * 4.1.3 and 6, OpenID Connect Core 3.1.3).
 */
import type { FastifyRequest } from 'fastify'
import {
  GrantRefused,
  issueRefreshToken,
  redeemCode,
  redeemRefreshToken,
  type AccountPorts,
  type RedeemedGrant,
} from '../../accounts/index.ts'
import type { ApiPorts } from '../ports.ts'
import { delegatedScope, OauthProblem, required, type Form, type Grant } from '../token/index.ts'
import { claimsOfPerson } from '../token/person-tokens.ts'
import type { SignInClient } from './redirects.ts'

type Answer = Readonly<Record<string, unknown>>

export function personGrants(
  { cycle, tokenService }: ApiPorts,
  clientNamed: (appId: string) => Promise<SignInClient | null>,
): Readonly<Record<string, Grant>> {
  const accountPorts: AccountPorts = { store: cycle.store, clock: cycle.clock }

  /** Programs that keep a secret show it; the others say who they are, and are held by redirect and verifier. */
  async function programOf(
    form: Form,
    request: FastifyRequest,
    shown: Parameters<Grant>[2],
  ): Promise<{ readonly client: SignInClient; readonly isProven: boolean }> {
    const showsSomething =
      form.has('client_secret') || form.has('client_assertion') || request.headers.authorization !== undefined
    const clientId = showsSomething
      ? (await tokenService.proveClient(shown())).client.appId
      : required(form, 'client_id')
    const client = await clientNamed(clientId)
    if (client === null)
      throw new OauthProblem(
        'unknownClient',
        `Application with identifier '${clientId.slice(0, 100)}' was not found in the directory '${cycle.tenantId}', or is disabled.`,
      )
    return { client, isProven: showsSomething }
  }

  async function answerFor(
    redeemed: RedeemedGrant,
    client: SignInClient,
    request: FastifyRequest,
    shownSecret: string,
  ): Promise<Answer> {
    const { account, grant, nonce } = redeemed
    const { tokens } = tokenService
    const root = request.serviceOrigin
    const claims = claimsOfPerson(account, { ...client, isConfidential: grant.isConfidential }, grant)
    const { accessToken, expiresInSeconds } = await tokens.issueToken(root, claims)
    const { oid, name, preferred_username, amr, auth_time } = claims
    const who = { oid, sub: account.objectId, name, preferred_username, amr, auth_time }
    const wants = (scope: string): boolean => grant.scopes.includes(scope)
    return {
      token_type: 'Bearer',
      scope: [`${root}/${delegatedScope}`, ...grant.scopes.filter((scope) => openIdScopes.has(scope))].join(' '),
      expires_in: expiresInSeconds,
      ext_expires_in: expiresInSeconds,
      access_token: accessToken,
      ...(wants('offline_access')
        ? { refresh_token: await issueRefreshToken(accountPorts, redeemed, shownSecret) }
        : {}),
      ...(wants('openid')
        ? { id_token: await tokens.issueIdToken(root, client.appId, nonce === null ? who : { ...who, nonce }) }
        : {}),
      // By this MSAL tells accounts apart in its cache.
      client_info: Buffer.from(JSON.stringify({ uid: account.objectId, utid: cycle.tenantId })).toString('base64url'),
    }
  }

  async function redeemed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof GrantRefused) throw new OauthProblem('badGrant', error.message)
      throw error
    }
  }

  return {
    async authorization_code(form, request, shown) {
      const code = required(form, 'code')
      const redirectUri = required(form, 'redirect_uri')
      const codeVerifier = required(form, 'code_verifier')
      const { client, isProven } = await programOf(form, request, shown)
      return await redeemed(async () => {
        const grant = await redeemCode(accountPorts, {
          code,
          clientId: client.appId,
          isProven,
          redirectUri,
          codeVerifier,
        })
        return await answerFor(grant, client, request, code)
      })
    },

    async refresh_token(form, request, shown) {
      const refreshToken = required(form, 'refresh_token')
      const { client, isProven } = await programOf(form, request, shown)
      return await redeemed(async () => {
        const grant = await redeemRefreshToken(accountPorts, { refreshToken, clientId: client.appId, isProven })
        return await answerFor(grant, client, request, refreshToken)
      })
    },
  }
}

const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access'])
