/*
 * What the token endpoint answers instead of a token: OAuth's error (RFC 6749 section 5.2) with Entra's number and words beside
 * it (graph-api.md 2.1).
 */
import { randomUUID } from 'node:crypto'

const codes = {
  /** AADSTS70011 */
  badScope: { number: 70_011, status: 400, error: 'invalid_scope' },
  badGrantType: { number: 70_003, status: 400, error: 'unsupported_grant_type' },
  missingParameter: { number: 900_144, status: 400, error: 'invalid_request' },
  badGrant: { number: 70_000, status: 400, error: 'invalid_grant' },
  badRequest: { number: 900_100, status: 400, error: 'invalid_request' },
  unknownTenant: { number: 90_002, status: 400, error: 'invalid_request' },
  unknownClient: { number: 700_016, status: 400, error: 'unauthorized_client' },
  disabledClient: { number: 7_000_112, status: 401, error: 'invalid_client' },
  noCredential: { number: 7_000_216, status: 401, error: 'invalid_client' },
  badSecret: { number: 7_000_215, status: 401, error: 'invalid_client' },
  expiredSecret: { number: 7_000_222, status: 401, error: 'invalid_client' },
  badAssertion: { number: 700_027, status: 401, error: 'invalid_client' },
  expiredAssertion: { number: 700_024, status: 401, error: 'invalid_client' },
  tooManyAttempts: { number: 50_196, status: 429, error: 'temporarily_unavailable' },
  failed: { number: 90_033, status: 500, error: 'server_error' },
} as const

export type OauthProblemKind = keyof typeof codes

export class OauthProblem extends Error {
  override readonly name = 'OauthProblem'
  readonly kind: OauthProblemKind
  readonly retryAfterSeconds: number | null
  constructor(kind: OauthProblemKind, message: string, retryAfterSeconds: number | null = null) {
    super(message)
    this.kind = kind
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export interface OauthAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Ids are for whoever reads the operator's log beside it. */
export function oauthAnswer(kind: OauthProblemKind, message: string, now: number, correlationId: string): OauthAnswer {
  const { number, status, error } = codes[kind]
  const traceId = randomUUID()
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${String(number)}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
    },
  }
}
