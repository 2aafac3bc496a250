/* A job as Graph gives it out (graph-api.md 3.7). */
import type { JsonObject, SynchronizationJob } from '../../../vocabulary/index.ts'
import { statusOf } from '../../muster/status.ts'
import type { ApiPorts } from '../../ports.ts'
import { entityOfValues, type Entity } from '../odata/entity.ts'
import { types } from '../types/index.ts'

export async function jobEntity(ports: ApiPorts, job: SynchronizationJob): Promise<Entity> {
  const status = await statusOf(ports, job)
  return entityOfValues(types.synchronizationJob, job.jobId, {
    id: job.jobId,
    templateId: job.templateId,
    schedule: { expiration: null, interval: durationOf(job.settings.cycleEveryMs), state: job.scheduleState },
    status: status as unknown as JsonObject,
    synchronizationJobSettings: settingsOf(job),
  })
}

/** ISO 8601: `PT40M`, `PT1H30S`, `P1D`. */
export function durationOf(ms: number): string {
  const seconds = ms / 1000
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3600) % 24
  const minutes = Math.floor(seconds / 60) % 60
  const rest = seconds % 60
  const time = [
    [hours, 'H'],
    [minutes, 'M'],
    [rest, 'S'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${String(count)}${String(unit)}`)
    .join('')
  const day = days === 0 ? '' : `${String(days)}D`
  return day === '' && time === '' ? 'PT0S' : `P${day}${time === '' ? '' : `T${time}`}`
}

function settingsOf({ settings: { deletionPrevention } }: SynchronizationJob): readonly JsonObject[] {
  const { isOn, threshold } = deletionPrevention
  return [
    { name: 'AzureIngestionAttributeOptimization', value: 'False' },
    { name: 'LookaheadQueryEnabled', value: 'False' },
    ...(isOn && threshold !== null ? [{ name: 'QuarantineTooManyDeletesThreshold', value: String(threshold) }] : []),
  ]
}
