/*
 * Opens a Slack workspace or org as a target: the SCIM connector with Slack's dialect, limits and errors.
 */
import type { Clock } from '../../vocabulary/index.ts'
import type { ScimDialect, Send, SharedBudget, TokenSource, Transport } from '../scim/index.ts'
import { createPoolTransport, createScimClient, createScimTarget } from '../scim/index.ts'
import type { TargetConnector } from '../target.ts'
import { slackV1, slackV2 } from './dialects.ts'
import type { SlackIdentity } from './identity.ts'
import { identifyWhereAsked } from './identity.ts'
import { withProtectedAccounts } from './protected-accounts.ts'
import { withOlderVersion } from './version-fallback.ts'
import type { SlackWebApi } from './web-api.ts'
import { createSlackWebApi } from './web-api.ts'

export interface SlackTargetOptions {
  /** Where the SCIM API lives, without `/scim/v1`; the default is Slack's own (slack.md 1.1). */
  readonly baseUrl?: string
  /** Where the Web API lives, without `/api`; found from `baseUrl` unless given (slack.md 1.1). */
  readonly webUrl?: string
  /** A user token with the scope `admin` (slack.md 1.2), or what gives a valid one before every request. */
  readonly token: string | TokenSource
  /** Accounts that are never disabled, as ids, e-mail addresses or user names; besides the one that authorized. */
  readonly protectedAccounts?: readonly string[]
  readonly clock: Clock
  /** `slack-v2` goes on as `slack-v1` where a workspace does not offer it (slack.md 12, point 6). Default `slack-v1`. */
  readonly dialect?: 'slack-v1' | 'slack-v2'
  /** Numbers from 0 to 1. */
  readonly random: () => number
  /** In place of a pool of connections, for tests and benches. */
  readonly send?: Send
  /** The part of Slack's limits this connector may use; others share them (slack.md 6.1). Default 0.9. */
  readonly rateShare?: number
  /** `off` for a simulator without limits; a 429 is obeyed all the same. */
  readonly rate?: 'published' | 'off'
  /** Where several connections use one workspace, they share its limits. */
  readonly budget?: SharedBudget
  readonly requestTimeoutMs?: number
  /** Slack gives at most 1000 at a time (slack.md 2.1). */
  readonly listPageSize?: number
  readonly connectionsMax?: number
}

export const slackBaseUrl = 'https://api.slack.com'

/** The Web API's place beside that of SCIM: `https://slack.com`, `https://slack-gov.com`, or the same (slack.md 1.1). */
export function webUrlBeside(baseUrl: string): string {
  return baseUrl.replace(/^(https:\/\/)api\.(slack(?:-gov)?\.com)\/*$/, '$1$2')
}

const requestTimeoutMs = 30_000
const connectionsMax = 64

/** Largest user group of a workspace, and the largest IDP group of an org that Slack speaks of (slack.md section 4). */
const groupMembersMax = { workspace: 5000, org: 15_000 } as const

export interface SlackWeb {
  readonly api: SlackWebApi
  readonly url: URL
  close(): Promise<void>
}

export function openWebApi(options: Omit<SlackTargetOptions, 'token'>): SlackWeb {
  const url = new URL(options.webUrl ?? webUrlBeside(options.baseUrl ?? slackBaseUrl))
  const transport = transportOf(options, url.origin, 2)
  const api = createSlackWebApi({
    baseUrl: url,
    send: transport.send,
    clock: options.clock,
    requestTimeoutMs: options.requestTimeoutMs ?? requestTimeoutMs,
  })
  return { api, url, close: () => transport.close() }
}

export function createSlackTarget(options: SlackTargetOptions): TargetConnector {
  const web = openWebApi(options)
  const token: TokenSource = typeof options.token === 'string' ? constant(options.token) : options.token
  const identity = identityOf(web.api, token)
  const open = (dialect: ScimDialect): TargetConnector => openTarget(dialect, options, token, identity)
  const target = options.dialect === 'slack-v2' ? bothVersions(open, options.budget !== undefined) : open(slackV1)
  const guarded = withProtectedAccounts(target, {
    identity,
    webApi: web.api,
    token,
    protectedAccounts: options.protectedAccounts ?? [],
  })
  return {
    ...guarded,
    close: async () => {
      await target.close()
      await web.close()
    },
  }
}

/** With one budget for both it is told once. */
function bothVersions(open: (dialect: ScimDialect) => TargetConnector, isBudgetShared: boolean): TargetConnector {
  const newer = open(slackV2)
  const target = withOlderVersion(newer, open(slackV1))
  return isBudgetShared ? { ...target, budgets: () => newer.budgets?.() ?? [] } : target
}

const constant =
  (token: string): TokenSource =>
  () =>
    token

/** Asked once for each token: who it is does not change. `null` where there is no Web API to ask. */
function identityOf(webApi: SlackWebApi, token: TokenSource): () => Promise<SlackIdentity | null> {
  let known: { readonly token: string; readonly identity: SlackIdentity | null } | null = null
  return async () => {
    const current = await token()
    if (known?.token !== current) known = { token: current, identity: await identifyWhereAsked(webApi, current) }
    return known.identity
  }
}

/** Without limits more writes in flight keep Slack and the store busy together; with them they would only wait in line. */
const unlimitedConcurrencyMax = 192

function openTarget(
  published: ScimDialect,
  options: SlackTargetOptions,
  token: TokenSource,
  identity: () => Promise<SlackIdentity | null>,
): TargetConnector {
  const dialect =
    options.rate === 'off'
      ? { ...published, capabilities: { ...published.capabilities, concurrencyMax: unlimitedConcurrencyMax } }
      : published
  const baseUrl = new URL(options.baseUrl ?? slackBaseUrl)
  const resourcesUrl = new URL(baseUrl.pathname.replace(/\/+$/, '') + dialect.basePath, baseUrl)
  const client = createScimClient({
    targetName: dialect.targetName,
    resourcesUrl,
    token,
    contentType: dialect.contentType,
    errorNames: dialect.errorNames,
    transport: transportOf(options, baseUrl.origin, options.connectionsMax ?? connectionsMax),
    clock: options.clock,
    random: options.random,
    limits: options.rate === 'off' ? null : dialect.rateLimits,
    rateShare: options.rateShare ?? 0.9,
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    requestTimeoutMs: options.requestTimeoutMs ?? requestTimeoutMs,
  })
  return createScimTarget({
    dialect,
    client,
    resourcesUrl,
    random: options.random,
    clock: options.clock,
    listPageSize: options.listPageSize ?? 1000,
    groupMembersMax: async () =>
      (await identity())?.isOrgWide === true ? groupMembersMax.org : groupMembersMax.workspace,
  })
}

export function transportOf(options: Pick<SlackTargetOptions, 'send'>, origin: string, connections: number): Transport {
  if (options.send === undefined) return createPoolTransport(origin, connections)
  return { send: options.send, close: () => Promise.resolve() }
}
