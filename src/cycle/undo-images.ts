/* Which writes are to be taken back: their images, summed up by object. */
import { foldImages, type WrittenObject } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type { StoredImage } from '../vocabulary/index.ts'

/** Images read at once. */
const atOnce = 1000

export interface UndoSelection {
  readonly cycleId?: string
  /** Source or target id. */
  readonly identityId?: string
  readonly since?: number
}

/** Their accounts, whichever side's id is given. */
async function accountsOf({ provisioning }: Store, jobId: string, identityId: string): Promise<readonly string[]> {
  const bySource = await provisioning.linksBySource(jobId, 'User', [identityId])
  const byTarget = await provisioning.linksByTarget(jobId, 'User', [identityId])
  return [...bySource.values(), ...byTarget.values()].map((link) => link.targetAnchor)
}

/** Of a group that somebody was put into or taken out of: these members alone; `null`: nothing of them. */
function onlyMembers({ image, ...stored }: StoredImage, accounts: readonly string[]): StoredImage | null {
  const membersAdded = image.membersAdded.filter((member) => accounts.includes(member))
  const membersRemoved = image.membersRemoved.filter((member) => accounts.includes(member))
  if (image.kind !== 'update' || membersAdded.length + membersRemoved.length === 0) return null
  return { ...stored, image: { ...image, before: {}, after: {}, membersAdded, membersRemoved, membershipsLost: [] } }
}

export async function readImages(
  store: Store,
  jobId: string,
  { cycleId, identityId, since }: UndoSelection,
): Promise<{ readonly objects: readonly WrittenObject[]; readonly count: number }> {
  const { provisioning } = store
  const accounts = identityId === undefined ? [] : await accountsOf(store, jobId, identityId)
  const isOwn = ({ image, targetAnchor }: StoredImage): boolean =>
    identityId === undefined || image.sourceAnchor === identityId || targetAnchor === identityId
  const fold = foldImages()
  let count = 0
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = await provisioning.beforeImages({
      jobId,
      limit: atOnce,
      ...(cycleId === undefined ? {} : { cycleId }),
      ...(identityId === undefined ? {} : { identityId, accounts }),
      ...(since === undefined ? {} : { since }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const stored of page.images) {
      const concerned = isOwn(stored) ? stored : onlyMembers(stored, accounts)
      if (concerned === null) continue
      fold.add(concerned)
      count += 1
    }
    cursor = page.cursor
  }
  return { objects: fold.objects(), count }
}
