/*
 * Chance that can be repeated: the same seed gives the same numbers on every machine.
 */

export interface Random {
  /** At least 0 and below 1. */
  next(): number
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  chance(probability: number): boolean
  guid(): string
}

/** mulberry32: one multiplication-xorshift step per number, 2^32 different seeds. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0

  function word(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  const next = (): number => word() / 4294967296
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('Nothing can be picked from an empty list: give it an item.')
      return item
    },
    chance: (probability) => next() < probability,
    guid() {
      const hex = [word(), word(), word(), word()].map((part) => part.toString(16).padStart(8, '0')).join('')
      const variant = '89ab'[below(4)] ?? '8'
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}
