/*
 * Opens a Slack workspace or org as a target: the SCIM connector with Slack's dialect, limits and errors.
 */
import type { Clock } from '../../vocabulary/index.ts'
import type { ScimDialect, Send, Transport } from '../scim/index.ts'
import { createPoolTransport, createScimClient, createScimTarget } from '../scim/index.ts'
import type { TargetConnector } from '../target.ts'
import { slackV1, slackV2 } from './dialects.ts'
import { withOlderVersion } from './version-fallback.ts'

export interface SlackTargetOptions {
  /** Where the SCIM API lives, without `/scim/v1`; the default is Slack's own (slack.md 1.1). */
  readonly baseUrl?: string
  /** A user token with the scope `admin` (slack.md 1.2). */
  readonly token: string
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
  readonly requestTimeoutMs?: number
  /** Slack gives at most 1000 at a time (slack.md 2.1). */
  readonly listPageSize?: number
  readonly connectionsMax?: number
}

export const slackBaseUrl = 'https://api.slack.com'

const requestTimeoutMs = 30_000
const connectionsMax = 64

export function createSlackTarget(options: SlackTargetOptions): TargetConnector {
  if (options.dialect !== 'slack-v2') return openTarget(slackV1, options)
  return withOlderVersion(openTarget(slackV2, options), openTarget(slackV1, options))
}

/** Without limits more writes in flight keep Slack and the store busy together; with them they would only wait in line. */
const unlimitedConcurrencyMax = 192

function openTarget(published: ScimDialect, options: SlackTargetOptions): TargetConnector {
  const dialect =
    options.rate === 'off'
      ? { ...published, capabilities: { ...published.capabilities, concurrencyMax: unlimitedConcurrencyMax } }
      : published
  const baseUrl = new URL(options.baseUrl ?? slackBaseUrl)
  const resourcesUrl = new URL(baseUrl.pathname.replace(/\/+$/, '') + dialect.basePath, baseUrl)
  const client = createScimClient({
    targetName: dialect.targetName,
    resourcesUrl,
    token: options.token,
    contentType: dialect.contentType,
    errorNames: dialect.errorNames,
    transport: transportOf(options, baseUrl.origin),
    clock: options.clock,
    random: options.random,
    limits: options.rate === 'off' ? null : dialect.rateLimits,
    rateShare: options.rateShare ?? 0.9,
    requestTimeoutMs: options.requestTimeoutMs ?? requestTimeoutMs,
  })
  const listPageSize = options.listPageSize ?? 1000
  return createScimTarget({ dialect, client, resourcesUrl, random: options.random, listPageSize })
}

function transportOf(options: SlackTargetOptions, origin: string): Transport {
  if (options.send === undefined) return createPoolTransport(origin, options.connectionsMax ?? connectionsMax)
  return { send: options.send, close: () => Promise.resolve() }
}
