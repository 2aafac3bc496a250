/* Certificates of programs: every form of assertion that real clients produce, and none besides (graph-api.md 2.2). */
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  apiHost,
  askApi,
  askToken,
  makeClient,
  type Api,
  type ApiAnswer,
  type TestClient,
} from '../../../test/builders/api-client.ts'
import { apiPorts } from '../../../test/builders/api-ports.ts'
import { aCertificate, type TestCertificate } from '../../../test/builders/certificates.ts'
import { aWorld, type World } from '../../../test/builders/world.ts'
import { createApi } from '../index.ts'
import { rawSignature } from './raw-signature.ts'

const tenant = '7b2f3c1a-5d64-4e0c-9a1b-2f0d6c5e4a31'
const endpoint = `http://${apiHost}/${tenant}/oauth2/v2.0/token`

let world: World
let app: Api
let client: TestClient
let rsa: TestCertificate
let ec: TestCertificate
let stranger: TestCertificate
beforeAll(async () => {
  world = await aWorld()
  const ports = apiPorts({ ...world.ports, tenantId: tenant })
  app = await createApi(ports)
  client = await makeClient(app, ports)
  const [from, to] = [world.clock.now() - 86_400_000, world.clock.now() + 30 * 86_400_000]
  rsa = await aCertificate({ from, to, name: 'CN=Payroll' })
  ec = await aCertificate({ from, to, kind: 'EC' })
  stranger = await aCertificate({ from, to })
  const keyCredentials = [rsa, ec].map(({ der }) => ({ type: 'AsymmetricX509Cert', usage: 'Verify', key: der }))
  const answer = await askApi(app, 'PATCH', `/v1.0/applications/${client.applicationId}`, { keyCredentials })
  expect(answer.status, answer.text).toBe(204)
})
afterAll(async () => {
  await app.close()
  await world.close()
})

const printOf = ({ certificate }: TestCertificate, hash: string): string =>
  createHash(hash).update(new X509Certificate(certificate).raw).digest('base64url')

interface Made {
  readonly by?: TestCertificate
  readonly alg?: string
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

const seconds = (): number => Math.floor(world.clock.now() / 1000)

const claimsOf = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  aud: endpoint,
  iss: client.appId,
  sub: client.appId,
  jti: randomUUID(),
  nbf: seconds(),
  exp: seconds() + 600,
  ...more,
})

async function assertion({ by = rsa, alg = 'PS256', header, claims }: Made = {}): Promise<string> {
  return await new SignJWT({ ...claimsOf(claims) })
    .setProtectedHeader({ alg, typ: 'JWT', ...(header ?? { 'x5t#S256': printOf(by, 'sha256') }) })
    .sign(createPrivateKey(by.privateKey))
}

async function ask(text: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
  const answer = await askToken(
    app,
    {
      grant_type: 'client_credentials',
      client_id: client.appId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: text,
      scope: 'https://graph.microsoft.com/.default',
    },
    { tenant, headers },
  )
  // Failures are bounded by the minute.
  await world.clock.advance(61_000)
  return answer
}

async function expectRefused(text: string, code: number, says: RegExp): Promise<void> {
  const answer = await ask(text)
  expect([answer.status, answer.body['error'], answer.body['error_codes']]).toEqual([401, 'invalid_client', [code]])
  expect(answer.body['error_description']).toMatch(says)
}

/** As Go's crypto/ecdsa writes a signature, and Terraform sends it. */
function inDer(by: TestCertificate, header: object, claims: object): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const key = { key: createPrivateKey(by.privateKey), dsaEncoding: 'der' } as const
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

