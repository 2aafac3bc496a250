/*
 * `$search` (graph-api.md 1.3): clauses in quotation marks, `"displayName:okafor" OR "mail:o"`, joined by AND and OR. Names and
 * descriptions are searched word by word, every other property by its beginning.
 */
import { foldText, type JsonValue } from '../../../vocabulary/index.ts'
import { badRequest, unsupportedQuery } from '../graph-problem.ts'
import { propertyOf, type EntityType } from '../types/index.ts'
import type { EntityTest } from './bind-filter.ts'

interface Clause {
  readonly name: string
  readonly text: string
}

export interface Search {
  readonly test: EntityTest
  /** A text that one of the names of whatever is found contains; `null` when there is no such text. */
  readonly contained: string | null
}

const clausePattern = /\s*(?:"((?:[^"\\]|\\.)*)"|(AND|OR)\b|(\()|(\)))/iy
const clausesMax = 50
const searchLengthMax = 4000

type Token = { readonly kind: 'clause'; readonly clause: Clause } | { readonly kind: 'and' | 'or' | '(' | ')' }

export function readSearch(text: string, of: readonly EntityType[]): Search {
  const tokens = searchTokens(text)
  const clauses = tokens.flatMap((token) => (token.kind === 'clause' ? [token.clause] : []))
  let at = 0

  function readOr(depth: number): EntityTest {
    const tests = [readAnd(depth)]
    while (tokens[at]?.kind === 'or') {
      at += 1
      tests.push(readAnd(depth))
    }
    return (entity) => tests.some((test) => test(entity))
  }

  function readAnd(depth: number): EntityTest {
    const tests = [readTerm(depth)]
    while (tokens[at]?.kind === 'and') {
      at += 1
      tests.push(readTerm(depth))
    }
    return (entity) => tests.every((test) => test(entity))
  }

  function readTerm(depth: number): EntityTest {
    const token = tokens[at]
    at += 1
    if (token?.kind === 'clause') return bindClause(token.clause, of)
    if (token?.kind !== '(' || depth > 20) throw malformed()
    const inner = readOr(depth + 1)
    if (tokens[at]?.kind !== ')') throw malformed()
    at += 1
    return inner
  }

  const test = readOr(0)
  if (at < tokens.length) throw malformed()
  const [only] = clauses
  const words = only === undefined || clauses.length > 1 ? [] : wordsOf(only.text)
  return { test, contained: words[0] ?? null }
}

const malformed = (): ReturnType<typeof badRequest> =>
  badRequest('Syntax error in $search: it takes "property:value" in quotation marks, joined by AND or OR.')

function searchTokens(text: string): readonly Token[] {
  if (text.length > searchLengthMax) throw badRequest('$search is too long.')
  const tokens: Token[] = []
  clausePattern.lastIndex = 0
  const end = text.trimEnd().length
  while (clausePattern.lastIndex < end) {
    const found = clausePattern.exec(text)
    if (found === null || tokens.length > clausesMax) throw malformed()
    const [, quoted, joint, open] = found
    if (quoted !== undefined) tokens.push({ kind: 'clause', clause: readClause(quoted) })
    else if (joint !== undefined) tokens.push({ kind: joint.toLowerCase() as 'and' | 'or' })
    else tokens.push({ kind: open === undefined ? ')' : '(' })
  }
  return tokens
}

function readClause(quoted: string): Clause {
  const text = quoted.replaceAll(/\\(.)/g, '$1')
  const colon = text.indexOf(':')
  const value = text.slice(colon + 1).trim()
  if (colon < 1 || value === '') throw malformed()
  return { name: text.slice(0, colon).trim(), text: value }
}

function bindClause({ name, text }: Clause, of: readonly EntityType[]): EntityTest {
  const properties = of.flatMap((type) => {
    const property = propertyOf(type, name)
    return property === undefined || property.search === null ? [] : [[type.name, property] as const]
  })
  const byType = new Map(properties)
  if (byType.size === 0) throw unsupportedQuery(`Property '${name.slice(0, 100)}' cannot be searched; use $filter.`)
  const wanted = foldText(text)
  const words = wordsOf(text)
  return (entity) => {
    const property = byType.get(entity.type.name)
    if (property === undefined) return false
    const value = entity.value(property)
    const items = (Array.isArray(value) ? value : [value]) as readonly JsonValue[]
    return items.some((item) => {
      if (typeof item !== 'string') return false
      if (property.search === 'start' || words.length === 0) return foldText(item).startsWith(wanted)
      const has = wordsOf(item)
      return words.every((word) => has.some((each) => each.startsWith(word)))
    })
  }
}

/** Words end at anything but letters and digits, and where small letters turn into capitals (`OneDrive`). */
function wordsOf(text: string): readonly string[] {
  const parts = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  return parts.map(foldText)
}
