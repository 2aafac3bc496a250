/*
 * A program proves who it is by a JWT signed with the key of its certificate (RFC 7523 section 3), in every form that real
 * clients produce (graph-api.md 2.2): PS256, RS256, ES256 with raw or DER signatures, the key named by `x5t#S256`, `x5t` or
 * `kid`, with or without padding.
 */
import { createHash, type X509Certificate } from 'node:crypto'
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose'
import { certificatesInForce, type ClientCertificate } from '../../directory/index.ts'
import type { Client } from './clients.ts'
import { OauthProblem } from './oauth-problem.ts'
import { rawSignature } from './raw-signature.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const algorithms = ['PS256', 'RS256', 'ES256']

/** Terraform's live an hour; what lives longer than a day is no assertion but a password. */
const lifetimeMaxSeconds = 24 * 3600
const clockToleranceSeconds = 300

export interface AssertionRequest {
  readonly assertion: string
  readonly client: Client
  /** The token endpoint and the issuer, by any of their names here. */
  readonly audiences: readonly string[]
  readonly now: number
}

export interface ProvenAssertion {
  readonly keyId: string
  readonly jti: string | null
  readonly expiresAt: number
}

/** Throws `OauthProblem` when the assertion does not prove that the client sent it. */
export async function readAssertion(request: AssertionRequest): Promise<ProvenAssertion> {
  const { client, now, audiences } = request
  const header = headerOf(request.assertion)
  const certificate = certificateNamed(client, header, now)
  const assertion = header.alg === 'ES256' ? rawSignature(request.assertion) : request.assertion
  refuseOtherKind(certificate, header)
  const { jti, exp = 0 } = await verified(assertion, certificate, header)
  if (exp * 1000 > now + lifetimeMaxSeconds * 1000)
    throw bad('Client assertion is valid for longer than a day, which nothing needs.')
  return { keyId: certificate.keyId, jti: jti ?? null, expiresAt: (exp + clockToleranceSeconds) * 1000 }

  async function verified(
    text: string,
    { certificate: { publicKey } }: ClientCertificate,
    { alg }: ProtectedHeaderParameters,
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(text, publicKey, {
        algorithms: algorithms.filter((each) => each === alg),
        audience: [...audiences],
        issuer: client.appId,
        subject: client.appId,
        requiredClaims: ['exp', 'iss', 'sub', 'aud'],
        currentDate: new Date(now),
        clockTolerance: clockToleranceSeconds,
      })
      return payload
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error
      throw refusalOf(error)
    }
  }
}

const bad = (message: string): OauthProblem => new OauthProblem('badAssertion', message)

/** The library has no error of its own for it. */
function refuseOtherKind({ certificate: { publicKey } }: ClientCertificate, { alg }: ProtectedHeaderParameters): void {
  const wanted = alg === 'ES256' ? 'ec' : 'rsa'
  if (publicKey.asymmetricKeyType !== wanted)
    throw bad(
      `Client assertion failed signature validation: ${alg ?? ''} does not go with the key of the certificate named.`,
    )
}

function refusalOf(error: errors.JOSEError): OauthProblem {
  const isEarly = error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf'
  if (error instanceof errors.JWTExpired || isEarly)
    return new OauthProblem(
      'expiredAssertion',
      'Client assertion is not within its valid time range. Compare the clock of the client with that of this service.',
    )
  if (error instanceof errors.JWTClaimValidationFailed)
    return bad(
      error.claim === 'aud'
        ? "Client assertion audience claim does not match: it is the address of this tenant's token endpoint."
        : `Client assertion failed: the claim '${error.claim}' is missing or is not the client id.`,
    )
  return bad('Client assertion failed signature validation.')
}

function headerOf(assertion: string): ProtectedHeaderParameters {
  let header: ProtectedHeaderParameters
  try {
    header = decodeProtectedHeader(assertion)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw bad('Client assertion is no JSON Web Token.')
  }
  if (typeof header.alg !== 'string' || !algorithms.includes(header.alg))
    throw bad(`Client assertion is not signed with one of ${algorithms.join(', ')}.`)
  return header
}

/** Which certificate of the client signed it; when the header names none, the only one there is. */
function certificateNamed(client: Client, header: ProtectedHeaderParameters, now: number): ClientCertificate {
  const all = [client.application, client.servicePrincipal].flatMap(({ properties }) =>
    certificatesInForce(properties, now),
  )
  const { kid, x5t, 'x5t#S256': x5tS256 } = header
  const named = [x5tS256, x5t, kid].find((each) => typeof each === 'string')
  if (all.length === 0) throw bad(`The application '${client.appId}' has no certificate that is valid now.`)
  const found = named === undefined ? all : all.filter(({ certificate }) => namesOf(certificate).has(plain(named)))
  const [first] = found
  if (first === undefined || found.length > 1)
    throw bad(
      `The key was not found. The certificate that the assertion names is none of those of application '${client.appId}' that are valid now.`,
    )
  return first
}

const plain = (name: string): string => name.replace(/=+$/, '')

/** Thumbprints as base64url, and in hexadecimal, which some libraries put into `kid`. */
function namesOf({ raw, fingerprint }: X509Certificate): ReadonlySet<string> {
  const prints = ['sha1', 'sha256'].map((hash) => createHash(hash).update(raw).digest())
  const hex = fingerprint.replaceAll(':', '')
  return new Set([...prints.map((print) => print.toString('base64url')), hex, hex.toLowerCase()])
}