describe('an assertion is taken', () => {
  test('as @azure/identity signs it: PS256, x5t#S256', async () => {
    const answer = await ask(await assertion())
    expect(answer.status, answer.text).toBe(200)
  })

  test('as Terraform signs it: RS256, kid is the padded SHA-1 thumbprint, an hour, no iat', async () => {
    const header = { kid: `${printOf(rsa, 'sha1')}=` }
    const answer = await ask(await assertion({ alg: 'RS256', header, claims: { exp: seconds() + 3600 } }))
    expect(answer.status, answer.text).toBe(200)
  })

  test('as Terraform signs it with an EC key: ES256 in DER, however often', async () => {
    for (let count = 0; count < 40; count += 1) {
      const answer = await ask(inDer(ec, { alg: 'ES256', typ: 'JWT', kid: `${printOf(ec, 'sha1')}=` }, claimsOf()))
      expect(answer.status, answer.text).toBe(200)
    }
  })

  test('with a raw ES256 signature, with x5t, with a hexadecimal kid', async () => {
    expect((await ask(await assertion({ by: ec, alg: 'ES256' }))).status).toBe(200)
    expect((await ask(await assertion({ header: { x5t: printOf(rsa, 'sha1') } }))).status).toBe(200)
    const hex = new X509Certificate(rsa.certificate).fingerprint.replaceAll(':', '')
    expect((await ask(await assertion({ header: { kid: hex } }))).status).toBe(200)
  })

  test('for the endpoint by the name it was called, and for the issuer', async () => {
    const other = `http://127.0.0.1:9/${tenant}/oauth2/v2.0/token`
    expect((await ask(await assertion({ claims: { aud: other } }), { host: '127.0.0.1:9' })).status).toBe(200)
    const issuer = `http://${apiHost}/${tenant}/v2.0`
    expect((await ask(await assertion({ claims: { aud: [issuer, 'other'] } }))).status).toBe(200)
  })

  test('again while it is valid, as MSAL sends it, but only the same from the same address', async () => {
    const jti = randomUUID()
    const first = await assertion({ claims: { jti } })
    expect((await ask(first)).status).toBe(200)
    expect((await ask(first)).status).toBe(200)
    await expectRefused(await assertion({ claims: { jti, extra: 1 } }), 700_027, /used before/)
  })
})

