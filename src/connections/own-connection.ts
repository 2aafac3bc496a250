/*
 * The connection that a service principal's own secrets make: to Slack in the dialect of its address, or to any SCIM 2.0
 * service. Without a token it waits for one; with an address that cannot be used it says why, whatever it is asked.
 */
import { createScim2Target, type Scim2Profile, type Send, type SharedBudget } from '../connectors/scim/index.ts'
import {
  createSlackConnection,
  type SlackConnection,
  type SlackIdentity,
  type StoredCredentials,
} from '../connectors/slack/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import {
  ConnectionRefusal,
  ConnectorError,
  credentialFailureCode,
  credentialsMissingCode,
  isLoopbackName,
  type Clock,
  type ConnectionReport,
  type ConnectionStep,
  type QuirkProfile,
} from '../vocabulary/index.ts'
import type { Place } from './connection-notes.ts'
import type { TargetAddress } from './target-address.ts'

/** What `muster slack ...` and Graph ask of a connection. */
export type JobConnection = Omit<SlackConnection, 'target' | 'close' | 'knownToken' | 'identity'>

export interface OpenConnection {
  readonly port: JobConnection
  readonly target: TargetConnector
  /** What only this target needs; the limits it shares stay. */
  close(): Promise<void>
}

/** How this installation sends, whatever the target. */
export interface SendingOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly rateShare: number
  readonly rate: 'published' | 'off'
  readonly protectedAccounts: readonly string[]
  readonly scimProfile: Scim2Profile
  /** In place of a pool of connections, for tests. */
  readonly send?: Send
}

/** Where a connection belongs: asked before it is used, and before it is stored. */
export interface PlaceGuard {
  /** A sentence when it may not be used; remembers nothing. */
  readonly refuse: (place: Place) => Promise<string | null>
  /** The same; when nothing speaks against it, it belongs there from now on. */
  readonly enter: (place: Place) => Promise<string | null>
}

export interface OwnOptions extends SendingOptions {
  readonly stored: StoredCredentials | null
  readonly reread: () => Promise<StoredCredentials | null>
  readonly keep: (credentials: StoredCredentials, why: 'saved' | 'renewed') => Promise<void>
  readonly guard: PlaceGuard
  readonly budget: SharedBudget
  readonly quirks: {
    readonly read: () => Promise<QuirkProfile | null>
    readonly write: (profile: QuirkProfile) => Promise<void>
  }
  readonly slackWebUrl?: string
}

/** Every simulator is the same place, whatever its port. */
export const simulatorOrigin = 'a simulator on this machine'

export function originOf(baseUrl: string): string {
  const { hostname, origin } = new URL(baseUrl)
  return isLoopbackName(hostname) ? simulatorOrigin : origin
}

export function openOwn(address: TargetAddress, options: OwnOptions): OpenConnection {
  return address.kind === 'slack' ? openSlack(address, options) : openScim(address.baseUrl, options)
}

function openSlack(address: TargetAddress & { readonly kind: 'slack' }, options: OwnOptions): OpenConnection {
  const { slackWebUrl: webUrl, scimProfile: _, guard, ...more } = options
  const origin = originOf(address.baseUrl)
  const placeOf = ({ teamId, team }: SlackIdentity): Place => ({ origin, teamId, team })
  const connection = createSlackConnection({
    ...more,
    baseUrl: address.baseUrl,
    dialect: address.dialect,
    ...(webUrl === undefined ? {} : { webUrl }),
    refusePlace: (identity) => guard.refuse(placeOf(identity)),
    enterPlace: (identity) => guard.enter(placeOf(identity)),
    onConnected: async ({ teamId, team }) => {
      await guard.enter({ origin, teamId, team })
    },
  })
  return { port: connection, target: connection.target, close: () => connection.close() }
}

const noOauth = (): never => {
  throw new ConnectionRefusal(
    'notSlack',
    'This target is no Slack, so there is no consent page and nothing to probe; put its token into the secrets of the service principal.',
  )
}

