/*
 * Opens the connection that secrets make, in the place where they may lead; and keeps, sealed again, the credentials that it
 * renews.
 */
import { plainProfile, type SharedBudget } from '../connectors/scim/index.ts'
import {
  credentialsIn,
  pairsWith,
  slackBaseUrl,
  type FallbackApp,
  type StoredCredentials,
} from '../connectors/slack/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import type { SecretBox } from '../secrets/index.ts'
import type { Store } from '../store/store.ts'
import { ConnectorError, credentialFailureCode, type QuirkProfile, type SecretPair } from '../vocabulary/index.ts'
import type { Place } from './connection-notes.ts'
import {
  missing,
  openOwn,
  openRefused,
  originOf,
  type JobConnection,
  type OpenConnection,
  type PlaceGuard,
  type SendingOptions,
} from './own-connection.ts'
import { valueOf } from './secret-pairs.ts'
import { tokenKey, workspaceKey, type SharedBudgets } from './shared-budgets.ts'
import { kindOfTemplate, readTargetAddress, type TargetAddress } from './target-address.ts'

/** The connection of the settings: it lives as long as the service. */
export interface InstallationConnection {
  readonly port: JobConnection
  readonly target: TargetConnector
  /** Who its token is, where somebody can say. */
  readonly teamId: () => Promise<{ readonly teamId: string; readonly team: string } | null>
}

export interface OpeningOptions extends Omit<SendingOptions, 'scimProfile'> {
  readonly store: Pick<Store, 'getValue' | 'setValue'>
  readonly secrets: SecretBox
  readonly installation: InstallationConnection
  readonly budgets: SharedBudgets
  /** What a Slack connection has where its secrets say nothing. */
  readonly usual: {
    readonly slackUrl: string
    readonly slackWebUrl?: string
    readonly dialect: 'slack-v1' | 'slack-v2'
    /** In whose name tokens are exchanged, where the secrets name no app. */
    readonly app: () => FallbackApp | null
  }
  /** Stores renewed credentials and tells the audit log. */
  readonly tellRenewal: (servicePrincipalId: string, work: () => Promise<void>) => Promise<void>
  /** These jobs have credentials now. */
  readonly onConnected: (servicePrincipalId: string) => Promise<void>
}

export interface PairsToOpen {
  readonly servicePrincipalId: string
  readonly templateId: string
  readonly pairs: readonly SecretPair[]
  /** Pairs that are only tried leave nothing behind. */
  readonly isStored: boolean
  readonly guard: PlaceGuard
  /** What a system of this kind can do, while this one cannot be asked. */
  readonly facts: Pick<TargetConnector, 'describe' | 'asStored'>
  /** The connection has stored these itself. */
  readonly onKept: (pairs: readonly SecretPair[]) => void
}

export function openPairs(options: OpeningOptions, wanted: PairsToOpen): OpenConnection {
  const { store, secrets, installation, budgets, usual } = options
  const { servicePrincipalId: id, templateId, pairs, isStored, guard } = wanted
  const credentialsOf = (found: readonly SecretPair[]): StoredCredentials | null =>
    credentialsIn(found, usual.app() ?? undefined)
  const address = addressOf(pairs, templateId, usual)
  const stored = credentialsOf(pairs)
  if (address instanceof ConnectorError) {
    const shown = kindOfTemplate(templateId) === 'slack' ? slackBaseUrl : ''
    return openRefused(shown, address, stored !== null, wanted.facts)
  }
  let current = stored
  let place: Place | null = null
  const budget: SharedBudget = budgets.under(() =>
    place === null ? tokenKey(address.baseUrl, current?.token ?? '') : workspaceKey(address.baseUrl, place.teamId),
  )
  const quirksName = `slackQuirks ${id}`

  async function write(next: StoredCredentials, why: 'saved' | 'renewed'): Promise<void> {
    const before = current
    for (;;) {
      const known = await secrets.read(id)
      // Somebody has entered another token meanwhile, which counts.
      if (why === 'renewed' && credentialsOf(known.pairs)?.token !== before?.token) return
      if ((await secrets.replaceIf(id, known, pairsWith(known.pairs, next, options.clock.now()))) === null) continue
      wanted.onKept((await secrets.read(id)).pairs)
      return
    }
  }

  async function keep(next: StoredCredentials, why: 'saved' | 'renewed'): Promise<void> {
    if (why === 'renewed') return await options.tellRenewal(id, () => write(next, why))
    await write(next, why)
    await options.onConnected(id)
  }

  return openOwn(address, {
    ...options,
    scimProfile: plainProfile,
    ...(usual.slackWebUrl !== undefined && address.baseUrl === usual.slackUrl
      ? { slackWebUrl: usual.slackWebUrl }
      : {}),
    stored,
    reread: async () => (isStored ? credentialsOf((await secrets.read(id)).pairs) : stored),
    keep: async (next, why) => {
      if (isStored) await keep(next, why)
      current = next
    },
    guard: {
      refuse: guard.refuse,
      enter: async (found) => {
        place = found
        // Who shares its limits is known once it is known who both are.
        if (found.origin === originOf(installation.port.targetUrl)) await installation.teamId()
        return isStored ? await guard.enter(found) : await guard.refuse(found)
      },
    },
    budget,
    quirks: {
      read: async () => {
        const text = await store.getValue(quirksName)
        return text === null || text === '' ? null : (JSON.parse(text) as QuirkProfile)
      },
      write: (profile) => store.setValue(quirksName, JSON.stringify(profile)),
    },
  })
}

function addressOf(
  pairs: readonly SecretPair[],
  templateId: string,
  usual: OpeningOptions['usual'],
): TargetAddress | ConnectorError {
  const given = valueOf(pairs, 'BaseAddress')
  if (given === undefined) {
    if (kindOfTemplate(templateId) === 'slack')
      return { kind: 'slack', baseUrl: usual.slackUrl, dialect: usual.dialect }
    return missing(
      'There is no address of the SCIM service; put it into the secrets of the service principal (BaseAddress).',
    )
  }
  const { address, refusal } = readTargetAddress(given, templateId, usual.dialect)
  if (address === null)
    return new ConnectorError(refusal, { code: credentialFailureCode, scope: 'job', retry: 'backoff' })
  return address
}
