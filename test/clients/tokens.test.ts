/* Microsoft's own clients, unchanged, and an independent one, over HTTPS (graph-api.md 7.4). */
import { ClientCertificateCredential, ClientSecretCredential } from '@azure/identity'
import { ConfidentialClientApplication, LogLevel } from '@azure/msal-node'
import * as oauth from 'oauth4webapi'
import { Agent, request as ask } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askApi, makeClient, type TestClient } from '../builders/api-client.ts'
import { aCertificate, type TestCertificate } from '../builders/certificates.ts'
import { anHttpsService, type HttpsService } from '../builders/https-service.ts'

const tenant = '3f0e4c53-9d0b-4d2f-8f0c-5a1f5f6f7a10'

let service: HttpsService
let client: TestClient
let certificate: TestCertificate
let agent: Agent
beforeAll(async () => {
  service = await anHttpsService(tenant)
  client = await makeClient(service.app, service.ports, { permissions: ['User.Read.All'] })
  await service.world.user('Mira Okafor', { userPrincipalName: 'mira@acme.example' })
  certificate = await aCertificate({ name: 'CN=Payroll' })
  const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate.der }]
  const answer = await askApi(service.app, 'PATCH', `/v1.0/applications/${client.applicationId}`, { keyCredentials })
  expect(answer.status, answer.text).toBe(204)
  agent = new Agent({ connect: { ca: service.authority } })
})
afterAll(async () => {
  await agent.close()
  await service.close()
})

/** What the service answers to whoever shows this token. */
async function peopleFor(token: string): Promise<readonly unknown[]> {
  const answer = await ask(`${service.root}/v1.0/users`, {
    dispatcher: agent,
    headers: { authorization: `Bearer ${token}` },
  })
  const body = (await answer.body.json()) as { readonly value: readonly { readonly displayName: string }[] }
  expect(answer.statusCode, JSON.stringify(body)).toBe(200)
  return body.value.map(({ displayName }) => displayName)
}

const scope = (): string => `${service.root}/.default`

describe('@azure/identity', () => {
  const options = () => ({
    authorityHost: service.root,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: service.authority },
  })

  test.each(['its id', 'its domain'])('ClientSecretCredential, the tenant by %s', async (by) => {
    const credential = new ClientSecretCredential(
      by === 'its id' ? tenant : 'acme.example',
      client.appId,
      client.secret,
      options(),
    )
    const token = await credential.getToken(scope())
    expect(token.token.split('.')).toHaveLength(3)
    expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000)
    expect(await peopleFor(token.token)).toEqual(['Mira Okafor'])
    expect((await credential.getToken('https://graph.microsoft.com/.default')).token).toBeTypeOf('string')
  })

  test('ClientCertificateCredential, again and again', async () => {
    const pem = `${certificate.certificate}\n${certificate.privateKey}\n`
    for (const sendCertificateChain of [false, true]) {
      const credential = new ClientCertificateCredential(
        tenant,
        client.appId,
        { certificate: pem },
        { ...options(), sendCertificateChain },
      )
      const token = await credential.getToken(scope())
      expect(await peopleFor(token.token)).toEqual(['Mira Okafor'])
      // Another scope is another request, with the same assertion.
      expect((await credential.getToken('https://graph.microsoft.com/.default')).token).toBeTypeOf('string')
    }
  })

  test('a wrong secret is told in Entra’s words', async () => {
    const credential = new ClientSecretCredential(tenant, client.appId, 'wrong', options())
    await expect(credential.getToken(scope())).rejects.toThrow(/7000215/)
  })
})

describe('@azure/msal-node', () => {
  const application = (auth: object) =>
    new ConfidentialClientApplication({
      auth: {
        clientId: client.appId,
        authority: `${service.root}/${tenant}`,
        knownAuthorities: [service.host],
        ...auth,
      },
      system: {
        loggerOptions: { logLevel: LogLevel.Error, loggerCallback: () => undefined },
        networkClient: {
          sendGetRequestAsync: (url, options) => send('GET', url, options?.headers, undefined),
          sendPostRequestAsync: (url, options) => send('POST', url, options?.headers, options?.body),
        },
      },
    })

  /** MSAL has no option for an authority; programs set NODE_EXTRA_CA_CERTS. */
  async function send<T>(
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string> = {},
    body: string | undefined,
  ): Promise<{ headers: Record<string, string>; body: T; status: number }> {
    const answer = await ask(url, { method, dispatcher: agent, headers, ...(body === undefined ? {} : { body }) })
    return { headers: {}, body: (await answer.body.json()) as T, status: answer.statusCode }
  }

  test('a secret', async () => {
    const got = await application({ clientSecret: client.secret }).acquireTokenByClientCredential({ scopes: [scope()] })
    expect(await peopleFor(got?.accessToken ?? '')).toEqual(['Mira Okafor'])
    expect(service.requests).toContain(`GET /${tenant}/v2.0/.well-known/openid-configuration`)
  })

  test('a certificate; one that is asked again without its cache sends the same assertion', async () => {
    const thumbprintSha256 = Buffer.from(
      await crypto.subtle.digest('SHA-256', Buffer.from(certificate.der, 'base64')),
    ).toString('hex')
    const app = application({ clientCertificate: { thumbprintSha256, privateKey: certificate.privateKey } })
    for (let count = 0; count < 3; count += 1) {
      const got = await app.acquireTokenByClientCredential({ scopes: [scope()], skipCache: true })
      expect(await peopleFor(got?.accessToken ?? '')).toEqual(['Mira Okafor'])
    }
  })

  test('an error has Entra’s number', async () => {
    const app = application({ clientSecret: 'wrong' })
    await expect(app.acquireTokenByClientCredential({ scopes: [scope()] })).rejects.toMatchObject({
      errorCode: 'invalid_client',
    })
  })
})

