/* Tokens for programs: how they are got, what they say, and what stops them (graph-api.md 2). */
import { createHmac } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  apiHost,
  askApi,
  askToken,
  bySecret,
  makeClient,
  tokenOf,
  type Api,
  type ApiAnswer,
  type TestClient,
} from '../../../test/builders/api-client.ts'
import { apiPorts } from '../../../test/builders/api-ports.ts'
import { aWorld, type World } from '../../../test/builders/world.ts'
import { createApi } from '../index.ts'
import type { ApiPorts } from '../ports.ts'

const tenant = '7b2f3c1a-5d64-4e0c-9a1b-2f0d6c5e4a31'
const root = `http://${apiHost}`

let world: World
let ports: ApiPorts
let app: Api
let client: TestClient
beforeEach(async () => {
  world = await aWorld()
  ports = apiPorts({ ...world.ports, tenantId: tenant })
  app = await createApi(ports)
  client = await makeClient(app, ports, { permissions: ['User.Read.All', 'Synchronization.ReadWrite.All'] })
})
afterEach(async () => {
  await app.close()
  await world.close()
})

const withToken = async (token: string, address = '/v1.0/users'): Promise<ApiAnswer> =>
  await askApi(app, 'GET', address, undefined, { authorization: `Bearer ${token}` })

const ask = async (more: Readonly<Record<string, string | undefined>>): Promise<ApiAnswer> =>
  await askToken(app, { ...bySecret(client), ...more }, { tenant })

async function expectRefused(token: string, message: RegExp): Promise<void> {
  for (const address of ['/v1.0/users', '/muster/v1/status']) {
    const answer = await withToken(token, address)
    expect(answer.status, answer.text).toBe(401)
    const { error } = answer.body as { readonly error: { readonly code: string; readonly message: string } }
    expect(error.code).toBe(address.startsWith('/v1.0') ? 'InvalidAuthenticationToken' : 'unauthenticated')
    expect(error.message).toMatch(message)
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
    expect(answer.text).not.toContain(token.slice(0, 20))
  }
}

describe('a token', () => {
  test('is got with a secret, says what Microsoft’s say, and opens both parts', async () => {
    const answer = await ask({})
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    const { access_token: token, ...rest } = answer.body
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
    const now = Math.floor(world.clock.now() / 1000)
    expect(decodeProtectedHeader(String(token))).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(decodeJwt(String(token))).toMatchObject({
      aud: '00000003-0000-0000-c000-000000000000',
      iss: `${root}/${tenant}/v2.0`,
      iat: now,
      exp: now + 3599,
      tid: tenant,
      oid: client.servicePrincipalId,
      sub: client.servicePrincipalId,
      appid: client.appId,
      azp: client.appId,
      azpacr: '1',
      app_displayname: 'Payroll',
      idtyp: 'app',
      roles: ['Synchronization.ReadWrite.All', 'User.Read.All'],
      ver: '2.0',
    })
    for (const address of ['/v1.0/users', '/beta/users', '/muster/v1/status'])
      expect((await withToken(String(token), address)).status, address).toBe(200)
  })

  test('is got for every name of the tenant and of the resource, and with HTTP Basic', async () => {
    await world.user('Mira Okafor', { userPrincipalName: 'mira@acme.example' })
    const initial = `${tenant}.muster.internal`
    for (const name of [tenant, tenant.toUpperCase(), 'common', 'organizations', initial])
      expect((await askToken(app, bySecret(client), { tenant: name })).status, name).toBe(200)
    for (const scope of [
      `${root}/.default`,
      `${root}//.default`,
      'http://127.0.0.1:8443/.default',
      'https://graph.microsoft.com/.default',
      'https://graph.microsoft.us/.default',
      '00000003-0000-0000-c000-000000000000/.default',
    ])
      expect((await ask({ scope })).status, scope).toBe(200)
    const basic = Buffer.from(`${client.appId}:${encodeURIComponent(client.secret)}`).toString('base64')
    const answer = await askToken(
      app,
      { grant_type: 'client_credentials', scope: `${root}/.default` },
      { tenant, headers: { authorization: `Basic ${basic}` } },
    )
    expect(answer.status, answer.text).toBe(200)
  })

  test('names the issuer by the host that the client called', async () => {
    const answer = await askToken(app, bySecret(client), { tenant, headers: { host: '127.0.0.1:9999' } })
    expect(decodeJwt(String(answer.body['access_token'])).iss).toBe(`http://127.0.0.1:9999/${tenant}/v2.0`)
    const found = await askApi(app, 'GET', `/${tenant}/v2.0/.well-known/openid-configuration`, undefined, {
      host: '127.0.0.1:9999',
    })
    expect(found.body).toMatchObject({
      issuer: `http://127.0.0.1:9999/${tenant}/v2.0`,
      token_endpoint: `http://127.0.0.1:9999/${tenant}/oauth2/v2.0/token`,
      jwks_uri: `http://127.0.0.1:9999/${tenant}/discovery/v2.0/keys`,
    })
    expect((await withToken(String(answer.body['access_token']))).status).toBe(200)
  })

  test('says nothing of what the noise of clients says', async () => {
    const noise = { 'x-client-SKU': 'msal.js.node', 'x-client-VER': '7', 'client-request-id': 'x' }
    expect((await ask(noise)).status).toBe(200)
  })
})

