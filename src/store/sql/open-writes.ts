/*
 * Writes that are on their way: one row for each object, from before it is sent until it is known what became of it.
 */
import type { ObjectTypeName, OpenWrite } from '../../vocabulary/index.ts'
import type { ProvisioningStore } from '../store.ts'
import { imageFromText, imageToText } from './image-text.ts'
import type { Database, Session } from './session.ts'

export function createOpenWriteReads({ committed, dialect }: Database): Pick<ProvisioningStore, 'openWrites'> {
  return {
    async openWrites(jobId, owner) {
      let open = dialect.queries.selectFrom('open_write').selectAll().where('job_id', '=', jobId)
      if (owner !== undefined) {
        open = open.where('object_type', '=', owner.objectType).where('source_anchor', '=', owner.sourceAnchor)
      }
      const rows = await committed.all(open.orderBy('object_type').orderBy('source_anchor'))
      return rows.map((row): OpenWrite => ({
        sentAt: row.sent_at,
        cycleId: row.cycle_id,
        image: imageFromText(row.image, { sourceAnchor: row.source_anchor, targetAnchor: row.target_anchor }),
      }))
    },
  }
}

export async function putOpenWrites(session: Session, jobId: string, writes: readonly OpenWrite[]): Promise<void> {
  await session.put(
    'open_write',
    writes.map(({ sentAt, cycleId, image }) => ({
      job_id: jobId,
      object_type: image.objectType satisfies ObjectTypeName,
      source_anchor: image.sourceAnchor,
      target_anchor: image.targetAnchor ?? '',
      sent_at: sentAt,
      image: imageToText(image),
      cycle_id: cycleId,
    })),
  )
}