/** A connection without a consent page: a token is pasted, tested by asking, and stored. */
export function plainPort(
  targetUrl: string,
  origin: () => ReturnType<JobConnection['state']>['origin'],
  testWith: (token: string | undefined) => Promise<ConnectionReport>,
  store: (token: string) => Promise<void>,
): JobConnection {
  return {
    targetUrl,
    state: () => ({ origin: origin(), tokenExpiresAt: null }),
    test: testWith,
    save: async (token) => {
      const report = await testWith(token)
      if (report.isAccepted) await store(token)
      return report
    },
    beginAuthorization: noOauth,
    finishAuthorization: noOauth,
    authorizationOutcome: noOauth,
    takeCode: noOauth,
    probe: noOauth,
  }
}

/** What a check of the credentials found, as a report of one step. */
export async function reportOfCheck(
  targetUrl: string,
  check: () => Promise<{ readonly summary: string }>,
): Promise<ConnectionReport> {
  const report = { targetUrl, account: null, notes: [] } as const
  const step = { name: 'query' as ConnectionStep['name'], remedy: null, exchange: null }
  try {
    const { summary } = await check()
    return { ...report, isAccepted: true, steps: [{ ...step, status: 'passed', sentence: summary }] }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const { message: sentence, exchange = null } = error
    const failed = { ...step, status: 'failed', sentence, remedy: 'Then test again.', exchange } as const
    return { ...report, isAccepted: false, steps: [failed] }
  }
}

function openScim(baseUrl: string, options: OwnOptions): OpenConnection {
  const { guard, scimProfile: profile, stored, keep, quirks: _quirks, slackWebUrl: _web, ...sending } = options
  const place: Place = { origin: originOf(baseUrl), teamId: new URL(baseUrl).pathname, team: baseUrl }
  let token = stored?.token ?? null
  const open = (given: () => string): TargetConnector =>
    createScim2Target({ ...sending, baseUrl, profile, token: given })
  const target = open(() => {
    if (token !== null) return token
    throw missing(
      'There is no token for the SCIM service; put it into the secrets of the service principal (SecretToken).',
    )
  })

  async function checked(asked: TargetConnector, may: PlaceGuard['refuse']): Promise<{ readonly summary: string }> {
    const summary = await asked.checkCredentials()
    const refusal = await may(place)
    if (refusal === null) return summary
    throw new ConnectorError(refusal, { code: credentialFailureCode, scope: 'job', retry: 'backoff' })
  }

  async function testWith(given: string | undefined): Promise<ConnectionReport> {
    if (given === undefined) return await reportOfCheck(baseUrl, () => checked(target, guard.refuse))
    const other = open(() => given)
    try {
      return await reportOfCheck(baseUrl, () => checked(other, guard.refuse))
    } finally {
      await other.close()
    }
  }

  const store = async (given: string): Promise<void> => {
    await keep({ origin: 'pasted', token: given }, 'saved')
    token = given
  }
  return {
    port: plainPort(baseUrl, () => (token === null ? 'none' : 'pasted'), testWith, store),
    target: { ...target, checkCredentials: () => checked(target, guard.enter) },
    close: () => target.close(),
  }
}

export function missing(message: string): ConnectorError {
  return new ConnectorError(message, { code: credentialsMissingCode, scope: 'job', retry: 'backoff' })
}

/** Its address cannot be used. */
export function openRefused(
  targetUrl: string,
  refusal: ConnectorError,
  hasToken: boolean,
  facts: Pick<TargetConnector, 'describe' | 'asStored'>,
): OpenConnection {
  const never = (): Promise<never> => Promise.reject(refusal)
  const report: ConnectionReport = {
    isAccepted: false,
    targetUrl,
    account: null,
    notes: [],
    steps: [{ name: 'address', status: 'failed', sentence: refusal.message, remedy: null, exchange: null }],
  }
  return {
    port: plainPort(
      targetUrl,
      () => (hasToken ? 'pasted' : 'none'),
      () => Promise.resolve(report),
      never,
    ),
    target: {
      describe: () => facts.describe(),
      asStored: (objectType, attributes) => facts.asStored(objectType, attributes),
      checkCredentials: never,
      listObjects: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
      find: never,
      read: never,
      write: never,
      traffic: () => ({ requests: 0, writes: 0, throttled: 0 }),
      close: () => Promise.resolve(),
    },
    close: () => Promise.resolve(),
  }
}
