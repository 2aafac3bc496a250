/*
 * Why no answer came: whether the request can have reached the target at all. That decides if it may have taken effect.
 */

export interface TransportFailure {
  readonly code: string
  /** No connection was made, so nothing took effect; and no other request will fare better. */
  readonly neverArrived: boolean
}

const neverArrivedCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Reads what a transport rejected with. What carries no code is not a network failure and is thrown on. */
export function transportFailure(error: unknown): TransportFailure {
  const code = codeOf(error)
  if (code === undefined) throw error
  return { code, neverArrived: neverArrivedCodes.has(code) }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  // Node tries all addresses of a host and then reports them together.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return undefined
}
