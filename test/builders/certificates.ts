/* Certificates that nobody else vouches for: of a server on this machine, and of programs. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

export interface TestCertificate {
  /** PEM of the certificate. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  /** Base64 of DER, as Graph's keyCredentials take it. */
  readonly der: string
}

const algorithms = {
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  EC: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
} as const

export interface CertificateOptions {
  readonly kind?: 'RSA' | 'EC'
  readonly name?: string
  /** Milliseconds since 1970; a day around now unless told. */
  readonly from?: number
  readonly to?: number
}

export async function aCertificate(options: CertificateOptions = {}): Promise<TestCertificate> {
  const { kind = 'RSA', name = 'CN=localhost' } = options
  const { from = Date.now() - 86_400_000, to = Date.now() + 86_400_000 } = options
  const signingAlgorithm = algorithms[kind]
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      notBefore: new Date(from),
      notAfter: new Date(to),
      keys: keys as never,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto as never,
  )
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: made.toString('pem'),
    privateKey: PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    der: Buffer.from(made.rawData).toString('base64'),
  }
}
