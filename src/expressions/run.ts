/*
 * What an expression is given while it is evaluated, and what it answers (expressions.md sections 1 and 5.6).
 */
import type { SourceAttributes } from '../vocabulary/index.ts'
import type { ExpressionError } from './error.ts'
import type { AppRole, Value } from './values.ts'

/** Everything beyond the object itself. What an expression does not use may be left out. */
export interface EvaluationContext {
  /** Milliseconds since 1970-01-01 UTC; the same throughout one cycle. */
  readonly now?: number
  /** The object's role assignments for this application, in assignment order. */
  readonly appRoles?: readonly AppRole[]
  /** Whether another object of the target has this value, compared as the target attribute compares (dec U1). */
  readonly isTaken?: (value: string) => boolean
  readonly defaultDomain?: string
  /** From a secure source: `Guid` and `RandomString` draw from it. */
  readonly randomBytes?: (count: number) => Uint8Array
}

/** `null` is "nothing to provision", `''` a value (5.6). */
export type RenderedValue = string | null | readonly string[] | readonly AppRole[]

export type Evaluation =
  | {
      readonly outcome: 'value'
      readonly value: RenderedValue
      /** Logs, previews and audit records show `[Redact]` instead of value and inputs. */
      readonly isRedacted: boolean
      /** The target's roles become exactly these (PATCH replace). */
      readonly isAssertive: boolean
    }
  /** Leave this target attribute, or the whole object, out of this run. */
  | { readonly outcome: 'ignoreAttribute' | 'ignoreObject'; readonly isRedacted: boolean }
  | { readonly outcome: 'error'; readonly error: ExpressionError }

/** A text, or null, of which nothing else is to be said, without an object around it: nearly every evaluation ends so. */
export type BriefEvaluation = string | null | Evaluation

/** One evaluation under way. */
export interface Run {
  readonly attributes: SourceAttributes
  readonly context: EvaluationContext
  isRedacted: boolean
}

export type Evaluate = (run: Run) => Value
