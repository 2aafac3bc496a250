/*
 * Starts Muster: opens the store, connects both sides, starts the roles, stops them in reverse. The only file that knows
 * everybody.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createApi, createIdentify, createTokenService, deltaTokenMs, type ApiPorts } from './api/index.ts'
import { createConnectionRegistry, createSharedBudgets, type ConnectionRegistry } from './connections/index.ts'
import { probeEachNight, slackBaseUrl } from './connectors/slack/index.ts'
import {
  createDemandDesk,
  createProgressBoard,
  startRetention,
  startScheduler,
  type CyclePorts,
  type OperatorLog,
  type Scheduler,
} from './cycle/index.ts'
import { emptyRecycleBin, ensureApplication, ensureGraphPrincipal, recycleBinMs } from './directory/index.ts'
import { noteTargetChanges, startPostman, testNotifications, type DeliverPorts } from './notifications/index.ts'
import type { Settings } from './settings.ts'
import {
  ensureJobs,
  goOn,
  goOnAtStart,
  layIntoHome,
  listen,
  loadExample,
  openInstallation,
  openOperatorKey,
  openSecrets,
  openSecretSettings,
  openSource,
  openStore,
  authorityFileOf,
  openTls,
  refuseOtherPlace,
  tellingOfChanges,
  tellRenewal,
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
  /** Nothing was there before. */
  readonly isFirstStart: boolean
  /** The file of the authority that clients are to trust, where it is Muster's own. */
  readonly authorityFile: string | null
  stop(): Promise<void>
}

/** Wrong passwords of a day ago are forgotten. */
const dayMs = 24 * 3_600_000

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
async function stopInTime(scheduler: Scheduler, breakOff: () => Promise<void>): Promise<void> {
  const isLate = new AbortController()
  const giveUp = systemClock.sleep(stopWithinMs, isLate.signal).then(breakOff, () => undefined)
  await scheduler.stop()
  isLate.abort(new Error('All objects in flight are done.'))
  await giveUp
}

