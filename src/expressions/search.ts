/*
 * Whether a pattern is found in a text: what the scoping filters ask of the regular expressions (expressions.md section 11).
 */
import {
  compilePattern,
  exampleTexts,
  finder,
  newSteps,
  PatternFailure,
  StepsExceeded,
} from './regular-expressions/index.ts'

export type SearchResult = 'found' | 'notFound' | 'tooCostly'

export type CompiledSearch =
  | { readonly ok: true; readonly search: (text: string) => SearchResult }
  /** Why the pattern is no regular expression of the dialect; `offset` is in the pattern. */
  | { readonly ok: false; readonly message: string; readonly offset: number }

/** Anywhere in the text, upper and lower case told apart (dec C1). Every search ends. */
export function compileSearch(pattern: string): CompiledSearch {
  try {
    const find = finder(compilePattern(pattern))
    return { ok: true, search: (text) => searchWith(find, text) }
  } catch (failure) {
    if (!(failure instanceof PatternFailure)) throw failure
    return { ok: false, message: failure.message, offset: failure.offset }
  }
}

/** Short texts in which the pattern is found; none where none was thought of. Empty for a pattern that is none. */
export function textsFoundBy(pattern: string): readonly string[] {
  const compiled = compileSearch(pattern)
  if (!compiled.ok) return []
  return exampleTexts(compilePattern(pattern).root).filter((text) => compiled.search(text) === 'found')
}

function searchWith(find: ReturnType<typeof finder>, text: string): SearchResult {
  try {
    return find(text, newSteps()) ? 'found' : 'notFound'
  } catch (failure) {
    if (!(failure instanceof StepsExceeded)) throw failure
    return 'tooCostly'
  }
}
