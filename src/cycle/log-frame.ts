/* What every log entry of a cycle says of the job and both systems (spec 12.1). */
import type { CompiledSchema, LogFrame } from '../provisioning/index.ts'
import type { Cycle, SynchronizationJob } from '../vocabulary/index.ts'

const service = { id: '', displayName: 'Muster provisioning service', initiatorType: 'system' } as const

export function logFrame(
  job: SynchronizationJob,
  cycle: Pick<Cycle, 'cycleId'>,
  tenantId: string,
  { sourceDirectoryName, targetDirectoryName, version }: CompiledSchema,
  initiatedBy: LogFrame['initiatedBy'] = service,
): LogFrame {
  const idOf = (name: string): string => job.schema.directories.find((directory) => directory.name === name)?.id ?? ''
  const { servicePrincipalId: id, servicePrincipalDisplayName: displayName } = job
  return {
    tenantId,
    jobId: job.jobId,
    cycleId: cycle.cycleId,
    initiatedBy,
    servicePrincipal: { id, displayName },
    sourceSystem: { id: idOf(sourceDirectoryName), displayName: sourceDirectoryName, details: {} },
    targetSystem: {
      id: idOf(targetDirectoryName),
      displayName: targetDirectoryName,
      details: { ServicePrincipalId: id, ServicePrincipalDisplayName: displayName, SchemaVersion: version },
    },
  }
}
