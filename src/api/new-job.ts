/* What a job is when it is made, whoever makes it: it does nothing until somebody starts it (spec 2.4). */
import { defaultSlackSchema, slackTemplateId } from '../provisioning/index.ts'
import { usualJobSettings, type SynchronizationJob } from '../vocabulary/index.ts'
import type { ApiPorts } from './ports.ts'

export interface JobWanted {
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string
  readonly userNames: 'allot' | 'as-mapped'
}

/** Its id ends in that of its application (graph-api.md 3.7). */
export function newJob(ports: ApiPorts, wanted: JobWanted): SynchronizationJob {
  const { tenantId, clock } = ports.cycle
  const jobId = `${slackTemplateId}.${tenantId.replaceAll('-', '')}.${wanted.appId}`
  const hasCredentials = ports.connection === undefined || ports.connection.state().origin !== 'none'
  return {
    jobId,
    servicePrincipalId: wanted.servicePrincipalId,
    servicePrincipalDisplayName: wanted.displayName,
    templateId: slackTemplateId,
    status: hasCredentials ? 'NotRun' : 'NotConfigured',
    scheduleState: 'Disabled',
    settings: usualJobSettings,
    schema: defaultSlackSchema(jobId, wanted.userNames === 'allot' ? 'allotted' : 'asMapped'),
    watermark: null,
    nextRunAt: clock.now(),
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    escrowsPruned: false,
  }
}
