/*
 * Numbers the groups of a pattern as .NET does: unnamed ones first, from left to right, then the named ones in the order
 * of their first appearance (expressions.md 9.3).
 */
import type { Groups } from './pattern.ts'

/** The groups met so far in one reading. */
export interface GroupCounter {
  unnamedCount: number
  readonly numbers: Set<number>
  readonly names: Set<string>
}

export function countGroups(): GroupCounter {
  return { unnamedCount: 0, numbers: new Set([0]), names: new Set() }
}

export function unnamedGroup(counter: GroupCounter): number {
  counter.unnamedCount++
  counter.numbers.add(counter.unnamedCount)
  return counter.unnamedCount
}

/** `(?<5>...)` says its number itself. */
export function numberedGroup(counter: GroupCounter, number: number): number {
  counter.numbers.add(number)
  return number
}

/** While counting, the number is not known yet. */
export function namedGroup(counter: GroupCounter, name: string, groups: Groups | null): number {
  counter.names.add(name)
  return groups?.numbersByName.get(name) ?? 0
}

export function numberGroups(counter: GroupCounter): Groups {
  const numbers = new Set(counter.numbers)
  const numbersByName = new Map<string, number>()
  let next = counter.unnamedCount + 1
  for (const name of counter.names) {
    while (numbers.has(next)) next++
    numbers.add(next)
    numbersByName.set(name, next)
  }
  return { numbers, numbersByName, last: Math.max(...numbers) }
}
