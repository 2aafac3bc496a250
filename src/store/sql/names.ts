/*
 * Names kept for source objects: written before the create that uses them goes out, given free when the object is gone for
 * good. That one name is kept for one object only is the database's own promise, too.
 */
import type { AllottedName, ObjectTypeName } from '../../vocabulary/index.ts'
import type { ProvisioningStore } from '../store.ts'
import type { Database, Session } from './session.ts'
import type { Row } from './tables.ts'

type NameReads = Pick<ProvisioningStore, 'allottedNames' | 'nameHolders'>

export function createNameReads({ committed, dialect }: Database): NameReads {
  const { queries, isOneOf } = dialect

  return {
    async allottedNames(jobId, objectType, sourceAnchors) {
      if (sourceAnchors.length === 0) return []
      const rows = await committed.all(
        queries
          .selectFrom('allotted_name')
          .selectAll()
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where(isOneOf('source_anchor', sourceAnchors))
          .orderBy('source_anchor')
          .orderBy('attribute'),
      )
      return rows.map(toAllottedName)
    },

    async nameHolders(jobId, { objectType, attribute, values }) {
      if (values.length === 0) return new Map()
      const rows = await committed.all(
        queries
          .selectFrom('allotted_name')
          .select(['value', 'source_anchor'])
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where('attribute', '=', attribute)
          .where(isOneOf('value', values)),
      )
      return new Map(rows.map((row) => [row.value, row.source_anchor]))
    },
  }
}

export async function putNames(session: Session, jobId: string, names: readonly AllottedName[]): Promise<void> {
  await session.put(
    'allotted_name',
    names.map((name) => fromAllottedName(jobId, name)),
  )
}

function toAllottedName(row: Row<'allotted_name'>): AllottedName {
  return {
    objectType: row.object_type as ObjectTypeName,
    sourceAnchor: row.source_anchor,
    attribute: row.attribute,
    value: row.value,
  }
}

function fromAllottedName(jobId: string, name: AllottedName): Row<'allotted_name'> {
  return {
    job_id: jobId,
    object_type: name.objectType,
    source_anchor: name.sourceAnchor,
    attribute: name.attribute,
    value: name.value,
  }
}
