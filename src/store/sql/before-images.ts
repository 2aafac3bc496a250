/*
 * Reads of the before-images of writes, which lie beside the text of their log entry. Their order is that of saving: a clock
 * may jump back between two writes of one account, and an undo would then end at the wrong one.
 */
import type { ProvisioningAction, StoredImage } from '../../vocabulary/index.ts'
import type { ProvisioningStore } from '../store.ts'
import { imageFromText } from './image-text.ts'
import { cursorAfter, filteredEntries, placeOf } from './log.ts'
import type { Database } from './session.ts'
import type { Row } from './tables.ts'

const writes = ['create', 'update', 'disable', 'delete'] satisfies ProvisioningAction[]

export function createImageReads(database: Database): Pick<ProvisioningStore, 'beforeImages'> {
  const { committed } = database
  return {
    async beforeImages(query) {
      const { cursor, identityId, accounts = [], ...others } = query
      const { contains } = database.dialect
      const matching = filteredEntries(database.dialect, {
        ...others,
        ...(identityId === undefined || accounts.length > 0 ? {} : { identityId }),
      })
      const remaining =
        cursor === undefined ? matching : matching.where('log_entry.entry_number', '<', placeOf(cursor).entry_number)
      const page = await committed.all(
        remaining
          .where('action', 'in', writes)
          .innerJoin('log_entry_text', 'log_entry_text.entry_number', 'log_entry.entry_number')
          .where('log_entry_text.before_image', 'is not', null)
          .$if(identityId !== undefined && accounts.length > 0, (concerned) =>
            concerned.where((eb) =>
              eb.or([
                eb('source_id', '=', identityId ?? ''),
                eb('target_id', '=', identityId ?? ''),
                // As it stands in the image's JSON.
                ...accounts.map((anchor) => contains('log_entry_text.before_image', JSON.stringify(anchor))),
              ]),
            ),
          )
          .select(['log_entry.id', 'cycle_id', 'source_id', 'target_id', 'log_entry_text.before_image'])
          .orderBy('log_entry.entry_number', 'desc')
          .limit(query.limit + 1),
      )
      const shown = page.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        images: shown.map(toStoredImage),
        cursor: last !== undefined && page.length > query.limit ? cursorAfter(last) : null,
      }
    },
  }
}

type ImageRow = Pick<Row<'log_entry'>, 'id' | 'cycle_id' | 'activity_at' | 'source_id' | 'target_id'> &
  Pick<Row<'log_entry_text'>, 'before_image'>

function toStoredImage(row: ImageRow): StoredImage {
  return {
    entryId: row.id,
    cycleId: row.cycle_id,
    at: row.activity_at,
    targetAnchor: row.target_id,
    image: imageFromText(row.before_image ?? '', { sourceAnchor: row.source_id, targetAnchor: row.target_id }),
  }
}
