/* A job's degraded state, in Graph's words (graph-api.md, synchronizationQuarantine; spec section 9). */

export type QuarantineReason =
  | 'EncounteredBaseEscrowThreshold'
  | 'EncounteredTotalEscrowThreshold'
  | 'EncounteredEscrowProportionThreshold'
  | 'EncounteredQuarantineException'
  | 'QuarantinedOnDemand'
  | 'TooManyDeletes'
  | 'IngestionInterrupted'
  | 'Unknown'

export interface QuarantineError {
  readonly code: string
  readonly message: string
}

/** Instants are milliseconds since 1970-01-01 UTC. */
export interface Quarantine {
  readonly reason: QuarantineReason
  /** When it was last imposed for this reason. */
  readonly currentBegan: number
  /** When it was first imposed in this series. */
  readonly seriesBegan: number
  /** How often it was judged anew and left in force. */
  readonly seriesCount: number
  readonly nextAttempt: number
  readonly error: QuarantineError | null
}
