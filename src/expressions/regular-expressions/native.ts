/*
 * Which patterns the machine's own regular expressions may run, and up to what length of text. They are an order of
 * magnitude faster than our matcher, but backtrack without counting, so only patterns are given to them whose worst case
 * on that length is small; and they differ from .NET in places, so only patterns that use none of those
 * (docs/decisions/regular-expressions.md).
 */
import type { CharacterSet } from './character-set.ts'
import { intersects } from './character-set.ts'
import type { AssertionKind, PatternNode } from './pattern.ts'
import { firstOf, mayBeEmpty } from './pattern-facts.ts'

export interface NativePattern {
  /** Without flags: units of UTF-16, `^` and `$` being the ends of the text. */
  readonly source: string
  /** Position among the parentheses of the source, by group number; only the groups asked for have one. */
  readonly positionsOfGroup: ReadonlyMap<number, number>
  /** Longer texts are left to the matcher that counts. */
  readonly textLengthMax: number
}

/** What the worst case of one call may cost; some milliseconds. */
const stepsMax = 1_000_000
const lengthMax = 100_000

/** Null when the pattern is not one of those. `groups` are those whose text is wanted. */
export function nativePattern(root: PatternNode, groups: ReadonlySet<number>): NativePattern | null {
  const positionsOfGroup = new Map<number, number>()
  const isUnderstood = isSameEverywhere(root, groups, false)
  if (!isUnderstood) return null
  const source = sourceOf(root, groups, positionsOfGroup)
  const textLengthMax = longestText(root)
  return source === null || textLengthMax === 0 ? null : { source, positionsOfGroup, textLengthMax }
}

/**
 * References to a group that took no part, rounds that take nothing, and groups inside a loop or a look-around are where
 * JavaScript decides otherwise than .NET; atomic groups it does not have.
 */
function isSameEverywhere(node: PatternNode, groups: ReadonlySet<number>, isInside: boolean): boolean {
  switch (node.type) {
    case 'empty':
    case 'set':
      return true
    case 'assertion':
      return node.kind !== 'wordBoundary' && node.kind !== 'noWordBoundary'
    case 'reference':
    case 'atomic':
      return false
    case 'sequence':
    case 'choice':
      return node.items.every((item) => isSameEverywhere(item, groups, isInside))
    case 'group':
      return !(isInside && groups.has(node.number)) && isSameEverywhere(node.body, groups, isInside)
    case 'look':
      return isSameEverywhere(node.body, groups, true)
    case 'repeat':
      return !mayBeEmpty(node.body) && isSameEverywhere(node.body, groups, isInside || node.max !== 1)
  }
}

/** Null when one number stands for two groups. */
function sourceOf(node: PatternNode, groups: ReadonlySet<number>, positions: Map<number, number>): string | null {
  switch (node.type) {
    case 'empty':
      return ''
    case 'set':
      return classSource(node.set)
    case 'sequence':
      return all(node.items.map((item) => sourceOf(item, groups, positions)))?.join('') ?? null
    case 'choice': {
      const items = all(node.items.map((item) => sourceOf(item, groups, positions)))
      return items === null ? null : `(?:${items.join('|')})`
    }
    case 'group': {
      const isWanted = groups.has(node.number)
      if (isWanted && positions.has(node.number)) return null
      if (isWanted) positions.set(node.number, positions.size + 1)
      const body = sourceOf(node.body, groups, positions)
      return body === null ? null : `(${isWanted ? '' : '?:'}${body})`
    }
    case 'repeat': {
      const body = sourceOf(node.body, groups, positions)
      const max = node.max === Infinity ? '' : String(node.max)
      return body === null ? null : `(?:${body}){${node.min},${max}}${node.isGreedy ? '' : '?'}`
    }
    case 'look': {
      const body = sourceOf(node.body, groups, positions)
      return body === null ? null : `(?${node.isBehind ? '<' : ''}${node.isNegative ? '!' : '='}${body})`
    }
    case 'assertion':
      return assertionSource(node.kind)
    case 'reference':
    case 'atomic':
      return null
  }
}

function all(sources: readonly (string | null)[]): readonly string[] | null {
  return sources.every((source) => source !== null) ? sources : null
}

function assertionSource(kind: AssertionKind): string | null {
  switch (kind) {
    case 'textStart':
      return '^'
    case 'lineStart':
      return '(?<=^|\\n)'
    case 'textEnd':
      return '$'
    case 'finalLineEnd':
      return '(?=\\n?$)'
    case 'lineEnd':
      return '(?=\\n|$)'
    case 'wordBoundary':
    case 'noWordBoundary':
      return null
  }
}

function classSource(set: CharacterSet): string {
  let source = ''
  for (let at = 0; at + 1 < set.length; at += 2) {
    const from = set[at] ?? 0
    const to = set[at + 1] ?? 0
    source += from === to ? unitSource(from) : `${unitSource(from)}-${unitSource(to)}`
  }
  return `[${source}]`
}

function unitSource(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}

/** The longest text on which the worst case stays within the steps. */
function longestText(root: PatternNode): number {
  let within = 0
  let beyond = lengthMax + 1
  while (beyond - within > 1) {
    const length = (within + beyond) >> 1
    if ((length + 1) * costOf(root, length).steps <= stepsMax) within = length
    else beyond = length
  }
  return within
}

/**
 * From one position: in how many ways the node can match there, and how many steps it takes to go through all of them.
 * Both are upper bounds.
 */
interface Cost {
  readonly ways: number
  readonly steps: number
}

function costOf(node: PatternNode, length: number): Cost {
  switch (node.type) {
    case 'empty':
    case 'set':
    case 'assertion':
      return { ways: 1, steps: 1 }
    case 'sequence':
      return node.items.reduce<Cost>(
        (before, item) => {
          const cost = costOf(item, length)
          return { ways: before.ways * cost.ways, steps: before.steps + before.ways * cost.steps }
        },
        { ways: 1, steps: 1 },
      )
    case 'choice': {
      const costs = node.items.map((item) => costOf(item, length))
      const ways = costs.map((cost) => cost.ways)
      return {
        ways: excludeEachOther(node.items) ? Math.max(...ways) : ways.reduce((sum, way) => sum + way, 0),
        steps: costs.reduce((sum, cost) => sum + cost.steps, 1),
      }
    }
    case 'group':
      return costOf(node.body, length)
    case 'look':
      return { ways: 1, steps: costOf(node.body, length).steps + 1 }
    case 'repeat':
      return costOfRepeat(costOf(node.body, length), node.min, node.max, length)
    case 'reference':
    case 'atomic':
      return { ways: Infinity, steps: Infinity }
  }
}

/** Every round takes a character, so there are no more rounds than characters; with one way a round, no more ways either. */
function costOfRepeat(body: Cost, min: number, max: number, length: number): Cost {
  const rounds = Math.min(max, length + 1)
  if (body.ways === 1)
    return { ways: Math.max(1, rounds - Math.min(min, rounds) + 1), steps: rounds * (body.steps + 1) + 1 }
  const ways = body.ways ** (rounds + 1)
  return { ways, steps: ways * (body.steps + 1) }
}

/** No two alternatives can begin with the same character, so at most one of them matches at a position. */
function excludeEachOther(items: readonly PatternNode[]): boolean {
  const firsts = items.map(firstOf)
  return firsts.every(
    (first, index) => !first.mayBeEmpty && firsts.slice(index + 1).every((other) => !intersects(first.set, other.set)),
  )
}
