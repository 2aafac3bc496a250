/*
 * Makes a small certificate authority, and server certificates by it. Both keys are ECDSA P-256: every client of the
 * management API takes them, and they are made in no time.
 */
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { isIP } from 'node:net'
import { certificateDays } from './validity.ts'

/** A certificate with its key, both as PEM. */
export interface Credential {
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const dayMs = 86_400_000

/** Clocks of other machines may be behind. */
const earlierMs = 3_600_000

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** RFC 5280 4.1.2.2: positive, and nobody else's. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`

/** `now`: the moment it is made, in milliseconds. */
export async function makeAuthority(machine: string, now: number): Promise<Credential> {
  const keys = await newKeys()
  const serialNumber = newSerialNumber()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // The number tells two authorities of one machine apart in a list of trusted ones.
    name: [{ CN: [`Muster authority of ${machine} ${serialNumber.slice(0, 8)}`] }],
    serialNumber,
    notBefore: new Date(now - earlierMs),
    notAfter: new Date(now + certificateDays.authority * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pemOf(certificate), key: await pemOfKey(keys.privateKey) }
}

/** For a server that answers to these host names and addresses; `now` in milliseconds. */
export async function issueServerCertificate(
  authority: Credential,
  names: readonly string[],
  now: number,
): Promise<Credential> {
  const issuer = new X509Certificate(authority.certificate)
  const [pkcs8] = PemConverter.decode(authority.key)
  if (pkcs8 === undefined) throw new TypeError('The key of the authority is no PEM.')
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: [{ CN: [names[0] ?? 'localhost'] }],
    issuer: issuer.subjectName,
    notBefore: new Date(now - earlierMs),
    notAfter: new Date(Math.min(now + certificateDays.server * dayMs, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { certificate: pemOf(certificate), key: await pemOfKey(keys.privateKey) }
}
