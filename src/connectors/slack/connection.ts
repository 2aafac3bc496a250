/*
 * The connection to one Slack: its credentials, how they are tested before they are stored, how they are renewed, and the
 * one connector all jobs share, so that they share its budget too.
 */
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  ConnectionReport,
  ConnectionState,
  ProbeReport,
  QuirkProfile,
} from '../../vocabulary/index.ts'
import { ConnectionRefusal, ConnectorError, credentialFailureCode } from '../../vocabulary/index.ts'
import { withoutEcho, type Send } from '../scim/index.ts'
import type { TargetConnector } from '../target.ts'
import { identifyWhereAsked, type SlackIdentity } from './identity.ts'
import type { Consent, OauthApp } from './oauth.ts'
import { consentUrl, exchangeCode, newConsent } from './oauth.ts'
import type { SlackTargetOptions } from './slack-target.ts'
import { changesSince, probeWorkspace, profileOf } from './probe.ts'
import type { StoredCredentials } from './stored-credentials.ts'
import { createSlackTarget, openWebApi, slackBaseUrl, transportOf } from './slack-target.ts'
import { testConnection } from './test-connection.ts'
import { createTokenSource } from './token-rotation.ts'

export interface SlackConnectionOptions extends Omit<SlackTargetOptions, 'token'> {
  /** A token of the settings; it wins over stored credentials, and none are stored then. */
  readonly givenToken?: string
  /** What was stored when the connection was opened. */
  readonly stored: StoredCredentials | null
  /** What is stored now; `null` for nothing. */
  readonly reread: () => Promise<StoredCredentials | null>
  /** Stores others in their place; `renewed`: they were exchanged before they ended, and nobody asked for it. */
  readonly keep: (credentials: StoredCredentials, why: 'saved' | 'renewed') => Promise<void>
  readonly refusePlace: (identity: SlackIdentity) => Promise<string | null>
  /** Asked by every check of the credentials too, not only by a test of the connection: the place is used from now on. */
  readonly enterPlace?: (identity: SlackIdentity) => Promise<string | null>
  /** Where it is kept how the workspace behaves. */
  readonly quirks: {
    readonly read: () => Promise<QuirkProfile | null>
    readonly write: (profile: QuirkProfile) => Promise<void>
  }
  /** New credentials have been stored. */
  readonly onConnected: (identity: Pick<SlackIdentity, 'teamId' | 'team'>) => Promise<void>
}

export interface SlackConnection {
  readonly target: TargetConnector
  readonly targetUrl: string
  state(): ConnectionState
  /** The token in use, as long as it is known without asking anybody. */
  knownToken(): string | null
  /** Who the token is; `null` where nobody can say. */
  identity(): Promise<SlackIdentity | null>
  /** Tests these credentials, or those in use; stores nothing. */
  test(token?: string): Promise<ConnectionReport>
  /** Tests a token and stores it when Slack accepts it. */
  save(token: string): Promise<ConnectionReport>
  beginAuthorization(app: OauthApp, redirectUrl: string): AuthorizationRequest
  /** What Slack sent the browser back with. Throws a `ConnectionRefusal` when nobody asked for it. */
  finishAuthorization(answer: {
    readonly state: string
    readonly code?: string
    readonly error?: string
  }): Promise<ConnectionReport>
  authorizationOutcome(state: string): Promise<AuthorizationOutcome>
  /** Exchanges a code that somebody else has asked for, and stores the token when the workspace accepts it. */
  takeCode(code: string, app: OauthApp, redirectUrl: string): Promise<ConnectionReport>
  /** Learns how the workspace behaves where nobody knows; with an address also by one throw-away account. */
  probe(testUser?: string): Promise<ProbeReport>
  close(): Promise<void>
}

/** A code lives ten minutes (slack.md 1.3). */
const consentLivesMs = 10 * 60_000

