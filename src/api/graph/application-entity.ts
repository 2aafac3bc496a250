/* An application or service principal as queries see it. */
import type { DirectoryApplication } from '../../store/store.ts'
import { entityOfValues, type Entity } from './odata/entity.ts'
import { plainInstant } from './types/codecs.ts'
import { types } from './types/index.ts'

export const entityOfApplication = (application: DirectoryApplication): Entity => ({
  deletedAt: application.deletedAt,
  ...entityOfValues(
    application.objectType === 'Application' ? types.application : types.servicePrincipal,
    application.objectId,
    {
      ...application.properties,
      id: application.objectId,
      appId: application.appId,
      deletedDateTime: application.deletedAt === null ? null : plainInstant(application.deletedAt),
    },
  ),
})
