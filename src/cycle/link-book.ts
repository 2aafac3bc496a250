/*
 * Which source objects are linked to what, as far as references and matching ask: remembered for the cycle, fetched in
 * batches. What is noted here counts at once, before it is stored.
 */
import type { ReferencedLink } from '../provisioning/index.ts'
import type { Link, ObjectTypeName } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'

/** Links asked for in one look-up. */
const batchMax = 1000

export interface LinkBook {
  /** Links of these users; unlinked ones are missing. */
  users(sourceAnchors: readonly string[]): Promise<ReadonlyMap<string, ReferencedLink>>
  /** Takes an account for a source object, unless another one has taken it in this cycle: then that one is answered. */
  claim(objectType: ObjectTypeName, targetAnchor: string, sourceAnchor: string): string | null
  note(link: Link): void
  /** Whose account is to be taken away at the end of this cycle. */
  noteLeaving(userAnchor: string): void
  /** Whoever was to leave is in scope. */
  noteStaying(userAnchor: string): void
  isLeaving(userAnchor: string): boolean
  forget(objectType: ObjectTypeName, sourceAnchor: string): void
}

export function openLinkBook(ledger: Ledger): LinkBook {
  const known = new Map<string, ReferencedLink | null>()
  /** Source anchors by type and target anchor, and the other way round. */
  const holders = new Map<string, string>()
  const holdings = new Map<string, string>()
  const leaving = new Set<string>()

  function hold(objectType: ObjectTypeName, targetAnchor: string, sourceAnchor: string): void {
    holders.set(`${objectType} ${targetAnchor}`, sourceAnchor)
    holdings.set(`${objectType} ${sourceAnchor}`, targetAnchor)
  }

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
    claim(objectType, targetAnchor, sourceAnchor) {
      const holder = holders.get(`${objectType} ${targetAnchor}`)
      if (holder !== undefined && holder !== sourceAnchor) return holder
      hold(objectType, targetAnchor, sourceAnchor)
      return null
    },
    note(link) {
      hold(link.objectType, link.targetAnchor, link.sourceAnchor)
      if (link.objectType === 'User') {
        known.set(link.sourceAnchor, { targetAnchor: link.targetAnchor, isActive: link.isActive })
      }
    },
    noteLeaving: (userAnchor) => void leaving.add(userAnchor),
    noteStaying: (userAnchor) => void leaving.delete(userAnchor),
    isLeaving: (userAnchor) => leaving.has(userAnchor),
    forget(objectType, sourceAnchor) {
      const targetAnchor = holdings.get(`${objectType} ${sourceAnchor}`)
      holdings.delete(`${objectType} ${sourceAnchor}`)
      if (targetAnchor !== undefined) holders.delete(`${objectType} ${targetAnchor}`)
      if (objectType === 'User') known.set(sourceAnchor, null)
    },
  }
}
