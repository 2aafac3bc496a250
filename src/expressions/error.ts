/*
 * What can be wrong with an expression, and where: the one error shape of the mapping language (expressions.md section 12).
 */

export type ExpressionErrorKind = 'syntax' | 'unknownFunction' | 'arity' | 'argument' | 'attribute' | 'evaluation'
export type ExpressionPhase = 'parse' | 'validate' | 'evaluate'

export interface ExpressionError {
  readonly kind: ExpressionErrorKind
  /** Reported in this phase or a later one, never earlier than the text allows. */
  readonly phase: ExpressionPhase
  /** Offset of the first character concerned, in UTF-16 code units from 0. */
  readonly position: number
  /** Both 1-based; the column counts UTF-16 code units. */
  readonly line: number
  readonly column: number
  /** One sentence: what was found and what is expected. */
  readonly message: string
  /** Documented spelling of the function concerned. */
  readonly function?: string
  /** What to write instead. */
  readonly hint?: string
}

/** A value, or the reason why there is none. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ExpressionError }

export interface ErrorDetails {
  readonly function?: string | undefined
  readonly hint?: string | undefined
}

/** Completes an error with line and column; `text` is the expression the position points into. */
export function describeError(
  text: string,
  kind: ExpressionErrorKind,
  phase: ExpressionPhase,
  position: number,
  message: string,
  details: ErrorDetails = {},
): ExpressionError {
  const { line, column } = locate(text, position)
  return {
    kind,
    phase,
    position,
    line,
    column,
    message,
    ...(details.function === undefined ? {} : { function: details.function }),
    ...(details.hint === undefined ? {} : { hint: details.hint }),
  }
}

/** Lines end at a line feed, a carriage return or both together. */
function locate(text: string, position: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let at = 0; at < position && at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const endsLine = unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a)
    if (endsLine) {
      line++
      lineStart = at + 1
    }
  }
  return { line, column: position - lineStart + 1 }
}