describe('no token', () => {
  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7_000_215],
    ['the id of the secret', { client_secret: 'KEYID' }, 401, 'invalid_client', 7_000_215],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7_000_216],
    ['an empty secret', { client_secret: '' }, 401, 'invalid_client', 7_000_216],
    ['an unknown client', { client_id: 'f00df00d-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700_016],
    ['a client that is no id', { client_id: "'; --" }, 400, 'unauthorized_client', 700_016],
    ['another scope', { scope: 'https://vault.azure.net/.default' }, 400, 'invalid_scope', 70_011],
    ['the scope of another port', { scope: 'http://localhost:1/.default' }, 400, 'invalid_scope', 70_011],
    ['a permission as scope', { scope: 'User.Read.All' }, 400, 'invalid_scope', 70_011],
    ['two scopes', { scope: `${root}/.default offline_access` }, 400, 'invalid_scope', 70_011],
    ['no scope', { scope: undefined }, 400, 'invalid_request', 900_144],
    ['no client', { client_id: undefined }, 400, 'invalid_request', 900_144],
    ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 900_144],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70_003],
    ['a grant type of every object', { grant_type: 'constructor' }, 400, 'unsupported_grant_type', 70_003],
    ['an assertion without its type', { client_assertion: 'x.y.z' }, 400, 'invalid_request', 900_100],
  ])('%s: the answer is OAuth’s with Entra’s number', async (_, more, status, error, code) => {
    const sent = Object.fromEntries(
      Object.entries(more).map(([name, value]) => [name, value === 'KEYID' ? client.keyId : value]),
    )
    const answer = await ask(sent)
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body).toMatchObject({
      error,
      error_codes: [code],
      error_description: expect.stringContaining(`AADSTS${String(code)}: `) as string,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/) as string,
      trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    expect(answer.text).not.toContain(client.secret)
  })

  test('an unknown tenant, a parameter twice, JSON, and a body beyond the bound', async () => {
    const other = await askToken(app, bySecret(client), { tenant: 'f00df00d-0000-4000-8000-000000000000' })
    expect([other.status, other.body['error_codes']]).toEqual([400, [90_002]])
    expect((await askToken(app, bySecret(client), { tenant: 'nowhere.example' })).body['error_codes']).toEqual([90_002])
    const post = async (text: string, type: string): Promise<ApiAnswer> =>
      await askApi(app, 'POST', `/${tenant}/oauth2/v2.0/token`, text, { 'content-type': type })
    const form = 'application/x-www-form-urlencoded'
    expect((await post('grant_type=client_credentials&grant_type=x', form)).body['error']).toBe('invalid_request')
    expect((await post('{"grant_type":"client_credentials"}', 'application/json')).body['error']).toBe(
      'invalid_request',
    )
    const huge = await post(`grant_type=${'x'.repeat(100_000)}`, form)
    expect([huge.status, huge.body['error']]).toEqual([400, 'invalid_request'])
  })

  test('who fails too often waits, and nobody else does', async () => {
    for (let count = 0; count < 10; count += 1) expect((await ask({ client_secret: 'wrong' })).status).toBe(401)
    const bounded = await ask({})
    expect([bounded.status, bounded.body['error']]).toEqual([429, 'temporarily_unavailable'])
    expect(Number(bounded.headers['retry-after'])).toBeGreaterThan(0)
    const other = await makeClient(app, ports, { displayName: 'Other' })
    expect((await askToken(app, bySecret(other), { tenant })).status).toBe(200)
    await world.clock.advance(60_000)
    expect((await ask({})).status).toBe(200)
  })
})

