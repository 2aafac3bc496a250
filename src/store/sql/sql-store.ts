/* One store over either database: the subjects, put together. */
import type { Store } from '../store.ts'
import { createAccounts } from './accounts.ts'
import { createHandedSecrets } from './handed-secrets.ts'
import { createAccess } from './access.ts'
import { createAudit, createAuditing } from './audit.ts'
import { createImageReads } from './before-images.ts'
import { createDirectoryStore } from './directory-writes.ts'
import { createJobStore } from './jobs.ts'
import { createLeases } from './leases.ts'
import { createLinkReads, resetSynchronized } from './links.ts'
import { createLog } from './log.ts'
import { createNotifications } from './notifications.ts'
import { createNameReads } from './names.ts'
import { createPlans } from './plans.ts'
import { saveOutcomes } from './outcomes.ts'
import { createOpenWriteReads } from './open-writes.ts'
import { createSecrets } from './secrets.ts'
import type { Database } from './session.ts'
import { createValues } from './values.ts'
import { createWaiting } from './waiting.ts'

export interface SqlStore extends Store {
  /** Whether the next change is to be told of in the audit log: then it has to be made by this store itself. */
  isExpectant(): boolean
}

export function createSqlStore(plain: Database): SqlStore {
  const { database, during, isExpectant } = createAuditing(plain)
  return {
    dialect: database.dialect.name,
    directory: createDirectoryStore(database),
    // Who holds a job is no change of its configuration.
    jobs: { ...createJobStore(database), ...createLeases(plain) },
    provisioning: {
      ...createLinkReads(database),
      ...createWaiting(database),
      ...createNameReads(database),
      ...createLog(database),
      ...createImageReads(database),
      ...createOpenWriteReads(database),
      resetSynchronized: (lease) => resetSynchronized(database, lease),
      saveOutcomes: (lease, outcomes) => saveOutcomes(database, lease, outcomes),
    },
    notifications: createNotifications(database),
    plans: createPlans(database),
    secrets: createSecrets(database),
    // What is handed out at a sign-in is no change of the configuration.
    accounts: { ...createAccounts(database), ...createHandedSecrets(plain) },
    access: createAccess(database),
    audit: createAudit(plain, during),
    isExpectant,
    ...createValues(database),
    close: () => database.close(),
  }
}
