/* Rows of a batched look-up, by what was asked for, and their order. */

/** Many rows for each key, in the order they came in. */
export function groupRows<R, V>(
  rows: readonly R[],
  keyOf: (row: R) => string,
  valueOf: (row: R) => V,
): ReadonlyMap<string, readonly V[]> {
  const groups = new Map<string, V[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [valueOf(row)])
    else group.push(valueOf(row))
  }
  return groups
}

/** The order of keys, as the databases have it: by code unit, in no language. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
