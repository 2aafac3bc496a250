/*
 * How Muster proves to the authority who it is: by a client secret, or by a signed assertion of a certificate's key
 * (graph-api.md 2.2: PS256 and the certificate's SHA-256 thumbprint).
 */
import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'

export type EntraCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly certificate: X509Certificate; readonly key: KeyObject }

/** PEM with a certificate and its private key, in any order. Throws an `Error` that says what is missing; never with a part of the key. */
export function readCertificate(pem: string): EntraCredential {
  const [certificateText] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem) ?? []
  const [keyText] = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem) ?? []
  if (certificateText === undefined || keyText === undefined)
    throw new Error(
      `has to hold a certificate and its private key as PEM, and ${certificateText === undefined ? 'no certificate' : 'no private key'} was found in it`,
    )
  let certificate: X509Certificate
  let key: KeyObject
  try {
    certificate = new X509Certificate(certificateText)
    key = createPrivateKey(keyText)
  } catch {
    throw new Error('holds a certificate or a private key that cannot be read; a key with a password is not taken')
  }
  if (!certificate.checkPrivateKey(key)) throw new Error('holds a private key that is not the one of its certificate')
  if (key.asymmetricKeyType !== 'rsa') throw new Error('holds a key that is not RSA, and Entra takes no other')
  return { kind: 'certificate', certificate, key }
}

/** How long an assertion is good for: as long as Microsoft's own libraries make it. */
const assertionSeconds = 600

/** What the token endpoint is sent about the client. */
export async function clientProof(
  credential: EntraCredential,
  about: { readonly clientId: string; readonly tokenUrl: string; readonly now: number },
): Promise<Readonly<Record<string, string>>> {
  if (credential.kind === 'secret') return { client_secret: credential.secret }
  const { certificate, key } = credential
  const issuedAt = Math.floor(about.now / 1000)
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    .setAudience(about.tokenUrl)
    .setIssuer(about.clientId)
    .setSubject(about.clientId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + assertionSeconds)
    .sign(key)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}
