/*
 * The command line's side of signing in (RFC 8252): an address for the browser, an answer on a loopback port or pasted, tokens for
 * the code, and new ones for a refresh token. The protocol is openid-client's.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oidc from 'openid-client'
import { Agent, fetch as fetchWith } from 'undici'
import { z } from 'zod'
import type { Settings } from '../settings.ts'
import { commandLineAppId, isLoopbackName } from '../vocabulary/index.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import type { StoredSignIn } from './stored-sign-in.ts'
import { connectOptions, refusedCertificate } from './trust.ts'

export interface Authorization {
  /** For the browser. */
  readonly address: string
  /** Signs in with what the browser came back with; the first answer counts. */
  readonly answered: Promise<StoredSignIn>
  /** The address the browser ended at, when it could not reach this machine. */
  paste(address: string): void
  close(): void
}

const isPlain = (url: string): boolean => url.startsWith('http:')

async function configurationOf(url: string, settings: Settings): Promise<oidc.Configuration> {
  if (isPlain(url) && !isLoopbackName(new URL(url).hostname))
    throw new CommandError(
      exitCodes.cannotBegin,
      `${url} is on another machine and not HTTPS: whoever listens on the way could sign in with what is sent. Start the service there with "muster serve --tls" and call it with https://.`,
    )
  const agent = new Agent({ connect: connectOptions(settings, url) })
  const customFetch: oidc.CustomFetch = async (address, options) =>
    await fetchWith(address, { ...options, dispatcher: agent } as Parameters<typeof fetchWith>[1])
  try {
    const found = await customFetch(`${url}/common/v2.0/.well-known/openid-configuration`, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
    })
    const { issuer } = z.object({ issuer: z.url() }).parse(await found.json())
    return await oidc.discovery(new URL(issuer), commandLineAppId, undefined, oidc.None(), {
      [oidc.customFetch]: customFetch,
      ...(isPlain(url) ? { execute: [oidc.allowInsecureRequests] } : {}),
    })
  } catch (error) {
    throw unreachable(url, error)
  }
}

function unreachable(url: string, error: unknown): Error {
  if (!(error instanceof Error)) throw error
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const refused = refusedCertificate(code, cause, url)
  const why = code === '' ? error.message : code
  return new CommandError(
    exitCodes.cannotBegin,
    refused ??
      `No service that people sign in to answers at ${url} (${why}). Start it with "muster serve", or say where it is with --url.`,
  )
}

function storedFrom(
  config: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  userPrincipalName: string,
): StoredSignIn {
  if (tokens.refresh_token === undefined)
    throw new Error('The service gave no refresh token although it was asked for.')
  return {
    issuer: config.serverMetadata().issuer,
    userPrincipalName,
    accessToken: tokens.access_token,
    accessTokenEndsAt: Date.now() + (tokens.expiresIn() ?? 0) * 1000,
    refreshToken: tokens.refresh_token,
  }
}

const page = (text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Muster</title><main><h1>${text}</h1><p>You can close this page and go back to the terminal.</p></main></html>`

export async function beginAuthorization(
  url: string,
  settings: Settings,
  loginHint: string | undefined,
): Promise<Authorization> {
  const config = await configurationOf(url, settings)
  const verifier = oidc.randomPKCECodeVerifier()
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
  const arrived = Promise.withResolvers<URL>()
  const server = createServer((request, response) => {
    const at = new URL(request.url ?? '/', redirectUri)
    const isOurs = at.pathname === '/' && at.searchParams.get('state') === state
    const text = !isOurs
      ? 'Nothing is waiting for this page.'
      : at.searchParams.has('code')
        ? 'You are signed in to Muster.'
        : 'You were not signed in.'
    response.writeHead(isOurs ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      connection: 'close',
    })
    response.end(page(text), () => {
      if (isOurs) arrived.resolve(at)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const redirectUri = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: `openid profile offline_access ${url}/.default`,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
  })

  async function signIn(): Promise<StoredSignIn> {
    const answer = await arrived.promise
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
    try {
      const tokens = await oidc.authorizationCodeGrant(config, answer, checks)
      const name = tokens.claims()?.['preferred_username']
      return storedFrom(config, tokens, typeof name === 'string' ? name : 'unknown')
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const why = 'error_description' in error ? String(error.error_description) : error.message
      throw new CommandError(exitCodes.failed, `You are not signed in: ${why} Begin again with muster login.`)
    }
  }

  return {
    address: address.href,
    answered: signIn(),
    paste(text) {
      if (URL.canParse(text.trim())) arrived.resolve(new URL(text.trim()))
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export async function refreshSignIn(url: string, settings: Settings, signIn: StoredSignIn): Promise<StoredSignIn> {
  const config = await configurationOf(url, settings)
  try {
    const tokens = await oidc.refreshTokenGrant(config, signIn.refreshToken)
    return storedFrom(config, tokens, signIn.userPrincipalName)
  } catch (error) {
    if (!(error instanceof oidc.ResponseBodyError)) throw error
    throw new CommandError(
      exitCodes.cannotBegin,
      `You were signed in to ${url} as ${signIn.userPrincipalName}, and that has ended: ${error.error_description ?? error.error} Sign in again with muster login, or end it for good with muster logout.`,
    )
  }
}

/** The service forgets the sign-in, too. */
export async function revokeSignIn(url: string, settings: Settings, { refreshToken }: StoredSignIn): Promise<void> {
  await oidc.tokenRevocation(await configurationOf(url, settings), refreshToken)
}
