/*
 * Whether what was read of an object still holds when its turn comes: beside the pages of the feed, lanes of the same cycle
 * take objects again, and the one who comes later must not write over what the earlier one has remembered.
 */

export interface Reading {
  /** Somebody else has worked on the object since it was read. */
  isStale(key: string): boolean
  /** All objects of this reading have had their turn. */
  close(): void
}

export interface Readings {
  open(): Reading
  /** The object has been worked on, and has an entry of that or not. */
  note(key: string, what: { readonly hasFailed: boolean; readonly isToldOf: boolean }): void
  /** The target has shown in this cycle what became of the object's last write, and that is told. */
  noteSettled(key: string): void
  isSettled(key: string): boolean
  /** When it was last worked on in this cycle, nothing failed; of what happened before a stop nothing is known. */
  isWell(key: string): boolean
  /** It has an entry of this cycle: a side lane came to it before the feed did. */
  isToldOf(key: string): boolean
}

export function createReadings(): Readings {
  const workedOn = new Map<string, number>()
  const well = new Set<string>()
  const toldOf = new Set<string>()
  const settled = new Set<string>()
  let moment = 0
  let openReadings = 0
  return {
    open() {
      const readAt = moment
      openReadings += 1
      return {
        isStale: (key) => (workedOn.get(key) ?? 0) > readAt,
        close() {
          openReadings -= 1
          if (openReadings === 0) workedOn.clear()
        },
      }
    },
    note(key, { hasFailed, isToldOf }) {
      moment += 1
      if (openReadings > 0) workedOn.set(key, moment)
      if (hasFailed) well.delete(key)
      else well.add(key)
      if (isToldOf) toldOf.add(key)
    },
    noteSettled(key) {
      settled.add(key)
      toldOf.add(key)
    },
    isSettled: (key) => settled.has(key),
    isWell: (key) => well.has(key),
    isToldOf: (key) => toldOf.has(key),
  }
}
