/*
 * `/muster/v1/clients`: programs that call this service, with their permissions, secrets and certificates. The same objects as
 * Graph's applications, service principals and appRoleAssignments, for people without a script at hand.
 */
import { X509Certificate } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  addSecret,
  changeApplication,
  createApplication,
  createServicePrincipal,
  deleteApplication,
  grantPermissions,
  removeSecret,
  revokePermission,
  type MadeSecret,
} from '../../directory/index.ts'
import { nearestName } from '../../provisioning/index.ts'
import {
  appPermissionTable,
  type ClientReport,
  type ClientsPage,
  type NewCredentialReport,
  type SigningKeysReport,
} from '../../vocabulary/index.ts'
import type { Action } from '../../access/index.ts'
import { actionsOfPermissions, actionsOfProgram } from '../access/handed-on.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { allClients, clientReport, listIn, textIn, type FoundClient } from './client-list.ts'

const displayName = z.string().trim().min(1).max(256)
const permissions = z.array(z.string()).max(100)
/** PEM, or base64 of DER. */
const certificate = z
  .string()
  .min(1)
  .max(64 * 1024)
const expiresAt = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const newClient = z.strictObject({
  displayName,
  permissions: permissions.default([]),
  certificate: certificate.optional(),
  expiresAt: expiresAt.optional(),
})

const newSecret = z.strictObject({
  displayName: displayName.optional(),
  certificate: certificate.optional(),
  expiresAt: expiresAt.optional(),
})

