/*
 * Starts Muster: opens the store, connects both sides, starts the roles, stops them in reverse. The only file that knows
 * everybody.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createApi, deltaTokenMs, isLoopbackName, type ApiPorts } from './api/index.ts'
import { createDirectorySource } from './connectors/directory/index.ts'
import {
  createSlackConnection,
  credentialsFile,
  CredentialsFileError,
  probeEachNight,
  type SlackConnection,
} from './connectors/slack/index.ts'
import {
  createScim2Target,
  plainProfile,
  readScim2Profile,
  Scim2ProfileError,
  type Scim2Profile,
} from './connectors/scim/index.ts'
import type { TargetConnector } from './connectors/target.ts'
import {
  audited,
  bySystem,
  createDemandDesk,
  createProgressBoard,
  startRetention,
  startScheduler,
  type AuditPorts,
  type CyclePorts,
  type OperatorLog,
  type Scheduler,
} from './cycle/index.ts'
import {
  assign,
  DirectoryFileError,
  emptyRecycleBin,
  ensureApplication,
  importReading,
  readDirectoryFiles,
  recycleBinMs,
  type DirectoryFileReading,
} from './directory/index.ts'
import { defaultSlackSchema, slackTemplateId } from './provisioning/index.ts'
import { noteTargetChanges, startPostman, testNotifications, type DeliverPorts } from './notifications/index.ts'
import { ServiceStartError } from './service-error.ts'
import type { Settings } from './settings.ts'
import { openPostgresqlStore, openSqliteStore, StoreOpenError } from './store/index.ts'
import type { Store } from './store/store.ts'
import { systemClock } from './system-clock.ts'
import { timeOrderedId } from './time-ordered-id.ts'
import {
  ConnectorError,
  credentialFailureCode,
  usualJobSettings,
  type Quarantine,
  type QuirkProfile,
  type SynchronizationJob,
} from './vocabulary/index.ts'

export interface ServeOptions {
  readonly settings: Settings
  /** A folder of files that an empty directory is filled with, and the group that is then assigned. */
  readonly example?: { readonly folder: string; readonly assignGroup: string }
}

export interface RunningService {
  readonly url: string
  stop(): Promise<void>
}

/** How long a stop waits for objects in flight; less than service managers wait before they kill. */
const stopWithinMs = 5000

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0'
}

function operatorLog(level: Settings['logLevel']): OperatorLog {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  }
}

async function openStore(settings: Settings): Promise<Store> {
  try {
    return settings.databaseUrl === undefined
      ? await openSqliteStore({ file: join(settings.data, 'muster.sqlite'), exclusive: true })
      : await openPostgresqlStore({ url: settings.databaseUrl })
  } catch (error) {
    if (error instanceof StoreOpenError) throw new ServiceStartError(error.message)
    throw error
  }
}

async function valueOnce(store: Store, name: string, make: () => string): Promise<string> {
  const stored = await store.getValue(name)
  if (stored !== null) return stored
  const made = make()
  await store.setValue(name, made)
  return made
}

/** Every simulator is the same place; each real Slack is one of its own. */
function placeOf(slackUrl: string): string {
  const { hostname: host, origin } = new URL(slackUrl)
  return isLoopbackName(host) ? 'a simulator on this machine' : origin
}

/**
 * Links and people of one workspace must never meet another: a data folder belongs to the place it was first used with, and
 * to the workspace or org it was first connected to. `null` when nothing speaks against it.
 */
async function refusalOfPlace(store: Store, settings: Settings): Promise<string | null> {
  const place = placeOf(settings.slackUrl)
  const known = await valueOnce(store, 'slackPlace', () => place)
  if (known === place) return null
  return (
    `The data of this installation belongs to ${known}, and the setting slackUrl names ${place}. ` +
    'People and links of one must not reach the other'
  )
}

async function refuseOtherPlace(store: Store, settings: Settings): Promise<void> {
  const refusal = await refusalOfPlace(store, settings)
  if (refusal === null) return
  throw new ServiceStartError(`${refusal}: name a fresh folder with MUSTER_DATA (or another DATABASE_URL).`)
}

/** The name under which the store keeps the id of the job an installation began with. */
const firstJobName = 'firstJob'

const auditPorts = (store: Store): AuditPorts => ({ store, clock: systemClock, newId: () => timeOrderedId() })

