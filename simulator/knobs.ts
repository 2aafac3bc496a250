/*
 * Every inferred behaviour of Slack, as something that can be turned the other way (slack.md 10.2). Defaults come first.
 */

export interface Knobs {
  readonly latencyMs: number
  readonly latencyJitterMs: number
  /** By endpoint, e.g. `POST /Users` or `PATCH /Groups/{id}`; replaces latencyMs, keeps the jitter. */
  readonly latencyByEndpoint: Readonly<Record<string, number>>
  /** Multiplies limit and burst; 0 switches the limits off. */
  readonly rateScale: number
  readonly rejectedCostsToken: boolean
  readonly consistency: Consistency
  readonly conflictStatus: number
  readonly planGateStatus: number
  readonly notFoundStatus: number
  readonly forbiddenStatus: number
  readonly longUserNameError: { readonly create: LongUserName; readonly update: LongUserName }
  readonly usernameConflict: 'byPlan' | 'reject' | 'dedupe'
  readonly displayNameMode: 'microsoft' | 'slackTable'
  readonly displayNameUpdateWhenNoSync: 'ignore' | 'reject'
  readonly externalIdEcho: 'empty' | 'stored'
  readonly putMissingActive: 'keep' | 'deactivate'
  readonly unknownManager: 'dropProfileOnCreate' | 'reject'
  readonly patchSupportedFlag: boolean
  readonly filterSupportedFlag: boolean
  readonly v2Enabled: boolean
  readonly v2FilterEnabled: boolean
  readonly reservedUserNames: readonly string[]
  readonly reservedWords: readonly string[]
  readonly deactivateLeavesGroups: boolean
  /** Whether the request log keeps bodies (up to 16 KiB each). */
  readonly logBodies: boolean
}

export interface Consistency {
  readonly deactivateMs: number
  readonly groupMs: number
  readonly photoMs: number
}

export type LongUserName = 'username_too_long' | 'long_username'

export const usualKnobs: Knobs = {
  latencyMs: 40,
  latencyJitterMs: 20,
  latencyByEndpoint: {},
  rateScale: 1,
  rejectedCostsToken: false,
  consistency: { deactivateMs: 1000, groupMs: 1000, photoMs: 3000 },
  conflictStatus: 409,
  planGateStatus: 400,
  notFoundStatus: 404,
  forbiddenStatus: 403,
  longUserNameError: { create: 'username_too_long', update: 'long_username' },
  usernameConflict: 'byPlan',
  displayNameMode: 'microsoft',
  displayNameUpdateWhenNoSync: 'ignore',
  externalIdEcho: 'empty',
  putMissingActive: 'keep',
  unknownManager: 'dropProfileOnCreate',
  patchSupportedFlag: true,
  filterSupportedFlag: false,
  v2Enabled: true,
  v2FilterEnabled: true,
  reservedUserNames: ['slackbot', 'here', 'channel', 'everyone', 'group', 'admin'],
  reservedWords: ['here', 'channel', 'everyone', 'group', 'slackbot', 'admin'],
  deactivateLeavesGroups: true,
  logBodies: true,
}
