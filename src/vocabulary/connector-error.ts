/*
 * What a connector throws when it cannot do what it was asked. The engine decides by the fields, never by the message.
 */

/** `object`: only this object failed. `job`: nothing else will work either (credentials, plan, connection). */
export type ErrorScope = 'object' | 'job'

/**
 * When trying again makes sense: `now` (a few times at once), `nextCycle` (the target's own trouble, spec 6.5),
 * `backoff` (the data or the mapping has to change, spec 6.5), `never`.
 */
export type RetryAdvice = 'now' | 'nextCycle' | 'backoff' | 'never'

/** What went over the wire, for the log: secrets masked, bodies cut to a readable length. */
export interface TargetExchange {
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly body?: string
}

export interface ConnectorErrorFields {
  /** A code of provisioning-service.md 12.4, e.g. `Conflict`, `TooManyRequests`, `InvalidAnchor`. */
  readonly code: string
  readonly scope: ErrorScope
  readonly retry: RetryAdvice
  readonly retryAfterSeconds?: number
  /** The target's own name for it, e.g. Slack's `email_taken`. */
  readonly targetErrorName?: string
  /** The account that stands in the way, when the target names it (slack.md 3.4, `existing_user`). */
  readonly existingAnchor?: string
  /** The attribute whose value was refused, by mapping target name, when the target says so (Slack: `username_taken`). */
  readonly refusedAttribute?: string
  readonly exchange?: TargetExchange
  readonly cause?: unknown
}

/** The target refused the credentials; with scope `job` this is what quarantine is for (spec 9.1). */
export const credentialFailureCode = 'SystemForCrossDomainIdentityManagementCredentialValidationFailure'

/** There are no credentials to try at all. */
export const credentialsMissingCode = 'CredentialsMissing'

export class ConnectorError extends Error {
  override readonly name = 'ConnectorError'
  readonly code: string
  readonly scope: ErrorScope
  readonly retry: RetryAdvice
  readonly retryAfterSeconds: number | undefined
  readonly targetErrorName: string | undefined
  readonly existingAnchor: string | undefined
  readonly refusedAttribute: string | undefined
  readonly exchange: TargetExchange | undefined

  constructor(message: string, fields: ConnectorErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.scope = fields.scope
    this.retry = fields.retry
    this.retryAfterSeconds = fields.retryAfterSeconds
    this.targetErrorName = fields.targetErrorName
    this.existingAnchor = fields.existingAnchor
    this.refusedAttribute = fields.refusedAttribute
    this.exchange = fields.exchange
  }
}