describe('a token stops to count', () => {
  test('when it has expired', async () => {
    const token = await tokenOf(app, client, tenant)
    await world.clock.advance(3_598_000)
    expect((await withToken(token)).status).toBe(200)
    await world.clock.advance(2000)
    await expectRefused(token, /the token is expired/)
  })

  test('at once when the client is disabled, and counts again when it is enabled', async () => {
    const token = await tokenOf(app, client, tenant)
    const principal = `/v1.0/servicePrincipals/${client.servicePrincipalId}`
    expect((await askApi(app, 'PATCH', principal, { accountEnabled: false })).status).toBe(204)
    await expectRefused(token, /is disabled/)
    expect((await ask({})).body['error_codes']).toEqual([7_000_112])
    await askApi(app, 'PATCH', principal, { accountEnabled: true })
    expect((await withToken(token)).status).toBe(200)
  })

  test('at once when the client is deleted', async () => {
    const token = await tokenOf(app, client, tenant)
    await askApi(app, 'DELETE', `/v1.0/applications/${client.applicationId}`)
    await expectRefused(token, /is deleted/)
    expect((await ask({})).body['error_codes']).toEqual([700_016])
  })

  test('at once when its secret is removed, and when that has expired; other secrets go on', async () => {
    const token = await tokenOf(app, client, tenant)
    const address = `/v1.0/applications/${client.applicationId}`
    const endDateTime = new Date(world.clock.now() + 600_000).toISOString()
    const second = await askApi(app, 'POST', `${address}/addPassword`, { passwordCredential: { endDateTime } })
    expect((await askApi(app, 'POST', `${address}/removePassword`, { keyId: client.keyId })).status).toBe(204)
    await expectRefused(token, /has expired or was removed/)
    expect((await ask({})).body['error_codes']).toEqual([7_000_215])

    const again = await ask({ client_secret: String(second.body['secretText']) })
    expect((await withToken(String(again.body['access_token']))).status).toBe(200)
    await world.clock.advance(600_000)
    await expectRefused(String(again.body['access_token']), /has expired or was removed/)
    expect((await ask({ client_secret: String(second.body['secretText']) })).body['error_codes']).toEqual([7_000_222])
  })

  test('a permission that is taken back is gone from the next request on', async () => {
    const token = await tokenOf(app, client, tenant)
    const permissions = async (): Promise<unknown> => {
      const caller = await ports.tokenService.callerOf(token)
      return caller.kind === 'application' ? caller.permissions : caller.kind
    }
    expect(await permissions()).toEqual(['Synchronization.ReadWrite.All', 'User.Read.All'])
    const grant = client.grants.get('User.Read.All') ?? ''
    await askApi(app, 'DELETE', `/v1.0/servicePrincipals/${client.servicePrincipalId}/appRoleAssignments/${grant}`)
    expect(await permissions()).toEqual(['Synchronization.ReadWrite.All'])
  })

  test('not when its key is replaced; the old key goes when its last token has expired', async () => {
    const token = await tokenOf(app, client, tenant)
    const keyIds = async (): Promise<readonly unknown[]> => {
      const answer = await askApi(app, 'GET', `/${tenant}/discovery/v2.0/keys`)
      const { keys } = answer.body as { readonly keys: readonly Readonly<Record<string, unknown>>[] }
      for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
      return keys.map(({ kid }) => kid)
    }
    const [before] = await keyIds()
    await ports.tokenService.tokens.keys.replace()
    expect(await keyIds()).toEqual([expect.not.stringMatching(String(before)), before])
    expect((await withToken(token)).status).toBe(200)
    expect(decodeProtectedHeader(await tokenOf(app, client, tenant)).kid).not.toBe(before)
    await world.clock.advance(3_600_000)
    expect(await keyIds()).toHaveLength(1)

    // Another process that shares the database knows the new key as well.
    const other = apiPorts({ ...world.ports, tenantId: tenant })
    expect(await other.tokenService.callerOf(await tokenOf(app, client, tenant))).toMatchObject({ kind: 'application' })
  })
})

