/*
 * The folder `tls` in the data folder: an authority that stays, and a server certificate by it that is renewed. Keys are
 * for the owner alone.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { factsOf, isKeyOf, type CertificateFacts } from './certificate-facts.ts'
import type { Credential } from './issue.ts'
import { TlsError } from './tls-error.ts'
import { validityOf } from './validity.ts'

export interface TlsFiles {
  readonly folder: string
  /** What clients are to trust. */
  readonly authority: string
  readonly authorityKey: string
  readonly certificate: string
  readonly key: string
}

export function tlsFiles(data: string): TlsFiles {
  const folder = join(data, 'tls')
  return {
    folder,
    authority: join(folder, 'authority.pem'),
    authorityKey: join(folder, 'authority.key'),
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
  }
}

/** These are always in a certificate: the machine itself. */
export const ownNames = ['localhost', '127.0.0.1', '::1'] as const

export interface Initialized {
  readonly files: TlsFiles
  readonly authority: CertificateFacts
  readonly server: CertificateFacts
  /** The authority was there before: whoever trusts it goes on to do so. */
  readonly isAuthorityKept: boolean
}

export interface InitializeRequest {
  readonly data: string
  /** Besides the machine's own. */
  readonly names: readonly string[]
  readonly now: number
  /** Begins again with another authority, which everybody then has to trust anew. */
  readonly isAuthorityNew?: boolean
}

/** Makes what is missing, and a fresh server certificate in any case. */
export async function initializeTls({ data, names, now, isAuthorityNew }: InitializeRequest): Promise<Initialized> {
  // Its libraries are needed here alone.
  const { issueServerCertificate, makeAuthority } = await import('./issue.ts')
  const files = tlsFiles(data)
  mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  chmodSync(files.folder, 0o700)
  const known = isAuthorityNew === true ? null : readAuthority(files, now)
  const authority = known ?? (await makeAuthority(hostname(), now))
  if (known === null) {
    writeKey(files.authorityKey, authority.key)
    writeWhole(files.authority, authority.certificate, 0o644)
  }
  const server = await issueServerCertificate(authority, [...new Set([...ownNames, ...names])], now)
  // Whoever serves takes a new pair once both files fit together.
  writeKey(files.key, server.key)
  writeWhole(files.certificate, server.certificate, 0o644)
  return {
    files,
    authority: factsOf(authority.certificate),
    server: factsOf(server.certificate),
    isAuthorityKept: known !== null,
  }
}

function readAuthority(files: TlsFiles, now: number): Credential | null {
  const certificate = readIfThere(files.authority)
  const key = readIfThere(files.authorityKey)
  if (certificate === null && key === null) return null
  const again =
    'Run "muster tls init --new-authority" to begin again with another one; clients then have to trust that.'
  if (certificate === null || key === null)
    throw new TlsError(
      `Of the authority in ${files.folder} only ${certificate === null ? 'the key' : 'the certificate'} is there, so nothing can be signed with it. ${again}`,
    )
  let isPair: boolean
  try {
    isPair = isKeyOf(certificate, key)
  } catch (error) {
    throw new TlsError(`The authority in ${files.folder} cannot be read (${reasonOf(error)}). ${again}`)
  }
  if (!isPair) throw new TlsError(`The key of the authority in ${files.folder} does not fit its certificate. ${again}`)
  if (validityOf(factsOf(certificate).expiresAt, now) === 'ended')
    throw new TlsError(`The authority in ${files.folder} has ended, so no client trusts what it signs. ${again}`)
  return { certificate, key }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    if (error.code === 'ENOENT') return null
    throw new TlsError(`${path} cannot be read (${String(error.code)}). Let the user that runs Muster read it.`)
  }
}

const writeKey = (path: string, text: string): void => {
  writeWhole(path, text, 0o600)
}

/** All of it or nothing, whenever it is read. */
function writeWhole(path: string, text: string, mode: number): void {
  const made = `${path}.new`
  writeFileSync(made, text, { mode })
  chmodSync(made, mode)
  renameSync(made, path)
}
