/* A command that calls as a program: its secret is exchanged for a token, and that for another one when it has run out. */
import type { Settings } from '../settings.ts'
import { isLoopbackName } from '../vocabulary/index.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

export interface Credentials {
  /** The value for the header Authorization; `null` when there is none. */
  authorization(): Promise<string | null>
  /** It was not taken, and the service said why: `null` when there is another to show, else what to tell. */
  refused(reason: string): string | null
}

/** Posts a form to a path of the service. */
export type AskToken = (path: string, form: string) => Promise<{ readonly status: number; readonly text: string }>

/** `null` when the settings name no program. */
export function clientCredentials(
  url: string,
  { clientId, clientSecret, tenantId = 'organizations' }: Settings,
  ask: AskToken,
): Credentials | null {
  if (clientId === undefined && clientSecret === undefined) return null
  if (clientId === undefined || clientSecret === undefined) {
    const [given, missing] =
      clientId === undefined
        ? ['MUSTER_CLIENT_SECRET', 'MUSTER_CLIENT_ID']
        : ['MUSTER_CLIENT_ID', 'MUSTER_CLIENT_SECRET']
    throw new CommandError(
      exitCodes.cannotBegin,
      `${given} is set and ${missing} is not, so it is not clear as whom this command calls. Set both to call as a program, or neither to call as the operator of this machine.`,
    )
  }
  if (url.startsWith('http:') && !isLoopbackName(new URL(url).hostname))
    throw new CommandError(
      exitCodes.cannotBegin,
      `The secret of MUSTER_CLIENT_SECRET would travel to ${url} for everybody on the way to read. Use the HTTPS address of the service (muster serve --tls).`,
    )

  let token: string | null = null
  /** A token that was never taken is not asked for again. */
  let isTried = false

  async function newToken(id: string, secret: string): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    })
    const { status, text } = await ask(`/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, form.toString())
    const answer = read(text)
    const got = answer['access_token']
    if (status === 200 && typeof got === 'string') return got
    const told = answer['error_description']
    const reason =
      typeof told === 'string' ? told.replace(/ Trace ID:.*$/s, '') : `it answered with status ${String(status)}.`
    throw new CommandError(
      exitCodes.cannotBegin,
      `The service at ${url} gives the program of MUSTER_CLIENT_ID no token: ${reason}`,
    )
  }

  return {
    async authorization() {
      token ??= await newToken(clientId, clientSecret)
      return `Bearer ${token}`
    },
    refused(reason) {
      if (isTried) return `The service at ${url} does not take the token of the program of MUSTER_CLIENT_ID. ${reason}`
      isTried = true
      token = null
      return null
    },
  }
}

function read(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  } catch {
    // What answers is not Muster: its status is told.
    return {}
  }
}
