/*
 * Opens any SCIM 2.0 service as a target.
 */
import type { Clock } from '../../../vocabulary/index.ts'
import type { TargetConnector } from '../../target.ts'
import type { SharedBudget, TokenSource } from '../scim-client.ts'
import { createScimClient } from '../scim-client.ts'
import { createScimTarget } from '../scim-target.ts'
import type { Send } from '../transport.ts'
import { createPoolTransport } from '../transport.ts'
import { scim2Dialect } from './dialect.ts'
import type { Scim2Announcement } from './discovery.ts'
import { discover } from './discovery.ts'
import type { Scim2Profile } from './profile.ts'
import { plainProfile } from './profile.ts'

export interface Scim2TargetOptions {
  /** Where the resources live, e.g. `https://app.example/scim/v2`. */
  readonly baseUrl: string
  readonly token: string | TokenSource
  readonly profile?: Scim2Profile
  readonly clock: Clock
  readonly random: () => number
  /** In place of a pool of connections, for tests. */
  readonly send?: Send
  readonly rateShare?: number
  readonly rate?: 'published' | 'off'
  readonly budget?: SharedBudget
  readonly requestTimeoutMs?: number
  readonly listPageSize?: number
}

export function createScim2Target(options: Scim2TargetOptions): TargetConnector {
  const profile = options.profile ?? plainProfile
  let announced: Scim2Announcement | null = null
  const dialect = scim2Dialect(profile, () =>
    profile.filter === 'asAnnounced' ? (announced?.canFilter ?? true) : profile.filter === 'always',
  )
  const resourcesUrl = new URL(options.baseUrl)
  const { token, send } = options
  const client = createScimClient({
    targetName: dialect.targetName,
    resourcesUrl,
    token: typeof token === 'string' ? () => token : token,
    contentType: dialect.contentType,
    errorNames: dialect.errorNames,
    statusMeanings: dialect.statusMeanings ?? new Map(),
    transport:
      send === undefined ? createPoolTransport(resourcesUrl.origin, 16) : { send, close: () => Promise.resolve() },
    clock: options.clock,
    random: options.random,
    limits: options.rate === 'off' ? null : dialect.rateLimits,
    rateShare: options.rateShare ?? 0.9,
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  })
  const pageSize = options.listPageSize ?? 1000
  const target = createScimTarget({
    dialect,
    client,
    resourcesUrl,
    random: options.random,
    clock: options.clock,
    listPageSize: pageSize,
    groupMembersMax: () => Promise.resolve(profile.groupMembersMax),
  })
  return {
    ...target,
    checkCredentials: async () => {
      announced ??= await discover(client, dialect.targetName)
      const { summary } = await target.checkCredentials()
      const { canFilter, schemas } = announced
      const said = [
        canFilter ? 'it can filter' : 'it cannot filter, so whole lists are read',
        schemas.length === 0 ? 'it names no schemas' : `its schemas are ${schemas.join(', ')}`,
      ].join('; ')
      return { summary: `${summary} It says of itself: ${said}.` }
    },
  }
}