function externalSignInOf(settings: Settings): Pick<ApiPorts, 'externalSignIn'> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = settings
  if (issuer === undefined || clientId === undefined) return {}
  const secret = clientSecret === undefined ? {} : { clientSecret }
  return { externalSignIn: { issuer, clientId, ...secret, accountClaim: settings.oidcAccountClaim } }
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
    const isFirstStart = (await store.getValue('tenantId')) === null
    const tenantId = await valueOnce(store, 'tenantId', randomUUID)
    let connections: ConnectionRegistry | null = null
    const goOnWith = async (jobs: readonly SynchronizationJob[]): Promise<void> => {
      await goOn(store, jobs)
      scheduler?.wake()
    }
    const budgets = createSharedBudgets()
    const installation = await openInstallation({
      store,
      secrets,
      settings,
      budgets,
      onConnected: async () => {
        await goOnWith((await connections?.usersOfInstallation()) ?? [])
      },
    })
    stops.push(() => installation.close())
    const hasToken = installation.port.state().origin !== 'none'
    // Without credentials no place is used: a directory may be filled before it is known where Slack is.
    if (hasToken) await refuseOtherPlace(store, settings)
    const job = await ensureJobs(store, settings, tenantId, hasToken)
    await ensureGraphPrincipal(store.directory, Date.now())
    for (const each of await store.jobs.list())
      await ensureApplication(store.directory, each, { tenantId, now: Date.now() })
    const secretSettings = await openSecretSettings(secrets, settings)
    const { slackClientId: clientId, slackRedirectUrl: redirectUrl, mailFrom } = settings
    const oauthApp = (): { readonly clientId: string; readonly clientSecret: string } | null => {
      const clientSecret = secretSettings.read('slackClientSecret')
      return clientId === undefined || clientSecret === undefined ? null : { clientId, clientSecret }
    }
    const registry = await createConnectionRegistry({
      store,
      secrets,
      installation,
      budgets,
      clock: systemClock,
      random: Math.random,
      rateShare: settings.rateShare,
      rate: settings.rate,
      protectedAccounts: settings.protectedAccounts,
      usual: {
        slackUrl: settings.dialect === 'scim2' ? slackBaseUrl : settings.slackUrl,
        ...(settings.slackWebUrl === undefined ? {} : { slackWebUrl: settings.slackWebUrl }),
        dialect: settings.dialect === 'slack-v2' ? 'slack-v2' : 'slack-v1',
        app: oauthApp,
      },
      tellRenewal: async (id, work) => {
        const [of] = (await store.jobs.list()).filter((each) => each.servicePrincipalId === id)
        await tellRenewal(store, { id, displayName: of?.servicePrincipalDisplayName ?? id }, work)
      },
      onConnected: async (id) => {
        await goOnWith((await store.jobs.list()).filter((each) => each.servicePrincipalId === id))
      },
    })
    connections = registry
    stops.push(() => registry.close())
    await goOnAtStart(store)
    const source = openSource(store, settings)
    const isOwnDirectory = settings.source === 'directory'
    if (options.example !== undefined && job !== null && isOwnDirectory) await loadExample(store, job, options.example)

    // Names this process to the others that share the database.
    const owner = `${hostname()}:${String(process.pid)}`
    const ports: CyclePorts = {
      store,
      connect: (each) => ({ source: source.connect(each), target: registry.connect(each) }),
      clock: systemClock,
      newId: () => timeOrderedId(),
      tenantId,
      progress: createProgressBoard(systemClock),
      desk: createDemandDesk(owner),
      log,
    }
    const deliverPorts: DeliverPorts = {
      store,
      clock: systemClock,
      mail: () => {
        const smtpUrl = secretSettings.read('smtpUrl')
        return smtpUrl === undefined || mailFrom === undefined ? null : { smtpUrl, from: mailFrom }
      },
      webhookSecret: () => secretSettings.read('webhookSecret') ?? null,
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
    const tokenService = createTokenService({ ...ports, secrets })
    const api: ApiPorts = {
      cycle: { ...ports, store: source.guarded },
      tokenService,
      identify: createIdentify({ operatorKey, tokenService }),
      sourceOf: (each) => source.sourceOf(each),
      source: source.port,
      wake: () => scheduler?.wake(),
      version: version(),
      connection: installation.port,
      oauthApp: () => {
        const app = oauthApp()
        return app === null ? null : { ...app, ...(redirectUrl === undefined ? {} : { redirectUrl }) }
      },
      secrets: {
        list: (ownerId) => secrets.list(ownerId),
        replace: async (ownerId, pairs) => {
          await secrets.replace(
            ownerId,
            pairs.filter(({ value }) => value !== ''),
          )
          await registry.changed(ownerId)
        },
      },
      connections: registry,
      keys,
      secretSettings,
      ...externalSignInOf(settings),
      notify: {
        hasMailServer: () => deliverPorts.mail() !== null,
        hasWebhookSecret: () => deliverPorts.webhookSecret() !== null,
        test: (each) => testNotifications(deliverPorts, each, timeOrderedId()),
      },
    }
    const tls = openTls(settings, { now: systemClock.now, warn: log.warn })
    const app = await createApi({ ...api, tls, publicUrl: settings.publicUrl, requestLimit: settings.requestLimit })
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
      // A refresh token that was used is known until it would have ended, so that its second use is noticed.
      {
        name: 'ended sign-ins',
        keptMs: 0,
        purge: (_, limit) => store.accounts.purgeSecrets(systemClock.now(), limit),
      },
      {
        name: 'wrong passwords',
        keptMs: dayMs,
        purge: (olderThan, limit) => store.accounts.purgeAttempts(olderThan, limit),
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
    const unfollow = source.follow((error) => log.warn('the tenant could not be read', { error }))
    const running = startScheduler(ports, owner, () => postman.wake())
    scheduler = running
    if (installation.slack !== undefined) {
      const stopProbing = probeEachNight({
        connection: installation.slack,
        clock: systemClock,
        onChanges: async (changes) => {
          for (const change of changes) log.warn('Slack answers otherwise than at the last probe', { ...change })
          const noting = { store, clock: systemClock, newId: () => timeOrderedId() }
          const [told] = await registry.usersOfInstallation()
          if (told !== undefined) await noteTargetChanges(noting, told, changes)
          postman.wake()
        },
        onFailure: (error) => log.warn('the nightly probe of Slack could not be made', { error }),
      })
      stops.push(stopProbing)
    }
    stops.push(async () => {
      const stopping = stopInTime(running, async () => {
        await registry.close()
        await installation.close()
      })
      // A cycle may be waiting for the tenant.
      await Promise.all([unfollow(), stopping])
    })
    return { url, isFirstStart, authorityFile: authorityFileOf(settings), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
