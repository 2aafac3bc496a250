/*
 * Reads what a program sends a person here with (RFC 6749 section 4.1.1, RFC 7636, OpenID Connect Core 3.1.2.1). Nobody is sent
 * back before program and address are known to belong together.
 */
import { codeChallengePattern } from '../../accounts/index.ts'
import { redirectKind, type SignInClient } from './redirects.ts'

export interface AuthorizeRequest {
  readonly client: SignInClient
  readonly redirectUri: string
  /** On the person's own machine, where any program could say that it is this one. */
  readonly isNative: boolean
  /** It keeps a secret. */
  readonly isConfidential: boolean
  readonly responseMode: 'query' | 'fragment'
  readonly state: string | null
  readonly scopes: readonly string[]
  readonly codeChallenge: string
  readonly nonce: string | null
  readonly prompt: ReadonlySet<string>
  readonly maxAgeSeconds: number | null
  readonly loginHint: string
}

/** Told on a page: the person is not sent anywhere. */
export class AuthorizeRefused extends Error {
  override readonly name = 'AuthorizeRefused'
}

/** Told to the program, by way of its address. */
export interface AuthorizeError {
  readonly redirectUri: string
  readonly responseMode: 'query' | 'fragment'
  readonly state: string | null
  readonly error: string
  readonly description: string
}

const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access'])
const lengthMax = 2048

function onlyOnce(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name).filter((value) => value !== '')
  if (values.length > 1) throw new AuthorizeRefused(`The address has the parameter ${name} more than once.`)
  const [value = null] = values
  if (value !== null && value.length > lengthMax)
    throw new AuthorizeRefused(`The parameter ${name} has more than ${String(lengthMax)} characters.`)
  return value
}

/**
 * `isOwnScope` says whether a scope names this service. Throws `AuthorizeRefused` where the person cannot be sent back.
 */
export async function readAuthorizeRequest(
  query: URLSearchParams,
  {
    clientNamed,
    isOwnScope,
  }: {
    readonly clientNamed: (appId: string) => Promise<SignInClient | null>
    readonly isOwnScope: (scope: string) => boolean
  },
): Promise<AuthorizeRequest | AuthorizeError> {
  const one = (name: string): string | null => onlyOnce(query, name)
  const clientId = one('client_id')
  const redirectUri = one('redirect_uri')
  if (clientId === null || redirectUri === null)
    throw new AuthorizeRefused(
      'AADSTS900144: The address has no client_id, or no redirect_uri. The program that sent you here has to say who it is and where you go back to.',
    )
  const client = await clientNamed(clientId)
  if (client === null)
    throw new AuthorizeRefused(
      `AADSTS700016: No application with the id ${clientId} is registered here, or it is disabled. Whoever runs that program has to register it first.`,
    )
  const kind = redirectKind(client, redirectUri)
  if (kind === null)
    throw new AuthorizeRefused(
      `AADSTS50011: The address ${redirectUri} is not registered for ${client.displayName} (${client.appId}), so nobody is sent there. It has to be among the redirect URIs of the application, letter by letter.`,
    )
  const mode = one('response_mode')
  const responseMode = mode === 'fragment' ? 'fragment' : 'query'
  const state = one('state')
  const fault = (error: string, description: string): AuthorizeError => ({
    redirectUri,
    responseMode,
    state,
    error,
    description,
  })
  if (mode !== null && mode !== responseMode)
    return fault('invalid_request', `response_mode '${mode}' is not supported: query and fragment are.`)
  if (query.has('request') || query.has('request_uri'))
    return fault('request_not_supported', 'Requests as JSON Web Tokens are not read here.')
  if (one('response_type') !== 'code')
    return fault('unsupported_response_type', 'Only response_type=code is supported, with PKCE.')
  const codeChallenge = one('code_challenge')
  if (one('code_challenge_method') !== 'S256' || codeChallenge === null || !codeChallengePattern.test(codeChallenge))
    return fault('invalid_request', 'PKCE is required: a code_challenge made by S256, with code_challenge_method=S256.')
  const scopes = (one('scope') ?? '').split(' ').filter((scope) => scope !== '')
  const foreign = scopes.find((scope) => !openIdScopes.has(scope) && !isOwnScope(scope))
  if (scopes.length === 0 || foreign !== undefined)
    return fault(
      'invalid_scope',
      `AADSTS70011: The scope '${foreign ?? ''}' is not known here. Ask for openid, profile, offline_access, and this service's /.default or user_impersonation.`,
    )
  const prompt = new Set((one('prompt') ?? '').split(' ').filter((each) => each !== ''))
  if (prompt.has('none') && prompt.size > 1)
    return fault('invalid_request', 'prompt=none goes with no other value of prompt.')
  const maxAge = one('max_age')
  return {
    client,
    redirectUri,
    isNative: kind === 'publicClient',
    isConfidential: kind === 'web',
    responseMode,
    state,
    scopes,
    codeChallenge,
    nonce: one('nonce'),
    prompt,
    maxAgeSeconds: maxAge !== null && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : null,
    loginHint: (one('login_hint') ?? '').slice(0, 256),
  }
}

/** Where the person goes, with the answer for the program; `iss` says who answers (RFC 9207). */
export function answerAddress(
  { redirectUri, responseMode, state }: Pick<AuthorizeRequest, 'redirectUri' | 'responseMode' | 'state'>,
  answer: Readonly<Record<string, string>>,
  issuer: string,
): string {
  const url = new URL(redirectUri)
  const given = { ...answer, ...(state === null ? {} : { state }), iss: issuer }
  if (responseMode === 'fragment') url.hash = new URLSearchParams(given).toString()
  else for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value)
  return url.href
}
