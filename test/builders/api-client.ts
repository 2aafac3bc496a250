/* A program with permissions, made over Graph as scripts do it, and the tokens it gets; the API is asked in memory. */
import { expect } from 'vitest'
import type { createApi } from '../../src/api/index.ts'
import { type ApiPorts } from '../../src/api/index.ts'
import { ensureGraphPrincipal } from '../../src/directory/index.ts'
import { appPermissionTable, graphAppId } from '../../src/vocabulary/index.ts'

export type Api = Awaited<ReturnType<typeof createApi>>

type Json = Readonly<Record<string, unknown>>

export interface ApiAnswer {
  readonly status: number
  readonly body: Json
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

export const apiHost = 'localhost:8443'

export interface TestClient {
  readonly appId: string
  readonly applicationId: string
  readonly servicePrincipalId: string
  readonly secret: string
  readonly keyId: string
  /** Ids of the grants, by permission. */
  readonly grants: ReadonlyMap<string, string>
}

/** `address` from the root on. Without `authorization` it is the operator who asks. */
export async function askApi(
  app: Api,
  method: string,
  address: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const answer = await app.inject({
    method: method as 'GET',
    url: address,
    headers: { host: apiHost, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json') && answer.body !== ''
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    body: isJson ? (JSON.parse(answer.body) as Json) : {},
  }
}

async function made(app: Api, address: string, body: unknown): Promise<Json> {
  const answer = await askApi(app, 'POST', `/v1.0${address}`, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.body
}

export async function makeClient(
  app: Api,
  ports: Pick<ApiPorts, 'cycle'>,
  {
    permissions = [],
    displayName = 'Payroll',
  }: { readonly permissions?: readonly string[]; readonly displayName?: string } = {},
): Promise<TestClient> {
  const { store, clock } = ports.cycle
  await ensureGraphPrincipal(store.directory, clock.now())
  const application = await made(app, '/applications', { displayName })
  const appId = String(application['appId'])
  const principal = await made(app, '/servicePrincipals', { appId })
  const secret = await made(app, `/applications/${String(application['id'])}/addPassword`, {
    passwordCredential: { displayName: 'first' },
  })
  const graph = await askApi(app, 'GET', `/v1.0/servicePrincipals(appId='${graphAppId}')?$select=id`)
  const grants = new Map<string, string>()
  for (const value of permissions) {
    const grant = await made(app, `/servicePrincipals/${String(principal['id'])}/appRoleAssignments`, {
      principalId: principal['id'],
      resourceId: graph.body['id'],
      appRoleId: appPermissionTable.find((each) => each.value === value)?.id,
    })
    grants.set(value, String(grant['id']))
  }
  return {
    appId,
    applicationId: String(application['id']),
    servicePrincipalId: String(principal['id']),
    secret: String(secret['secretText']),
    keyId: String(secret['keyId']),
    grants,
  }
}

/** Asks the token endpoint; parameters that are `undefined` are left out. */
export async function askToken(
  app: Api,
  parameters: Readonly<Record<string, string | undefined>>,
  { tenant, headers = {} }: { readonly tenant: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<ApiAnswer> {
  const form = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  )
  return await askApi(app, 'POST', `/${tenant}/oauth2/v2.0/token`, form.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })
}

export const bySecret = ({
  appId,
  secret,
}: Pick<TestClient, 'appId' | 'secret'>): Readonly<Record<string, string>> => ({
  grant_type: 'client_credentials',
  client_id: appId,
  client_secret: secret,
  scope: 'https://graph.microsoft.com/.default',
})

export async function tokenOf(app: Api, client: TestClient, tenant: string): Promise<string> {
  const answer = await askToken(app, bySecret(client), { tenant })
  expect(answer.status, answer.text).toBe(200)
  return String(answer.body['access_token'])
}
