/* Opens the source that the settings name: Muster's own directory, or a tenant of Microsoft Entra that it mirrors. */
import { readFileSync } from 'node:fs'
import type { SourcePort } from '../api/index.ts'
import { createDirectorySource, plainUserPrincipalName } from '../connectors/directory/index.ts'
import {
  clouds,
  createEntraSource,
  createGraphClient,
  createGraphTransport,
  followTenant,
  keepInStep,
  readCertificate,
  replicationMs,
  requestsMax,
  testTenant,
  type EntraCredential,
} from '../connectors/entra/index.ts'
import type { SourceConnector } from '../connectors/source.ts'
import { createMirror, guardMirror } from '../directory/index.ts'
import { neededAttributes } from '../provisioning/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system-clock.ts'
import { isLoopbackName, type MirrorFeed, type SynchronizationJob } from '../vocabulary/index.ts'

export interface OpenSource {
  /** What is in the directory now. */
  sourceOf(job: SynchronizationJob): SourceConnector
  /** What a cycle reads: brought up to date first. */
  connect(job: SynchronizationJob): SourceConnector
  /** The store for whoever changes the directory from outside. */
  readonly guarded: Store
  readonly port: SourcePort
  /** Begins to follow what changes outside; answers how to end that. */
  follow(onFailure: (message: string) => void): () => Promise<void>
}

export function openSource(store: Store, settings: Settings): OpenSource {
  const sourceOf = (job: SynchronizationJob): SourceConnector =>
    createDirectorySource({ directory: store.directory, servicePrincipalId: job.servicePrincipalId })
  if (settings.source === 'directory')
    return {
      sourceOf,
      connect: sourceOf,
      guarded: store,
      port: { show: () => Promise.resolve({ kind: 'directory' }), tenant: null },
      follow: () => () => Promise.resolve(),
    }
  const { authority, graph, tenantName, clientId, credential } = place(settings)
  const client = createGraphClient({
    authority,
    graph,
    tenant: tenantName,
    clientId,
    credential,
    transport: createGraphTransport(
      requestsMax,
      settings.entraCa === undefined ? undefined : file(settings.entraCa, 'MUSTER_ENTRA_CA'),
    ),
    clock: systemClock,
    random: Math.random,
  })
  const application = settings.entraApplication ?? null
  const servicePrincipalIds = async (): Promise<readonly string[]> =>
    (await store.jobs.list()).map((job) => job.servicePrincipalId)
  const tenant = followTenant({
    client,
    mirror: createMirror(store.directory),
    clock: systemClock,
    tenant: tenantName,
    // The tenant's servers need as long to agree: reading again gives nothing new.
    freshForMs: Math.min(replicationMs, settings.entraEvery),
    application,
    needed: async () => neededAttributes((await store.jobs.list()).map((job) => job.schema)),
    servicePrincipalIds,
  })
  const guard = {
    tenant: tenantName,
    servicePrincipalIds: application === null ? () => Promise.resolve([]) : servicePrincipalIds,
  }
  return {
    sourceOf,
    connect: (job) => createEntraSource({ tenant, client, mirrored: sourceOf(job), plainUserPrincipalName }),
    guarded: { ...store, directory: guardMirror(store.directory, guard) },
    port: {
      async show() {
        const state = await tenant.state()
        const counts = await store.directory.counts()
        const present = (objectType: string): number =>
          counts.find((each) => each.objectType === objectType && each.presence === 'present')?.count ?? 0
        const people = (await store.directory.countMirrored('User', 0)).all
        const groups = (await store.directory.countMirrored('Group', 0)).all
        return {
          ...state,
          kind: 'entra',
          authority,
          graph,
          clientId,
          credential: credential.kind,
          everyMs: settings.entraEvery,
          people: Math.min(people, present('User')),
          groups: Math.min(groups, present('Group')),
          foreign: Math.max(0, present('User') - people) + Math.max(0, present('Group') - groups),
          timeLeftMs: timeLeftMs(state.feeds, systemClock.now()),
        }
      },
      tenant: {
        test: async () => testTenant(client, { userSelect: await tenant.select('User'), application }),
        confirm: (missing) => tenant.confirm(missing),
        catchUp: () => tenant.catchUp(),
      },
    },
    follow(onFailure) {
      const end = keepInStep({ tenant, clock: systemClock, everyMs: settings.entraEvery, onFailure })
      return async () => {
        await client.close()
        await end()
      }
    },
  }
}

/** By the pace so far; `null` where nothing is read, or it is not known how much there is. */
function timeLeftMs(feeds: readonly MirrorFeed[], now: number): number | null {
  const reading = feeds.find((feed) => feed.kind === 'full' && feed.phase === 'reading')
  const expected = reading?.expected ?? null
  if (reading === undefined || expected === null || reading.objects === 0) return null
  const left = Math.max(0, expected - reading.objects)
  return Math.round(((now - reading.beganAt) / reading.objects) * left)
}

function file(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ServiceStartError(
      `The file ${path} (${setting}) cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}), so the tenant cannot be reached.`,
    )
  }
}

function place(settings: Settings): {
  readonly authority: string
  readonly graph: string
  readonly tenantName: string
  readonly clientId: string
  readonly credential: EntraCredential
} {
  const missing = [
    ...(settings.entraTenant === undefined ? ['MUSTER_ENTRA_TENANT'] : []),
    ...(settings.entraClientId === undefined ? ['MUSTER_ENTRA_CLIENT_ID'] : []),
    ...(settings.entraClientSecret === undefined && settings.entraCertificate === undefined
      ? ['MUSTER_ENTRA_CLIENT_SECRET or MUSTER_ENTRA_CERTIFICATE']
      : []),
  ]
  const { entraTenant: tenantName, entraClientId: clientId } = settings
  if (tenantName === undefined || clientId === undefined || missing.length > 0)
    throw new ServiceStartError(
      `MUSTER_SOURCE is entra, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set: a tenant of Microsoft Entra is read by an app registration of its own (docs/entra.md).`,
    )
  const cloud = clouds[settings.entraCloud]
  const authority = settings.entraAuthority ?? cloud.authority
  const graph = settings.entraGraph ?? cloud.graph
  for (const url of [authority, graph])
    if (url.startsWith('http:') && !isLoopbackName(new URL(url).hostname))
      throw new ServiceStartError(
        `${url} is no https address: the tenant's secret and people would travel where anybody can read them. Only this machine itself may be asked over http.`,
      )
  return { authority, graph, tenantName, clientId, credential: credentialOf(settings) }
}

function credentialOf({ entraClientSecret, entraCertificate }: Settings): EntraCredential {
  if (entraCertificate === undefined) return { kind: 'secret', secret: entraClientSecret ?? '' }
  const pem = file(entraCertificate, 'MUSTER_ENTRA_CERTIFICATE')
  try {
    return readCertificate(pem)
  } catch (error) {
    throw new ServiceStartError(
      `The file ${entraCertificate} (MUSTER_ENTRA_CERTIFICATE) ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}
