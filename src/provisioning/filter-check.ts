/*
 * What is wrong with a scoping filter: found when it is saved, so that none is met while it decides who is de-provisioned
 * (expressions.md section 11).
 */
import type { SourceSchema } from '../expressions/index.ts'
import type { FilterClause, FilterGroup, ScopingFilter } from '../vocabulary/index.ts'
import { findFilterOperator } from './filter-operators.ts'

export type FilterProblemKind = 'unknownOperator' | 'operand' | 'attribute' | 'structure'

/** The three lists of groups a filter has; `groups` alone decides the scope. */
export const filterCollections = ['groups', 'inputFilterGroups', 'categoryFilterGroups'] as const
export type FilterCollection = (typeof filterCollections)[number]

export interface FilterProblem {
  readonly kind: FilterProblemKind
  readonly collection: FilterCollection
  /** Index of the group and of the clause in it, from 0. */
  readonly group: number
  readonly clause: number | null
  readonly message: string
}

/** Attributes that are documented as unsupported in filters, whatever the schema says of them. */
const refusedAttributes: ReadonlySet<string> = new Set(['appRoleAssignments', 'userType', 'manager', 'members'])

/** All problems, in the order of the filter; empty when it may be saved. */
export function checkFilter(filter: ScopingFilter | null, schema?: SourceSchema): readonly FilterProblem[] {
  if (filter === null) return []
  return filterCollections.flatMap((collection) =>
    groupsOf(filter, collection).flatMap((group, index) => checkGroup(group, collection, index, schema)),
  )
}

/** The lists beside `groups` may be missing. */
export function groupsOf(filter: ScopingFilter, collection: FilterCollection): readonly FilterGroup[] {
  return filter[collection] ?? []
}

function checkGroup(
  group: FilterGroup,
  collection: FilterCollection,
  index: number,
  schema: SourceSchema | undefined,
): readonly FilterProblem[] {
  if (group.clauses.length === 0) {
    const message = `The group ${titleOf(group, index)} has no clauses, so it would put everyone in scope; give it one or remove it.`
    return [{ kind: 'structure', collection, group: index, clause: null, message }]
  }
  return group.clauses.flatMap((clause, position) =>
    checkClause(clause, schema).map(([kind, message]) => ({
      kind,
      collection,
      group: index,
      clause: position,
      message,
    })),
  )
}

/** A group without a name is told by its number. */
function titleOf({ name }: FilterGroup, index: number): string {
  return name === null || name === '' ? String(index + 1) : `"${name}"`
}

type Found = readonly [FilterProblemKind, string]

function checkClause(clause: FilterClause, schema: SourceSchema | undefined): readonly Found[] {
  const operator = findFilterOperator(clause.operatorName)
  const attribute = checkAttribute(clause.sourceOperandName, schema)
  const problems: Found[] = []
  if (operator === null) {
    const isMembership = /^\s*is\s*member\s*of\s*$/i.test(clause.operatorName)
    const reason = isMembership ? 'is documented as unsupported' : 'is not known'
    problems.push([
      'unknownOperator',
      `The operator "${clause.operatorName}" ${reason}; use one such as EQUALS or IS NOT NULL.`,
    ])
  }
  if (attribute !== null) problems.push(['attribute', attribute])
  if (operator === null || operator.arity === 'Unary') return problems
  const operands = operandsOf(clause)
  const what = `${clause.sourceOperandName} ${operator.name}`
  if (operands.length === 0) problems.push(['operand', `"${what}" needs a value to compare with, but has none.`])
  if (operator.isOrdering && operands.length > 1) {
    problems.push(['operand', `"${what}" compares with exactly one value, but has ${operands.length}.`])
  }
  for (const operand of operands) {
    const compiled = operator.compile(operand)
    if (typeof compiled === 'string') problems.push(['operand', `The value of "${what}" is refused: ${compiled}.`])
  }
  return problems
}

export function operandsOf({ targetOperand }: FilterClause): readonly string[] {
  return targetOperand?.values ?? []
}

function checkAttribute(name: string, schema: SourceSchema | undefined): string | null {
  if (name.trim() === '') return 'A clause names no source attribute.'
  if (refusedAttributes.has(name)) return `The attribute "${name}" is documented as unsupported in scoping filters.`
  if (schema === undefined) return null
  const attribute = schema.attributes.get(name)
  if (attribute === undefined) return `The source has no attribute "${name}"; upper and lower case count.`
  if (attribute.type === 'DateTime' || attribute.type === 'Reference') {
    return `The attribute "${name}" is of type ${attribute.type}, which scoping filters do not support.`
  }
  return attribute.multivalued
    ? `The attribute "${name}" has several values, which scoping filters do not support.`
    : null
}