/** Jobs that were made earlier, as the settings of this start want them. */
async function prepareJob(store: Store, settings: Settings, job: SynchronizationJob, hasToken: boolean): Promise<void> {
  const act = {
    activity: 'Update provisioning setting or credentials',
    operation: 'Update',
    job,
    onlyChanges: true,
  } as const
  await audited(auditPorts(store), { ...act, ...bySystem(auditPorts(store)) }, () =>
    adoptSettings(store, settings, job, hasToken),
  )
}

async function adoptSettings(
  store: Store,
  settings: Settings,
  job: SynchronizationJob,
  hasToken: boolean,
): Promise<void> {
  if (hasToken && job.status === 'NotConfigured') await store.jobs.setStatus(job.jobId, 'NotRun')
  // The usual interval is no wish: what an administrator has set for the job stays.
  if (settings.cycleEvery !== usualJobSettings.cycleEveryMs && settings.cycleEvery !== job.settings.cycleEveryMs)
    await store.jobs.saveSettings(job.jobId, { ...job.settings, cycleEveryMs: settings.cycleEvery })
}

/**
 * The job that a fresh installation begins with, which starts by itself; `null` once it has been deleted: it does not come
 * back. Others are made and started by an administrator.
 */
async function ensureJobs(
  store: Store,
  settings: Settings,
  tenantId: string,
  hasToken: boolean,
): Promise<SynchronizationJob | null> {
  const jobs = await store.jobs.list()
  for (const job of jobs) await prepareJob(store, settings, job, hasToken)
  const known = (await store.getValue(firstJobName)) ?? jobs[0]?.jobId
  if (known !== undefined) {
    await store.setValue(firstJobName, known)
    const first = jobs.find((job) => job.jobId === known)
    if (hasToken && first?.status === 'NotConfigured') await store.jobs.setStatus(known, 'NotRun', 'Active')
    return await store.jobs.get(known)
  }
  const jobId = `${slackTemplateId}.${tenantId.replaceAll('-', '')}.${randomUUID()}`
  const job: SynchronizationJob = {
    jobId,
    servicePrincipalId: randomUUID(),
    servicePrincipalDisplayName: 'Slack',
    templateId: slackTemplateId,
    status: hasToken ? 'NotRun' : 'NotConfigured',
    scheduleState: hasToken ? 'Active' : 'Disabled',
    settings: { ...usualJobSettings, cycleEveryMs: settings.cycleEvery },
    schema: defaultSlackSchema(jobId, settings.userNames === 'allot' ? 'allotted' : 'asMapped'),
    watermark: null,
    nextRunAt: Date.now(),
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    escrowsPruned: false,
  }
  const itself = { id: jobId, displayName: job.servicePrincipalDisplayName, type: 'Job', modifiedProperties: [] }
  const act = { activity: 'Add provisioning configuration', operation: 'Add', job: null, targets: [itself] } as const
  await audited(auditPorts(store), { ...act, ...bySystem(auditPorts(store)) }, () => store.jobs.create(job))
  await store.setValue(firstJobName, jobId)
  return job
}

async function readExample(folder: string): Promise<DirectoryFileReading> {
  try {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => ({ name, content: readFileSync(join(folder, name)) }))
    return await readDirectoryFiles(files, { keepGoing: false })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const found = error instanceof DirectoryFileError ? error.message : code
    if (found === undefined) throw error
    throw new ServiceStartError(
      `The example directory in ${folder} cannot be read (${found}). Name a folder of CSV files with --example, or leave it out.`,
    )
  }
}

async function loadExample(
  store: Store,
  job: SynchronizationJob,
  example: NonNullable<ServeOptions['example']>,
): Promise<void> {
  const counts = await store.directory.counts()
  if (counts.length > 0) return
  const reading = await readExample(example.folder)
  const ports = auditPorts(store)
  const system = bySystem(ports)
  const details = () => [{ key: 'Folder', value: example.folder }]
  await audited(ports, { activity: 'Import directory', operation: 'Update', job: null, details, ...system }, () =>
    importReading(store.directory, { reading, full: false, now: Date.now(), removalsMax: null, dryRun: false }),
  )
  const [group] = (await store.directory.lookUp(example.assignGroup)).filter((object) => object.objectType === 'Group')
  if (group === undefined)
    throw new ServiceStartError(`The example directory in ${example.folder} has no group "${example.assignGroup}".`)
  const targets = [{ id: group.objectId, displayName: example.assignGroup, type: 'Group', modifiedProperties: [] }]
  await audited(ports, { activity: 'Add app role assignment', operation: 'Assign', job, targets, ...system }, () =>
    assign(store.directory, {
      servicePrincipalId: job.servicePrincipalId,
      principal: group,
      assignmentId: randomUUID(),
    }),
  )
}

