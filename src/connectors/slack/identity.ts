/*
 * Who a token is: the account that authorized the connection, its workspace or org, its scopes (slack.md 1.4).
 */
import { ConnectorError } from '../../vocabulary/index.ts'
import { textOf } from '../scim/index.ts'
import type { SlackWebApi } from './web-api.ts'

export interface SlackIdentity {
  /** The account that authorized the connection: when it is disabled, the token dies (slack.md 1.2). */
  readonly userId: string
  readonly user: string
  readonly team: string
  /** The workspace's id, or the org's with an org-wide token. */
  readonly teamId: string
  readonly enterpriseId: string | null
  readonly isOrgWide: boolean
  readonly url: string
  readonly scopes: readonly string[]
}

export async function identify(webApi: SlackWebApi, token: string): Promise<SlackIdentity> {
  const call = { method: 'auth.test', authorization: `Bearer ${token}`, secrets: [token] }
  const { json, scopes } = await webApi.call(call)
  return {
    userId: textOf(json.user_id) ?? '',
    user: textOf(json.user) ?? '',
    team: textOf(json.team) ?? '',
    teamId: textOf(json.team_id) ?? '',
    enterpriseId: textOf(json.enterprise_id) ?? null,
    isOrgWide: json.is_enterprise_install === true,
    url: textOf(json.url) ?? '',
    scopes,
  }
}

/**
 * The same; `null` where nothing answers for the Web API at all, as behind a gateway for SCIM alone: a leaver must not stay
 * because nobody can say whose the token is. Any other trouble is thrown.
 */
export async function identifyWhereAsked(webApi: SlackWebApi, token: string): Promise<SlackIdentity | null> {
  try {
    return await identify(webApi, token)
  } catch (error) {
    const hasNoWebApi =
      error instanceof ConnectorError && error.exchange?.status === 404 && error.targetErrorName === undefined
    if (hasNoWebApi) return null
    throw error
  }
}
