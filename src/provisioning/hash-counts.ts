/*
 * Counts texts by their hash in flat arrays: a few bytes a text, however many people there are. Two texts of one hash are
 * expected once in ten million directories of 100,000 people (53 bits).
 */

export interface HashCounts {
  /** Counts the text once more in a column (0 or 1) and answers how often it was there before. The first one's note is kept. */
  add(text: string, column: 0 | 1, note?: number): number
  /** The note of the first count of the text in column 1. */
  noteOf(text: string): number
  /** Both columns of a text. */
  of(text: string): readonly [number, number]
  /** Both columns of every text. */
  all(): Iterable<readonly [number, number]>
}

/** cyrb53: two rounds of 32 bits, cut to the 53 that a number holds; never 0, which marks a free place. */
function hashOf(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0) || 1
}

const placesAtFirst = 1024

export function createHashCounts(): HashCounts {
  let hashes = new Float64Array(placesAtFirst)
  let counts = new Uint32Array(2 * placesAtFirst)
  let notes = new Uint32Array(placesAtFirst)
  let used = 0

  function placeOf(hash: number): number {
    const mask = hashes.length - 1
    let place = hash % hashes.length
    while (hashes[place] !== 0 && hashes[place] !== hash) place = (place + 1) & mask
    return place
  }

  function grow(): void {
    const [before, countsBefore, notesBefore] = [hashes, counts, notes]
    hashes = new Float64Array(2 * before.length)
    counts = new Uint32Array(2 * countsBefore.length)
    notes = new Uint32Array(2 * notesBefore.length)
    for (const [at, hash] of before.entries()) {
      if (hash === 0) continue
      const place = placeOf(hash)
      hashes[place] = hash
      counts[2 * place] = countsBefore[2 * at] ?? 0
      counts[2 * place + 1] = countsBefore[2 * at + 1] ?? 0
      notes[place] = notesBefore[at] ?? 0
    }
  }

  const at = (place: number): readonly [number, number] => [counts[2 * place] ?? 0, counts[2 * place + 1] ?? 0]

  return {
    add(text, column, note = 0) {
      if (4 * used >= 3 * hashes.length) grow()
      const hash = hashOf(text)
      const place = placeOf(hash)
      if (hashes[place] === 0) {
        hashes[place] = hash
        used += 1
      }
      const before = counts[2 * place + column] ?? 0
      counts[2 * place + column] = before + 1
      if (column === 1 && before === 0) notes[place] = note
      return before
    },
    noteOf: (text) => notes[placeOf(hashOf(text))] ?? 0,
    of: (text) => at(placeOf(hashOf(text))),
    *all() {
      for (const [place, hash] of hashes.entries()) if (hash !== 0) yield at(place)
    },
  }
}
