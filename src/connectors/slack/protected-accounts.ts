/*
 * Accounts that are never disabled, whatever the directory says: the one that authorized the connection, because the token
 * dies with it (slack.md 1.2), owners and bots, and whoever the administrator has named.
 */
import type { TargetAttributes } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import { isRecord } from '../scim/index.ts'
import type { TargetConnector, TargetWrite } from '../target.ts'
import { workEmail } from './attributes.ts'
import type { SlackIdentity } from './identity.ts'
import { isTrue } from './stored-values.ts'
import type { SlackWebApi } from './web-api.ts'

export interface ProtectionOptions {
  /** `null` where there is no Web API: then only the list and the target's own refusals protect. */
  readonly identity: () => Promise<SlackIdentity | null>
  readonly webApi: SlackWebApi
  readonly token: () => string | Promise<string>
  /** Ids, e-mail addresses or user names. */
  readonly protectedAccounts: readonly string[]
}

/** With this scope Slack also says who is an owner; without it only Slack's own refusals and the list protect them. */
export const roleScope = 'users:read'

export function withProtectedAccounts(target: TargetConnector, options: ProtectionOptions): TargetConnector {
  const named = new Set(options.protectedAccounts.map((name) => name.toLowerCase()))

  async function reasonToKeep(anchor: string): Promise<string | null> {
    const identity = await options.identity()
    if (identity !== null && anchor === identity.userId)
      return `it authorized this connection (${identity.user}), and the token would die with it; authorize with another account first`
    if (named.has(anchor.toLowerCase())) return byList
    if (named.size > 0 && isNamed(await attributesOf(anchor))) return byList
    return identity?.scopes.includes(roleScope) === true ? await roleToKeep(anchor) : null
  }

  async function attributesOf(anchor: string): Promise<TargetAttributes> {
    return (await target.read('User', anchor))?.attributes ?? {}
  }

  function isNamed(attributes: TargetAttributes): boolean {
    return [attributes.userName, attributes[workEmail]].some(
      (name) => typeof name === 'string' && named.has(name.toLowerCase()),
    )
  }

  async function roleToKeep(anchor: string): Promise<string | null> {
    const token = await options.token()
    const call = { method: 'users.info', authorization: `Bearer ${token}`, secrets: [token], form: { user: anchor } }
    let user: unknown
    try {
      user = (await options.webApi.call(call)).json.user
    } catch (error) {
      // Whom Slack does not know it will not disable; the write itself says so.
      if (error instanceof ConnectorError && error.targetErrorName === 'user_not_found') return null
      throw error
    }
    if (!isRecord(user)) return null
    if (user.is_primary_owner === true || user.is_owner === true)
      return 'it is an owner; let another owner take the role away in Slack first'
    return user.is_bot === true ? 'it is a bot; remove its app in Slack instead' : null
  }

  return {
    ...target,
    write: async (write) => {
      const anchor = disabledBy(write)
      const reason = anchor === null ? null : await reasonToKeep(anchor)
      if (reason === null) return target.write(write)
      throw new ConnectorError(`Slack account ${anchor ?? ''} is protected and was not disabled: ${reason}.`, {
        code: 'NotPermitted',
        scope: 'object',
        retry: 'backoff',
      })
    },
  }
}

const byList = 'it is on the list of protected accounts (MUSTER_SLACK_PROTECTED); take it off the list if it may go'

/** In Slack a person is deactivated by all of these (slack.md 3.6). */
function disabledBy(write: TargetWrite): string | null {
  if (write.objectType !== 'User' || write.kind === 'create') return null
  if (write.kind !== 'update') return write.anchor
  const disables = write.changes.some(
    (change) => change.attribute === 'active' && (change.kind === 'cleared' || !isTrue(change.value)),
  )
  return disables ? write.anchor : null
}