describe('a forged token', () => {
  async function forged(
    change: (claims: Record<string, unknown>) => Record<string, unknown>,
    isSignedByUs = true,
  ): Promise<string> {
    const token = await tokenOf(app, client, tenant)
    const claims = change({ ...decodeJwt(token) })
    const { kid = '' } = decodeProtectedHeader(token)
    const key = isSignedByUs
      ? (await ports.tokenService.tokens.keys.current()).key
      : (await generateKeyPair('RS256')).privateKey
    return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: String(kid) }).sign(key)
  }

  test('is refused: signed by another key, altered, without a signature, by a public key as a password', async () => {
    await expectRefused(await forged((claims) => claims, false), /Signature is invalid/)
    const token = await tokenOf(app, client, tenant)
    const [header = '', , signature = ''] = token.split('.')
    const claims = decodeJwt(token)
    const text = Buffer.from(JSON.stringify({ ...claims, roles: ['Directory.ReadWrite.All'] })).toString('base64url')
    await expectRefused(`${header}.${text}.${signature}`, /Signature is invalid/)
    await expectRefused(new UnsecuredJWT({ ...claims }).encode(), /Only tokens signed with RS256|no JSON Web Token/)

    const { kid } = decodeProtectedHeader(token)
    const found = await askApi(app, 'GET', `/${tenant}/discovery/v2.0/keys`)
    const hs = `${Buffer.from(JSON.stringify({ alg: 'HS256', kid })).toString('base64url')}.${text}`
    const mac = createHmac('sha256', JSON.stringify(found.body)).update(hs).digest('base64url')
    await expectRefused(`${hs}.${mac}`, /Only tokens signed with RS256/)

    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const own = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'mine', jwk: await exportJWK(publicKey) })
      .sign(privateKey)
    await expectRefused(own, /not signed by a key of this service/)
  })

  test.each([
    ['of another audience', { aud: 'https://vault.azure.net' }, /Invalid audience/],
    ['of another tenant', { tid: 'f00df00d-0000-4000-8000-000000000000' }, /another tenant/],
    ['of another issuer', { iss: `https://evil.example/f00df00d/v2.0` }, /another tenant/],
    ['of an issuer with more in it', { iss: `https://evil.example/x/${tenant}/v2.0` }, /another tenant/],
    ['that never expires', { exp: undefined }, /'exp'/],
    ['that is not valid yet', { nbf: 9_999_999_999, exp: 99_999_999_999 }, /not valid yet/],
    ['of nobody', { oid: undefined }, /'oid'/],
    ['of an object that is none', { oid: 'x' }, /is deleted/],
    ['of an unknown client', { azp: 'f00df00d-0000-4000-8000-000000000000' }, /is deleted/],
    ['of no credential', { muster_credential: 'x' }, /expired or was removed/],
    ['without a credential', { muster_credential: undefined }, /token of no program/],
    ['of a kind that is none', { idtyp: 'device' }, /token of no program/],
    ['with numbers for names', { azp: 7, oid: 7, tid: 7 }, /./],
  ])('%s is refused, although its signature is ours', async (_, changes, message) => {
    await expectRefused(await forged((claims) => ({ ...claims, ...changes })), message)
  })

  test.each(['x', 'x.y.z', '..', 'a.b', '.'.repeat(5000), 'eyJhbGciOiJSUzI1NiJ9..', `${'A'.repeat(8000)}.e30.x`])(
    '"%s" is refused and fails nowhere',
    async (token) => {
      await expectRefused(token, /no JSON Web Token|Only tokens signed|not signed by a key|Signature/)
    },
  )
})
