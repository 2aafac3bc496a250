/* Applications and their service principals: whole documents, found by id and by app id. */
import type { ApplicationReads, DirectoryApplication, DirectoryTransaction } from '../store.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import { forgetRolesOf } from './access.ts'
import { fromJson } from './json-columns.ts'
import type { Session } from './session.ts'
import type { Row } from './tables.ts'

const toApplication = (row: Row<'directory_application'>): DirectoryApplication => ({
  objectId: row.object_id,
  objectType: row.object_type as DirectoryApplication['objectType'],
  presence: row.presence as DirectoryApplication['presence'],
  deletedAt: row.deleted_at,
  appId: row.app_id,
  properties: fromJson<JsonObject>(row.properties),
})

const fromApplication = (application: DirectoryApplication): Row<'directory_application'> => ({
  object_id: application.objectId,
  object_type: application.objectType,
  presence: application.presence,
  deleted_at: application.deletedAt,
  app_id: application.appId,
  properties: JSON.stringify(application.properties),
})

export function createApplicationReads(session: Session): ApplicationReads {
  const { queries, isOneOf } = session.dialect
  const select = queries.selectFrom('directory_application').selectAll()
  return {
    async applications(objectIds) {
      if (objectIds.length === 0) return []
      const rows = await session.all(select.where(isOneOf('object_id', objectIds)).orderBy('object_id'))
      return rows.map(toApplication)
    },
    async applicationsOf(appId) {
      const rows = await session.all(select.where('app_id', '=', appId).orderBy('object_id'))
      return rows.map(toApplication)
    },
    async listApplications({ objectType, presence, after, limit }) {
      let query = select.where('object_type', '=', objectType).where('presence', '=', presence)
      if (after !== null) query = query.where('object_id', '>', after)
      const rows = await session.all(query.orderBy('object_id').limit(limit))
      return rows.map(toApplication)
    },
  }
}

export function createApplicationWrites(
  session: Session,
): Pick<DirectoryTransaction, 'putApplications' | 'deleteApplications'> {
  return {
    async putApplications(applications) {
      await session.put('directory_application', applications.map(fromApplication))
    },
    async deleteApplications(objectIds) {
      const { queries, isOneOf } = session.dialect
      // Nobody else would ever ask for them again.
      await session.run(queries.deleteFrom('sealed_secret').where(isOneOf('owner_id', objectIds)))
      await session.remove(
        'directory_application',
        objectIds.map((objectId) => ({ object_id: objectId })),
      )
      await forgetRolesOf(session, objectIds)
    },
  }
}
