/* How many pages of the source's feed are still to come: it says how many objects it has, and its pages how many each holds. */
import type { ChangePage } from '../connectors/source.ts'

export function createPageCount(): { ahead(page: ChangePage): number } {
  let objectsRead = 0
  let largest = 1
  return {
    ahead({ objects, objectsKnown, isLast }) {
      objectsRead += objects.length
      largest = Math.max(largest, objects.length)
      if (isLast) return 0
      return Math.max(1, Math.ceil((objectsKnown - objectsRead) / largest))
    },
  }
}
