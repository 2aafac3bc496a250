/*
 * What a program proves with that it is itself: secrets, of which only a hash is kept, and certificates, of which only the
 * public part is (graph-api.md 2.1, 2.2, 3.5). Both lie with the application or its service principal.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual, X509Certificate } from 'node:crypto'
import type { DirectoryApplication, DirectoryStore } from '../store/store.ts'
import type { JsonObject, JsonValue } from '../vocabulary/index.ts'
import { DirectoryRefusal, notThere } from './refusal.ts'

/** Beside Graph's properties, and never given out: hashes by keyId. */
const hashesName = 'secretHashes'

/** As Microsoft's: two years. */
const usualLifetimeMs = 2 * 365 * 24 * 3_600_000
const credentialsMax = 100

const instantOf = (ms: number): string => new Date(ms).toISOString().replace(/\.000Z$/, 'Z')

/** A secret has 256 random bits, so that one round of a fast hash keeps it as well as a slow one would. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export interface MadeSecret {
  /** Microsoft Graph's passwordCredential without `secretText`. */
  readonly credential: JsonObject
  /** Told once, here, and kept nowhere. */
  readonly secretText: string
}

export async function addSecret(
  directory: DirectoryStore,
  { objectId, objectType }: Pick<DirectoryApplication, 'objectId' | 'objectType'>,
  wanted: {
    readonly displayName: string | null
    readonly startsAt: number | null
    readonly endsAt: number | null
    readonly now: number
  },
): Promise<MadeSecret> {
  const startsAt = wanted.startsAt ?? wanted.now
  const endsAt = wanted.endsAt ?? startsAt + usualLifetimeMs
  if (endsAt <= startsAt)
    throw new DirectoryRefusal(
      'badValue',
      'endDateTime',
      'The secret would end before it begins: endDateTime lies after startDateTime.',
    )
  const secretText = randomBytes(32).toString('base64url')
  const credential = {
    customKeyIdentifier: null,
    displayName: wanted.displayName,
    endDateTime: instantOf(endsAt),
    hint: secretText.slice(0, 3),
    keyId: randomUUID(),
    startDateTime: instantOf(startsAt),
  }
  await changeProperties(directory, objectId, objectType, (properties) => {
    const before = secretsOf(properties)
    if (before.length >= credentialsMax)
      throw new DirectoryRefusal(
        'badValue',
        'passwordCredentials',
        `There are ${String(credentialsMax)} secrets already. Remove those that are not used any more.`,
      )
    return {
      ...properties,
      passwordCredentials: [...before, credential],
      [hashesName]: { ...hashesOf(properties), [credential.keyId]: hashOf(secretText).toString('base64url') },
    }
  })
  return { credential, secretText }
}

/** Nobody gets in with it from then on. */
export async function removeSecret(
  directory: DirectoryStore,
  { objectId, objectType }: Pick<DirectoryApplication, 'objectId' | 'objectType'>,
  keyId: string,
): Promise<void> {
  await changeProperties(directory, objectId, objectType, (properties) => {
    const before = secretsOf(properties)
    const kept = before.filter((each) => each['keyId'] !== keyId)
    if (kept.length === before.length)
      throw new DirectoryRefusal(
        'badValue',
        'keyId',
        `No password credential found with keyId '${keyId.slice(0, 100)}'.`,
      )
    const { [keyId]: _, ...hashes } = hashesOf(properties)
    return { ...properties, passwordCredentials: kept, [hashesName]: hashes }
  })
}

export type SecretMatch =
  | { readonly kind: 'matches'; readonly keyId: string }
  /** It was right once, or will be. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' }

/** Every secret is compared, in equal time. */
export function matchSecret(properties: JsonObject, secret: string, now: number): SecretMatch {
  const given = hashOf(secret)
  const hashes = hashesOf(properties)
  let match: SecretMatch = { kind: 'unknown' }
  for (const credential of secretsOf(properties)) {
    const keyId = textOf(credential['keyId'])
    const hash = Buffer.from(textOf(hashes[keyId]), 'base64url')
    if (hash.length !== given.length || !timingSafeEqual(hash, given)) continue
    if (isInForce(credential, now)) return { kind: 'matches', keyId }
    match = { kind: 'expired' }
  }
  return match
}

export interface ClientCertificate {
  readonly keyId: string
  readonly certificate: X509Certificate
}

/** Those that count at this time. */
export function certificatesInForce(properties: JsonObject, now: number): readonly ClientCertificate[] {
  return listOf(properties['keyCredentials']).flatMap((credential) => {
    const certificate = isInForce(credential, now) ? certificateIn(credential['key']) : null
    return certificate === null ? [] : [{ keyId: textOf(credential['keyId']), certificate }]
  })
}

