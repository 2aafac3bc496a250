/*
 * Signing in at another OpenID Connect provider: this service is its client (authorization code, PKCE, state, nonce; the protocol is
 * openid-client's). It says who somebody is; only accounts that exist come in.
 */
import * as oidc from 'openid-client'
import { isLoopbackName, type Account } from '../vocabulary/index.ts'
import { handOut, useHanded } from './handed-secrets.ts'
import type { AccountPorts } from './ports.ts'

export interface ExternalSettings {
  readonly issuer: string
  readonly clientId: string
  /** Missing: the provider knows the service as a public client. */
  readonly clientSecret?: string
  /** Which claim is the account's userPrincipalName, the first time. */
  readonly accountClaim: string
}

/** Nobody is signed in; the message is for the person. */
export class ExternalRefused extends Error {
  override readonly name = 'ExternalRefused'
}

export interface ExternalProvider {
  /** Its host, for the person. */
  readonly label: string
  /** Where the browser goes; `mark` is known to this browser alone. Throws `ExternalRefused` when the provider does not answer. */
  begin(visit: { readonly callback: string; readonly next: string; readonly mark: string }): Promise<URL>
  /** Throws `ExternalRefused`. */
  finish(answer: URL, mark: string): Promise<{ readonly account: Account; readonly next: string }>
}

interface Visit {
  readonly callback: string
  readonly next: string
  readonly mark: string
  readonly verifier: string
  readonly nonce: string
}

export function createExternalProvider(ports: AccountPorts, settings: ExternalSettings): ExternalProvider {
  const issuer = new URL(settings.issuer)
  let known: Promise<oidc.Configuration> | null = null

  async function configuration(): Promise<oidc.Configuration> {
    const isHere = issuer.protocol === 'http:' && isLoopbackName(issuer.hostname)
    known ??= oidc.discovery(
      issuer,
      settings.clientId,
      settings.clientSecret,
      settings.clientSecret === undefined ? oidc.None() : undefined,
      isHere ? { execute: [oidc.allowInsecureRequests] } : {},
    )
    try {
      return await known
    } catch (error) {
      // It may be there the next time.
      known = null
      throw new ExternalRefused(
        `${issuer.host} does not answer as an OpenID Connect provider. Try again, or tell whoever runs Muster (MUSTER_OIDC_ISSUER).`,
        { cause: error },
      )
    }
  }

  /** Once it is known who somebody is there, only that counts: names are given to others later, a subject is not. */
  async function accountOf(claims: oidc.IDToken): Promise<Account> {
    const { accounts } = ports.store
    const bound = await accounts.byExternalIdentity(claims.iss, claims.sub)
    if (bound !== null) return bound
    const name = claims[settings.accountClaim]
    if (settings.accountClaim === 'email' && claims['email_verified'] !== true)
      throw new ExternalRefused(
        `${issuer.host} has not verified your mail address, so it cannot say which account is yours.`,
      )
    const named = typeof name === 'string' ? await accounts.byPrincipalName(name) : null
    if (named === null || named.externalIdentity !== null)
      throw new ExternalRefused(
        `${issuer.host} says that you are ${typeof name === 'string' ? name : 'somebody without a name'}, and there is no account of that name here that may sign in by it. Ask whoever runs Muster for one: muster account create NAME.`,
      )
    await accounts.change(named.objectId, { externalIdentity: { issuer: claims.iss, subject: claims.sub } })
    return named
  }

  return {
    label: issuer.host,

    async begin({ callback, next, mark }) {
      const config = await configuration()
      const [verifier, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomNonce()]
      const content: Visit = { callback, next, mark, verifier, nonce }
      const { secret: state } = await handOut(ports, { kind: 'external', objectId: '', content })
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
    },

    async finish(answer, mark) {
      const state = answer.searchParams.get('state') ?? ''
      const used = await useHanded(ports, 'external', state)
      const visit = used === null || used.usedAt !== null ? null : (JSON.parse(used.content) as Visit)
      // Whoever else began it would be signed in here under another's account.
      if (visit === null || visit.mark !== mark)
        throw new ExternalRefused('This sign-in was not begun in this browser, took too long, or is over. Begin again.')
      const config = await configuration()
      const claims = await claimsFrom(config, answer, visit, state)
      const account = await accountOf(claims)
      if (account.isDisabled) throw new ExternalRefused('This account is disabled. Ask whoever runs Muster.')
      await ports.store.accounts.change(account.objectId, { lastSignInAt: ports.clock.now() })
      return { account, next: visit.next }
    },
  }

  async function claimsFrom(
    config: oidc.Configuration,
    answer: URL,
    { callback, verifier, nonce }: Visit,
    state: string,
  ): Promise<oidc.IDToken> {
    const arrivedAt = new URL(callback)
    arrivedAt.search = answer.search
    try {
      const tokens = await oidc.authorizationCodeGrant(config, arrivedAt, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims !== undefined) return claims
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = 'error' in error && typeof error.error === 'string' ? ` (${error.error})` : ''
      throw new ExternalRefused(`${issuer.host} did not sign you in${reason}. Begin again.`, { cause: error })
    }
    throw new ExternalRefused(`${issuer.host} did not say who you are. Begin again.`)
  }
}
