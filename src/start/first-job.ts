/* The job an installation begins with, and what a start or new credentials mean for the jobs there are. */
import { randomUUID } from 'node:crypto'
import { connectionNotes } from '../connections/index.ts'
import { audited, bySystem } from '../cycle/index.ts'
import { defaultSlackSchema, slackTemplateId } from '../provisioning/index.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system-clock.ts'
import { usualJobSettings, type Quarantine, type SynchronizationJob } from '../vocabulary/index.ts'
import { auditPorts } from './own-audit.ts'

/** The name under which the store keeps the id of the job an installation began with. */
const firstJobName = 'firstJob'

/** Set once all jobs of an earlier version, which had no others, have the connection of the settings. */
const installationUsersName = 'installationUsersKnown'

async function ensureInstallationUsers(store: Store): Promise<void> {
  if ((await store.getValue(installationUsersName)) !== null) return
  for (const { servicePrincipalId } of await store.jobs.list())
    await connectionNotes(store).change(servicePrincipalId, { usesInstallation: true })
  await store.setValue(installationUsersName, 'yes')
}

/** Jobs that were made earlier, as the settings of this start want them. */
async function prepareJob(store: Store, settings: Settings, job: SynchronizationJob, hasToken: boolean): Promise<void> {
  const act = {
    activity: 'Update provisioning setting or credentials',
    operation: 'Update',
    job,
    onlyChanges: true,
  } as const
  await audited(auditPorts(store), { ...act, ...bySystem(auditPorts(store)) }, () =>
    adoptSettings(store, settings, job, hasToken),
  )
}

async function adoptSettings(
  store: Store,
  settings: Settings,
  job: SynchronizationJob,
  hasToken: boolean,
): Promise<void> {
  const { usesInstallation } = await connectionNotes(store).of(job.servicePrincipalId)
  if (hasToken && usesInstallation && job.status === 'NotConfigured') await store.jobs.setStatus(job.jobId, 'NotRun')
  // The usual interval is no wish: what an administrator has set for the job stays.
  if (settings.cycleEvery !== usualJobSettings.cycleEveryMs && settings.cycleEvery !== job.settings.cycleEveryMs)
    await store.jobs.saveSettings(job.jobId, { ...job.settings, cycleEveryMs: settings.cycleEvery })
}

/**
 * The job that a fresh installation begins with, which starts by itself; `null` once it has been deleted: it does not come
 * back. Others are made and started by an administrator.
 */
export async function ensureJobs(
  store: Store,
  settings: Settings,
  tenantId: string,
  hasToken: boolean,
): Promise<SynchronizationJob | null> {
  await ensureInstallationUsers(store)
  const jobs = await store.jobs.list()
  for (const job of jobs) await prepareJob(store, settings, job, hasToken)
  const known = (await store.getValue(firstJobName)) ?? jobs[0]?.jobId
  if (known !== undefined) {
    await store.setValue(firstJobName, known)
    const first = jobs.find((job) => job.jobId === known)
    if (hasToken && first?.status === 'NotConfigured') await store.jobs.setStatus(known, 'NotRun', 'Active')
    return await store.jobs.get(known)
  }
  const jobId = `${slackTemplateId}.${tenantId.replaceAll('-', '')}.${randomUUID()}`
  const job: SynchronizationJob = {
    jobId,
    servicePrincipalId: randomUUID(),
    servicePrincipalDisplayName: 'Slack',
    templateId: slackTemplateId,
    status: hasToken ? 'NotRun' : 'NotConfigured',
    scheduleState: hasToken ? 'Active' : 'Disabled',
    settings: { ...usualJobSettings, cycleEveryMs: settings.cycleEvery },
    schema: defaultSlackSchema(jobId, settings.userNames === 'allot' ? 'allotted' : 'asMapped'),
    watermark: null,
    nextRunAt: Date.now(),
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    escrowsPruned: false,
  }
  const itself = { id: jobId, displayName: job.servicePrincipalDisplayName, type: 'Job', modifiedProperties: [] }
  const act = { activity: 'Add provisioning configuration', operation: 'Add', job: null, targets: [itself] } as const
  await audited(auditPorts(store), { ...act, ...bySystem(auditPorts(store)) }, () => store.jobs.create(job))
  await connectionNotes(store).change(job.servicePrincipalId, { usesInstallation: true })
  await store.setValue(firstJobName, jobId)
  return job
}

/** Neither other credentials nor a start of the service answer what an administrator has to. */
const waitsForSomebody = ({ reason }: Quarantine): boolean =>
  reason === 'TooManyDeletes' || reason === 'QuarantinedOnDemand'

/**
 * These jobs waited for credentials and can run now, and those quarantined for want of them go on. The first job starts by
 * itself; another waits for whoever made it.
 */
export async function goOn(store: Store, jobs: readonly SynchronizationJob[]): Promise<void> {
  const firstJobId = await store.getValue(firstJobName)
  for (const { jobId, status, quarantine } of jobs) {
    if (status === 'NotConfigured')
      await store.jobs.setStatus(jobId, 'NotRun', jobId === firstJobId ? 'Active' : 'Disabled')
    if (quarantine !== null && !waitsForSomebody(quarantine)) await store.jobs.setQuarantine(jobId, null, [])
    await store.jobs.setNextRun(jobId, systemClock.now())
  }
}

/**
 * A cycle that was stopped or broke off goes on now, not when its next attempt would be due; so does a job in quarantine,
 * whose cause may be what the restart mends.
 */
export async function goOnAtStart(store: Store): Promise<void> {
  for (const { jobId, quarantine } of await store.jobs.list()) {
    const mayBeMended = quarantine !== null && quarantine.reason !== 'QuarantinedOnDemand'
    if (mayBeMended || (await store.jobs.runningCycle(jobId)) !== null)
      await store.jobs.setNextRun(jobId, systemClock.now())
  }
}
