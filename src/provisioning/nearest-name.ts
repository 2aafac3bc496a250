/*
 * Finds the name somebody probably meant, for hints.
 */

/** The known name that needs the fewest changes of letters, when they are few for its length. */
export function nearestName(wanted: string, known: Iterable<string>): string | null {
  const lower = wanted.toLowerCase()
  let nearest: string | null = null
  let fewest = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) >= fewest) continue
    const changes = distance(lower, name.toLowerCase())
    if (changes < fewest) [nearest, fewest] = [name, changes]
  }
  return nearest
}

/** Letters put in, left out or replaced (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let against = 1; against <= other.length; against++) {
      const replaced = (row[against - 1] ?? 0) + (one[at - 1] === other[against - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[against] ?? 0) + 1, (next[against - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
