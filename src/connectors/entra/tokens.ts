/* App-only access tokens of a tenant: one at a time, renewed before it expires (graph-api.md 2.1 and 7.6). */
import { z } from 'zod'
import { ConnectorError, credentialFailureCode, type Clock } from '../../vocabulary/index.ts'
import { clientProof, type EntraCredential } from './credentials.ts'
import type { GraphAnswer, GraphRequest } from './transport.ts'

export interface TokenOptions {
  readonly authority: string
  /** Id or domain of the tenant. */
  readonly tenant: string
  readonly clientId: string
  readonly credential: EntraCredential
  /** The root of Graph the token is for. */
  readonly graph: string
  readonly clock: Clock
  /** Sends with retries, so that only what is final comes back. */
  readonly send: (request: GraphRequest) => Promise<GraphAnswer>
}

export interface Tokens {
  /** Another one than `refused`, if there is any. */
  get(refused?: string): Promise<string>
}

const renewBeforeMs = 5 * 60_000

const granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() })
const refusal = z.object({ error: z.string().default(''), error_description: z.string().default('') })

/** What Entra's own numbers mean for whoever set Muster up. */
const meanings: Readonly<Record<string, string>> = {
  AADSTS7000215: 'The client secret is wrong. Take the secret’s value, not its id, and set MUSTER_ENTRA_CLIENT_SECRET.',
  AADSTS7000222:
    'The client secret has expired. Make a new one in the app registration and set MUSTER_ENTRA_CLIENT_SECRET.',
  AADSTS700016:
    'The tenant has no application with this client id. Check MUSTER_ENTRA_CLIENT_ID and MUSTER_ENTRA_TENANT.',
  AADSTS90002: 'There is no such tenant. Check MUSTER_ENTRA_TENANT, and MUSTER_ENTRA_CLOUD for a national cloud.',
  AADSTS900023: 'This is no id or domain of a tenant. Check MUSTER_ENTRA_TENANT.',
  AADSTS700027:
    'The certificate is not one of the app registration, or has expired. Upload the certificate of MUSTER_ENTRA_CERTIFICATE there.',
  AADSTS7000112: 'The application is disabled in the tenant. Enable its enterprise application.',
}

export function createTokens(options: TokenOptions): Tokens {
  const { authority, tenant, clientId, credential, graph, clock, send } = options
  const tokenUrl = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  let current: { readonly token: string; readonly renewAt: number } | null = null
  let asking: Promise<string> | null = null

  async function ask(): Promise<string> {
    const now = clock.now()
    const proof = await clientProof(credential, { clientId, tokenUrl, now })
    const form = { grant_type: 'client_credentials', client_id: clientId, scope: `${graph}/.default`, ...proof }
    const answer = await send({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
    })
    const body = jsonOf(answer.body)
    const token = granted.safeParse(body)
    if (answer.status === 200 && token.success) {
      const { access_token, expires_in } = token.data
      // A token that is good for less than ten minutes is used for half of its time.
      const lifeMs = expires_in * 1000
      current = { token: access_token, renewAt: now + Math.max(lifeMs / 2, lifeMs - renewBeforeMs) }
      return access_token
    }
    throw refused(answer.status, body)
  }

  function refused(status: number, body: unknown): ConnectorError {
    const { error, error_description: description } = refusal.parse(
      typeof body === 'object' && body !== null ? body : {},
    )
    const [number = ''] = /AADSTS\d+/.exec(description) ?? []
    const meaning =
      meanings[number] ?? 'Check MUSTER_ENTRA_TENANT, MUSTER_ENTRA_CLIENT_ID and the secret or certificate.'
    const said = [error, number].filter((part) => part !== '').join(', ')
    return new ConnectorError(
      `The authority ${authority} gave no token for the tenant ${tenant} (HTTP ${String(status)}${said === '' ? '' : `, ${said}`}), so nothing can be read from it. ${meaning}`,
      {
        code: credentialFailureCode,
        scope: 'job',
        retry: 'nextCycle',
        ...(said === '' ? {} : { targetErrorName: number === '' ? error : number }),
      },
    )
  }

  return {
    async get(refusedToken) {
      if (current !== null && current.token !== refusedToken && clock.now() < current.renewAt) return current.token
      // Whoever comes meanwhile waits for the same one.
      asking ??= ask().finally(() => {
        asking = null
      })
      return await asking
    },
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
