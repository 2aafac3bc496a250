/*
 * Sets of UTF-16 code units, the alphabet .NET's regular expressions work on (expressions.md 9.3). A surrogate pair is two
 * characters there, and here.
 */
import { once } from './once.ts'

/** Sorted, disjoint, not touching: first and last unit of each range in turn. */
export type CharacterSet = readonly number[]

export const lastUnit = 0xffff

export const everything: CharacterSet = [0, lastUnit]
export const nothing: CharacterSet = []

export function single(unit: number): CharacterSet {
  return [unit, unit]
}

export function union(...sets: readonly CharacterSet[]): CharacterSet {
  const pairs: [number, number][] = sets.flatMap(pairsOf).toSorted((left, right) => left[0] - right[0])
  const merged: number[] = []
  for (const [from, to] of pairs) {
    const last = merged.length - 1
    if (last > 0 && from <= (merged[last] ?? 0) + 1) merged[last] = Math.max(merged[last] ?? 0, to)
    else merged.push(from, to)
  }
  return merged
}

function pairsOf(set: CharacterSet): [number, number][] {
  const pairs: [number, number][] = []
  for (let at = 0; at + 1 < set.length; at += 2) pairs.push([set[at] ?? 0, set[at + 1] ?? 0])
  return pairs
}

export function complement(set: CharacterSet): CharacterSet {
  const result: number[] = []
  let next = 0
  for (const [from, to] of pairsOf(set)) {
    if (from > next) result.push(next, from - 1)
    next = to + 1
  }
  if (next <= lastUnit) result.push(next, lastUnit)
  return result
}

export function difference(set: CharacterSet, without: CharacterSet): CharacterSet {
  return complement(union(complement(set), without))
}

export function intersects(left: CharacterSet, right: CharacterSet): boolean {
  return complement(union(complement(left), complement(right))).length > 0
}

export function contains(set: CharacterSet, unit: number): boolean {
  let low = 0
  let high = set.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (unit < (set[middle * 2] ?? 0)) high = middle - 1
    else if (unit > (set[middle * 2 + 1] ?? 0)) low = middle + 1
    else return true
  }
  return false
}

/** The units a JavaScript class matches, surrogates being no characters to it. */
export function setOf(characters: RegExp): CharacterSet {
  const ranges: number[] = []
  let from = -1
  for (let unit = 0; unit <= lastUnit + 1; unit++) {
    const isMember = unit <= lastUnit && characters.test(String.fromCharCode(unit))
    if (isMember && from < 0) from = unit
    if (!isMember && from >= 0) {
      ranges.push(from, unit - 1)
      from = -1
    }
  }
  return ranges
}

/** `\d` and `\w` are Unicode in .NET; `\s` has U+0085 and lacks U+FEFF. Worked out when first needed. */
export const digits = once(() => setOf(/\p{Nd}/u))
export const wordCharacters = once(() => setOf(/[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u))
export const whiteSpace = once(() => setOf(/[\t-\r\x85\p{Z}]/u))
/** `\b` also takes the joiners for parts of a word. */
export const boundaryWordCharacters = once(() => union(wordCharacters(), [0x200c, 0x200d]))
