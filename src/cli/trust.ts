/* Whom the commands trust over HTTPS, and what is said when they do not. */
import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import type { Settings } from '../settings.ts'
import { tlsFiles } from '../tls/index.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

function readAuthority(settings: Settings): string | null {
  const path = settings.caFile ?? tlsFiles(settings.data).authority
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    if (settings.caFile === undefined) return null
    throw new CommandError(
      exitCodes.cannotBegin,
      `The authority file ${path} (MUSTER_CA_FILE) cannot be read (${code}). Name the authority.pem that "muster tls init" printed.`,
    )
  }
}

/** Our own authority besides those that Node trusts anyway. */
export function connectOptions(settings: Settings, url: string): { readonly ca?: string[] } {
  if (!url.startsWith('https:')) return {}
  const authority = readAuthority(settings)
  return authority === null ? {} : { ca: [...getCACertificates('default'), authority] }
}

/** Codes of OpenSSL and Node for a certificate that is not trusted. */
const refusals: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has ended. Renew it with "muster tls init" on the machine of the service',
  CERT_NOT_YET_VALID: 'it begins in the future. Compare the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'it is for other names. Call the service by one of them, or add this one with "muster tls init --name NAME"',
}

const untrusted =
  'nobody trusted has signed it. Name the authority of the service with MUSTER_CA_FILE ("muster tls status" there prints it), or set MUSTER_DATA to its data folder'

/** `null` when the failure has nothing to do with the certificate. */
export function refusedCertificate(code: string, error: unknown, url: string): string | null {
  const reason = refusals[code] ?? (/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_)/.test(code) ? untrusted : undefined)
  if (reason !== undefined) return `The certificate of ${url} is refused (${code}): ${reason}. Nothing was sent.`
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return `What answers at ${url} does not speak HTTPS (${error instanceof Error ? (error.message.split('\n')[0] ?? code) : code}). Start it with "muster serve --tls", or call it with http://.`
  return null
}