/** A secret or certificate of that id counts at this time. */
export function hasCredential(properties: JsonObject, keyId: string, now: number): boolean {
  return [...secretsOf(properties), ...listOf(properties['keyCredentials'])].some(
    (each) => each['keyId'] === keyId && isInForce(each, now),
  )
}

/**
 * Certificates as they are stored: each with an id, and with what the certificate says of itself. One that comes back without
 * its key, as it was read, stays what it was.
 */
export function completeCertificates(given: JsonValue, before: JsonObject): JsonValue {
  if (!Array.isArray(given)) return given
  if (given.length > credentialsMax) throw bad(`At most ${String(credentialsMax)} certificates are kept.`)
  const known = listOf(before['keyCredentials'])
  return (given as readonly JsonObject[]).map((each): JsonObject => {
    const same = known.find((one) => textOf(one['keyId']) !== '' && one['keyId'] === each['keyId'])
    if (same !== undefined && typeof each['key'] !== 'string') return same
    return each['usage'] === 'Sign' ? withoutKey(each) : completed(each)
  })
}

/** A certificate that signs what a single sign-on says comes with its private key, for which nothing here has a use: it is not kept. */
const withoutKey = (given: JsonObject): JsonObject => ({
  ...given,
  keyId: given['keyId'] ?? randomUUID(),
  key: null,
})

function completed(given: JsonObject): JsonObject {
  const { type = 'AsymmetricX509Cert', usage = 'Verify' } = given
  if (type !== 'AsymmetricX509Cert' || usage !== 'Verify')
    throw bad(
      `'type' ${JSON.stringify(type)} with 'usage' ${JSON.stringify(usage)} is not kept here: only certificates that programs sign in with are, type "AsymmetricX509Cert" with usage "Verify".`,
    )
  const certificate = certificateIn(given['key'])
  if (certificate === null)
    throw bad("'key' holds no X.509 certificate: base64 of its DER form is expected, without a private key.")
  const { asymmetricKeyType: keyType, asymmetricKeyDetails: details } = certificate.publicKey
  const isUsable =
    (keyType === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ||
    (keyType === 'ec' && details?.namedCurve === 'prime256v1')
  if (!isUsable)
    throw bad(
      `The certificate has a key of the kind ${keyType ?? 'unknown'} that cannot be used: RSA of 2048 bits and more, or EC on P-256, can.`,
    )
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  // What is said of its times may narrow them, never widen them.
  const startsAt = Math.max(from, instantIn(given['startDateTime']) ?? from)
  const endsAt = Math.min(to, instantIn(given['endDateTime']) ?? to)
  return {
    customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
    displayName: given['displayName'] ?? certificate.subject.split('\n').at(-1) ?? null,
    endDateTime: instantOf(endsAt),
    key: certificate.raw.toString('base64'),
    keyId: given['keyId'] ?? randomUUID(),
    startDateTime: instantOf(startsAt),
    type,
    usage,
  }
}

const bad = (message: string): DirectoryRefusal => new DirectoryRefusal('badValue', 'keyCredentials', message)

/** DER as base64, or the PEM text itself as base64, as some scripts send it. */
function certificateIn(key: JsonValue | undefined): X509Certificate | null {
  if (typeof key !== 'string' || key === '') return null
  const bytes = Buffer.from(key, 'base64')
  // Node reads a certificate out of a PEM with a private key too: that one has no business here.
  if (bytes.includes('PRIVATE KEY')) return null
  try {
    return new X509Certificate(bytes)
  } catch {
    // OpenSSL has many words for bytes that are no certificate.
    return null
  }
}

function isInForce(credential: JsonObject, now: number): boolean {
  const startsAt = instantIn(credential['startDateTime'])
  const endsAt = instantIn(credential['endDateTime'])
  return endsAt !== null && now < endsAt && (startsAt === null || startsAt <= now)
}

function instantIn(value: JsonValue | undefined): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

async function changeProperties(
  directory: DirectoryStore,
  objectId: string,
  objectType: DirectoryApplication['objectType'],
  change: (properties: JsonObject) => JsonObject,
): Promise<void> {
  await directory.transaction(async (transaction) => {
    const [application] = await transaction.applications([objectId])
    if (application?.presence !== 'present' || application.objectType !== objectType) throw notThere(objectId)
    await transaction.putApplications([{ ...application, properties: change(application.properties) }])
  })
}

export const secretsOf = (properties: JsonObject): readonly JsonObject[] => listOf(properties['passwordCredentials'])

function hashesOf(properties: JsonObject): JsonObject {
  const hashes = properties[hashesName]
  return typeof hashes === 'object' && hashes !== null && !Array.isArray(hashes) ? (hashes as JsonObject) : {}
}

const listOf = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonObject[]) : []
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
