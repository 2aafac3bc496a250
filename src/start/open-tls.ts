/* What HTTPS is served with, when the settings ask for it. */
import type { ApiPorts } from '../api/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import { certificateFiles, serveCertificate, TlsError, tlsFiles, type ServedCertificateOptions } from '../tls/index.ts'

export function openTls(
  settings: Settings,
  { now, warn }: Pick<ServedCertificateOptions, 'now' | 'warn'>,
): ApiPorts['tls'] {
  if (!settings.tls) return undefined
  try {
    const served = serveCertificate({ files: certificateFiles(settings), now, warn })
    return { credential: served.credential, isFor: (host) => served.facts().isFor(host) }
  } catch (error) {
    if (error instanceof TlsError) throw new ServiceStartError(error.message)
    throw error
  }
}

/** `null` without HTTPS, and where the certificate was brought along: its authority is not ours to name. */
export const authorityFileOf = ({ tls, tlsCertificate, data }: Settings): string | null =>
  tls && tlsCertificate === undefined ? tlsFiles(data).authority : null
