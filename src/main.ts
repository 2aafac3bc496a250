/*
 * Starts Muster: opens the store, connects both sides, starts the roles, stops them in reverse. The only file that knows
 * everybody.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createApi, createIdentify, deltaTokenMs, type ApiPorts } from './api/index.ts'
import { createDirectorySource } from './connectors/directory/index.ts'
import { probeEachNight } from './connectors/slack/index.ts'
import type { TargetConnector } from './connectors/target.ts'
import {
  createDemandDesk,
  createProgressBoard,
  startRetention,
  startScheduler,
  type CyclePorts,
  type OperatorLog,
  type Scheduler,
} from './cycle/index.ts'
import { emptyRecycleBin, ensureApplication, recycleBinMs } from './directory/index.ts'
import { noteTargetChanges, startPostman, testNotifications, type DeliverPorts } from './notifications/index.ts'
import type { Settings } from './settings.ts'
import {
  ensureJobs,
  goOn,
  goOnAtStart,
  layIntoHome,
  listen,
  loadExample,
  openConnection,
  openOperatorKey,
  openScim2,
  openSecrets,
  openStore,
  authorityFileOf,
  openTls,
  refuseOtherPlace,
  tellingOfChanges,
  valueOnce,
  type Example,
} from './start/index.ts'
import { systemClock } from './system-clock.ts'
import { timeOrderedId } from './time-ordered-id.ts'
import type { SynchronizationJob } from './vocabulary/index.ts'

export interface ServeOptions {
  readonly settings: Settings
  /** The id of a master key that is lost: what is sealed with it is deleted. */
  readonly abandonSecrets?: string
  readonly example?: Example
}

export interface RunningService {
  readonly url: string
  /** The file of the authority that clients are to trust, where it is Muster's own. */
  readonly authorityFile: string | null
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
    const { secrets, keys } = await openSecrets(store, settings, options.abandonSecrets)
    const tenantId = await valueOnce(store, 'tenantId', randomUUID)
    const connection = openConnection(store, settings, async () => {
      await goOn(store)
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
    await goOnAtStart(store)
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
    const operatorKey = openOperatorKey(settings.data)
    const api: ApiPorts = {
      cycle: ports,
      identify: createIdentify({ operatorKey }),
      sourceOf,
      targetUrl: settings.slackUrl,
      targetFacts: target,
      wake: () => scheduler?.wake(),
      version: version(),
      ...(isScim2 ? {} : { connection }),
      ...(clientId === undefined || clientSecret === undefined
        ? {}
        : { oauthApp: { clientId, clientSecret, ...(redirectUrl === undefined ? {} : { redirectUrl }) } }),
      secrets,
      connections: {
        of: () => Promise.resolve(connection),
        test: async ({ servicePrincipalId, pairs }) => {
          const all = pairs ?? (await secrets.list(servicePrincipalId))
          return await connection.test(all.find(({ key }) => key === 'SecretToken')?.value)
        },
      },
      keys,
      notify: {
        hasMailServer: deliverPorts.mail !== null,
        hasWebhookSecret: deliverPorts.webhookSecret !== null,
        test: (each) => testNotifications(deliverPorts, each, timeOrderedId()),
      },
    }
    const tls = openTls(settings, { now: systemClock.now, warn: log.warn })
    const app = await createApi({ ...api, tls, publicUrl: settings.publicUrl })
    stops.push(async () => {
      await app.close()
    })
    const url = await listen(app, settings)
    const takeFromHome = layIntoHome(operatorKey, new URL(url).port)
    stops.push(() => Promise.resolve(takeFromHome()))
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
    return { url, authorityFile: authorityFileOf(settings), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
