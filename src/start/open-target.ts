/* Opens the connection to the target that the settings name: Slack, or any SCIM 2.0 service. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createScim2Target,
  plainProfile,
  readScim2Profile,
  Scim2ProfileError,
  type Scim2Profile,
} from '../connectors/scim/index.ts'
import {
  createSlackConnection,
  credentialsFile,
  CredentialsFileError,
  type SlackConnection,
} from '../connectors/slack/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system-clock.ts'
import { ConnectorError, credentialFailureCode, type QuirkProfile } from '../vocabulary/index.ts'
import { refusalOfTeam } from './place.ts'

export function openConnection(store: Store, settings: Settings, onConnected: () => Promise<void>): SlackConnection {
  try {
    return createSlackConnection({
      baseUrl: settings.slackUrl,
      ...(settings.slackWebUrl === undefined ? {} : { webUrl: settings.slackWebUrl }),
      ...(settings.slackToken === undefined ? {} : { givenToken: settings.slackToken }),
      file: credentialsFile(join(settings.data, 'slack-credentials.json')),
      protectedAccounts: settings.protectedAccounts,
      dialect: settings.dialect === 'slack-v2' ? 'slack-v2' : 'slack-v1',
      clock: systemClock,
      random: Math.random,
      rateShare: settings.rateShare,
      rate: settings.rate,
      refusePlace: ({ teamId, team }) => refusalOfTeam(store, settings, teamId, team),
      quirks: {
        read: async () => {
          const text = await store.getValue('slackQuirks')
          return text === null ? null : (JSON.parse(text) as QuirkProfile)
        },
        write: (profile) => store.setValue('slackQuirks', JSON.stringify(profile)),
      },
      onConnected: async ({ teamId }) => {
        await store.setValue('slackTeam', teamId)
        await onConnected()
      },
    })
  } catch (error) {
    if (error instanceof CredentialsFileError) throw new ServiceStartError(error.message)
    throw error
  }
}

/** Any SCIM 2.0 service; its token comes from the settings alone. */
export function openScim2(settings: Settings): TargetConnector {
  return createScim2Target({
    baseUrl: settings.slackUrl,
    token: () => {
      if (settings.slackToken !== undefined) return settings.slackToken
      throw new ConnectorError(
        'There is no token for the SCIM service; set MUSTER_SLACK_TOKEN and start the service again.',
        {
          code: credentialFailureCode,
          scope: 'job',
          retry: 'backoff',
        },
      )
    },
    profile: readProfile(settings.scimProfile),
    clock: systemClock,
    random: Math.random,
    rateShare: settings.rateShare,
    rate: settings.rate,
  })
}

function readProfile(path: string | undefined): Scim2Profile {
  if (path === undefined) return plainProfile
  try {
    return readScim2Profile(readFileSync(path, 'utf8'))
  } catch (error) {
    const found = error instanceof Scim2ProfileError ? error.message : (error as NodeJS.ErrnoException).code
    if (found === undefined) throw error
    throw new ServiceStartError(`The profile ${path} (MUSTER_SCIM_PROFILE) cannot be used: ${found}`)
  }
}
