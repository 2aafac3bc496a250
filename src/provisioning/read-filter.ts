/*
 * Makes a scoping filter of JSON nobody has looked at yet, or says what keeps it from being one (expressions.md section 11).
 */
import type { FilterClause, FilterGroup, ScopingFilter } from '../vocabulary/index.ts'
import { filterCollections } from './filter-check.ts'
import type { FilterCollection, FilterProblem } from './filter-check.ts'

export type ReadFilterResult =
  | { readonly kind: 'ok'; readonly filter: ScopingFilter | null }
  | { readonly kind: 'failed'; readonly problems: readonly FilterProblem[] }

/** The shape only: `compileFilter` says whether it makes sense. A missing or null list is empty, a null filter none. */
export function readFilter(json: unknown): ReadFilterResult {
  if (json === null || json === undefined) return { kind: 'ok', filter: null }
  if (!isRecord(json)) return refuse('groups', 0, null, 'A scoping filter is an object with a list of groups.')
  const read: Partial<Record<FilterCollection, readonly FilterGroup[]>> = {}
  for (const collection of filterCollections) {
    const groups = readGroups(json[collection], collection)
    if ('message' in groups) return { kind: 'failed', problems: [groups] }
    read[collection] = groups
  }
  return { kind: 'ok', filter: { ...read, groups: read.groups ?? [] } }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function problem(collection: FilterCollection, group: number, clause: number | null, message: string): FilterProblem {
  return { kind: 'structure', collection, group, clause, message }
}

function refuse(collection: FilterCollection, group: number, clause: number | null, message: string): ReadFilterResult {
  return { kind: 'failed', problems: [problem(collection, group, clause, message)] }
}

function readGroups(json: unknown, collection: FilterCollection): readonly FilterGroup[] | FilterProblem {
  if (json === undefined || json === null) return []
  if (!Array.isArray(json)) return problem(collection, 0, null, `"${collection}" is to be a list of groups.`)
  const groups: FilterGroup[] = []
  for (const [index, group] of json.entries()) {
    const clauses = isRecord(group) ? (group['clauses'] ?? []) : null
    if (!isRecord(group) || !Array.isArray(clauses)) {
      return problem(
        collection,
        index,
        null,
        `Group ${index + 1} of "${collection}" is to be an object with a list of clauses.`,
      )
    }
    const read: FilterClause[] = []
    for (const [position, clause] of clauses.entries()) {
      const made = readClause(clause)
      if (made === null) {
        const message = `Clause ${position + 1} of group ${index + 1} is to have sourceOperandName and operatorName as texts, and targetOperand as null or as an object with a list of texts.`
        return problem(collection, index, position, message)
      }
      read.push(made)
    }
    groups.push({ name: typeof group['name'] === 'string' ? group['name'] : null, clauses: read })
  }
  return groups
}

function readClause(json: unknown): FilterClause | null {
  if (!isRecord(json)) return null
  const { sourceOperandName, operatorName, targetOperand } = json
  if (typeof sourceOperandName !== 'string' || typeof operatorName !== 'string') return null
  if (targetOperand === null || targetOperand === undefined)
    return { sourceOperandName, operatorName, targetOperand: null }
  const values: unknown = isRecord(targetOperand) ? (targetOperand['values'] ?? []) : null
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return null
  return { sourceOperandName, operatorName, targetOperand: { values } }
}
