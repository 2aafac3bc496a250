/* Fills a store's directory with a generated company whose people are all assigned, and makes the Slack job for it. */
import { generateCompany } from '../../scripts/seed/index.ts'
import { slackSchema } from '../../src/provisioning/index.ts'
import type { Store } from '../../src/store/store.ts'
import { usualJobSettings, type SynchronizationJob } from '../../src/vocabulary/index.ts'
import { companyOfShortNames } from './company-of-short-names.ts'

export interface CompanyStoreOptions {
  readonly users: number
  readonly groups: number
  readonly seed: number
  readonly now: number
  /** People under the names the generator gives, many of which collide in Slack; otherwise short ones that do not. */
  readonly isAsWritten?: boolean
}

export const companyServicePrincipalId = '7c2d4f10-55aa-4b1e-8a35-0c9be1f0d2a7'

/** Rows in one transaction. */
const batchMax = 5000

/** People, groups and memberships of the company are put in; everything is in scope (`syncAll`). Answers the job. */
export async function fillWithCompany(store: Store, options: CompanyStoreOptions): Promise<SynchronizationJob> {
  const company = options.isAsWritten === true ? generateCompany(options) : companyOfShortNames(options)
  const rows = [
    ...company.users.map((user) => ({
      objectType: 'User' as const,
      objectId: user.objectId,
      attributes: user.attributes,
    })),
    ...company.groups.map((group) => ({
      objectType: 'Group' as const,
      objectId: group.objectId,
      attributes: group.attributes,
    })),
  ]
  for (let start = 0; start < rows.length; start += batchMax) {
    await store.directory.transaction(async (transaction) => {
      await transaction.putObjects(
        rows.slice(start, start + batchMax).map((row) => {
          const { objectId: _objectId, members: _members, ...attributes } = row.attributes
          return {
            objectId: row.objectId,
            objectType: row.objectType,
            presence: 'present' as const,
            deletedAt: null,
            attributes,
          }
        }),
      )
    })
  }
  await store.directory.transaction(async (transaction) => {
    for (const group of company.groups) await transaction.replaceMembers(group.objectId, group.members)
  })
  const jobId = 'Slack.company'
  const job: SynchronizationJob = {
    jobId,
    servicePrincipalId: companyServicePrincipalId,
    servicePrincipalDisplayName: 'Slack',
    templateId: 'Slack',
    status: 'NotRun',
    settings: { ...usualJobSettings, syncAll: true },
    schema: slackSchema({ id: jobId, version: '1', provisionGroups: true, userNames: 'allotted' }),
    watermark: null,
    nextRunAt: options.now,
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    scheduleState: 'Active',
    escrowsPruned: false,
  }
  await store.jobs.create(job)
  return job
}
