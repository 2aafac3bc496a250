/*
 * The certificate that is served: read at start, and again when its files change, so that a renewed one needs no restart.
 * What does not fit together is not taken: the one before goes on, and it is said.
 */
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { factsOf, isKeyOf, type CertificateFacts } from './certificate-facts.ts'
import { reasonOf, tlsFiles } from './folder.ts'
import { TlsError } from './tls-error.ts'
import { daysLeft, validityOf } from './validity.ts'

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface ServedCertificate {
  readonly facts: () => CertificateFacts
  /** As PEM; another object only after a change. */
  readonly credential: () => { readonly cert: string; readonly key: string }
}

export interface ServedCertificateOptions {
  readonly files: CertificateFiles
  /** In milliseconds. */
  readonly now: () => number
  readonly warn: (event: string, fields: Readonly<Record<string, string>>) => void
}

/** The setting's own pair, or that of `muster tls init`; throws `TlsError` where there is none. */
export function certificateFiles(settings: {
  readonly data: string
  readonly tlsCertificate: string | undefined
  readonly tlsKey: string | undefined
}): CertificateFiles {
  const { tlsCertificate: certificate, tlsKey: key } = settings
  if (certificate !== undefined && key !== undefined) return { certificate, key }
  if (certificate !== undefined || key !== undefined)
    throw new TlsError(
      `Only ${key === undefined ? 'MUSTER_TLS_CERTIFICATE' : 'MUSTER_TLS_KEY'} is set, and HTTPS needs a certificate with its key. Name both, or none to serve the certificate of "muster tls init".`,
    )
  return tlsFiles(settings.data)
}

interface Loaded {
  readonly stamp: string
  readonly facts: CertificateFacts
  readonly credential: { readonly cert: string; readonly key: string }
}

const stampOf = ({ certificate, key }: CertificateFiles): string =>
  [certificate, key]
    .map((path) => {
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats === undefined ? 'missing' : `${String(stats.mtimeMs)} ${String(stats.ino)} ${String(stats.size)}`
    })
    .join(', ')

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw new TlsError(
      error.code === 'ENOENT'
        ? `There is no ${what} at ${path}, which HTTPS needs. Make one with "muster tls init" in the same data folder, or name your own with MUSTER_TLS_CERTIFICATE and MUSTER_TLS_KEY.`
        : `The ${what} at ${path} cannot be read (${String(error.code)}). Let the user that runs Muster read it.`,
    )
  }
}

function load(files: CertificateFiles): Loaded {
  const stamp = stampOf(files)
  const credential = { cert: read(files.certificate, 'certificate'), key: read(files.key, 'key') }
  try {
    if (!isKeyOf(credential.cert, credential.key)) throw new Error('the key does not fit the certificate')
    // What OpenSSL does not take is found out here, not with the first caller.
    createSecureContext(credential)
    return { stamp, facts: factsOf(credential.cert), credential }
  } catch (error) {
    throw new TlsError(
      `The certificate ${files.certificate} with the key ${files.key} cannot be used: ${reasonOf(error)}. Both are PEM files of one pair; "muster tls init" makes a fresh one.`,
    )
  }
}

/** Files are looked at this often at most. */
const lookEveryMs = 1000

const dayMs = 86_400_000

/** Throws `TlsError` when there is nothing to serve at the start. */
export function serveCertificate({ files, now, warn }: ServedCertificateOptions): ServedCertificate {
  let loaded = load(files)
  let refused: string | null = null
  let lookedAt = now()
  let warnedAt = Number.NEGATIVE_INFINITY

  function lookAgain(): void {
    const stamp = stampOf(files)
    if (stamp === loaded.stamp || stamp === refused) return
    try {
      loaded = load(files)
      refused = null
      warnedAt = Number.NEGATIVE_INFINITY
    } catch (error) {
      if (!(error instanceof TlsError)) throw error
      refused = stamp
      warn('the certificate has changed, and the one before is served on', { reason: error.message })
    }
  }

  function sayWhenItEnds(): void {
    const validity = validityOf(loaded.facts.expiresAt, now())
    if (validity === 'valid' || now() - warnedAt < dayMs) return
    warnedAt = now()
    warn(
      validity === 'ended'
        ? 'the certificate has ended, so clients refuse it: run "muster tls init", or replace the files'
        : 'the certificate ends soon: run "muster tls init", or replace the files',
      {
        certificate: files.certificate,
        expiresAt: new Date(loaded.facts.expiresAt).toISOString(),
        daysLeft: String(daysLeft(loaded.facts.expiresAt, now())),
      },
    )
  }

  function current(): Loaded {
    if (now() - lookedAt >= lookEveryMs) {
      lookedAt = now()
      lookAgain()
    }
    sayWhenItEnds()
    return loaded
  }

  sayWhenItEnds()
  return { facts: () => current().facts, credential: () => current().credential }
}
