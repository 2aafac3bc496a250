/*
 * One connection for each service principal: made of its own secrets, or else the one of the settings, where it may use that.
 * Opened when first needed; opened anew when the secrets are others; closed when nobody uses it any more.
 */
import { createHash } from 'node:crypto'
import { createScim2Target, plainProfile, type SharedBudget } from '../connectors/scim/index.ts'
import {
  createSlackTarget,
  credentialsIn,
  pairsWith,
  slackBaseUrl,
  type FallbackApp,
  type StoredCredentials,
} from '../connectors/slack/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { SealError, type SecretBox } from '../secrets/index.ts'
import type { Store } from '../store/store.ts'
import {
  ConnectorError,
  credentialFailureCode,
  type ConnectionReport,
  type JobConnectionReport,
  type QuirkProfile,
  type SecretPair,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { connectionNotes, type Place } from './connection-notes.ts'
import { lazyTarget, type OpenedTarget } from './lazy-target.ts'
import {
  missing,
  openOwn,
  openRefused,
  originOf,
  simulatorOrigin,
  type JobConnection,
  type OpenConnection,
  type SendingOptions,
} from './own-connection.ts'
import { placeGuard } from './place-guard.ts'
import { tokenKey, workspaceKey, type SharedBudgets } from './shared-budgets.ts'
import { kindOfTemplate, readTargetAddress, type TargetAddress } from './target-address.ts'

/** The connection of the settings: it lives as long as the service. */
export interface InstallationConnection {
  readonly port: JobConnection
  readonly target: TargetConnector
  /** Who its token is, where somebody can say. */
  readonly teamId: () => Promise<{ readonly teamId: string; readonly team: string } | null>
}

export interface RegistryOptions extends Omit<SendingOptions, 'scimProfile'> {
  readonly store: Store
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

export interface ConnectionTestRequest {
  readonly servicePrincipalId: string
  readonly templateId: string
  readonly pairs?: readonly SecretPair[]
}

type JobNamed = Pick<SynchronizationJob, 'servicePrincipalId' | 'templateId'>

export interface ConnectionRegistry {
  /** A target for one cycle or one request; closed by whoever asked. Opened when it is first used. */
  connect(job: JobNamed): TargetConnector
  of(job: JobNamed): Promise<JobConnection>
  /** The one that waits for the answer of a consent page. */
  waitingFor(state: string): JobConnection
  describe(job: JobNamed): Promise<JobConnectionReport>
  /** Tests what is given, or what is stored; stores nothing. Throws `CredentialsMissing` when there is nothing to test. */
  test(request: ConnectionTestRequest): Promise<ConnectionReport>
  /** What its system keeps of values and can do. */
  facts(job: JobNamed): Pick<TargetConnector, 'describe' | 'asStored'>
  /** The service principal has other secrets now. */
  changed(servicePrincipalId: string): Promise<void>
  /** It has the connection of the settings from now on, as long as it has no secrets of its own. */
  useInstallation(servicePrincipalId: string): Promise<void>
  share(servicePrincipalId: string, sharesWorkspace: boolean): Promise<void>
  /** Jobs that have the connection of the settings now. */
  usersOfInstallation(): Promise<readonly SynchronizationJob[]>
  /** The job is gone; secrets and connection go with the last one of its service principal. */
  forget(job: JobNamed): Promise<void>
  /** Whatever is in flight fails. */
  close(): Promise<void>
}

interface Entry {
  /** Of the secrets it was opened with, or has stored itself since. */
  fingerprint: string
  readonly connection: OpenConnection
  users: number
  isRetired: boolean
}

/** Where secrets lead; a service principal with one of these goes its own way. */
const leadingKeys: ReadonlySet<string> = new Set(['BaseAddress', 'SecretToken', 'Oauth2AccessToken'])
const leadsSomewhere = (pairs: readonly SecretPair[]): boolean =>
  pairs.some(({ key, value }) => leadingKeys.has(key) && value !== '')

const fingerprintOf = (templateId: string, pairs: readonly SecretPair[]): string =>
  createHash('sha256')
    .update(JSON.stringify([templateId, pairs.map(({ key, value }) => [key, value])]))
    .digest('base64url')

const valueOf = (pairs: readonly SecretPair[], name: string): string | undefined =>
  pairs.find(({ key, value }) => key === name && value !== '')?.value

/** What stands in place of a value that may not be shown. */
const masked = '*'

export async function createConnectionRegistry(options: RegistryOptions): Promise<ConnectionRegistry> {
  const { store, secrets, installation, budgets, usual, clock } = options
  const notes = connectionNotes(store)
  const entries = new Map<string, Entry>()
  const retired = new Set<Entry>()
  const turns = new Map<string, Promise<unknown>>()
  const consents = new Map<string, JobConnection>()
  const installed = new Set<string>()
  for (const { servicePrincipalId } of await store.jobs.list())
    if ((await notes.of(servicePrincipalId)).usesInstallation) installed.add(servicePrincipalId)
  const factsOfSlack = createSlackTarget({ ...options, token: '' })
  const factsOfScim = createScim2Target({ ...options, baseUrl: 'https://localhost', token: '' })

  function facts(job: JobNamed): Pick<TargetConnector, 'describe' | 'asStored'> {
    const entry = entries.get(job.servicePrincipalId)
    if (entry !== undefined) return entry.connection.target
    if (installed.has(job.servicePrincipalId)) return installation.target
    return kindOfTemplate(job.templateId) === 'slack' ? factsOfSlack : factsOfScim
  }

  // ------------------------------------------------------------ where a connection may lead

  const pairsOf = async (id: string): Promise<readonly SecretPair[]> => (await secrets.read(id)).pairs

  /** What cannot be opened is there all the same. */
  async function openedPairs(id: string): Promise<readonly SecretPair[] | SealError> {
    try {
      return await pairsOf(id)
    } catch (error) {
      if (error instanceof SealError) return error
      throw error
    }
  }

  async function hasOwn(id: string): Promise<boolean> {
    const pairs = await openedPairs(id)
    return pairs instanceof SealError || leadsSomewhere(pairs)
  }

  async function installationPlace(): Promise<Place | null> {
    const team = await installation.teamId()
    return team === null ? null : { origin: originOf(installation.port.targetUrl), ...team }
  }

  const guardOf = (id: string) =>
    placeGuard(id, {
      store,
      notes,
      hasOwn,
      installationPlace,
      isExample: async () => (await store.getValue('slackPlace')) === simulatorOrigin,
    })

  function addressOf(pairs: readonly SecretPair[], templateId: string): TargetAddress | ConnectorError {
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

  // ------------------------------------------------------------ opening

  /** What stored pairs make, and where others are stored; `null` for pairs that are only tried. */
  function open(id: string, templateId: string, pairs: readonly SecretPair[], isStored: boolean): OpenConnection {
    const address = addressOf(pairs, templateId)
    const stored = credentialsIn(pairs, usual.app() ?? undefined)
    if (address instanceof ConnectorError) {
      const shown = kindOfTemplate(templateId) === 'slack' ? slackBaseUrl : ''
      return openRefused(shown, address, stored !== null, facts({ servicePrincipalId: id, templateId }))
    }
    const guard = guardOf(id)
    let current = stored
    let place: Place | null = null
    const budget: SharedBudget = budgets.under(() =>
      place === null ? tokenKey(address.baseUrl, current?.token ?? '') : workspaceKey(address.baseUrl, place.teamId),
    )
    const quirksName = `slackQuirks ${id}`
    return openOwn(address, {
      ...options,
      scimProfile: plainProfile,
      ...(usual.slackWebUrl !== undefined && address.baseUrl === usual.slackUrl
        ? { slackWebUrl: usual.slackWebUrl }
        : {}),
      stored,
      reread: async () => (isStored ? credentialsIn(await pairsOf(id), usual.app() ?? undefined) : stored),
      keep: async (next, why) => {
        if (isStored) await keep(id, templateId, current, next, why)
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

  async function keep(
    id: string,
    templateId: string,
    before: StoredCredentials | null,
    next: StoredCredentials,
    why: 'saved' | 'renewed',
  ): Promise<void> {
    const write = async (): Promise<void> => {
      for (;;) {
        const known = await secrets.read(id)
        // Somebody has entered another token meanwhile, which counts.
        if (why === 'renewed' && credentialsIn(known.pairs, usual.app() ?? undefined)?.token !== before?.token) return
        const pairs = pairsWith(known.pairs, next, clock.now())
        const stored = await secrets.replaceIf(id, known, pairs)
        if (stored === null) continue
        const entry = entries.get(id)
        if (entry !== undefined) entry.fingerprint = fingerprintOf(templateId, await pairsOf(id))
        return
      }
    }
    if (why === 'renewed') await options.tellRenewal(id, write)
    else {
      await write()
      await options.onConnected(id)
    }
  }

  /** One after the other for each service principal, so that nothing is opened twice. */
  async function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(id) ?? Promise.resolve()
    const turn = before.then(work, work)
    turns.set(id, turn)
    try {
      return await turn
    } finally {
      if (turns.get(id) === turn) turns.delete(id)
    }
  }

  async function retire(id: string): Promise<void> {
    const entry = entries.get(id)
    if (entry === undefined) return
    entries.delete(id)
    entry.isRetired = true
    if (entry.users === 0) await entry.connection.close()
    else retired.add(entry)
  }

  async function release(entry: Entry): Promise<void> {
    entry.users -= 1
    if (!entry.isRetired || entry.users > 0) return
    retired.delete(entry)
    await entry.connection.close()
  }

  /** The entry as the secrets are now; `null`: it is the connection of the settings. */
  async function entryOf({ servicePrincipalId: id, templateId }: JobNamed): Promise<Entry | null> {
    return await inTurn(id, async () => {
      const pairs = await openedPairs(id)
      if (pairs instanceof SealError) {
        await retire(id)
        const refusal = new ConnectorError(pairs.message, {
          code: credentialFailureCode,
          scope: 'job',
          retry: 'backoff',
        })
        const connection = openRefused('', refusal, true, facts({ servicePrincipalId: id, templateId }))
        return { fingerprint: '', connection, users: 0, isRetired: false }
      }
      if (!leadsSomewhere(pairs) && (await notes.of(id)).usesInstallation) {
        installed.add(id)
        await retire(id)
        return null
      }
      const fingerprint = fingerprintOf(templateId, pairs)
      const known = entries.get(id)
      if (known?.fingerprint === fingerprint) return known
      await retire(id)
      const entry: Entry = { fingerprint, connection: open(id, templateId, pairs, true), users: 0, isRetired: false }
      entries.set(id, entry)
      return entry
    })
  }

  async function acquire(job: JobNamed): Promise<OpenedTarget> {
    const entry = await entryOf(job)
    if (entry === null) return { target: installation.target, release: () => Promise.resolve() }
    entry.users += 1
    return { target: entry.connection.target, release: () => release(entry) }
  }

  const of = async (job: JobNamed): Promise<JobConnection> => {
    const entry = await entryOf(job)
    const { port } = entry?.connection ?? installation
    return {
      ...port,
      beginAuthorization: (app, redirectUrl) => {
        const request = port.beginAuthorization(app, redirectUrl)
        consents.set(request.state, port)
        return request
      },
    }
  }

  return {
    connect: (job) => lazyTarget(facts(job), () => acquire(job)),
    of,
    waitingFor: (state) => consents.get(state) ?? installation.port,
    async describe(job) {
      const id = job.servicePrincipalId
      const port = await of(job)
      const note = await notes.of(id)
      const from = (await hasOwn(id)) ? 'ownSecrets' : note.usesInstallation ? 'installation' : 'nowhere'
      return { ...port.state(), from, targetUrl: port.targetUrl, sharesWorkspace: note.sharesWorkspace }
    },
    async test({ servicePrincipalId: id, templateId, pairs }) {
      if (pairs === undefined) {
        const port = await of({ servicePrincipalId: id, templateId })
        if (port.state().origin === 'none') throw nothingToTest()
        return await port.test()
      }
      const stored = pairs.some(({ value }) => value === masked) ? await pairsOf(id) : []
      const tried = pairs.flatMap(({ key, value }) => {
        const known = value === masked ? valueOf(stored, key) : value
        return known === undefined || known === '' ? [] : [{ key, value: known }]
      })
      if (credentialsIn(tried) === null) throw nothingToTest()
      const connection = open(id, templateId, tried, false)
      try {
        return await connection.port.test()
      } finally {
        await connection.close()
      }
    },
    facts,
    async changed(id) {
      await inTurn(id, () => retire(id))
      if (credentialsIn(await pairsOf(id)) !== null) await options.onConnected(id)
    },
    async useInstallation(id) {
      await notes.change(id, { usesInstallation: true })
      installed.add(id)
    },
    share: (id, sharesWorkspace) => notes.change(id, { sharesWorkspace }),
    async usersOfInstallation() {
      const users: SynchronizationJob[] = []
      for (const job of await store.jobs.list())
        if ((await notes.of(job.servicePrincipalId)).usesInstallation && !(await hasOwn(job.servicePrincipalId)))
          users.push(job)
      return users
    },
    async forget({ servicePrincipalId: id }) {
      if ((await store.jobs.list()).some((each) => each.servicePrincipalId === id)) return
      await secrets.replace(id, [])
      await notes.forget(id)
      installed.delete(id)
      await inTurn(id, () => retire(id))
    },
    async close() {
      for (const { connection } of [...entries.values(), ...retired]) await connection.close()
      entries.clear()
      retired.clear()
      await factsOfSlack.close()
      await factsOfScim.close()
      budgets.close()
    },
  }
}

const nothingToTest = (): ConnectorError =>
  missing(
    "There are no credentials to test: send a token, or store one as the service principal's secrets (SecretToken), or connect first (muster slack connect).",
  )
