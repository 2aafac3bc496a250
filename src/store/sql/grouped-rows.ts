/* Rows of a batched look-up, by what was asked for; the order of the rows is kept. */

/** Many rows for each key. */
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
