/*
 * What is wrong with a scoping filter: found when it is saved, so that none is met while it decides who is de-provisioned
 * (expressions.md section 11).
 */
import type { SourceSchema } from '../expressions/index.ts'
import type { FilterClause, FilterGroup, ScopingFilter } from '../vocabulary/index.ts'
import { filterOperators, findFilterOperator } from './filter-operators.ts'
import { nearestName } from './nearest-name.ts'

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
  /** What to do instead. */
  readonly hint?: string
}

/** Attributes that are documented as unsupported in filters, whatever the schema says of them, and what does instead. */
const refusedAttributes: ReadonlyMap<string, string> = new Map([
  ['appRoleAssignments', 'Assign only those who are to have an account.'],
  ['userType', 'Guests can be told by userPrincipalName NOT REGEX MATCH "#EXT#@".'],
  ['manager', 'Use an attribute that holds text, such as department.'],
  ['members', 'Use an attribute that holds text, such as displayName.'],
])

/** Operators of old portals and of other products, by what does the same here. */
const substitutes: ReadonlyMap<string, string> = new Map([
  ['PRESENT', 'IS NOT NULL'],
  ['CONTAINS', 'INCLUDES'],
  ['STARTS WITH', 'REGEX MATCH with ^ before the text'],
])

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
    checkClause(clause, schema).map((found) => ({ collection, group: index, clause: position, ...found })),
  )
}

/** A group without a name is told by its number. */
function titleOf({ name }: FilterGroup, index: number): string {
  return name === null || name === '' ? String(index + 1) : `"${name}"`
}

type Found = Pick<FilterProblem, 'kind' | 'message' | 'hint'>

function checkClause(clause: FilterClause, schema: SourceSchema | undefined): readonly Found[] {
  const operator = findFilterOperator(clause.operatorName)
  const attribute = checkAttribute(clause.sourceOperandName, schema)
  const problems: Found[] = []
  if (operator === null) problems.push(unknownOperator(clause.operatorName))
  if (attribute !== null) problems.push({ kind: 'attribute', ...attribute })
  if (operator === null || operator.arity === 'Unary') return problems
  const operands = operandsOf(clause)
  const what = `${clause.sourceOperandName} ${operator.name}`
  if (operands.length === 0)
    problems.push({ kind: 'operand', message: `"${what}" needs a value to compare with, but has none.` })
  if (operator.isOrdering && operands.length > 1) {
    problems.push({
      kind: 'operand',
      message: `"${what}" compares with exactly one value, but has ${operands.length}.`,
    })
  }
  for (const operand of operands) {
    const compiled = operator.compile(operand)
    if (typeof compiled === 'string')
      problems.push({ kind: 'operand', message: `The value of "${what}" is refused: ${compiled}.` })
  }
  return problems
}

export function operandsOf({ targetOperand }: FilterClause): readonly string[] {
  return targetOperand?.values ?? []
}

function unknownOperator(name: string): Found {
  if (/^\s*is\s*member\s*of\s*$/i.test(name)) {
    const message = `The operator "${name}" is documented as unsupported.`
    return { kind: 'unknownOperator', message, hint: 'Assign the group instead: its members are then in scope.' }
  }
  const known = filterOperators.map((each) => each.name)
  const plain = name.trim().replaceAll('_', ' ').toUpperCase()
  const meant = substitutes.get(plain) ?? nearestName(plain, known)
  return {
    kind: 'unknownOperator',
    message: `The operator "${name}" is not known.`,
    hint: meant === null ? `The operators are ${known.join(', ')}.` : `Use ${meant}.`,
  }
}

function checkAttribute(name: string, schema: SourceSchema | undefined): Pick<Found, 'message' | 'hint'> | null {
  if (name.trim() === '') return { message: 'A clause names no source attribute.' }
  const instead = refusedAttributes.get(name)
  if (instead !== undefined)
    return { message: `The attribute "${name}" is documented as unsupported in scoping filters.`, hint: instead }
  if (schema === undefined) return null
  const attribute = schema.attributes.get(name)
  if (attribute === undefined) {
    const nearest = nearestName(name, schema.attributes.keys())
    return {
      message: `The source has no attribute "${name}"; upper and lower case count.`,
      hint: nearest === null ? '"muster attributes --source" lists those there are.' : `Did you mean ${nearest}?`,
    }
  }
  if (attribute.type === 'DateTime' || attribute.type === 'Reference')
    return { message: `The attribute "${name}" is of type ${attribute.type}, which scoping filters do not support.` }
  return attribute.multivalued
    ? { message: `The attribute "${name}" has several values, which scoping filters do not support.` }
    : null
}