const listed = z.object({
  text: z.string().max(256).default(''),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

interface OfClient {
  readonly Params: { readonly client: string }
}

const assign: Action = 'microsoft.directory/servicePrincipals/appRoleAssignedTo/update'

/** Nobody hands on more than he holds (docs/decisions/0033). */
async function refuseHandingOn({ asker }: FastifyRequest, handed: readonly Action[]): Promise<void> {
  const missing = await asker.missing(handed, 'everything')
  if (missing.length === 0) return
  throw new ApiProblem(
    403,
    'accessDenied',
    `Whoever holds this program's secret could do what you may not, so nothing was done. You would need ${missing.join(', ')}.`,
    { missing },
  )
}

export function clientRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, tenantId } = ports.cycle
  const { directory } = store

  const reportOf = (client: FoundClient): ClientReport => clientReport(client, clock.now())

  async function clientNamed(name: string): Promise<FoundClient> {
    const all = await allClients(directory)
    const wanted = name.toLowerCase()
    const byId = all.find(({ application, servicePrincipal }) =>
      [application.appId, application.objectId, servicePrincipal.objectId].includes(wanted),
    )
    const called = all.filter((client) => client.displayName.toLowerCase() === wanted)
    const found = byId ?? (called.length === 1 ? called[0] : undefined)
    if (found !== undefined) return found
    if (called.length > 1)
      throw new ApiProblem(
        409,
        'nameNotUnique',
        `${String(called.length)} clients are called "${name}": name one by its id, ${called.map(({ application }) => application.appId).join(' or ')}.`,
      )
    const near = nearestName(
      name,
      all.map((client) => client.displayName),
    )
    throw new ApiProblem(
      404,
      'itemNotFound',
      `There is no client "${name}".${near === null ? '' : ` Is "${near}" meant?`} muster client list shows those there are.`,
    )
  }

  /** Either a secret that is made here, or the certificate that was handed in. */
  async function addCredential(
    client: FoundClient,
    wanted: {
      readonly displayName?: string | undefined
      readonly certificate?: string | undefined
      readonly expiresAt?: number | undefined
    },
  ): Promise<NewCredentialReport> {
    const { application } = client
    const made =
      wanted.certificate === undefined
        ? await addSecret(directory, application, {
            displayName: wanted.displayName ?? null,
            startsAt: null,
            endsAt: wanted.expiresAt ?? null,
            now: clock.now(),
          })
        : await addCertificate(client, certificateText(wanted.certificate))
    return {
      tenantId,
      clientId: application.appId,
      clientSecret: made.secretText,
      keyId: textIn(made.credential, 'keyId') ?? '',
      expires: textIn(made.credential, 'endDateTime') ?? '',
      displayName: client.displayName,
      permissions: client.permissions,
      tokenPath: `/${tenantId}/oauth2/v2.0/token`,
    }
  }

  async function addCertificate(
    { application: { objectId, objectType, properties } }: FoundClient,
    key: string,
  ): Promise<Omit<MadeSecret, 'secretText'> & { readonly secretText: null }> {
    await changeApplication(directory, objectId, objectType, {
      keyCredentials: [...listIn(properties, 'keyCredentials'), { key }],
    })
    const [changed] = await directory.applications([objectId])
    const credential = listIn(changed?.properties ?? {}, 'keyCredentials').at(-1)
    if (credential === undefined) throw new Error('A certificate was kept, and is not there.')
    return { credential, secretText: null }
  }

  app.get('/clients', async (request): Promise<ClientsPage> => {
    const { text, cursor, limit } = parse(listed, request.query)
    const wanted = text.toLowerCase()
    const matching = (await allClients(directory)).filter(
      ({ displayName: name, application, servicePrincipal }) =>
        name.toLowerCase().includes(wanted) ||
        [application.appId, application.objectId, servicePrincipal.objectId].some((id) => id.startsWith(wanted)),
    )
    const from = cursor === undefined ? 0 : matching.findIndex(({ application }) => application.appId > cursor)
    const page = from < 0 ? [] : matching.slice(from, from + limit)
    const last = page.at(-1)?.application.appId ?? null
    return {
      clients: page.map(reportOf),
      total: matching.length,
      cursor: last === matching.at(-1)?.application.appId ? null : last,
    }
  })

  app.post('/clients', async (request, reply): Promise<NewCredentialReport> => {
    const body = parse(newClient, request.body)
    const wanted = body.permissions.map(permissionNamed)
    if (body.certificate !== undefined) certificateText(body.certificate)
    await refuseHandingOn(request, wanted.length === 0 ? [] : [assign, ...actionsOfPermissions(wanted)])
    const now = clock.now()
    const application = await createApplication(directory, {
      properties: { displayName: body.displayName },
      owners: [],
      now,
    })
    const { appId } = application
    const servicePrincipal = await createServicePrincipal(directory, {
      appId,
      properties: {},
      owners: [],
      tenantId,
      now,
    })
    await grantPermissions(directory, servicePrincipal.objectId, wanted, now)
    const client = { application, servicePrincipal, displayName: body.displayName, permissions: sorted(wanted) }
    const made = await addCredential(client, { certificate: body.certificate, expiresAt: body.expiresAt })
    void reply.status(201).header('cache-control', 'no-store')
    return made
  })

  app.post('/signingKeys/replace', async (): Promise<SigningKeysReport> => {
    const { keys } = ports.tokenService.tokens
    await keys.replace()
    const { kid } = await keys.current()
    const published = await keys.published()
    return { keys: published.map((each) => ({ keyId: each.kid ?? '', isSigning: each.kid === kid })) }
  })

  app.get<OfClient>('/clients/:client', async (request) => reportOf(await clientNamed(request.params.client)))

  app.delete<OfClient>('/clients/:client', async (request) => {
    const client = await clientNamed(request.params.client)
    const jobs = await store.jobs.list()
    await deleteApplication(directory, client.application.objectId, 'Application', {
      now: clock.now(),
      isInUse: (id) => jobs.some(({ servicePrincipalId }) => servicePrincipalId === id),
    })
    return { deleted: client.displayName, clientId: client.application.appId }
  })

  app.post<OfClient>('/clients/:client/secrets', async (request, reply): Promise<NewCredentialReport> => {
    const client = await clientNamed(request.params.client)
    await refuseHandingOn(request, await actionsOfProgram(store, client.servicePrincipal.objectId))
    const made = await addCredential(client, parse(newSecret, request.body ?? {}))
    void reply.status(201).header('cache-control', 'no-store')
    return made
  })

  app.delete<{ Params: { readonly client: string; readonly key: string } }>(
    '/clients/:client/secrets/:key',
    async (request) => {
      const { key } = request.params
      const client = await clientNamed(request.params.client)
      const report = reportOf(client)
      const { objectId, objectType, properties } = client.application
      if (report.certificates.some(({ keyId }) => keyId === key)) {
        const kept = listIn(properties, 'keyCredentials').filter(({ keyId }) => keyId !== key)
        await changeApplication(directory, objectId, objectType, { keyCredentials: kept })
      } else if (report.secrets.some(({ keyId }) => keyId === key)) {
        await removeSecret(directory, client.application, key)
      } else {
        throw new ApiProblem(
          404,
          'itemNotFound',
          `The client "${client.displayName}" has no secret or certificate ${key}. muster client show ${report.clientId} lists them.`,
        )
      }
      return reportOf(await clientNamed(report.clientId))
    },
  )

  app.post<OfClient>('/clients/:client/permissions', async (request) => {
    const client = await clientNamed(request.params.client)
    const wanted = parse(z.strictObject({ permissions }), request.body).permissions.map(permissionNamed)
    await refuseHandingOn(request, actionsOfPermissions(wanted))
    await grantPermissions(directory, client.servicePrincipal.objectId, wanted, clock.now())
    return reportOf(await clientNamed(client.application.appId))
  })

  app.delete<{ Params: { readonly client: string; readonly permission: string } }>(
    '/clients/:client/permissions/:permission',
    async (request) => {
      const client = await clientNamed(request.params.client)
      const permission = permissionNamed(request.params.permission)
      if (!client.permissions.includes(permission))
        throw new ApiProblem(
          404,
          'itemNotFound',
          `The client "${client.displayName}" does not have ${permission}. It has ${client.permissions.join(', ') || 'none'}.`,
        )
      await revokePermission(directory, client.servicePrincipal.objectId, permission)
      return reportOf(await clientNamed(client.application.appId))
    },
  )
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

/** Case does not matter; a name that is none is refused with the nearest one. */
function permissionNamed(name: string): string {
  const found = appPermissionTable.find(({ value }) => value.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found.value
  const known = appPermissionTable.map(({ value }) => value)
  const near = nearestName(name, known)
  throw new ApiProblem(
    400,
    'badRequest',
    `There is no permission "${name.slice(0, 100)}".${near === null ? '' : ` Is ${near} meant?`} Nothing was changed. Known are ${known.join(', ')}.`,
  )
}

/** Base64 of DER, whatever form the file had. */
function certificateText(given: string): string {
  const refuse = (): never => {
    throw new ApiProblem(
      400,
      'badRequest',
      'The certificate cannot be read. Hand in the X.509 certificate alone, as PEM or base64 of DER, without its private key.',
    )
  }
  if (given.includes('PRIVATE KEY')) refuse()
  const isPem = given.includes('-----BEGIN CERTIFICATE-----')
  try {
    return new X509Certificate(isPem ? given : Buffer.from(given, 'base64')).raw.toString('base64')
  } catch {
    // OpenSSL has many words for what is no certificate.
    return refuse()
  }
}
