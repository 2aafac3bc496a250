/*
 * Test Connection: who the token is, whether it has the scope, whether SCIM answers it; and for each closed gate of
 * slack.md 1.6 what it is and what opens it. Writes nothing anywhere.
 */
import type { ConnectionReport, ConnectionStep, TargetExchange } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { TargetConnector } from '../target.ts'
import type { SlackIdentity } from './identity.ts'
import { identify } from './identity.ts'
import { roleScope } from './protected-accounts.ts'
import type { SlackWebApi } from './web-api.ts'

export interface ConnectionTest {
  readonly token: string
  readonly targetUrl: string
  readonly webApi: SlackWebApi
  /** A connector that sends this token. */
  readonly target: Pick<TargetConnector, 'checkCredentials'>
  /** A sentence when this installation's data may not reach that workspace. */
  readonly refusePlace: (identity: SlackIdentity) => Promise<string | null>
}

export async function testConnection(test: ConnectionTest): Promise<ConnectionReport> {
  const { token, targetUrl } = test
  const steps: ConnectionStep[] = []
  let identity: SlackIdentity | null = null
  const isPassed = (step: ConnectionStep): boolean => {
    steps.push(step)
    return step.status === 'passed'
  }
  const stepsTaken = async (): Promise<boolean> => {
    if (!isPassed(tokenStep(token))) return false
    try {
      identity = await identify(test.webApi, token)
    } catch (error) {
      return isPassed(refused('identity', error, null))
    }
    isPassed(passed('identity', whoText(identity)))
    if (!isPassed(scopeStep(identity))) return false
    try {
      const { summary } = await test.target.checkCredentials()
      isPassed(passed('query', summary))
    } catch (error) {
      return isPassed(refused('query', error, identity))
    }
    const place = await test.refusePlace(identity)
    return (
      place === null ||
      isPassed(failed('place', place, 'Name a fresh data folder with MUSTER_DATA (or another DATABASE_URL).'))
    )
  }
  const isAccepted = await stepsTaken()
  return { isAccepted, targetUrl, account: identity, steps, notes: identity === null ? [] : notesOn(identity) }
}

function tokenStep(token: string): ConnectionStep {
  if (/^xoxb-|^xoxe\.xoxb-/.test(token)) {
    return failed(
      'token',
      'This is a bot token, and the scope "admin" exists for people only.',
      'Add "admin" under "User Token Scopes" of the app, install it again, and copy the "User OAuth Token" (xoxp-...).',
    )
  }
  if (/^xoxe-/.test(token)) {
    return failed(
      'token',
      'This is a refresh token, which only exchanges tokens.',
      'Enter the access token (xoxe.xoxp-...), or connect by OAuth (muster slack connect), which renews it by itself.',
    )
  }
  return passed('token', 'It is neither a bot token nor a refresh token.')
}

function scopeStep({ scopes }: SlackIdentity): ConnectionStep {
  // A missing header says nothing; the query decides then.
  if (scopes.length === 0 || scopes.includes('admin')) {
    const held =
      scopes.length === 0 ? 'Slack did not say which scopes the token has.' : `Its scopes are ${scopes.join(', ')}.`
    return passed('scope', held)
  }
  return failed(
    'scope',
    `The token has the scopes ${scopes.join(', ')}, and SCIM needs "admin".`,
    'Add "admin" under "User Token Scopes" of the app and install it again; scopes are added to those granted before.',
  )
}

const whoText = ({ user, team, isOrgWide, url }: SlackIdentity): string =>
  `The token is that of ${user} in the ${isOrgWide ? 'org' : 'workspace'} ${team} (${url}).`

function notesOn({ scopes, user }: SlackIdentity): readonly string[] {
  const notes = [`The account ${user} is never disabled by Muster: the token would die with it.`]
  if (!scopes.includes(roleScope)) {
    notes.push(
      `Without the scope "${roleScope}" Slack does not say who is an owner. Slack itself refuses an admin to disable owners; ` +
        'with the token of a primary owner, name the other owners in MUSTER_SLACK_PROTECTED.',
    )
  }
  return notes
}

interface Gate {
  readonly sentence: string
  readonly remedy: string
}

const authorizeAgain = 'Authorize again (muster slack connect), or paste a valid user token (muster slack token).'

/** What an error name means when the token is tried, for the names that close a gate (slack.md 1.4 and 1.6). */
const gates: Readonly<Record<string, Gate>> = {
  missing_authentication: {
    sentence: 'No token reached Slack.',
    remedy: 'Look for a proxy that takes the Authorization header away.',
  },
  not_authed: {
    sentence: 'No token reached Slack.',
    remedy: 'Look for a proxy that takes the Authorization header away.',
  },
  invalid_auth: {
    sentence: 'Slack does not know this token, or it is used from an address the app does not allow.',
    remedy: authorizeAgain,
  },
  token_revoked: {
    sentence: 'The token has been revoked: the app was removed, or its access taken back.',
    remedy: authorizeAgain,
  },
  token_expired: {
    sentence: 'The token has expired.',
    remedy: 'Connect by OAuth (muster slack connect), which renews the token, or switch token rotation off in the app.',
  },
  account_inactive: {
    sentence: 'The account that authorized the app is deactivated, and its token with it.',
    remedy: 'Authorize with another admin or owner (muster slack connect).',
  },
  invalid_authentication: {
    sentence: 'Slack knows the token, yet SCIM does not take it: whoever authorized the app is no admin or owner.',
    remedy:
      'Make that person a workspace admin again, or authorize with somebody who is (on Enterprise: an org owner).',
  },
  plus_teams_only: {
    sentence: "The workspace's plan has no SCIM.",
    remedy: 'Change to Business+ or Enterprise; on Free and Pro it works only with a connected Salesforce org.',
  },
  non_org_teams_only: {
    sentence: 'The app is installed on one workspace of an Enterprise org, and SCIM works on the whole org only.',
    remedy:
      'Let an org owner install it once more and choose the org, not a workspace, in the picker at the top right of the consent page; the app needs public distribution for that.',
  },
  permission_denied: {
    sentence: 'The person who authorized the app may not use SCIM any more.',
    remedy: 'Give the person the role of an admin or owner again, or authorize with somebody who has it.',
  },
  unsupported_version: {
    sentence: 'The workspace does not offer this version of the SCIM API.',
    remedy: 'Choose the other one with MUSTER_DIALECT.',
  },
  team_access_not_granted: {
    sentence: 'The token is that of an org and this workspace is not among those it reaches.',
    remedy: 'Let an org owner add the app to the org.',
  },
}

function refused(name: ConnectionStep['name'], error: unknown, identity: SlackIdentity | null): ConnectionStep {
  if (!(error instanceof ConnectorError)) throw error
  const gate = gates[error.targetErrorName ?? '']
  // On an org, the same name also greets the token of one workspace's admin.
  const isWorkspaceOfOrg = identity !== null && identity.enterpriseId !== null && !identity.isOrgWide
  const found = isWorkspaceOfOrg && error.targetErrorName === 'invalid_authentication' ? gates.non_org_teams_only : gate
  const { sentence, remedy } = found ?? { sentence: error.message, remedy: 'Then test again.' }
  return failed(name, sentence, remedy, error.exchange)
}

function passed(name: ConnectionStep['name'], sentence: string): ConnectionStep {
  return { name, status: 'passed', sentence, remedy: null, exchange: null }
}

function failed(
  name: ConnectionStep['name'],
  sentence: string,
  remedy: string,
  exchange?: TargetExchange,
): ConnectionStep {
  return { name, status: 'failed', sentence, remedy, exchange: exchange ?? null }
}
