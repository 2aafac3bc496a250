/*
 * Decides whether an object passes a scoping filter: any group, all clauses of it (expressions.md section 11). A filter
 * that cannot be evaluated is a failure, never "out of scope": that would de-provision people.
 */
import type { SourceSchema } from '../expressions/index.ts'
import type { FilterClause, FilterGroup, ScopingFilter, SourceAttributes, SourceValue } from '../vocabulary/index.ts'
import { checkFilter, filterCollections, groupsOf, operandsOf } from './filter-check.ts'
import type { FilterCollection, FilterProblem } from './filter-check.ts'
import { findFilterOperator } from './filter-operators.ts'
import type { Ask, FilterOperator, SeenValue } from './filter-operators.ts'

export interface ClauseEvaluation {
  readonly attribute: string
  readonly operator: string
  readonly operand: readonly string[]
  /** Text of what the object has; null for nothing. */
  readonly seen: string | null
  readonly held: boolean
}

export interface ScopeEvaluation {
  readonly inScope: boolean
  /** Every clause with its answer, also where another group has decided already. */
  readonly groups: readonly {
    readonly name: string | null
    readonly held: boolean
    readonly clauses: readonly ClauseEvaluation[]
  }[]
}

export interface CompiledClause {
  readonly attribute: string
  readonly operator: FilterOperator
  readonly operand: readonly string[]
  readonly asks: readonly Ask[]
}

export interface CompiledGroup {
  readonly name: string | null
  readonly clauses: readonly CompiledClause[]
}

export interface CompiledFilter {
  readonly groups: Readonly<Record<FilterCollection, readonly CompiledGroup[]>>
  /** Lets nobody pass: stands where a filter was refused. */
  readonly isRefused: boolean
}

/** Fails every object. */
export const refusedFilter: CompiledFilter = {
  groups: { groups: [], inputFilterGroups: [], categoryFilterGroups: [] },
  isRefused: true,
}

export type CompiledFilterResult =
  | { readonly kind: 'ok'; readonly filter: CompiledFilter }
  /** `nothing` fails every object, for a caller that goes on collecting problems. */
  | { readonly kind: 'failed'; readonly problems: readonly FilterProblem[]; readonly nothing: CompiledFilter }

export function compileFilter(filter: ScopingFilter | null, schema?: SourceSchema): CompiledFilterResult {
  const problems = checkFilter(filter, schema)
  if (problems.length > 0) return { kind: 'failed', problems, nothing: refusedFilter }
  const compiled = (collection: FilterCollection): readonly CompiledGroup[] =>
    filter === null ? [] : groupsOf(filter, collection).map(compileGroup)
  const [groups, inputFilterGroups, categoryFilterGroups] = filterCollections.map(compiled)
  return {
    kind: 'ok',
    filter: {
      groups: {
        groups: groups ?? [],
        inputFilterGroups: inputFilterGroups ?? [],
        categoryFilterGroups: categoryFilterGroups ?? [],
      },
      isRefused: false,
    },
  }
}

function compileGroup({ name, clauses }: FilterGroup): CompiledGroup {
  return { name, clauses: clauses.map(compileClause) }
}

function compileClause(clause: FilterClause): CompiledClause {
  const operator = findFilterOperator(clause.operatorName)
  if (operator === null) throw new Error(`The operator "${clause.operatorName}" was compiled without a check.`)
  const operand = operator.arity === 'Unary' ? [] : operandsOf(clause)
  const asks = (operator.arity === 'Unary' ? [''] : operand).map((text) => {
    const ask = operator.compile(text)
    if (typeof ask === 'string') throw new Error(`The operand "${text}" was compiled without a check: ${ask}`)
    return ask
  })
  return { attribute: clause.sourceOperandName, operator, operand, asks }
}

export type ScopeEvaluationResult =
  | { readonly kind: 'decided'; readonly evaluation: ScopeEvaluation }
  | { readonly kind: 'failed'; readonly message: string }

/** By `groups`, unless another list of the filter is asked for. No groups: everything is in scope. */
export function evaluateScope(
  filter: CompiledFilter,
  attributes: SourceAttributes,
  collection: FilterCollection = 'groups',
): ScopeEvaluationResult {
  if (filter.isRefused)
    return { kind: 'failed', message: 'The scoping filter was refused, so nobody can be judged by it.' }
  const wanted = filter.groups[collection]
  if (wanted.length === 0) return everybody
  const groups: ScopeEvaluation['groups'][number][] = []
  let inScope = false
  for (const { name, clauses } of wanted) {
    const answers: ClauseEvaluation[] = []
    let held = true
    for (const clause of clauses) {
      const answer = askClause(clause, attributes)
      if (answer === 'tooCostly') return { kind: 'failed', message: costlyMessage(clause) }
      answers.push(answer)
      held &&= answer.held
    }
    groups.push({ name, held, clauses: answers })
    inScope ||= held
  }
  return { kind: 'decided', evaluation: { inScope, groups } }
}

const everybody: ScopeEvaluationResult = { kind: 'decided', evaluation: { inScope: true, groups: [] } }

function costlyMessage({ attribute, operator }: CompiledClause): string {
  return `The pattern of "${attribute} ${operator.name}" takes too long on this object's value; nested repetitions such as (a+)+ are the usual cause.`
}

export function askClause(clause: CompiledClause, attributes: SourceAttributes): ClauseEvaluation | 'tooCostly' {
  const { attribute, operator, operand } = clause
  const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
  const seen = seenText(value)
  const held = seen === null ? operator.holdsForNothing : holdsForSeen(clause, seen, value ?? null)
  return held === 'tooCostly' ? held : { attribute, operator: operator.name, operand, seen, held }
}

/** Null for nothing at all. */
function seenText(value: SourceValue | undefined): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return null
  if (typeof value !== 'object') return textOf(value)
  return value.length === 0 ? null : value.join(', ')
}

function textOf(value: number | bigint | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value.toString()
}

/** A list should not arrive here; when it does, every value must satisfy the clause, as Graph's comparison type says. */
function holdsForSeen(clause: CompiledClause, seen: string, value: SourceValue): boolean | 'tooCostly' {
  if (value === null || typeof value !== 'object') return holdsFor(clause, seen, value ?? seen)
  for (const text of value) {
    const held = holdsFor(clause, text, text)
    if (held !== true) return held
  }
  return true
}

/** A clause on an empty value is false, negative ones included; only IS NULL holds there. */
function holdsFor({ operator, asks }: CompiledClause, text: string, value: SeenValue): boolean | 'tooCostly' {
  if (text === '') return operator.holdsForNothing
  for (const ask of asks) {
    const answer = ask(text, value)
    if (answer === 'tooCostly') return answer
    if (answer) return !operator.isNegative
  }
  return operator.isNegative
}
