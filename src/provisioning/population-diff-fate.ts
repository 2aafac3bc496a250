/*
 * What would become of one object under one schema: an account that is kept up to date, a removal, nothing. And which
 * clause of the filter decides, where it is the filter.
 */
import type { AssignmentPath, Link, SourceObject } from '../vocabulary/index.ts'
import type { CompiledObjectMapping } from './compiled-schema.ts'
import { evaluateScope, type ClauseEvaluation } from './scoping-filter.ts'
import { scopeObject, type ScopeSettings } from './scoping.ts'
import { applySwitches, nameSituation, type FlowSwitches } from './situations.ts'

export interface Fate {
  /**
   * `account`: made or kept up to date; `removed`: its account is disabled or deleted; `noAccount`: it has none and gets
   * none; `leftAlone`: what it has stays as it is.
   */
  readonly kind: 'account' | 'disabled' | 'deleted' | 'noAccount' | 'leftAlone'
  readonly inScope: boolean
  readonly paths: readonly AssignmentPath[]
  /** Why it is left alone. */
  readonly because: string | null
}

export interface FateRules {
  readonly settings: ScopeSettings & { readonly skipOutOfScopeDeletions: boolean }
  readonly softDelete: boolean
}

const leftAlone = (because: string, inScope = false, paths: readonly AssignmentPath[] = []): Fate => ({
  kind: 'leftAlone',
  inScope,
  paths,
  because,
})

export function fateOf(
  source: SourceObject,
  link: Link | undefined,
  mapping: CompiledObjectMapping | undefined,
  rules: FateRules,
): Fate {
  if (mapping === undefined || !mapping.enabled) return leftAlone('the mapping is switched off')
  const scoped = scopeObject(source, mapping, rules.settings)
  if (scoped.kind !== 'decided')
    return leftAlone(scoped.kind === 'failed' ? scoped.message : 'the input filter drops it')
  const { inScope, isEntitled, paths } = scoped.decision
  const situation =
    link === undefined
      ? nameSituation({ isLinked: false, inScope, match: 'none' })
      : nameSituation({
          isLinked: true,
          inScope,
          presence: source.presence,
          linkIsActive: link.isActive,
          linkIsManaged: link.isManaged,
          isEntitled,
          target: 'differs',
        })
  const switches: FlowSwitches = {
    ...mapping.flows,
    skipOutOfScopeDeletions: rules.settings.skipOutOfScopeDeletions,
    softDelete: rules.softDelete,
    activeIsMapped: mapping.activeIsMapped,
  }
  const verdict = applySwitches(situation, switches)
  switch (verdict.verdict) {
    case 'create':
    case 'link':
    case 'update':
      return { kind: 'account', inScope, paths, because: null }
    case 'disable':
      return { kind: 'disabled', inScope, paths, because: null }
    case 'delete':
      return { kind: 'deleted', inScope, paths, because: null }
    case 'withheld':
      return leftAlone(verdict.because, inScope, paths)
    case 'note':
    case 'skip':
    case 'fail':
      return { kind: 'noAccount', inScope, paths, because: null }
  }
}

export interface DecidingClauses {
  readonly text: string
  /** What the object has there. */
  readonly seen: string
}

const clauseText = ({ attribute, operator, operand }: ClauseEvaluation): string =>
  [attribute, operator, ...operand.map((value) => JSON.stringify(value))].join(' ')

/** The clauses that keep the object out: the first that fails of each group. */
export function decidingClauses(
  source: SourceObject,
  mapping: CompiledObjectMapping | undefined,
): DecidingClauses | null {
  if (mapping === undefined) return null
  const result = evaluateScope(mapping.filter, source.attributes)
  if (result.kind === 'failed' || result.evaluation.inScope) return null
  const failing = result.evaluation.groups.flatMap(({ clauses }) => clauses.find(({ held }) => !held) ?? [])
  return {
    text: [...new Set(failing.map(clauseText))].join(' or '),
    seen: failing
      .map(({ attribute, seen }) => `${attribute} ${seen === null ? 'empty' : JSON.stringify(seen)}`)
      .join(', '),
  }
}
