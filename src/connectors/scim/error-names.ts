/*
 * What a target's own error names mean: the shape of the table each dialect brings along.
 */
import type { ErrorScope, RetryAdvice } from '../../vocabulary/index.ts'

/** What the connector itself does about an error before it gives up (slack.md 5.2, column retry). */
export type ErrorHandling =
  /** Nothing: it is reported. */
  | 'report'
  /** Waits as long as the target says and repeats. */
  | 'wait'
  /** Repeats a few times with growing pauses. */
  | 'repeat'

export interface ErrorMeaning {
  /** A code of provisioning-service.md 12.4. */
  readonly code: string
  readonly scope: ErrorScope
  readonly retry: RetryAdvice
  readonly handling: ErrorHandling
  /** What is wrong and what the administrator can do, in one sentence. */
  readonly advice: string
  /** The attribute whose value is refused, by mapping target name. */
  readonly refusedAttribute?: string
}

export type ErrorNames = ReadonlyMap<string, ErrorMeaning>
