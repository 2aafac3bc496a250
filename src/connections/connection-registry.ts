/*
 * One connection for each service principal: made of its own secrets, or else the one of the settings, where it may use that.
 * Opened when first needed; opened anew when the secrets are others; closed when nobody uses it any more.
 */
import { createScim2Target } from '../connectors/scim/index.ts'
import { createSlackTarget, credentialsIn } from '../connectors/slack/index.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { SealError } from '../secrets/index.ts'
import type { Store } from '../store/store.ts'
import {
  ConnectorError,
  credentialFailureCode,
  type ConnectionReport,
  type JobConnectionReport,
  type SecretPair,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { connectionNotes, type Place } from './connection-notes.ts'
import { lazyTarget, type OpenedTarget } from './lazy-target.ts'
import { openPairs, type OpeningOptions } from './open-pairs.ts'
import {
  missing,
  openRefused,
  originOf,
  simulatorOrigin,
  type JobConnection,
  type OpenConnection,
} from './own-connection.ts'
import { placeGuard } from './place-guard.ts'
import { fingerprintOf, leadsSomewhere, masked, storedPairs, valueOf } from './secret-pairs.ts'
import { kindOfTemplate } from './target-address.ts'

export interface RegistryOptions extends OpeningOptions {
  readonly store: Store
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

export async function createConnectionRegistry(options: RegistryOptions): Promise<ConnectionRegistry> {
  const { store, secrets, installation, budgets } = options
  const stored = storedPairs(secrets)
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

  async function installationPlace(): Promise<Place | null> {
    const team = await installation.teamId()
    return team === null ? null : { origin: originOf(installation.port.targetUrl), ...team }
  }

  const guardOf = (id: string) =>
    placeGuard(id, {
      store,
      notes,
      hasOwn: stored.hasOwn,
      installationPlace,
      isExample: async () => (await store.getValue('slackPlace')) === simulatorOrigin,
    })

  const open = (
    { servicePrincipalId, templateId }: JobNamed,
    pairs: readonly SecretPair[],
    isStored: boolean,
  ): OpenConnection =>
    openPairs(options, {
      servicePrincipalId,
      templateId,
      pairs,
      isStored,
      guard: guardOf(servicePrincipalId),
      facts: facts({ servicePrincipalId, templateId }),
      onKept: (kept) => {
        const entry = entries.get(servicePrincipalId)
        if (entry !== undefined) entry.fingerprint = fingerprintOf(templateId, kept)
      },
    })

  // ------------------------------------------------------------ one for each service principal

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
  async function entryOf(job: JobNamed): Promise<Entry | null> {
    const { servicePrincipalId: id, templateId } = job
    return await inTurn(id, async () => {
      const pairs = await stored.opened(id)
      if (pairs instanceof SealError) {
        await retire(id)
        const refusal = new ConnectorError(pairs.message, {
          code: credentialFailureCode,
          scope: 'job',
          retry: 'backoff',
        })
        const connection = openRefused('', refusal, true, facts(job))
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
      const entry: Entry = { fingerprint, connection: open(job, pairs, true), users: 0, isRetired: false }
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
      const from = (await stored.hasOwn(id)) ? 'ownSecrets' : note.usesInstallation ? 'installation' : 'nowhere'
      return { ...port.state(), from, targetUrl: port.targetUrl, sharesWorkspace: note.sharesWorkspace }
    },
    async test({ servicePrincipalId: id, templateId, pairs }) {
      if (pairs === undefined) {
        const port = await of({ servicePrincipalId: id, templateId })
        if (port.state().origin === 'none') throw nothingToTest()
        return await port.test()
      }
      const known = pairs.some(({ value }) => value === masked) ? await stored.of(id) : []
      const tried = pairs.flatMap(({ key, value }) => {
        const meant = value === masked ? valueOf(known, key) : value
        return meant === undefined || meant === '' ? [] : [{ key, value: meant }]
      })
      if (credentialsIn(tried) === null) throw nothingToTest()
      const connection = open({ servicePrincipalId: id, templateId }, tried, false)
      try {
        return await connection.port.test()
      } finally {
        await connection.close()
      }
    },
    facts,
    async changed(id) {
      await inTurn(id, () => retire(id))
      if (credentialsIn(await stored.of(id)) !== null) await options.onConnected(id)
    },
    async useInstallation(id) {
      await notes.change(id, { usesInstallation: true })
      installed.add(id)
    },
    share: (id, sharesWorkspace) => notes.change(id, { sharesWorkspace }),
    async usersOfInstallation() {
      const users: SynchronizationJob[] = []
      for (const job of await store.jobs.list())
        if ((await notes.of(job.servicePrincipalId)).usesInstallation && !(await stored.hasOwn(job.servicePrincipalId)))
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
