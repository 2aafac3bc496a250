/* One store over either database: the subjects, put together. */
import type { Store } from '../store.ts'
import { createImageReads } from './before-images.ts'
import { createDirectoryStore } from './directory-writes.ts'
import { createJobStore } from './jobs.ts'
import { createLinkReads } from './links.ts'
import { createLog } from './log.ts'
import { createNotifications } from './notifications.ts'
import { createNameReads } from './names.ts'
import { createPlans } from './plans.ts'
import { saveOutcomes } from './outcomes.ts'
import { createOpenWriteReads } from './open-writes.ts'
import type { Database } from './session.ts'
import { createValues } from './values.ts'
import { createWaiting } from './waiting.ts'

export function createSqlStore(database: Database): Store {
  return {
    dialect: database.dialect.name,
    directory: createDirectoryStore(database),
    jobs: createJobStore(database),
    provisioning: {
      ...createLinkReads(database),
      ...createWaiting(database),
      ...createNameReads(database),
      ...createLog(database),
      ...createImageReads(database),
      ...createOpenWriteReads(database),
      saveOutcomes: (lease, outcomes) => saveOutcomes(database, lease, outcomes),
    },
    notifications: createNotifications(database),
    plans: createPlans(database),
    ...createValues(database),
    close: () => database.close(),
  }
}