export function createSlackConnection(options: SlackConnectionOptions): SlackConnection {
  const { clock, keep, givenToken } = options
  const web = openWebApi(options)
  let credentials: StoredCredentials | null =
    givenToken === undefined ? options.stored : { origin: 'pasted', token: givenToken }
  const token = createTokenSource({
    current: () => credentials,
    reread: async () => (credentials = (await options.reread()) ?? credentials),
    keep: async (next) => {
      await keep(next, 'renewed')
      credentials = next
    },
    webApi: web.api,
    clock,
  })
  const plain = createSlackTarget({ ...options, token })
  let placed: string | null = null
  const target: TargetConnector =
    options.enterPlace === undefined ? plain : { ...plain, checkCredentials: () => checkedWithPlace(plain) }
  const consents = new Map<string, { readonly consent: Consent; readonly expiresAt: number }>()
  const answers = new Map<string, Promise<ConnectionReport>>()

  /** Asked once for each token: where it leads does not change. */
  async function checkedWithPlace(asked: TargetConnector): Promise<{ readonly summary: string }> {
    const checked = await asked.checkCredentials()
    const used = await token()
    if (placed === used) return checked
    const identity = await identifyWhereAsked(web.api, used)
    const refusal = identity === null ? null : ((await options.enterPlace?.(identity)) ?? null)
    if (refusal !== null)
      throw new ConnectorError(refusal, { code: credentialFailureCode, scope: 'job', retry: 'backoff' })
    placed = used
    return checked
  }

  async function testToken(candidate: string): Promise<ConnectionReport> {
    const other = createSlackTarget({ ...options, token: candidate })
    try {
      return await testConnection({
        token: candidate,
        targetUrl: options.baseUrl ?? slackBaseUrl,
        webApi: web.api,
        target: other,
        refusePlace: options.refusePlace,
      })
    } finally {
      await other.close()
    }
  }

  async function store(next: StoredCredentials): Promise<ConnectionReport> {
    const report = await testToken(next.token)
    if (!report.isAccepted || report.account === null) return report
    await keep(next, 'saved')
    credentials = next
    await options.onConnected(report.account)
    return report
  }

  function refuseGiven(): void {
    if (givenToken === undefined) return
    throw new ConnectionRefusal(
      'tokenGiven',
      'The token comes from the setting MUSTER_SLACK_TOKEN, which wins over a stored one, so nothing was stored; remove the setting and start the service again, or change it there.',
    )
  }

  function consentFor(state: string): Consent {
    const waiting = consents.get(state)
    consents.delete(state)
    if (waiting !== undefined && clock.now() < waiting.expiresAt) return waiting.consent
    throw new ConnectionRefusal(
      'consentUnknown',
      'Nobody waits for this answer: it is older than ten minutes, was used already, or comes from elsewhere. Begin again with muster slack connect.',
    )
  }

  async function exchange(
    consent: Consent,
    { code, error }: { readonly code?: string; readonly error?: string },
  ): Promise<ConnectionReport> {
    if (code === undefined) {
      throw new ConnectionRefusal(
        'consentDenied',
        error === 'access_denied'
          ? 'The request was cancelled on the consent page, so nothing was changed; begin again with muster slack connect.'
          : `Slack answered ${error ?? 'without a code'}, so nothing was changed; look the name up in Slack's OAuth documentation.`,
      )
    }
    const tokens = await exchangeCode(web.api, consent, code, clock.now())
    const rotation = tokens.rotation === undefined ? {} : { rotation: { ...tokens.rotation, ...consent.app } }
    return await store({ origin: 'oauth', token: tokens.token, ...rotation })
  }

  return {
    target,
    targetUrl: options.baseUrl ?? slackBaseUrl,
    knownToken: () => credentials?.token ?? null,
    identity: async () => (credentials === null ? null : await identifyWhereAsked(web.api, await token())),
    state: () => ({
      origin: givenToken !== undefined ? 'setting' : (credentials?.origin ?? 'none'),
      tokenExpiresAt: credentials?.rotation?.expiresAt ?? null,
    }),
    test: async (candidate) => await testToken(candidate ?? (await token())),
    save: async (candidate) => {
      refuseGiven()
      return await store({ origin: 'pasted', token: candidate })
    },
    beginAuthorization: (app, redirectUrl) => {
      refuseGiven()
      for (const [state, { expiresAt }] of consents) if (expiresAt <= clock.now()) consents.delete(state)
      const consent = newConsent(app, redirectUrl)
      const expiresAt = clock.now() + consentLivesMs
      consents.set(consent.state, { consent, expiresAt })
      return { url: consentUrl(web.url, consent), state: consent.state, redirectUrl, expiresAt }
    },
    finishAuthorization: async (answer) => {
      const consent = consentFor(answer.state)
      const answered = exchange(consent, answer)
      answers.set(answer.state, answered)
      return await answered
    },
    takeCode: async (code, app, redirectUrl) => {
      refuseGiven()
      return await exchange({ state: '', verifier: null, redirectUrl, app }, { code })
    },
    authorizationOutcome: async (state) => {
      const answered = answers.get(state)
      if (answered !== undefined) return { report: await answered }
      if (consents.has(state)) return { report: null }
      throw new ConnectionRefusal(
        'consentUnknown',
        'Nobody is being waited for under this state; begin again with muster slack connect.',
      )
    },
    probe: async (testUser) => {
      const baseUrl = new URL(options.baseUrl ?? slackBaseUrl)
      const transport = transportOf(options, baseUrl.origin, 1)
      try {
        const used = await token()
        const send: Send = async (request, sending) => withoutEcho(await transport.send(request, sending), used)
        const given = testUser === undefined ? {} : { testUser }
        const readings = await probeWorkspace({ ...options, baseUrl, send, token: used, ...given })
        const before = await options.quirks.read()
        const readAt = clock.now()
        await options.quirks.write(profileOf(before, readings, readAt))
        return { readAt, readings, changes: changesSince(before, readings) }
      } finally {
        await transport.close()
      }
    },
    close: async () => {
      await target.close()
      await web.close()
    },
  }
}
