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
export async function newJob(ports: ApiPorts, wanted: JobWanted): Promise<SynchronizationJob> {
  const { tenantId, clock } = ports.cycle
  const { servicePrincipalId } = wanted
  const jobId = `${slackTemplateId}.${tenantId.replaceAll('-', '')}.${wanted.appId}`
  const connection = await ports.connections.of({ servicePrincipalId, templateId: slackTemplateId })
  return {
    jobId,
    servicePrincipalId,
    servicePrincipalDisplayName: wanted.displayName,
    templateId: slackTemplateId,
    status: connection.state().origin === 'none' ? 'NotConfigured' : 'NotRun',
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