async function refusalOfTeam(store: Store, settings: Settings, teamId: string, team: string): Promise<string | null> {
  const known = await store.getValue('slackTeam')
  if (known === null || known === teamId) return await refusalOfPlace(store, settings)
  return `This is the workspace or org ${team} (${teamId}), and the data of this installation belongs to ${known}. People and links of one must not reach the other.`
}

/** Neither other credentials nor a start of the service answer what an administrator has to. */
const waitsForSomebody = ({ reason }: Quarantine): boolean =>
  reason === 'TooManyDeletes' || reason === 'QuarantinedOnDemand'

/**
 * Jobs that waited for credentials can run now, and those quarantined for want of them go on. The first job starts by
 * itself; another waits for whoever made it.
 */
async function goOn(store: Store, firstJobId: string | null): Promise<void> {
  for (const { jobId, status, quarantine } of await store.jobs.list()) {
    if (status === 'NotConfigured')
      await store.jobs.setStatus(jobId, 'NotRun', jobId === firstJobId ? 'Active' : 'Disabled')
    if (quarantine !== null && !waitsForSomebody(quarantine)) await store.jobs.setQuarantine(jobId, null, [])
    await store.jobs.setNextRun(jobId, systemClock.now())
  }
}

function openConnection(store: Store, settings: Settings, onConnected: () => Promise<void>): SlackConnection {
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
function openScim2(settings: Settings): TargetConnector {
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

async function listen(app: Awaited<ReturnType<typeof createApi>>, settings: Settings): Promise<string> {
  if (!isLoopbackName(settings.host)) {
    throw new ServiceStartError(
      `The host "${settings.host}" is not a loopback address. Muster has no access control yet, so it answers only on this machine: use 127.0.0.1.`,
    )
  }
  try {
    await app.listen({ port: settings.port, host: settings.host })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') {
      throw new ServiceStartError(
        `Port ${String(settings.port)} on ${settings.host} is in use. Choose another with MUSTER_PORT or --port (0 takes a free one), or stop what listens there.`,
      )
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new ServiceStartError(
        `Port ${String(settings.port)} on ${settings.host} cannot be taken (${code}). Choose another with MUSTER_PORT or --port, or another MUSTER_HOST.`,
      )
    }
    throw error
  }
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  return `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${String(port)}`
}

/** Objects in flight are finished, unless Slack keeps them waiting: then they go on at the next start. */
async function stopInTime(scheduler: Scheduler, target: TargetConnector): Promise<void> {
  const isLate = new AbortController()
  const giveUp = systemClock.sleep(stopWithinMs, isLate.signal).then(
    () => target.close(),
    () => undefined,
  )
  await scheduler.stop()
  isLate.abort(new Error('All objects in flight are done.'))
  await giveUp
}

/** The store, telling of every change of the directory as soon as it is stored. */
function tellingOfChanges(store: Store, onChange: () => void): Store {
  const { directory } = store
  return {
    ...store,
    directory: {
      ...directory,
      async transaction(work) {
        const result = await directory.transaction(work)
        onChange()
        return result
      },
    },
  }
}

/** Throws `ServiceStartError` with one line that says what was found, why it matters and what to do. */
export async function serve(options: ServeOptions): Promise<RunningService> {
  const { settings } = options
  const log = operatorLog(settings.logLevel)
  let scheduler: Scheduler | null = null
  const store = tellingOfChanges(await openStore(settings), () => scheduler?.wake())
  const stops: (() => Promise<void>)[] = [() => store.close()]
  async function stop(): Promise<void> {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    // The folder's lock proves that nobody else lives here, so a lease left behind is a dead process's.
    if (store.dialect === 'sqlite') await store.jobs.breakLeases()
    const tenantId = await valueOnce(store, 'tenantId', randomUUID)
    const connection = openConnection(store, settings, async () => {
      await goOn(store, await store.getValue(firstJobName))
      scheduler?.wake()
    })
    stops.push(() => connection.close())
    const isScim2 = settings.dialect === 'scim2'
    const target = isScim2 ? openScim2(settings) : connection.target
    if (isScim2) stops.push(() => target.close())
    const hasToken = isScim2 ? settings.slackToken !== undefined : connection.state().origin !== 'none'
    // Without credentials no place is used: a directory may be filled before it is known where Slack is.
    if (hasToken) await refuseOtherPlace(store, settings)
    const job = await ensureJobs(store, settings, tenantId, hasToken)
    for (const each of await store.jobs.list())
      await ensureApplication(store.directory, each, { tenantId, now: Date.now() })
    // A cycle that was stopped or broke off goes on now, not when its next attempt would be due; so does a job in quarantine,
    // whose cause may be what the restart mends.
    for (const { jobId, quarantine } of await store.jobs.list())
      if (
        (quarantine !== null && quarantine.reason !== 'QuarantinedOnDemand') ||
        (await store.jobs.runningCycle(jobId)) !== null
      )
        await store.jobs.setNextRun(jobId, Date.now())
    if (options.example !== undefined && job !== null) await loadExample(store, job, options.example)

    // Names this process to the others that share the database.
    const owner = `${hostname()}:${String(process.pid)}`
    const sourceOf = (each: SynchronizationJob): ReturnType<typeof createDirectorySource> =>
      createDirectorySource({ directory: store.directory, servicePrincipalId: each.servicePrincipalId })
    const ports: CyclePorts = {
      store,
      // All jobs share one connector and so one budget; it lives as long as the service.
      connect: (each) => ({
        source: sourceOf(each),
        target: { ...target, close: () => Promise.resolve() },
      }),
      clock: systemClock,
      newId: () => timeOrderedId(),
      tenantId,
      progress: createProgressBoard(systemClock),
      desk: createDemandDesk(owner),
      log,
    }
    const { slackClientId: clientId, slackClientSecret: clientSecret, slackRedirectUrl: redirectUrl } = settings
    const deliverPorts: DeliverPorts = {
      store,
      clock: systemClock,
      mail:
        settings.smtpUrl === undefined || settings.mailFrom === undefined
          ? null
          : { smtpUrl: settings.smtpUrl, from: settings.mailFrom },
      webhookSecret: settings.webhookSecret ?? null,
      onFailure: ({ notification, channel, attempts }, error) => {
        log.warn('a notification was not taken', {
          jobId: notification.jobId,
          notification: notification.kind,
          channel,
          attempts: attempts + 1,
          error,
        })
      },
    }
    const postman = startPostman(deliverPorts)
    stops.push(() => postman.stop())
    const api: ApiPorts = {
      cycle: ports,
      sourceOf,
      targetUrl: settings.slackUrl,
      targetFacts: target,
      wake: () => scheduler?.wake(),
      version: version(),
      ...(isScim2 ? {} : { connection }),
      ...(clientId === undefined || clientSecret === undefined
        ? {}
        : { oauthApp: { clientId, clientSecret, ...(redirectUrl === undefined ? {} : { redirectUrl }) } }),
      notify: {
        hasMailServer: deliverPorts.mail !== null,
        hasWebhookSecret: deliverPorts.webhookSecret !== null,
        test: (each) => testNotifications(deliverPorts, each, timeOrderedId()),
      },
    }
    const app = await createApi(api)
    stops.push(async () => {
      await app.close()
    })
    const url = await listen(app, settings)
    const retention = startRetention({ clock: systemClock, log }, [
      {
        name: 'provisioning log',
        keptMs: settings.logRetention,
        purge: (olderThan, limit) => store.provisioning.purgeLog(olderThan, limit),
      },
      {
        name: 'audit log',
        keptMs: settings.auditRetention,
        purge: (olderThan, limit) =>
          store.audit.purge(olderThan, limit, { id: timeOrderedId(), at: systemClock.now() }),
      },
      {
        name: 'plans',
        keptMs: settings.logRetention,
        purge: (olderThan, limit) => store.plans.purge(olderThan, limit),
      },
      {
        name: 'recycle bin',
        keptMs: recycleBinMs,
        purge: (olderThan, limit) => emptyRecycleBin(store.directory, olderThan, limit),
      },
      {
        name: 'directory journal',
        keptMs: deltaTokenMs,
        purge: (_, limit) => store.directory.pruneJournal({ now: systemClock.now(), keptMs: deltaTokenMs, limit }),
      },
    ])
    stops.push(() => retention.stop())
    const running = startScheduler(ports, owner, () => postman.wake())
    scheduler = running
    if (!isScim2) {
      const stopProbing = probeEachNight({
        connection,
        clock: systemClock,
        onChanges: async (changes) => {
          for (const change of changes) log.warn('Slack answers otherwise than at the last probe', { ...change })
          const noting = { store, clock: systemClock, newId: () => timeOrderedId() }
          const [told] = await store.jobs.list()
          if (told !== undefined) await noteTargetChanges(noting, told, changes)
          postman.wake()
        },
        onFailure: (error) => log.warn('the nightly probe of Slack could not be made', { error }),
      })
      stops.push(stopProbing)
    }
    stops.push(() => stopInTime(running, target))
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
