/*
 * Reads a character class such as `[a-z-[aeiou]]` (expressions.md 9.3): `[` inside is a character, a first `]` too, and a
 * class behind the last `-` is taken away.
 */
import { withoutCase } from './case-equivalence.ts'
import { complement, difference, single, union } from './character-set.ts'
import type { CharacterSet } from './character-set.ts'
import { categoryEscape, characterEscape, classEscape } from './escapes.ts'
import { PatternFailure } from './pattern.ts'

interface ReadClass {
  readonly set: CharacterSet
  /** Behind the closing bracket. */
  readonly end: number
}

interface Item {
  /** A set for `\d` and its like, which cannot begin or end a range. */
  readonly set: CharacterSet | null
  readonly unit: number
  readonly isEscaped: boolean
  readonly end: number
}

/** Deeper subtraction than this is no honest pattern. */
const subtractionDepthMax = 50

/** `start` is at the opening bracket. */
export function readClass(pattern: string, start: number, ignoresCase: boolean, depth = 0): ReadClass {
  if (depth > subtractionDepthMax) throw new PatternFailure(start, 'Class subtractions are nested too deep.')
  let at = start + 1
  const isNegated = pattern.charAt(at) === '^'
  if (isNegated) at++
  const parts: CharacterSet[] = []
  let subtracted: CharacterSet | null = null
  for (let isFirst = true; isFirst || pattern.charAt(at) !== ']'; isFirst = false) {
    if (at >= pattern.length) throw new PatternFailure(start, 'This character class is never closed by "]".')
    const item = readItem(pattern, at)
    if (item.unit === 0x2d && !item.isEscaped && !isFirst && pattern.charAt(item.end) === '[') {
      const inner: ReadClass = readClass(pattern, item.end, ignoresCase, depth + 1)
      subtracted = inner.set
      at = lastElement(pattern, inner.end)
      break
    }
    const isEscapedDash = item.unit === 0x2d && item.isEscaped
    const beginsRange =
      !isEscapedDash &&
      pattern.charAt(item.end) === '-' &&
      pattern.charAt(item.end + 1) !== ']' &&
      item.end + 1 < pattern.length
    if (item.set !== null || !beginsRange) {
      parts.push(item.set ?? single(item.unit))
      at = item.end
      continue
    }
    if (pattern.charAt(item.end + 1) === '[') {
      parts.push(single(item.unit))
      at = item.end
      continue
    }
    const last = readItem(pattern, item.end + 1)
    if (last.set !== null)
      throw new PatternFailure(at, 'A range in a class ends with a set such as \\d; it is to end with one character.')
    if (item.unit > last.unit) throw new PatternFailure(at, 'A range in a class runs backwards.')
    parts.push([item.unit, last.unit])
    at = last.end
  }
  const written = ignoresCase ? withoutCase(union(...parts)) : union(...parts)
  const positive = isNegated ? complement(written) : written
  return { set: subtracted === null ? positive : difference(positive, subtracted), end: at + 1 }
}

function lastElement(pattern: string, at: number): number {
  if (pattern.charAt(at) === ']') return at
  throw new PatternFailure(at, 'A subtracted class is to be the last element of its class.')
}

function readItem(pattern: string, at: number): Item {
  if (pattern.charAt(at) !== '\\') return { set: null, unit: pattern.charCodeAt(at), isEscaped: false, end: at + 1 }
  const letter = pattern.charAt(at + 1)
  const set = classEscape(letter)
  if (set !== null) return { set, unit: -1, isEscaped: true, end: at + 2 }
  if (letter === 'p' || letter === 'P') {
    const category = categoryEscape(pattern, at + 2, letter === 'P')
    return { set: category.set, unit: -1, isEscaped: true, end: category.end }
  }
  return { set: null, isEscaped: true, ...characterEscape(pattern, at + 1) }
}
