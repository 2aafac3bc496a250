/*
 * Which characters are the same to `(?i)`: simple, invariant case folding (expressions.md 9.3), so `ı` and `İ` are the
 * same as nothing but themselves.
 */
import { upperOne } from '../casing.ts'
import { contains, lastUnit, single, union } from './character-set.ts'
import type { CharacterSet } from './character-set.ts'
import { once } from './once.ts'

function foldOf(character: string): string {
  if (character === 'ı' || character === 'İ') return character
  const upper = upperOne(character)
  const lower = upper.toLowerCase()
  return lower.length === 1 ? lower : upper
}

/** For every character that shares its fold with another one, all that share it. */
const equivalents = once((): ReadonlyMap<number, readonly number[]> => {
  const byFold = new Map<string, number[]>()
  for (let unit = 0; unit <= lastUnit; unit++) {
    const character = String.fromCharCode(unit)
    const fold = foldOf(character)
    const units = byFold.get(fold)
    if (units === undefined) byFold.set(fold, [unit])
    else units.push(unit)
  }
  const shared = [...byFold.values()].filter((units) => units.length > 1)
  return new Map(shared.flatMap((units) => units.map((unit): [number, readonly number[]] => [unit, units])))
})

/** The set with every character that differs from one of its own by case only. */
export function withoutCase(set: CharacterSet): CharacterSet {
  const [first, last] = set
  if (set.length === 2 && first !== undefined && first === last) {
    return union(...(equivalents().get(first) ?? [first]).map(single))
  }
  const added = new Set<number>()
  for (const [unit, units] of equivalents()) {
    if (contains(set, unit)) for (const equivalent of units) added.add(equivalent)
  }
  return union(set, ...[...added].map(single))
}

/** Whether a back-reference under `(?i)` takes one character for the other. */
export function sameWithoutCase(left: number, right: number): boolean {
  return left === right || (equivalents().get(left)?.includes(right) ?? false)
}
