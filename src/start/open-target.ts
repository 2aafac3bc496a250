/*
 * Opens the connection that the settings name: Slack, or any SCIM 2.0 service. Its credentials are the installation's own:
 * given by a setting, or sealed in the store.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  plainPort,
  reportOfCheck,
  tokenKey,
  workspaceKey,
  type InstallationConnection,
  type SharedBudgets,
} from '../connections/index.ts'
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
  credentialsIn,
  pairsWith,
  type SlackConnection,
} from '../connectors/slack/index.ts'
import { audited, bySystem } from '../cycle/index.ts'
import { SealError, type SecretBox } from '../secrets/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system-clock.ts'
import {
  ConnectionRefusal,
  ConnectorError,
  credentialsMissingCode,
  type AuditTarget,
  type QuirkProfile,
} from '../vocabulary/index.ts'
import { auditPorts } from './own-audit.ts'
import { refusalOfTeam } from './place.ts'

export interface OpenInstallation extends InstallationConnection {
  /** Missing where the target is no Slack. */
  readonly slack?: SlackConnection
  close(): Promise<void>
}

export interface InstallationOptions {
  readonly store: Store
  readonly secrets: SecretBox
  readonly settings: Settings
  readonly budgets: SharedBudgets
  readonly onConnected: () => Promise<void>
}

/** The owner of the secrets of the installation. */
const installationOwner = 'installation'

export async function openInstallation(options: InstallationOptions): Promise<OpenInstallation> {
  try {
    await moveCredentialsFile(options.secrets, join(options.settings.data, 'slack-credentials.json'))
    return options.settings.dialect === 'scim2' ? openScim2(options) : await openSlack(options)
  } catch (error) {
    if (error instanceof CredentialsFileError) throw new ServiceStartError(error.message)
    if (error instanceof SealError) throw new ServiceStartError(`The credentials of the installation: ${error.message}`)
    throw error
  }
}

/** Earlier versions kept them in a file, unsealed. It goes when what was sealed has been read back. */
async function moveCredentialsFile(secrets: SecretBox, path: string): Promise<void> {
  const file = credentialsFile(path)
  const found = file.read()
  if (found === null) return
  const pairs = pairsWith(await secrets.list(installationOwner), found, systemClock.now())
  await secrets.replace(installationOwner, pairs)
  const stored = credentialsIn(await secrets.list(installationOwner))
  if (JSON.stringify(stored) !== JSON.stringify(credentialsIn(pairs)))
    throw new ServiceStartError(
      `The credentials in ${path} were sealed and came back as others, so the file was left where it is; start again, or enter the token anew.`,
    )
  file.remove()
}

async function openSlack({
  store,
  secrets,
  settings,
  budgets,
  onConnected,
}: InstallationOptions): Promise<OpenInstallation> {
  let team: { readonly teamId: string; readonly team: string } | null = null
  const connection: SlackConnection = createSlackConnection({
    baseUrl: settings.slackUrl,
    ...(settings.slackWebUrl === undefined ? {} : { webUrl: settings.slackWebUrl }),
    ...(settings.slackToken === undefined ? {} : { givenToken: settings.slackToken }),
    stored: credentialsIn(await secrets.list(installationOwner)),
    reread: async () => credentialsIn(await secrets.list(installationOwner)),
    keep: async (next, why) => {
      team = null
      const write = async (): Promise<void> => {
        const pairs = pairsWith(await secrets.list(installationOwner), next, systemClock.now())
        await secrets.replace(installationOwner, pairs)
      }
      if (why === 'saved') await write()
      else await tellRenewal(store, { id: null, displayName: 'the connection of the settings' }, write)
    },
    protectedAccounts: settings.protectedAccounts,
    dialect: settings.dialect === 'slack-v2' ? 'slack-v2' : 'slack-v1',
    clock: systemClock,
    random: Math.random,
    rateShare: settings.rateShare,
    rate: settings.rate,
    budget: budgets.under(() =>
      team === null
        ? tokenKey(settings.slackUrl, connection.knownToken() ?? '')
        : workspaceKey(settings.slackUrl, team.teamId),
    ),
    refusePlace: ({ teamId, team: name }) => refusalOfTeam(store, settings, teamId, name),
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
  return {
    slack: connection,
    port: connection,
    target: connection.target,
    teamId: async () => {
      try {
        const identity = team ?? (await connection.identity())
        team = identity === null ? null : { teamId: identity.teamId, team: identity.team }
      } catch (error) {
        // Whose the token is will be known when Slack answers again.
        if (!(error instanceof ConnectorError)) throw error
      }
      return team
    },
    close: () => connection.close(),
  }
}

/** Nobody asked for it, and yet other secrets are in force: the audit log says so. */
export async function tellRenewal(
  store: Store,
  about: Pick<AuditTarget, 'id' | 'displayName'>,
  work: () => Promise<void>,
): Promise<void> {
  const act = {
    activity: 'Update provisioning setting or credentials',
    operation: 'Update',
    job: null,
    targets: [{ ...about, type: 'ServicePrincipal', modifiedProperties: [] }],
    details: () => [{ key: 'Renewed', value: 'access token and refresh token, before they ended' }],
  } as const
  await audited(auditPorts(store), { ...act, ...bySystem(auditPorts(store)) }, work)
}

/** Any SCIM 2.0 service; its token comes from the settings alone. */
function openScim2({ settings, budgets }: InstallationOptions): OpenInstallation {
  const { slackUrl, slackToken } = settings
  const options = {
    baseUrl: slackUrl,
    profile: readProfile(settings.scimProfile),
    clock: systemClock,
    random: Math.random,
    rateShare: settings.rateShare,
    rate: settings.rate,
    budget: budgets.under(() => tokenKey(slackUrl, slackToken ?? '')),
  }
  const target = createScim2Target({
    ...options,
    token: () => {
      if (slackToken !== undefined) return slackToken
      throw new ConnectorError(
        'There is no token for the SCIM service; set MUSTER_SLACK_TOKEN and start the service again.',
        { code: credentialsMissingCode, scope: 'job', retry: 'backoff' },
      )
    },
  })
  const port = plainPort(
    slackUrl,
    () => (slackToken === undefined ? 'none' : 'setting'),
    async (token) => {
      if (token === undefined) return await reportOfCheck(slackUrl, () => target.checkCredentials())
      const other = createScim2Target({ ...options, token })
      try {
        return await reportOfCheck(slackUrl, () => other.checkCredentials())
      } finally {
        await other.close()
      }
    },
    () => {
      throw new ConnectionRefusal(
        'tokenGiven',
        'The token of this SCIM service comes from the setting MUSTER_SLACK_TOKEN, so nothing was stored; change it there and start the service again.',
      )
    },
  )
  return { port, target, teamId: () => Promise.resolve(null), close: () => target.close() }
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
