/* What a certificate says: whom it is for, until when, and whether a key is its own. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

export interface CertificateFacts {
  readonly subject: string
  /** Host names and addresses, as the certificate lists them; `*.example.com` is one of them. */
  readonly names: readonly string[]
  readonly expiresAt: number
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string
  /** It answers for this host name or address; without case. */
  readonly isFor: (host: string) => boolean
}

/** The first certificate of a PEM file; throws where there is none. */
export function factsOf(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem)
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    names: namesIn(certificate.subjectAltName ?? ''),
    expiresAt: certificate.validToDate.getTime(),
    fingerprint: certificate.fingerprint256,
    isFor: (host) =>
      isIP(host) === 0
        ? /^[\w.-]{1,253}$/.test(host) && certificate.checkHost(host, { subject: 'never' }) !== undefined
        : certificate.checkIP(host) !== undefined,
  }
}

/** `DNS:localhost, IP Address:127.0.0.1`. */
const namesIn = (text: string): readonly string[] =>
  text
    .split(', ')
    .map((part) => /^(?:DNS|IP Address):(.+)$/.exec(part)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => (name.includes(':') ? shortAddress(name) : name))

/** `0:0:0:0:0:0:0:1` is `::1`, as people write it. */
const shortAddress = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)

/** Throws what is wrong with a key that is none. */
export function isKeyOf(certificatePem: string, keyPem: string): boolean {
  const key: KeyObject = createPrivateKey(keyPem)
  return new X509Certificate(certificatePem).checkPrivateKey(key)
}
