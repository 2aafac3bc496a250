/* temporary */
import type { ScopingFilter, SourceAttributes } from '../vocabulary/index.ts'
export interface ScopeEvaluation {
  readonly inScope: boolean
  readonly groups: readonly {
    readonly name: string | null
    readonly held: boolean
    readonly clauses: readonly {
      readonly attribute: string
      readonly operator: string
      readonly operand: readonly string[]
      readonly seen: string | null
      readonly held: boolean
    }[]
  }[]
}
export type CompiledFilter = ScopingFilter | null
export function compileFilter(filter: ScopingFilter | null):
  | {
      readonly kind: 'failed'
      readonly problems: readonly { readonly message: string }[]
      readonly nothing: CompiledFilter
    }
  | { readonly kind: 'ok'; readonly filter: CompiledFilter } {
  return { kind: 'ok', filter }
}
export function evaluateScope(
  _filter: CompiledFilter,
  _attributes: SourceAttributes,
):
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'decided'; readonly evaluation: ScopeEvaluation } {
  return { kind: 'decided', evaluation: { inScope: true, groups: [] } }
}
