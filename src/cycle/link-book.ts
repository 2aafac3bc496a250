/*
 * Which source objects are linked to what, as far as references ask: remembered for the cycle, fetched in batches.
 */
import type { ReferencedLink } from '../provisioning/index.ts'
import type { Link, ObjectTypeName } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'

/** Links asked for in one look-up. */
const batchMax = 1000

export interface LinkBook {
  /** Links of these users; unlinked ones are missing. */
  users(sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, ReferencedLink>>
  note(link: Link): void
  forget(objectType: ObjectTypeName, sourceAnchor: string): void
}

export function openLinkBook(ledger: Ledger): LinkBook {
  const known = new Map<string, ReferencedLink | null>()
  return {
    async users(sourceAnchors) {
      const unknown = [...new Set(sourceAnchors.filter((anchor) => !known.has(anchor)))]
      for (let start = 0; start < unknown.length; start += batchMax) {
        const batch = unknown.slice(start, start + batchMax)
        const found = await ledger.linksBySource('User', batch)
        for (const anchor of batch) {
          // A link noted while the look-up was on its way is newer than what was looked up.
          if (known.has(anchor)) continue
          const link = found.get(anchor)
          known.set(anchor, link === undefined ? null : { targetAnchor: link.targetAnchor, isActive: link.isActive })
        }
      }
      const answer = new Map<string, ReferencedLink>()
      for (const anchor of sourceAnchors) {
        const link = known.get(anchor)
        if (link !== undefined && link !== null) answer.set(anchor, link)
      }
      return answer
    },
    note(link) {
      if (link.objectType === 'User') {
        known.set(link.sourceAnchor, { targetAnchor: link.targetAnchor, isActive: link.isActive })
      }
    },
    forget(objectType, sourceAnchor) {
      if (objectType === 'User') known.set(sourceAnchor, null)
    },
  }
}
