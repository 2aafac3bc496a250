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

/** Microsoft's figures (spec 9.2). A small company lowers `failuresMin`, or the shares never count. */
export interface QuarantineThresholds {
  /** Below this many failures the proportion and the maximum are not looked at. */
  readonly failuresMin: number
  /** 0 to 1, of all events. */
  readonly failedShareMax: number
  readonly failuresMax: number
  /** Failures and reference failures together. */
  readonly totalMax: number
}

export const usualQuarantineThresholds: QuarantineThresholds = {
  failuresMin: 5000,
  failedShareMax: 0.4,
  failuresMax: 40_000,
  totalMax: 60_000,
}
