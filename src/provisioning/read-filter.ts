/*
 * Makes a scoping filter of JSON nobody has looked at yet, or says what keeps it from being one (expressions.md section 11).
 */
import type { FilterClause, FilterGroup, ScopingFilter } from '../vocabulary/index.ts'
import { filterCollections } from './filter-check.ts'
import type { FilterCollection, FilterProblem } from './filter-check.ts'
import { openMembers, type Report } from './json-members.ts'

export type ReadFilterResult =
  | { readonly kind: 'ok'; readonly filter: ScopingFilter | null }
  | { readonly kind: 'failed'; readonly problems: readonly FilterProblem[] }

/** The shape only: `compileFilter` says whether it makes sense. A missing or null list is empty, a null filter none. */
export function readFilter(json: unknown): ReadFilterResult {
  if (json === null || json === undefined) return { kind: 'ok', filter: null }
  const problems: FilterProblem[] = []
  const reportAt =
    (collection: FilterCollection, group: number, clause: number | null): Report =>
    (message) =>
      problems.push({ kind: 'structure', collection, group, clause, message })
  const members = openMembers(json, reportAt('groups', 0, null))
  if (members === null) return { kind: 'failed', problems }
  const [groups = [], inputFilterGroups = [], categoryFilterGroups = []] = filterCollections.map((collection) =>
    members.list(collection, (group, index) => readGroup(group, (clause) => reportAt(collection, index, clause))),
  )
  const filter = members.complete({ groups, inputFilterGroups, categoryFilterGroups })
  return problems.length > 0 ? { kind: 'failed', problems } : { kind: 'ok', filter }
}

function readGroup(json: unknown, reportAt: (clause: number | null) => Report): FilterGroup | null {
  const members = openMembers(json, reportAt(null))
  if (members === null) return null
  const name = members.textOrNull('name')
  const clauses = members.list('clauses', (clause, position) => readClause(clause, reportAt(position)))
  return members.complete({ name, clauses })
}

function readClause(json: unknown, report: Report): FilterClause | null {
  const members = openMembers(json, report)
  if (members === null) return null
  return members.complete({
    sourceOperandName: members.requiredText('sourceOperandName'),
    operatorName: members.requiredText('operatorName'),
    targetOperand: readOperand(members.value('targetOperand'), report),
  })
}

function readOperand(json: unknown, report: Report): FilterClause['targetOperand'] {
  if (json === null || json === undefined) return null
  const members = openMembers(json, report)
  if (members === null) return null
  const values = members.list('values', (value) => {
    if (typeof value === 'string') return value
    report('The values of "targetOperand" are to be texts, numbers too: ["18"].')
    return null
  })
  return members.complete({ values })
}
