/* How Muster asks a tenant's authority for tokens: by secret or by certificate, once for everybody who waits. */
import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createVirtualClock } from '../../../test/builders/virtual-clock.ts'
import { readCertificate, type EntraCredential } from './credentials.ts'
import { createTokens } from './tokens.ts'
import type { GraphRequest } from './transport.ts'

const authority = 'https://login.example'
const tokenUrl = `${authority}/acme.example/oauth2/v2.0/token`

function tokensFor(credential: EntraCredential, lifeSeconds: number | string = 3599) {
  const clock = createVirtualClock(Date.now())
  const asked: GraphRequest[] = []
  const tokens = createTokens({
    authority,
    tenant: 'acme.example',
    clientId: 'the-client',
    credential,
    graph: 'https://graph.example',
    clock,
    send: (request) => {
      asked.push(request)
      const body = JSON.stringify({ access_token: `token ${String(asked.length)}`, expires_in: lifeSeconds })
      return Promise.resolve({ status: 200, headers: {}, body })
    },
  })
  return { tokens, asked, clock, form: (at: number) => new URLSearchParams(asked[at]?.body) }
}

async function aCertificate(keyAlgorithm: 'RSA' | 'EC'): Promise<string> {
  const algorithm =
    keyAlgorithm === 'RSA'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 }
      : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Muster',
    keys: keys as CryptoKeyPair,
    signingAlgorithm: algorithm,
  })
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return `${key}\n${certificate.toString('pem')}\n`
}

test('by a secret: one request for everybody who waits, and the next one five minutes before the token expires', async () => {
  const { tokens, asked, clock, form } = tokensFor({ kind: 'secret', secret: 'a secret' })
  expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(['token 1', 'token 1', 'token 1'])
  expect(asked[0]).toMatchObject({ method: 'POST', url: tokenUrl })
  expect(Object.fromEntries(form(0))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'the-client',
    scope: 'https://graph.example/.default',
    client_secret: 'a secret',
  })
  await clock.advance(54 * 60_000)
  expect(await tokens.get()).toBe('token 1')
  await clock.advance(60_000)
  expect(await tokens.get()).toBe('token 2')
  // One that was refused is not given again.
  expect(await tokens.get('token 2')).toBe('token 3')
  expect(await tokens.get('token 2')).toBe('token 3')
})

test('a short-lived token is used for half of its time, and a number may come as text', async () => {
  const { tokens, asked, clock } = tokensFor({ kind: 'secret', secret: 'a secret' }, '60')
  await tokens.get()
  await clock.advance(29_000)
  await tokens.get()
  expect(asked).toHaveLength(1)
  await clock.advance(2000)
  await tokens.get()
  expect(asked).toHaveLength(2)
})

test('by a certificate: an assertion as Microsoft documents it, which its key verifies', async () => {
  const credential = readCertificate(await aCertificate('RSA'))
  if (credential.kind !== 'certificate') throw new Error('no certificate')
  const { tokens, form } = tokensFor(credential)
  await tokens.get()
  expect(form(0).get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  expect(form(0).has('client_secret')).toBe(false)
  const assertion = form(0).get('client_assertion') ?? ''
  const thumbprint = createHash('sha256').update(credential.certificate.raw).digest('base64url')
  expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
  const { payload } = await jwtVerify(assertion, credential.certificate.publicKey, {
    audience: tokenUrl,
    issuer: 'the-client',
  })
  expect(payload.sub).toBe('the-client')
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  await tokens.get('token 1')
  expect(form(1).get('client_assertion')).not.toBe(assertion)
})

test('a key that is not the certificate’s, or that Entra does not take, is refused', async () => {
  const [one, other] = [await aCertificate('RSA'), await aCertificate('RSA')]
  const mixed = `${one.slice(0, one.indexOf('-----BEGIN CERTIFICATE'))}${other.slice(other.indexOf('-----BEGIN CERTIFICATE'))}`
  expect(() => readCertificate(mixed)).toThrow('not the one of its certificate')
  const elliptic = await aCertificate('EC')
  expect(() => readCertificate(elliptic)).toThrow('not RSA')
})
