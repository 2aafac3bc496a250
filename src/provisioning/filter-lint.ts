/*
 * Warns of scoping filters that are valid but seldom meant (expressions.md section 11, dec C1).
 */
import type { ScopingFilter } from '../vocabulary/index.ts'
import { filterCollections, groupsOf, operandsOf } from './filter-check.ts'
import type { FilterCollection } from './filter-check.ts'
import { findFilterOperator } from './filter-operators.ts'

export interface FilterWarning {
  readonly rule: 'unanchoredPattern'
  readonly collection: FilterCollection
  readonly group: number
  readonly clause: number
  readonly message: string
}

/** One warning for every pattern that is looked for anywhere in the text. */
export function lintFilter(filter: ScopingFilter): readonly FilterWarning[] {
  return filterCollections.flatMap((collection) =>
    groupsOf(filter, collection).flatMap((group, index) =>
      group.clauses.flatMap((clause, position) => {
        const operator = findFilterOperator(clause.operatorName)
        if (operator === null || !operator.name.endsWith('REGEX MATCH')) return []
        return (
          operandsOf(clause)
            // What is no pattern is refused as such.
            .filter((pattern) => !isAnchored(pattern) && typeof operator.compile(pattern) !== 'string')
            .map((pattern) => ({
              rule: 'unanchoredPattern' as const,
              collection,
              group: index,
              clause: position,
              message: warningOf(pattern),
            }))
        )
      }),
    ),
  )
}

/** Options may come before the anchor. */
function isAnchored(pattern: string): boolean {
  return /^(?:\(\?[imnsx-]+\))*(?:\^|\\A)/.test(pattern) && /(?:^|[^\\])(?:\\\\)*(?:\$|\\[zZ])$/.test(pattern)
}

function warningOf(pattern: string): string {
  return `The pattern "${pattern}" is looked for anywhere in the value; write ^ before and $ behind it if the whole value is meant.`
}