describe('an assertion is refused', () => {
  test('when somebody else signed it, whatever it names', async () => {
    await expectRefused(await assertion({ by: stranger }), 700_027, /key was not found/)
    const header = { 'x5t#S256': printOf(rsa, 'sha256') }
    await expectRefused(await assertion({ by: stranger, header }), 700_027, /signature validation/)
    await expectRefused(await assertion({ header: {} }), 700_027, /key was not found/)
  })

  test('when a key of another kind is named than the algorithm wants', async () => {
    const header = { 'x5t#S256': printOf(ec, 'sha256') }
    await expectRefused(await assertion({ header }), 700_027, /signature validation/)
    const asRsa = { 'x5t#S256': printOf(rsa, 'sha256') }
    await expectRefused(await assertion({ by: ec, alg: 'ES256', header: asRsa }), 700_027, /signature validation/)
  })

  test.each([
    ['is for another service', { aud: 'https://login.microsoftonline.com/x/oauth2/v2.0/token' }, 700_027, /audience/],
    ['is of another client', { iss: 'x' }, 700_027, /'iss'/],
    ['is about another', { sub: 'x' }, 700_027, /'sub'/],
    ['never expires', { exp: undefined }, 700_027, /'exp'/],
    ['expired', { exp: 1_000_000, nbf: 1 }, 700_024, /valid time range/],
    ['is not valid yet', { nbf: 9_999_999_999, exp: 9_999_999_999 }, 700_024, /valid time range/],
    ['is valid for years', { exp: 9_999_999_999 }, 700_027, /longer than a day/],
  ])('when it %s', async (_, claims, code, says) => {
    await expectRefused(await assertion({ claims }), code, says)
  })

  test.each(['x', 'a.b.c', '..', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`, '"'.repeat(3000)])(
    'when it is "%s"',
    async (text) => {
      await expectRefused(text, 700_027, /no JSON Web Token|not signed with one of/)
    },
  )

  test('with an algorithm of secrets', async () => {
    const hs = await new SignJWT({ ...claimsOf() })
      .setProtectedHeader({ alg: 'HS256', 'x5t#S256': printOf(rsa, 'sha256') })
      .sign(Buffer.from(rsa.certificate))
    await expectRefused(hs, 700_027, /not signed with one of PS256, RS256, ES256/)
  })
})

describe('certificates of an application', () => {
  const address = (): string => `/v1.0/applications/${client.applicationId}`
  const patch = async (keyCredentials: unknown): Promise<ApiAnswer> =>
    await askApi(app, 'PATCH', address(), { keyCredentials })

  test('are completed by what they say of themselves, and survive coming back without their key', async () => {
    const { body } = await askApi(app, 'GET', address())
    const [first, second] = body['keyCredentials'] as readonly Readonly<Record<string, unknown>>[]
    expect(first).toMatchObject({
      displayName: 'CN=Payroll',
      customKeyIdentifier: new X509Certificate(rsa.certificate).fingerprint.replaceAll(':', ''),
      keyId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    })
    expect((await patch([first, second].map((each) => ({ ...each, key: null })))).status).toBe(204)
    expect((await ask(await assertion())).status).toBe(200)
    expect((await patch([second])).status).toBe(204)
    await expectRefused(await assertion(), 700_027, /key was not found/)
    expect((await patch([first, second])).status).toBe(204)
    expect((await ask(await assertion())).status).toBe(200)
  })

  test('that have expired do not count', async () => {
    const old = await aCertificate({ from: 1_000_000_000_000, to: 1_100_000_000_000 })
    const { body } = await askApi(app, 'GET', address())
    const before = body['keyCredentials'] as readonly unknown[]
    expect((await patch([...before, { key: old.der }])).status).toBe(204)
    await expectRefused(await assertion({ by: old }), 700_027, /key was not found/)
  })

  test.each([
    ['no certificate', { key: Buffer.from('hello').toString('base64') }, /no X.509 certificate/],
    ['a symmetric key', { key: 'c2VjcmV0', type: 'Symmetric' }, /only certificates/],
    ['nothing', {}, /no X.509 certificate/],
  ])('%s is refused, and nothing is kept', async (_, given, says) => {
    const before = await askApi(app, 'GET', address())
    const answer = await patch([given])
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(says)
    expect((await askApi(app, 'GET', address())).body['keyCredentials']).toEqual(before.body['keyCredentials'])
  })

  test('one that signs for a single sign-on is kept without its key, and nobody signs in with it', async () => {
    const { body } = await askApi(app, 'GET', address())
    const signing = await aCertificate()
    const given = { key: signing.der, usage: 'Sign', type: 'X509CertAndPassword', displayName: 'CN=Sign-on' }
    expect((await patch([...(body['keyCredentials'] as readonly unknown[]), given])).status).toBe(204)
    const after = await askApi(app, 'GET', address())
    expect((after.body['keyCredentials'] as readonly unknown[]).at(-1)).toMatchObject({ ...given, key: null })
    expect(after.text).not.toContain(signing.der)
    await expectRefused(await assertion({ by: signing }), 700_027, /key was not found/)
  })

  test('a private key is refused', async () => {
    const pem = Buffer.from(`${rsa.privateKey}\n${rsa.certificate}`).toString('base64')
    expect((await patch([{ key: pem }])).status).toBe(400)
  })
})

test('a signature that is not DER stays as it is', () => {
  for (const jwt of ['a.b.c', 'a.b', `a.b.${Buffer.alloc(64, 0x30).toString('base64url')}`, 'a.b.MAYCAQECAQE'])
    expect(rawSignature(jwt).split('.').slice(0, 2)).toEqual(jwt.split('.').slice(0, 2))
  const short = Buffer.from(rawSignature('a.b.MAYCAQECAQE').split('.')[2] ?? '', 'base64url')
  expect([short.length, short[31], short[63]]).toEqual([64, 1, 1])
})