describe('oauth4webapi, which has nothing of Microsoft’s', () => {
  const options = () => ({
    [oauth.customFetch]: async (
      url: string,
      init: { method: string; headers: Record<string, string>; body?: unknown },
    ) => {
      const { method, headers, body } = init
      const answer = await ask(url, {
        method: method as 'GET',
        dispatcher: agent,
        headers,
        ...(body === undefined || body === null ? {} : { body: (body as URLSearchParams).toString() }),
      })
      return new Response(await answer.body.text(), {
        status: answer.statusCode,
        headers: { 'content-type': String(answer.headers['content-type']) },
      })
    },
  })

  async function server(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(`${service.root}/${tenant}/v2.0`)
    return await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...options() }),
    )
  }

  test.each(['ClientSecretPost', 'ClientSecretBasic'] as const)('discovery, and a token by %s', async (method) => {
    const as = await server()
    const me = { client_id: client.appId }
    const answer = await oauth.clientCredentialsGrantRequest(
      as,
      me,
      oauth[method](client.secret),
      new URLSearchParams({ scope: scope() }),
      options(),
    )
    const got = await oauth.processClientCredentialsResponse(as, me, answer)
    expect(got.token_type).toBe('bearer')
    expect(await peopleFor(got.access_token)).toEqual(['Mira Okafor'])
  })

  test('a token by private_key_jwt, whose audience is the issuer', async () => {
    const as = await server()
    const me = { client_id: client.appId }
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' }
    const pkcs8 = Buffer.from(certificate.privateKey.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
    const answer = await oauth.clientCredentialsGrantRequest(
      as,
      me,
      oauth.PrivateKeyJwt(key),
      new URLSearchParams({ scope: scope() }),
      options(),
    )
    const got = await oauth.processClientCredentialsResponse(as, me, answer)
    expect(await peopleFor(got.access_token)).toEqual(['Mira Okafor'])
  })

  test('a wrong secret is OAuth’s invalid_client', async () => {
    const as = await server()
    const me = { client_id: client.appId }
    const answer = await oauth.clientCredentialsGrantRequest(
      as,
      me,
      oauth.ClientSecretPost('wrong'),
      new URLSearchParams({ scope: scope() }),
      options(),
    )
    await expect(oauth.processClientCredentialsResponse(as, me, answer)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })
})

test('the first calls of many scripts: /organization, /domains, /me', async () => {
  const credential = new ClientSecretCredential(tenant, client.appId, client.secret, {
    authorityHost: service.root,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: service.authority },
  })
  const { token } = await credential.getToken(scope())
  const get = async (path: string) => {
    const answer = await ask(`${service.root}/v1.0${path}`, {
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}` },
    })
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, never> }
  }
  const organization = await get('/organization?$select=id,verifiedDomains')
  expect(organization.status).toBe(200)
  expect(organization.body['value']).toEqual([
    {
      id: tenant,
      verifiedDomains: [
        { capabilities: 'Email', isDefault: true, isInitial: false, name: 'acme.example', type: 'Managed' },
        {
          capabilities: 'Email',
          isDefault: false,
          isInitial: true,
          name: `${tenant}.muster.internal`,
          type: 'Managed',
        },
      ],
    },
  ])
  expect((await get('/domains?$filter=isDefault eq true&$select=id')).body['value']).toEqual([{ id: 'acme.example' }])
  expect((await get('/domains/acme.example')).body).toMatchObject({ id: 'acme.example', isVerified: true })
  expect((await get('/domains/nowhere.example')).status).toBe(404)
  const me = await get('/me')
  expect([me.status, me.body['error']]).toMatchObject([
    400,
    {
      code: 'Request_BadRequest',
      message: expect.stringContaining('only valid with delegated authentication flow') as string,
    },
  ])
})
