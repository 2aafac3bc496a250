/*
 * How the checks of a schema say what they found: a finding, to which the place is added by whoever knows it.
 */
import type { SchemaProblem, SchemaProblemCode } from '../vocabulary/index.ts'

export interface Finding {
  readonly code: SchemaProblemCode
  readonly message: string
  readonly severity?: SchemaProblem['severity']
  readonly hint?: string | null
  readonly expression?: string | null
  readonly position?: number | null
}

export type FindingPlace = Pick<SchemaProblem, 'place' | 'objectMapping' | 'attribute'>

export function problemAt(place: FindingPlace, finding: Finding): SchemaProblem {
  return {
    severity: finding.severity ?? 'error',
    code: finding.code,
    ...place,
    expression: finding.expression ?? null,
    position: finding.position ?? null,
    message: finding.message,
    hint: finding.hint ?? null,
  }
}
